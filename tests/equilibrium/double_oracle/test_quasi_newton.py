"""Equilibrium candidates by a quasi-Newton method, on payoffs that are known in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from bucket_brigade.equilibrium.double_oracle.deviators import AsymmetricConcept, SymmetricConcept
from bucket_brigade.equilibrium.double_oracle.quasi_newton import quasi_newton_candidate
from bucket_brigade.payoffs.exact_payoffs import run_batched
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from tests.payoffs.closed_form import ClosedForm, Points


def test_an_equilibrium_between_strategies_is_found() -> None:
    # A Cournot game: working w earns w (1 - sum of all w); three agents work 1/4 each in equilibrium.
    def function(points: Points) -> list[float]:
        work = [1.0 - point[0] for point in points]
        return [w * (1.0 - sum(work)) for w in work]

    payoffs = ClosedForm(3, function)
    place = payoffs.pool.add_traits
    for concept in (SymmetricConcept(3, 1e-10, "random"), AsymmetricConcept(3, 1e-10)):
        start = MixedProfile.pure((place((0.4, 1.0)),) * 3)
        (found,) = run_batched(payoffs, [quasi_newton_candidate(concept, payoffs, start, 1e-10)])
        assert found is not None
        for support in found.supports:
            traits = payoffs.pool.traits(support[0])
            assert traits is not None
            assert traits[0] == pytest.approx(0.25, abs=1e-4)
            assert traits[1] == 1.0


def test_mixed_strategies_and_their_shares_move_together() -> None:
    # Matching pennies in one's place p = w: with probability x near 0.2 and else near 0.8; see the payoff.
    def function(points: Points) -> list[float]:
        a, b = (1.0 - point[0] for point in points)
        hills = -((a - 0.2) ** 2) * (a - 0.8) ** 2
        return [
            100 * hills - (a - 0.5) * (b - 0.35),
            100 * -((b - 0.2) ** 2) * (b - 0.8) ** 2 - (a - 0.35) * (b - 0.5),
        ]

    payoffs = ClosedForm(2, function)
    ids = [payoffs.pool.add_traits((w, 1.0)) for w in (0.23, 0.78)]
    concept = SymmetricConcept(2, 1e-10, "random")
    start = MixedProfile.of([ids] * 2, [np.array([0.6, 0.4])] * 2)
    (found,) = run_batched(payoffs, [quasi_newton_candidate(concept, payoffs, start, 1e-10)])
    assert found is not None
    works = [traits[0] for traits in map(payoffs.pool.traits, found.supports[0]) if traits is not None]
    # Opponents that work 0.35 on average leave only the hills, whose tops are at 0.2 and 0.8.
    assert works == pytest.approx([0.2, 0.8], abs=1e-4)
    assert np.array(found.shares[0]) == pytest.approx([0.75, 0.25], abs=1e-4)


def test_where_payoffs_are_convex_there_is_no_candidate() -> None:
    payoffs = ClosedForm(1, lambda points: [(points[0][0] - 0.5) ** 2])
    start = MixedProfile.pure((payoffs.pool.add_traits((0.4, 1.0)),))
    assert run_batched(
        payoffs, [quasi_newton_candidate(AsymmetricConcept(1, 1e-9), payoffs, start, 1e-9)]
    ) == [None]
