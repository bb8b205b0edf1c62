"""The search for the best heuristic deviation, on payoffs that are known in closed form."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bucket_brigade.equilibrium.double_oracle.deviators import AsymmetricConcept, SymmetricConcept
from bucket_brigade.payoffs.exact_payoffs import run_batched
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.responses.simplex_polynomials import num_nodes, place_of
from bucket_brigade.responses.trait_search import Surfaces, TraitDeviation, best_trait_deviation
from tests.payoffs.closed_form import ClosedForm, Points


def search(
    payoffs: ClosedForm, profile: MixedProfile, tolerance: float = 1e-8, relative_gap: float = 0.001
) -> TraitDeviation:
    """Return the best deviation of seat 0."""
    objective = AsymmetricConcept(profile.agents, 1e-9).objectives[0]
    level = objective.level(payoffs.expected(profile))
    return run_batched(
        payoffs,
        [
            best_trait_deviation(
                Surfaces(payoffs),
                objective.draws(profile),
                level,
                list(profile.supports[0]),
                tolerance=tolerance,
                relative_gap=relative_gap,
                early=False,
            )
        ],
    )[0]


FUNCTIONS: dict[str, Callable[[float, float], float]] = {
    "a corner": lambda x, y: 3.0 * x - 2.0 * y,
    "an edge": lambda x, y: -((x - 0.37) ** 2) - y,
    "the third edge": lambda x, y: -((x - y - 0.3) ** 2) + 2 * (x + y),
    "inside": lambda x, y: -((x - 0.21) ** 2) - 2 * (y - 0.33) ** 2 + 0.5 * x * y,
    "convex": lambda x, y: (x - 0.4) ** 2 + (y - 0.5) ** 2,
    "two hills": lambda x, y: float(np.sin(9 * x) + np.cos(7 * y) - x * y),
    "steep": lambda x, y: float(np.exp(-6 * x) + 0.8 * np.exp(-9 * (1 - y))),
    "rational": lambda x, y: (1 + x) / (1 + 3 * x**2 + 4 * (y - 0.2) ** 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_best_deviation_is_the_largest_value_of_the_function(name: str) -> None:
    function = FUNCTIONS[name]
    payoffs = ClosedForm(1, lambda points: [function(points[0][1], points[0][2])])
    start = payoffs.pool.add_traits((0.5, 0.5))
    found = search(payoffs, MixedProfile.pure((start,)))
    dense = [(i / 400, j / 400) for i in range(401) for j in range(401 - i)]
    now = function(0.25, 0.25)
    best = max(function(x, y) for x, y in dense) - now
    assert found.gain >= best - 1e-4
    assert found.gain <= found.upper
    assert best <= found.upper + 1e-7
    # The gain is that of the strategy that is returned, exactly.
    traits = payoffs.pool.traits(found.entry)
    assert traits is not None
    x, y = place_of(traits)
    assert found.gain == pytest.approx(function(x, y) - now, abs=1e-12)


def test_gains_are_means_over_seats_and_draws() -> None:
    def function(points: Points) -> list[float]:
        work = [1.0 - point[0] for point in points]
        return [(2.0 + i) * (w - 0.5) * (1.5 - sum(work)) for i, w in enumerate(work)]

    payoffs = ClosedForm(3, function)
    ids = [payoffs.pool.add_traits(t) for t in ((0.0, 0.0), (1.0, 1.0))]
    profile = MixedProfile.of([ids] * 3, [np.array([0.3, 0.7])] * 3)
    objective = SymmetricConcept(3, 1e-9, "random").objectives[0]
    terms = objective.draws(profile)
    assert sum(term.weight for term in terms) == pytest.approx(1.0)
    assert len(terms) == 3 * 4
    level = objective.level(payoffs.expected(profile))
    (found,) = run_batched(
        payoffs,
        [
            best_trait_deviation(
                Surfaces(payoffs), terms, level, ids, tolerance=1e-9, relative_gap=0.0, early=False
            )
        ],
    )
    # Everybody else works 0.7 of the time, so w is worth 3 (w - 0.5) (0.1 - w) on average.
    values = [3.0 * (w - 0.5) * (0.1 - w) for w in np.linspace(0, 1, 100_001)]
    assert found.gain + level == pytest.approx(max(values), abs=1e-8)


def test_smooth_payoffs_take_few_evaluations() -> None:
    payoffs = ClosedForm(1, lambda points: [-((points[0][1] - 0.3) ** 2) - points[0][2] ** 2])
    search(payoffs, MixedProfile.pure((payoffs.pool.add_traits((0.0, 0.0)),)))
    assert len(payoffs.asked) <= num_nodes(4) + 3
