"""Candidates between the strategies of a restricted game."""

from __future__ import annotations

import numpy as np
import pytest

from bucket_brigade.equilibrium.double_oracle.candidates import behavioral_reduction, simplified
from bucket_brigade.equilibrium.double_oracle.deviators import SymmetricConcept
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from tests.payoffs.closed_form import ClosedForm


def test_candidates_near_a_mixed_profile() -> None:
    payoffs = ClosedForm(2, lambda _: [0.0, 0.0])
    add = payoffs.pool.add_traits
    mixed = MixedProfile.of([[add((0.0, 0.0)), add((1.0, 1.0))]] * 2, [np.array([0.25, 0.75])] * 2)
    even = behavioral_reduction(payoffs, mixed)
    assert even is not None
    assert payoffs.pool.traits(even.supports[0][0]) == (0.75, 1.0)
    assert behavioral_reduction(payoffs, even) is None
    near = MixedProfile.of(
        [[add((0.60, 0.99)), add((0.62, 1.0)), add((0.01, 0.0))]] * 2, [np.array([0.5, 0.2, 0.3])] * 2
    )
    simple = simplified(SymmetricConcept(2, 1e-9, "random"), payoffs, near)
    assert simple is not None
    assert [payoffs.pool.traits(i) for i in simple.supports[0]] == [
        pytest.approx((0.6057, 1.0), abs=5e-3),
        (0.0, 0.0),
    ]
    assert simple.shares[0] == pytest.approx((0.7, 0.3))
