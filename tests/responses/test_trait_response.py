"""The best heuristic strategy, and payoffs against mixing opponents."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium import PayoffEvaluator
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.heuristic_simplex import canonical_theta, effective_traits
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, check_theta
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.responses import (
    FocalPayoff,
    best_trait_response,
    best_trait_response_to_mixture,
    best_traits,
)
from tests.exact.test_expected import exact_rust, small_town, tables  # noqa: F401  the fixture

TEAM = ["hero", "coordinator", "liar", "firefighter"]
GRID = np.linspace(0.0, 1.0, 21)


def heuristic(work: float, own: float) -> Heuristic:
    return Heuristic(canonical_theta(work, own))


@pytest.mark.parametrize("name", ARCHETYPES)
def test_payoffs_depend_on_two_numbers_only(python: Backend, name: str) -> None:
    theta = ARCHETYPES[name]
    work, own = effective_traits(theta)
    twin = canonical_theta(work, own)
    check_theta(twin)
    assert effective_traits(twin) == (work, own)
    teams: list[list[Member]] = [["hero", one, "liar", "hero"] for one in (name, Heuristic(twin))]
    before, after = (expect_team("two_houses", team, backend=python).payoffs for team in teams)
    assert after == pytest.approx(before, rel=1e-12)


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
@pytest.mark.parametrize("seat", [0, 2])
@pytest.mark.parametrize("team", [TEAM, ["free_rider"] * 4, tables(2, seed=4)], ids=["mixed", "idle", "odd"])
def test_no_traits_of_a_dense_grid_are_better(python: Backend, name: str, seat: int, team: list[Any]) -> None:
    found = best_trait_response(name, team, seat, backend=python)
    payoff = FocalPayoff.of_seat(name, team, seat, backend=python)
    values = payoff([heuristic(work, own) for work, own in itertools.product(GRID, GRID[::4])])
    assert found.value >= values.max() - 1e-6 * np.ptp(values)
    played = expect_team(name, [*team[:seat], found.strategy, *team[seat + 1 :]], backend=python)
    assert found.value == pytest.approx(played.payoffs[seat], rel=1e-12)
    present = expect_team(name, team, backend=python).payoffs[seat]
    assert (found.present, found.gain) == pytest.approx((present, found.value - present), rel=1e-9)
    assert found.evaluations <= 60
    assert found.provenance is not None and found.provenance.backend == "python"


@pytest.mark.parametrize(
    ("name", "team"),
    [
        # The best is to work most nights, but not all.
        ("rest_trap-v1", ["free_rider"] * 4),
        ("default-v1", ["hero"] * 4),
        ("deceptive_calm-v2", TEAM),
    ],
)
def test_no_traits_of_a_grid_are_better_on_ten_houses(
    exact_rust: Backend,  # noqa: F811
    name: str,
    team: list[str],
) -> None:
    found = best_trait_response(name, team, 0, backend=exact_rust)
    payoff = FocalPayoff.of_seat(name, team, 0, backend=exact_rust)
    points = [heuristic(work, own) for work, own in itertools.product(GRID[::2], (0.0, 0.5, 1.0))]
    values = payoff([*points, *(heuristic(work, 1.0) for work in np.linspace(0.85, 0.95, 6))])
    assert found.value >= values.max() - 1e-6 * np.ptp(values)
    assert found.evaluations <= 60


def test_a_finer_tolerance_finds_the_same_more_exactly(python: Backend) -> None:
    coarse, fine = (
        best_trait_response("two_houses-v1", tables(2, seed=4), 0, tolerance=tolerance, backend=python)
        for tolerance in (1e-3, 1e-9)
    )
    assert coarse.value <= fine.value + 1e-12
    assert coarse.value >= fine.value - 2e-3 * fine.spread
    assert coarse.evaluations <= fine.evaluations


def test_who_plays_the_best_traits_gains_nothing(python: Backend) -> None:
    best = best_trait_response("two_houses", TEAM, 0, backend=python)
    again = best_trait_response("two_houses", [best.strategy, *TEAM[1:]], 0, backend=python)
    assert again.gain == pytest.approx(0.0, abs=1e-6 * best.spread)
    assert again.gain >= -1e-12


def brute_force(
    town: Any, focal: Any, others: list[Any], mixtures: NDArray[np.float64], seats: list[int]
) -> float:
    """The focal agent's payoff, by summing over every draw of everybody else."""
    total = 0.0
    for seat in seats:
        free = [i for i in range(4) if i != seat]
        for draw in itertools.product(range(len(others)), repeat=3):
            chance = np.prod([mixtures[i, d] for i, d in zip(free, draw, strict=True)])
            if chance > 0.0:
                team = [others[d] for d in draw]
                team.insert(seat, focal)
                payoff = expect_team(town, team, backend="python").payoffs[seat]
                total += float(chance) * float(payoff) / len(seats)
    return total


