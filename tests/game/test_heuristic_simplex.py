"""Effective traits: what the heuristic rule can do in a night, rounded as engines round it."""

from __future__ import annotations

import pytest

from bucket_brigade.game.heuristic_simplex import barycentric, heuristic, traits_at, traits_of
from bucket_brigade.game.strategy import Heuristic


def test_traits_are_rounded_as_engines_round_them() -> None:
    assert traits_of(Heuristic((1.0, 0.0, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.0, 0.8))) == (0.0, 0.0)
    w, e = traits_of(Heuristic((1.0, 0.9, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.25, 0.8)))
    assert w * 2**32 == round(w * 2**32) == round(0.675 * 2**32)
    assert e * 2**32 == round(0.8 * 2**32)
    assert traits_of(heuristic(w, e)) == (w, e)
    assert traits_at(barycentric((w, e))) == pytest.approx((w, e), abs=2**-31)
