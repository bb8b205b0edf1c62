"""Symmetric equilibria of games with known ones, and of games with none in particular."""

from __future__ import annotations

import itertools
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form import Equilibria, Equilibrium, SymmetricGame, find_symmetric_equilibria
from bucket_brigade.normal_form.compositions import count_compositions
from bucket_brigade.normal_form.dominance import undominated
from bucket_brigade.normal_form.logit import logit_path
from bucket_brigade.normal_form.simplex_points import simplex_points
from bucket_brigade.normal_form.supports import whole_game
from tests.normal_form.test_symmetric_game import payoffs_one_opponent_at_a_time, random_game

TOLERANCE = 1e-9


def check(game: SymmetricGame, found: Equilibria[Equilibrium]) -> None:
    """Judge a list by regret, with payoffs computed one opponent at a time."""
    assert len(found) >= 1
    for equilibrium in found:
        x = equilibrium.mixture
        assert (x >= 0).all()
        assert x.sum() == pytest.approx(1.0, abs=1e-12)
        values = payoffs_one_opponent_at_a_time(game, x)
        assert max(values) - x @ values <= TOLERANCE * game.span + 1e-12 * np.abs(game.payoffs).max()
        assert equilibrium.payoff == pytest.approx(x @ values, rel=1e-9, abs=1e-9)
        assert equilibrium.support == tuple(np.flatnonzero(x))
    payoffs = [equilibrium.payoff for equilibrium in found]
    assert payoffs == sorted(payoffs, reverse=True)
    assert found.within_tolerance


def mixtures(found: Equilibria[Equilibrium]) -> NDArray[np.float64]:
    return np.array([equilibrium.mixture for equilibrium in found])


def holds(found: Equilibria[Equilibrium], mixture: object) -> bool:
    return bool((np.abs(mixtures(found) - np.asarray(mixture)).max(axis=1) < 1e-6).any())


@pytest.mark.parametrize("players", [2, 3, 5, 10, 16])
@pytest.mark.parametrize("cost", [0.05, 0.3, 0.9])
def test_volunteers_dilemma(players: int, cost: float) -> None:
    # A. Diekmann, "Volunteer's dilemma", 1985: with benefit 1, nobody else volunteers with probability c.
    game = SymmetricGame.from_function(2, players, lambda own, m: 1 - cost if own == 0 else float(m[0] > 0))
    found = find_symmetric_equilibria(game)
    check(game, found)
    volunteers = 1 - cost ** (1 / (players - 1))
    assert mixtures(found) == pytest.approx(np.array([[volunteers, 1 - volunteers]]), abs=1e-9)
    assert found[0].payoff == pytest.approx(1 - cost)
    assert found[0].regular


@pytest.mark.parametrize("players", [2, 4, 16])
def test_linear_public_good_has_only_free_riders(players: int) -> None:
    # Strategy i contributes i; everybody gets 0.6 of what all contribute.
    game = SymmetricGame.from_function(
        3, players, lambda own, m: 0.6 * (own + sum(i * count for i, count in enumerate(m))) - own
    )
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert mixtures(found).tolist() == [[1.0, 0.0, 0.0]]
    assert found.dominated == (1, 2)


@pytest.mark.parametrize("needed", [2, 3])
def test_threshold_public_good_has_all_three_equilibria(needed: int) -> None:
    # Benefit 1 if at least `needed` of five contribute, at a cost of 0.1.
    def payoff(own: int, m: tuple[int, ...]) -> float:
        contributors = m[0] + (own == 0)
        return float(contributors >= needed) - 0.1 * (own == 0)

    game = SymmetricGame.from_function(2, 5, payoff)
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert len(found) == 3
    assert holds(found, [0.0, 1.0])
    assert found.index_sum == 1
    for equilibrium in found:
        p = equilibrium.mixture[0]
        if p > 0:
            pivotal = [4, 6][needed - 2] * p ** (needed - 1) * (1 - p) ** (5 - needed)
            assert pivotal == pytest.approx(0.1, abs=1e-9)


