"""Games of unlike players: equilibria of known games, and of games with none in particular."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.optimize import linprog

from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form import AsymmetricEquilibrium, Equilibria, NormalFormGame, find_equilibria
from bucket_brigade.normal_form.logit import logit_path
from bucket_brigade.normal_form.supports import whole_game

TOLERANCE = 1e-9


def expected_by_hand(game: NormalFormGame, mixtures: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return everybody's expected payoff, summed over all pure profiles."""
    total = np.zeros(game.num_players)
    for profile in itertools.product(*map(range, game.num_strategies)):
        chance = np.prod([x[s] for x, s in zip(mixtures, profile, strict=True)])
        total += chance * np.array([payoffs[profile] for payoffs in game.payoffs])
    return total


def check(game: NormalFormGame, found: Equilibria[AsymmetricEquilibrium]) -> None:
    """Judge a list by regrets that are computed here, one pure deviation after the other."""
    assert len(found) >= 1
    assert found.within_tolerance
    for equilibrium in found:
        now = expected_by_hand(game, equilibrium.mixtures)
        assert equilibrium.payoffs == pytest.approx(now, abs=1e-9)
        for i, size in enumerate(game.num_strategies):
            assert equilibrium.mixtures[i].sum() == pytest.approx(1.0, abs=1e-12)
            assert (equilibrium.mixtures[i] >= 0.0).all()
            for s in range(size):
                changed = list(equilibrium.mixtures)
                changed[i] = np.eye(size)[s]
                gain = expected_by_hand(game, changed)[i] - now[i]
                assert gain <= TOLERANCE * game.spans[i] + 1e-12 * np.abs(game.payoffs).max()


def test_matching_pennies() -> None:
    game = NormalFormGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    found = find_equilibria(game)
    check(game, found)
    assert len(found) == 1
    assert found[0].regular
    assert np.concatenate(found[0].mixtures) == pytest.approx(np.full(4, 0.5))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("shape", [(2, 5), (4, 4), (6, 3)])
def test_zero_sum_games_against_linear_programming(shape: tuple[int, int], seed: int) -> None:
    matrix = np.random.default_rng(seed).integers(-20, 20, size=shape).astype(float)
    game = NormalFormGame.from_matrices(matrix, -matrix)
    found = find_equilibria(game)
    check(game, found)
    # Maximise v subject to x @ matrix >= v: the value of the game (von Neumann, 1928).
    rows = shape[0]
    solution = linprog(
        c=[0.0] * rows + [-1.0],
        A_ub=np.column_stack([-matrix.T, np.ones(shape[1])]),
        b_ub=np.zeros(shape[1]),
        A_eq=[[1.0] * rows + [0.0]],
        b_eq=[1.0],
        bounds=[(0, None)] * rows + [(None, None)],
    )
    assert solution.fun is not None
    value = -solution.fun
    for equilibrium in found:
        assert equilibrium.payoffs == pytest.approx([value, -value], abs=1e-7)


def test_battle_of_the_sexes_has_all_three() -> None:
    game = NormalFormGame.from_matrices([[2, 0], [0, 1]], [[1, 0], [0, 2]])
    found = find_equilibria(game)
    check(game, found)
    assert len(found) == 3
    assert [e.index for e in found] == [{"pure": 1, "support": -1}[e.found_by] for e in found]
    mixed = next(e for e in found if e.found_by == "support")
    assert mixed.mixtures[0] == pytest.approx([2 / 3, 1 / 3])
    assert mixed.mixtures[1] == pytest.approx([1 / 3, 2 / 3])


@pytest.mark.parametrize(("players", "strategies"), [(2, 3), (3, 2), (4, 2)])
def test_coordination_has_an_equilibrium_on_every_common_support(players: int, strategies: int) -> None:
    game = NormalFormGame.from_function(
        [strategies] * players, lambda profile: [float(len(set(profile)) == 1)] * players
    )
    found = find_equilibria(game)
    check(game, found)
    supports = {e.supports for e in found}
    sizes = range(1, strategies + 1)
    common = itertools.chain.from_iterable(itertools.combinations(range(strategies), k) for k in sizes)
    for support in common:
        assert (support,) * players in supports


@pytest.mark.parametrize("players", [2, 3, 4])
def test_volunteers_dilemma_has_its_asymmetric_and_its_mixed_equilibria(players: int) -> None:
    # A. Diekmann, "Volunteer's dilemma", 1985: one volunteer, or all with probability 1 - c**(1/(N-1)).
    cost = 0.3
    game = NormalFormGame.from_function(
        [2] * players,
        lambda profile: [float(any(profile)) - cost * volunteers for volunteers in profile],
    )
    found = find_equilibria(game)
    check(game, found)
    pure = {tuple(s[0] for s in e.supports) for e in found if e.found_by == "pure"}
    assert pure == {tuple(int(i == j) for i in range(players)) for j in range(players)}
    share = 1 - cost ** (1 / (players - 1))
    everybody = [np.array([1 - share, share])] * players
    assert any(np.allclose(np.concatenate(e.mixtures), np.concatenate(everybody), atol=1e-8) for e in found)


