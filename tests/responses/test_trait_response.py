"""The best heuristic strategy against fixed and mixing opponents."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.heuristic_simplex import canonical_theta, effective_traits, heuristic
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.payoffs import payoffs_against
from bucket_brigade.registry import get_scenario
from bucket_brigade.responses import best_trait_response, best_trait_response_to_mixture, best_traits
from tests.exact.test_expected import exact_rust, tables  # noqa: F401  the fixture

TEAM = ["hero", "coordinator", "liar", "firefighter"]
GRID = np.linspace(0.0, 1.0, 21)


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
@pytest.mark.parametrize("seat", [0, 2])
@pytest.mark.parametrize("team", [TEAM, ["free_rider"] * 4, tables(2, seed=4)], ids=["mixed", "idle", "odd"])
def test_no_traits_of_a_dense_grid_are_better(python: Backend, name: str, seat: int, team: list[Any]) -> None:
    found = best_trait_response(name, team, seat, backend=python)
    points = [heuristic(work, own) for work, own in itertools.product(GRID, GRID[::4])]
    values = payoffs_against(name, team, np.eye(4), points, seats=[seat], backend=python)
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
    points = [heuristic(work, own) for work, own in itertools.product(GRID[::2], (0.0, 0.5, 1.0))]
    points += [heuristic(work, 1.0) for work in np.linspace(0.85, 0.95, 6)]
    values = payoffs_against(name, team, np.eye(4), points, seats=[0], backend=exact_rust)
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


def test_the_best_traits_against_a_mixture(python: Backend) -> None:
    town = get_scenario("two_houses").replace(num_agents=2)
    names, mixture = ["hero", "free_rider"], [0.4, 0.6]
    found = best_trait_response_to_mixture(town, names, mixture, backend=python)
    points = [heuristic(work, own) for work, own in itertools.product(GRID, GRID[::4])]
    values = payoffs_against(town, names, mixture, points, backend=python)
    assert found.value >= values.max() - 1e-6 * np.ptp(values)
    assert found.gain >= 0.0
    everybody = payoffs_against(town, names, mixture, names, backend=python)
    assert found.present == pytest.approx(everybody @ mixture, rel=1e-12)
    pure = best_trait_response_to_mixture("two_houses", ["hero"], [1.0], seats=[2], backend=python)
    alone = best_trait_response("two_houses", ["hero"] * 4, 2, backend=python)
    assert (pure.theta, pure.value) == (alone.theta, alone.value)


TEAMS = {"heroes": ["hero"] * 4, "idle": ["free_rider"] * 4, "mixed": TEAM}
BY_SQUARE = [
    # Largest inside an edge of the triangle.
    ("default-v1", "heroes", 2063.0518861094165, 150.3811736716325),
    ("easy-v1", "idle", 2560.527919994698, 912.1137304806925),
    ("early_containment-v1", "mixed", 2839.167592783392, 128.52714567834164),
    ("greedy_neighbor-v1", "heroes", 2826.954418031377, 62.604207486921496),
    ("rest_trap-v1", "idle", 2865.7520350907535, 3979.5765985238427),
    ("mixed_motivation-v1", "heroes", 3233.2412641888977, 149.45385605955198),
    ("positional_default-v1", "heroes", 2078.5569853789534, 144.00848053520804),
    # Largest in a corner; from some of them there are two ways up.
    ("hard-v1", "idle", -2185.138775647497, 483.6856969032915),
    ("deceptive_calm-v1", "idle", -2181.5768639044445, 489.1646260345983),
    ("minimal_specialization-v1", "idle", -9012.126523889163, 5897.95442601234),
    ("two_houses-v1", "mixed", -432.473959443674, 194.04077834633682),
    ("chain_reaction-v2", "idle", -341.53064585731715, 181.29563671320557),
    ("greedy_neighbor-v2", "idle", 353.6210994413036, 154.78273368047257),
    ("sparse_heroics-v2", "mixed", 1313.289020261842, 198.2708515886609),
]
"""(scenario, team, largest payoff of seat 0, spread) by another method: boxes that close in on the maximum over the
square of effective traits, from Chebyshev interpolation. It and this one agreed on all 30 named scenarios."""


@pytest.mark.parametrize(("name", "team", "value", "spread"), BY_SQUARE)
def test_another_method_finds_the_same(
    exact_rust: Backend,  # noqa: F811
    name: str,
    team: str,
    value: float,
    spread: float,
) -> None:
    found = best_trait_response(name, TEAMS[team], 0, backend=exact_rust)
    assert found.value == pytest.approx(value, abs=1e-6 * spread)


@pytest.mark.parametrize(
    ("name", "seats", "value", "spread"),
    [
        ("two_houses-v1", None, -245.0489961867818, 50.53906119006396),
        ("two_houses-v2", [1], -62.986021907494134, 80.62038440416443),
    ],
)
def test_another_method_finds_the_same_against_mixtures(
    python: Backend, name: str, seats: list[int] | None, value: float, spread: float
) -> None:
    names, mixture = ["hero", "free_rider", "liar"], [0.2, 0.5, 0.3]
    found = best_trait_response_to_mixture(name, names, mixture, seats=seats, backend=python)
    assert found.value == pytest.approx(value, abs=1e-6 * spread)


def on_the_triangle(function: Callable[[Floats, Floats], Floats]) -> Callable[[Floats], Floats]:
    """A function of (any fire, home first) as one of effective traits."""
    return lambda p: function(p[:, 0] * (1 - p[:, 1]), p[:, 0] * p[:, 1])


@pytest.mark.parametrize("seed", range(20))
def test_nothing_on_a_dense_grid_is_larger(seed: int) -> None:
    # One to three hills or valleys on a slope.
    rng = np.random.default_rng(seed)
    many = rng.integers(1, 4)
    centre, width = rng.uniform(-0.3, 1.3, (many, 2)), rng.uniform(0.5, 1.5, (many, 2))
    height = rng.uniform(0.2, 1.0, many) * rng.choice([1, 1, -1], many)
    slope = rng.normal(size=2) * 0.5

    def function(x: Floats, y: Floats) -> Floats:
        points = np.stack([x, y], axis=1)
        far = (((points[:, None] - centre) / width) ** 2).sum(axis=-1)
        return np.asarray((height * np.exp(-far)).sum(axis=-1) + points @ slope)

    payoff = on_the_triangle(function)
    found = best_traits(payoff, 0.0)
    values = payoff(np.array(list(itertools.product(np.linspace(0, 1, 101), repeat=2))))
    assert found.value >= values.max() - 1e-5 * np.ptp(values)
    assert found.value == pytest.approx(payoff(np.array([effective_traits(found.theta)]))[0], abs=1e-14)


def test_best_traits_of_any_smooth_payoff() -> None:
    found = best_traits(on_the_triangle(lambda x, y: -((x + y - 0.25) ** 2) - y), present=-1.0)
    assert effective_traits(found.theta) == pytest.approx((0.25, 0.0), abs=1e-3)
    assert found.gain == pytest.approx(1.0, abs=1e-6)
    # A spike that no fit can see.
    start = canonical_theta(0.125, 0.0)
    spike = best_traits(lambda p: (p[:, 0] == 0.125).astype(float), present=0.0, starts=[start])
    assert spike.theta == start


def test_no_point_is_evaluated_twice_and_the_same_ones_each_time() -> None:
    asked: list[list[tuple[float, ...]]] = [[], []]
    function = on_the_triangle(lambda x, y: np.sin(4 * x) - y**2 + x * y)
    found = []
    for log in asked:

        def logging(points: Floats, log: list[tuple[float, ...]] = log) -> Floats:
            log += map(tuple, points.tolist())
            return function(points)

        found.append(best_traits(logging, 0.0, starts=[ARCHETYPES["hero"]]))
    assert asked[0] == asked[1]
    assert found[0] == found[1]
    assert len(set(asked[0])) == len(asked[0]) == found[0].evaluations


def test_what_does_not_vary_ends_at_once() -> None:
    found = best_traits(lambda p: 0.0 * p[:, 0] + 7.0, present=7.0)
    assert (found.value, found.gain, found.spread) == (7.0, 0.0, 0.0)
    assert found.evaluations == 6


@pytest.mark.parametrize("tolerance", [0.0, -1.0, float("nan")])
def test_tolerances_that_are_not_positive_are_refused(tolerance: float) -> None:
    with pytest.raises(InvalidInput, match="tolerance = "):
        best_traits(lambda p: p[:, 0], 0.0, tolerance=tolerance)


@pytest.mark.parametrize("payoff", [lambda p: p, lambda p: np.full(len(p), np.nan), lambda _: 1.0])
def test_functions_that_do_not_answer_are_refused(payoff: Callable[[Floats], Floats]) -> None:
    with pytest.raises(InvalidInput, match="finite values"):
        best_traits(payoff, 0.0)


def test_what_cannot_be_exact_is_refused(python: Backend) -> None:
    with pytest.raises(BackendCannotRun, match="social:hero"):
        best_trait_response("two_houses", ["social:hero", *["hero"] * 3], 1, backend=python)
    with pytest.raises(InvalidInput, match="seat = 4"):
        best_trait_response("two_houses", TEAM, 4, backend=python)