@pytest.mark.parametrize(("strategies", "players"), [(2, 2), (3, 4), (4, 6), (5, 3), (3, 16)])
def test_coordination_has_an_equilibrium_on_every_support(strategies: int, players: int) -> None:
    game = SymmetricGame.from_function(strategies, players, lambda own, m: float(m[own]))
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert len(found) == 2**strategies - 1
    for support in itertools.chain.from_iterable(
        itertools.combinations(range(strategies), size) for size in range(1, strategies + 1)
    ):
        assert holds(found, [float(i in support) / len(support) for i in range(strategies)])
    assert found.index_sum == 1


@pytest.mark.parametrize(("strategies", "players"), [(3, 5), (5, 4), (6, 3), (10, 4)])
def test_congestion_mixes_everything(strategies: int, players: int) -> None:
    game = SymmetricGame.from_function(strategies, players, lambda own, m: -float(m[own]))
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert holds(found, np.full(strategies, 1 / strategies))


def test_rock_paper_scissors() -> None:
    game = SymmetricGame.from_matrix([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert mixtures(found) == pytest.approx(np.full((1, 3), 1 / 3))


def exact_two_player_equilibria(matrix: list[list[int]]) -> list[list[Fraction]] | None:
    """Return all symmetric equilibria of a two-player game in rationals, None if it is degenerate."""
    size, found = len(matrix), []
    for support in itertools.chain.from_iterable(
        itertools.combinations(range(size), length) for length in range(1, size + 1)
    ):
        rows = [[Fraction(matrix[i][j]) for j in support] + [Fraction(-1), Fraction(0)] for i in support]
        rows.append([Fraction(1)] * len(support) + [Fraction(0), Fraction(1)])
        solution = solve_exactly(rows)
        if solution is None:
            return None
        *shares, value = solution
        if any(share == 0 for share in shares):
            return None
        if any(share < 0 for share in shares):
            continue
        outside = [sum(matrix[i][j] * x for j, x in zip(support, shares, strict=True)) for i in range(size)]
        if any(outside[i] == value for i in range(size) if i not in support):
            return None
        if all(outside[i] <= value for i in range(size)):
            mixture = [Fraction(0)] * size
            for j, share in zip(support, shares, strict=True):
                mixture[j] = share
            found.append(mixture)
    return found


def solve_exactly(rows: list[list[Fraction]]) -> list[Fraction] | None:
    """Solve a square system, the right-hand side in the last column; None if it is singular."""
    rows = [row[:] for row in rows]
    for column in range(len(rows)):
        pivot = next((r for r in range(column, len(rows)) if rows[r][column] != 0), None)
        if pivot is None:
            return None
        rows[column], rows[pivot] = rows[pivot], rows[column]
        rows[column] = [value / rows[column][column] for value in rows[column]]
        for r in range(len(rows)):
            if r != column:
                factor = rows[r][column]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[column], strict=True)]
    return [row[-1] for row in rows]


