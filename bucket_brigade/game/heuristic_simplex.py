"""What the heuristic rule can do in a night: a point of a triangle.

Of its ten traits the rule reads four, and where nobody listens to signals payoffs depend on two effective
numbers only: w, the probability of working (``work_tendency * (1 - rest_reward_bias)``), and e, the
probability that a worker sees to a fire at home first (`own_house_priority`). Every night an agent rests with
probability ``1 - w``, works at any fire with ``w (1 - e)`` and at home first with ``w e``: a point of a
triangle whose corners are *rest*, *any fire* and *home first*. A night's transition probabilities are affine
in these three numbers, so an agent's payoff is a polynomial in its own point, and it is smooth where (w, e)
is not: at w = 0, where e means nothing. Numbers are rounded to multiples of 2**-32, as engines round them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.game.draws import CERTAIN, threshold
from bucket_brigade.game.strategy import Heuristic, Theta

__all__ = [
    "ANY_FIRE",
    "CORNERS",
    "HOME_FIRST",
    "REST",
    "Traits",
    "barycentric",
    "canonical_theta",
    "corner_name",
    "effective_traits",
    "heuristic",
    "traits_at",
    "traits_of",
]

Traits = tuple[float, float]
"""The two effective numbers (w, e), multiples of 2**-32; e is 0 where w is."""


def effective_traits(theta: Theta) -> Traits:
    """Return (w, e) of θ as its floats have them, before engines round."""
    _, work, _, own, *_, rest, _ = theta
    return work * (1 - rest), own


def canonical_theta(work: float, own: float) -> Theta:
    """Return θ with this chance to work and own-house priority, both in [0, 1]; what does not matter is fixed.

    Honest, and 0 in the traits that the heuristic rule does not read.
    """
    return (1.0, work, 0.0, own, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def heuristic(work: float, own: float = 1.0) -> Heuristic:
    """Return the strategy that works with this chance, and with this chance sees to its own house first."""
    return Heuristic(canonical_theta(work, own))


def traits_of(strategy: Heuristic) -> Traits:
    """Return the effective numbers (w, e) of a heuristic strategy, as engines round them."""
    return _rounded(*effective_traits(strategy.theta))


def barycentric(traits: Traits) -> Floats:
    """Return (rest, any fire, home first): the chances of the three things to do, shape (3,)."""
    w, e = traits
    return np.array([1.0 - w, w * (1.0 - e), w * e])


def traits_at(point: Sequence[float] | Floats) -> Traits:
    """Return the effective numbers at a point (rest, any fire, home first) of the triangle, rounded."""
    _, any_fire, home_first = (max(0.0, float(x)) for x in point)
    work = min(1.0, any_fire + home_first)
    return _rounded(work, home_first / work if work > 0.0 else 0.0)


def _rounded(w: float, e: float) -> Traits:
    work = threshold(w) / CERTAIN
    # At w = 0 nobody works, at home or elsewhere: one strategy.
    return (work, threshold(min(e, 1.0)) / CERTAIN) if work > 0.0 else (0.0, 0.0)


REST = heuristic(0.0, 0.0)
ANY_FIRE = heuristic(1.0, 0.0)
HOME_FIRST = heuristic(1.0, 1.0)

CORNERS: dict[str, Heuristic] = {"rest": REST, "any_fire": ANY_FIRE, "home_first": HOME_FIRST}
"""The three corners, by the names that reports give them."""

_NAMES = {traits_of(strategy): name for name, strategy in CORNERS.items()}


def corner_name(traits: Traits) -> str | None:
    """Return the name of the corner at these effective numbers, None if they are no corner."""
    return _NAMES.get(traits)