@pytest.mark.parametrize(
    ("mixtures", "seats"),
    [
        ([0.2, 0.0, 0.8], None),
        ([0.2, 0.0, 0.8], [0]),
        ([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.3, 0.7], [0.1, 0.2, 0.7]], [1, 3]),
    ],
    ids=["random", "published", "per seat"],
)
def test_mixing_opponents_are_summed_over(python: Backend, mixtures: Any, seats: list[int] | None) -> None:
    names = ["hero", "free_rider", "liar"]
    payoff = FocalPayoff("two_houses", names, mixtures, seats=seats, backend=python)
    everywhere = np.broadcast_to(mixtures, (4, 3))
    focal = [get_strategy("coordinator"), heuristic(0.3, 0.6)]
    where = seats or [0, 1, 2, 3]
    expected = [brute_force("two_houses", one, names, everywhere, where) for one in focal]
    assert payoff(focal) == pytest.approx(expected, rel=1e-12)
    own = [
        sum(
            p * brute_force("two_houses", n, names, everywhere, [s])
            for n, p in zip(names, everywhere[s], strict=True)
        )
        for s in where
    ]
    assert payoff.of_mixtures() == pytest.approx(np.mean(own), rel=1e-12)


def test_a_mixture_means_the_same_as_in_the_game_of_its_strategies(python: Backend) -> None:
    names, mixture = ["hero", "free_rider", "liar"], np.array([0.2, 0.5, 0.3])
    for seating, seats in (("random", None), ("published", [0])):
        evaluator = PayoffEvaluator("two_houses", backend=python, seating=seating, method="exact")
        game = evaluator.evaluate_symmetric_game(names).game
        payoff = FocalPayoff("two_houses", names, mixture, seats=seats, backend=python)
        values = payoff([get_strategy(name) for name in names])
        assert values == pytest.approx(game.payoffs_against(mixture), rel=1e-12)
    # With published seating everybody is the focal agent in turn, on seat 0; here opponents earn, too.
    whole = FocalPayoff("two_houses", names, mixture, backend=python)
    evaluator = PayoffEvaluator("two_houses", backend=python, method="exact")
    game = evaluator.evaluate_symmetric_game(names).game
    assert whole.of_mixtures() == pytest.approx(game.payoff(mixture), rel=1e-12)


def test_the_best_traits_against_a_mixture(python: Backend) -> None:
    town = get_scenario("two_houses").replace(num_agents=2)
    names, mixture = ["hero", "free_rider"], [0.4, 0.6]
    found = best_trait_response_to_mixture(town, names, mixture, backend=python)
    payoff = FocalPayoff(town, names, mixture, backend=python)
    values = payoff([heuristic(work, own) for work, own in itertools.product(GRID, GRID[::4])])
    assert found.value >= values.max() - 1e-6 * np.ptp(values)
    assert found.gain >= 0.0
    assert found.present == payoff.of_mixtures()
    pure = best_trait_response_to_mixture("two_houses", ["hero"], [1.0], seats=[2], backend=python)
    alone = best_trait_response("two_houses", ["hero"] * 4, 2, backend=python)
    assert (pure.theta, pure.value) == (alone.theta, alone.value)


def test_best_traits_of_any_smooth_payoff() -> None:
    found = best_traits(lambda p: -((p[:, 0] - 0.25) ** 2) - p[:, 1], present=-1.0)
    assert effective_traits(found.theta) == pytest.approx((0.25, 0.0), abs=1e-6)
    assert found.gain == pytest.approx(1.0)
    start = canonical_theta(0.123, 0.0)
    spike = best_traits(lambda p: (p[:, 0] == 0.123).astype(float), present=0.0, starts=[start])
    assert spike.theta == start


@pytest.mark.parametrize(
    ("mixtures", "options", "said"),
    [
        ([0.5, 0.6], {}, "sum to 1"),
        ([1.5, -0.5], {}, "sum to 1"),
        ([1.0], {}, "must be \\(2,\\)"),
        ([[0.5, 0.5]] * 3, {}, "or \\(4, 2\\)"),
        ([0.5, 0.5], {"seats": [4]}, "seat = 4"),
        ([0.5, 0.5], {"seats": []}, "sit somewhere"),
    ],
)
def test_mixtures_that_are_none_are_refused(
    python: Backend, mixtures: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        FocalPayoff("two_houses", ["hero", "liar"], mixtures, backend=python, **options)


def test_what_cannot_be_exact_is_refused(python: Backend) -> None:
    with pytest.raises(BackendCannotRun, match="social:hero"):
        best_trait_response("two_houses", ["social:hero", *["hero"] * 3], 1, backend=python)
    payoff = FocalPayoff("two_houses", ["hero"], [1.0], backend=python)
    with pytest.raises(InvalidInput, match="social"):
        payoff([get_strategy("social:hero")])
    town = small_town(2).replace(num_agents=16)
    with pytest.raises(InvalidInput, match="leave out strategies with small shares"):
        FocalPayoff(town, ["hero", "liar"], [0.5, 0.5], backend=python)