def test_jordans_game_of_three_has_one_equilibrium() -> None:
    # J. S. Jordan, "Three problems in learning mixed-strategy Nash equilibria", GEB 5 (1993): player 1 wants to
    # match 2, 2 to match 3, and 3 not to match 1. Fictitious play cycles; all mix evenly in equilibrium.
    game = NormalFormGame.from_function(
        [2, 2, 2], lambda p: [float(p[0] == p[1]), float(p[1] == p[2]), float(p[2] != p[0])]
    )
    found = find_equilibria(game)
    check(game, found)
    assert len(found) == 1
    assert np.concatenate(found[0].mixtures) == pytest.approx(np.full(6, 0.5))


@pytest.mark.parametrize(
    "shape", [(2,), (1, 1), (1, 3, 2), (3, 3), (5, 5), (2, 2, 2), (3, 3, 3), (2, 2, 2, 2), (3, 3, 3, 3)]
)
@pytest.mark.parametrize("seed", range(4))
def test_random_games(shape: tuple[int, ...], seed: int) -> None:
    game = NormalFormGame(np.random.default_rng(seed).normal(size=(len(shape), *shape)))
    found = find_equilibria(game, max_supports=60)
    check(game, found)
    if not found.supports_skipped:
        # R. Wilson, "Computing equilibria of N-person games", 1971: generic games have an odd number.
        assert len(found) % 2 == 1
        assert found.index_sum == 1


@pytest.mark.parametrize("seed", range(20))
def test_without_any_supports_the_path_still_finds_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    game = NormalFormGame(rng.integers(-3, 4, size=(3, 3, 2, 3)).astype(float))
    found = find_equilibria(game, max_supports=0)
    check(game, found)


@st.composite
def small_games(draw: st.DrawFn) -> NormalFormGame:
    """Games of small integers: ties, duplicates and continua are common."""
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=3))
    cells = int(np.prod(shape)) * len(shape)
    values = draw(st.lists(st.integers(-2, 2), min_size=cells, max_size=cells))
    return NormalFormGame(np.array(values, dtype=np.float64).reshape(len(shape), *shape))


@given(small_games())
def test_games_with_ties_have_equilibria_too(game: NormalFormGame) -> None:
    check(game, find_equilibria(game, max_supports=20))


def test_dominated_strategies_are_named_and_not_played() -> None:
    # A prisoners' dilemma: the second strategy is better whatever the other does.
    game = NormalFormGame.from_matrices([[3, 0], [5, 1]], [[3, 5], [0, 1]])
    found = find_equilibria(game)
    check(game, found)
    assert found.dominated == ((0,), (0,))
    assert found[0].supports == ((1,), (1,))
    assert found.complete


def test_the_logit_path_ends_where_its_regret_bound_says() -> None:
    game = NormalFormGame(np.random.default_rng(5).normal(size=(3, 2, 3, 2)))
    steps = list(logit_path(whole_game(game)))
    precision, profile = steps[-1]
    assert precision > 1e3
    assert game.relative_regret(np.split(profile, [2, 5])) <= np.log(3) / precision + 1e-12


def test_nash_conv_adds_up_what_everybody_could_gain() -> None:
    game = NormalFormGame.from_matrices([[1, -1], [-1, 1]], [[-1, 1], [1, -1]])
    assert game.nash_conv([[1, 0], [1, 0]]) == 2.0
    assert game.nash_conv([[0.75, 0.25], [1, 0]]) == game.regrets([[0.75, 0.25], [1, 0]]).sum() == 1.5
    assert find_equilibria(game)[0].nash_conv == pytest.approx(0.0, abs=1e-12)


def test_enough_stops_the_search_and_says_what_was_left() -> None:
    game = NormalFormGame.from_function([2, 2], lambda p: [float(p[0] == p[1])] * 2)
    found = find_equilibria(game, enough=1)
    assert len(found) == 1
    assert found.supports_skipped > 0
    assert not found.stopped_early
    assert not found.complete
    assert found.notes == [
        f"{found.supports_skipped} supports were not searched (enough were found): there may be more equilibria."
    ]


@pytest.mark.parametrize("payoffs", [np.zeros((2, 3)), np.zeros((2, 2, 0)), np.full((1, 2), np.nan)])
def test_payoffs_that_are_no_game_are_refused(payoffs: NDArray[np.float64]) -> None:
    with pytest.raises(InvalidInput, match="game"):
        NormalFormGame(payoffs)


def test_mixtures_that_do_not_fit_are_refused() -> None:
    game = NormalFormGame(np.zeros((2, 2, 3)))
    with pytest.raises(InvalidInput, match="2 arrays of 2, 3 probabilities"):
        game.expected([[0.5, 0.5], [0.5, 0.5]])


@pytest.mark.parametrize(
    "limits", [{"tolerance": 0.0}, {"max_supports": -1}, {"enough": 0}, {"time_limit": 0.0}]
)
def test_limits_that_make_no_sense_are_refused(limits: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(limits))):
        find_equilibria(NormalFormGame(np.zeros((1, 1))), **limits)  # type: ignore[arg-type]