@pytest.mark.parametrize("seed", range(40))
def test_two_player_games_against_enumeration_in_rationals(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = 2 + seed % 4
    matrix = rng.integers(-50, 50, size=(size, size))
    expected = exact_two_player_equilibria(matrix.tolist())
    game = SymmetricGame.from_matrix(matrix)
    found = find_symmetric_equilibria(game)
    check(game, found)
    if expected is not None:
        assert len(found) == len(expected)
        assert all(holds(found, [float(share) for share in mixture]) for mixture in expected)
        assert found.index_sum == 1


@pytest.mark.parametrize(("strategies", "players"), [(2, 16), (3, 4), (4, 4), (5, 4), (5, 2), (3, 8), (6, 3)])
@pytest.mark.parametrize("seed", range(3))
def test_random_games_have_a_list_whose_indices_sum_to_one(strategies: int, players: int, seed: int) -> None:
    game = random_game(strategies, players, seed)
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert found.index_sum == 1
    assert found.notes == []


@st.composite
def small_games(draw: st.DrawFn) -> SymmetricGame:
    """Games of small integers: ties, duplicates and continua are common."""
    strategies, players = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    columns = count_compositions(players - 1, strategies)
    cells = st.lists(st.integers(-2, 2), min_size=strategies * columns, max_size=strategies * columns)
    return SymmetricGame(players, np.array(draw(cells), dtype=np.float64).reshape(strategies, columns))


@given(small_games())
def test_games_with_ties_have_equilibria_too(game: SymmetricGame) -> None:
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert found.index_sum in (None, 1)


def test_a_game_in_which_nothing_matters() -> None:
    game = SymmetricGame(4, np.full((3, 10), 7.0))
    found = find_symmetric_equilibria(game)
    check(game, found)
    assert holds(found, np.full(3, 1 / 3))
    assert all(holds(found, row) for row in np.eye(3))
    assert found.degenerate
    assert found.index_sum is None
    assert "continuum" in found.notes[0]


def test_equal_strategies_make_a_continuum_that_is_named_as_such() -> None:
    # Hawk and dove, with a second dove that is the same.
    matrix = [[-1.0, 2.0, 2.0], [0.0, 1.0, 1.0], [0.0, 1.0, 1.0]]
    found = find_symmetric_equilibria(SymmetricGame.from_matrix(matrix))
    check(SymmetricGame.from_matrix(matrix), found)
    assert all(equilibrium.mixture[0] == pytest.approx(0.5) for equilibrium in found)
    assert found.degenerate
    assert not found[0].regular


def test_one_player_takes_the_best() -> None:
    found = find_symmetric_equilibria(SymmetricGame(1, np.array([[1.0], [3.0], [2.0]])))
    assert mixtures(found).tolist() == [[0.0, 1.0, 0.0]]
    tied = find_symmetric_equilibria(SymmetricGame(1, np.array([[3.0], [3.0], [2.0]])))
    assert holds(tied, [0.5, 0.5, 0.0])


def test_one_strategy_is_the_equilibrium() -> None:
    found = find_symmetric_equilibria(SymmetricGame(4, np.array([[5.0]])))
    assert mixtures(found).tolist() == [[1.0]]
    assert found[0].regular


def test_neither_units_nor_what_opponents_decide_change_the_equilibria() -> None:
    game = random_game(4, 4, seed=11)
    other = SymmetricGame(4, 1e6 * game.payoffs + 1e7 * np.arange(game.payoffs.shape[1]))
    found, moved = find_symmetric_equilibria(game), find_symmetric_equilibria(other)
    check(other, moved)
    assert len(found) == len(moved)
    assert all(holds(found, equilibrium.mixture) for equilibrium in moved)


def test_a_list_is_proven_complete_where_no_support_was_left_to_starts() -> None:
    stag_hunt = SymmetricGame.from_matrix([[4.0, 0.0], [3.0, 2.0]])
    assert find_symmetric_equilibria(stag_hunt).complete
    assert len(find_symmetric_equilibria(stag_hunt)) == 3
    rock_paper_scissors = SymmetricGame.from_matrix([[0, -1, 1], [1, 0, -1], [-1, 1, 0]])
    assert not find_symmetric_equilibria(rock_paper_scissors).complete
    assert not find_symmetric_equilibria(SymmetricGame(4, np.full((2, 4), 7.0))).complete


def test_the_same_game_gives_the_same_bytes() -> None:
    game = random_game(5, 4, seed=4)
    first, second = find_symmetric_equilibria(game), find_symmetric_equilibria(game)
    assert mixtures(first).tobytes() == mixtures(second).tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_with_too_many_supports_something_is_found_and_said(seed: int) -> None:
    game = random_game(10, 3, seed)
    found = find_symmetric_equilibria(game, max_supports=5)
    check(game, found)
    assert found.supports_skipped > 0
    assert "too many" in found.notes[0]


@pytest.mark.parametrize(("strategies", "players"), [(3, 4), (5, 4), (10, 2), (4, 12)])
@pytest.mark.parametrize("seed", range(5))
def test_the_logit_path_comes_near_an_equilibrium(strategies: int, players: int, seed: int) -> None:
    game = random_game(strategies, players, seed)
    for precision, mixture in logit_path(whole_game(game)):
        regret = game.regret(mixture) / game.span
        assert regret <= np.log(strategies) / precision + 1e-9
        if precision > 1e4:
            return
    pytest.fail("the path ended early")


def test_without_any_search_the_path_alone_finds_an_equilibrium(monkeypatch: pytest.MonkeyPatch) -> None:
    # Everything fails that could find it before: no pure one exists, and no support is looked at.
    module = "bucket_brigade.normal_form.symmetric_solver"
    monkeypatch.setattr(f"{module}.two_strategy_mixtures", lambda *_: [])
    game = SymmetricGame.from_matrix([[0, -1, 1, 0.1], [1, 0, -1, 0.1], [-1, 1, 0, 0.1], [-1, -1, -1, 0.2]])
    found = find_symmetric_equilibria(game, max_supports=0)
    check(game, found)
    assert {equilibrium.found_by for equilibrium in found} & {"logit path", "replicator"}


def test_if_all_fails_the_least_regret_is_returned_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    module = "bucket_brigade.normal_form.symmetric_solver"
    monkeypatch.setattr(f"{module}.two_strategy_mixtures", lambda *_: [])
    monkeypatch.setattr("bucket_brigade.normal_form.search.logit_path", lambda *_: [])
    monkeypatch.setattr(f"{module}.replicator_rest_points", lambda *_: [])
    game = SymmetricGame.from_matrix([[0, -1, 2], [1, 0, -1], [-1, 1, 0]])
    found = find_symmetric_equilibria(game, max_supports=0)
    assert len(found) == 1
    assert found[0].relative_regret > TOLERANCE
    assert not found.within_tolerance
    assert "least regret" in found.notes[0]


def test_a_time_limit_ends_the_search_and_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = itertools.count()
    monkeypatch.setattr("bucket_brigade.normal_form.search.time.monotonic", lambda: next(clock))
    game = random_game(6, 4, seed=1)
    found = find_symmetric_equilibria(game, time_limit=20.5)
    assert len(found) >= 1
    assert found.stopped_early
    assert found.supports_skipped > 0
    assert any("time limit" in note for note in found.notes)


@pytest.mark.parametrize(
    "arguments",
    [
        {"tolerance": 0.0},
        {"tolerance": 2.0},
        {"time_limit": 0.0},
        {"max_supports": -1},
        {"max_supports": 2.5},
        {"time_limit": np.nan},
    ],
)
def test_arguments_out_of_range_are_refused(arguments: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(arguments))):
        find_symmetric_equilibria(random_game(2, 2), **arguments)  # type: ignore[arg-type]


def test_dominated_strategies_go_one_after_the_other() -> None:
    # 2 is dominated by 1; once it is gone, 1 is dominated by 0.
    game = SymmetricGame.from_matrix([[2.0, 2.0, 0.0], [1.0, 1.0, 2.0], [0.5, 0.5, 1.0]])
    assert undominated(game, 1e-9) == (0,)


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_starting_points_lie_in_the_simplex_and_are_spread_evenly(size: int) -> None:
    points = simplex_points(size, 400)
    assert (points >= 0).all()
    assert np.allclose(points.sum(axis=1), 1.0)
    assert np.allclose(points.mean(axis=0), 1 / size, atol=0.02)
    assert np.array_equal(simplex_points(size, 100, first=300), points[300:])
