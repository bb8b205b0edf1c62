"""What is certain about a profile: how much anybody could gain by changing, and against which changes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bucket_brigade._typing import Floats

__all__ = ["CERTIFICATE_MEANING", "SMALLEST_TOLERANCE", "Certificate"]

SMALLEST_TOLERANCE = 1e-9
"""What an epsilon of 0 is taken for in searches, payoff units; nothing is certified to 0."""


CERTIFICATE_MEANING = (
    "Exploitability is the most that one agent gains, in payoff units per game, by changing its strategy while all "
    "others stay as they are. Traits: over all heuristic strategies; the lower number is the gain of a strategy "
    "that was evaluated, the upper one adds what fits between evaluated strategies leave in doubt, as they "
    "themselves estimate it. Markov: over all policies that look at the houses and the night, the agent's seat "
    "known; against opponents who do not mix this is the best of all strategies and both numbers are the same. "
    "Against opponents who mix, the upper number is what an agent gains that is told which strategies they drew, "
    "and the lower one what some policy gains that is not told. Converged means that the upper number for the space "
    "that was searched is at most epsilon, and nothing else."
)


@dataclass(frozen=True, eq=False)
class Certificate:
    """Bounds on what changing alone gains over one profile; N seats, payoff units per game.

    Arrays have shape (N,) and hold NaN for seats on which nobody deviates (published seating: all but
    seat 0). `exploitability_…` is the largest gain over the seats; with random seating it is that of an agent who
    chooses before it is seated: one strategy for all seats among traits, and a policy for each seat among Markov
    policies, of which the mean gain counts.
    """

    space: str
    """`traits` or `markov`: the deviations that `converged` is about."""
    epsilon: float
    trait_gains: Floats
    """What the best heuristic strategy found for each seat gains; never negative."""
    trait_gains_upper: Floats
    exploitability_traits: float
    exploitability_traits_upper: float
    markov_gains: Floats | None = None
    """What no strategy gains more than on each seat; None if it was not asked for."""
    markov_gains_lower: Floats | None = None
    """What some Markov policy gains on each seat; the same as `markov_gains` where opponents do not mix."""
    exploitability_markov: float | None = None
    exploitability_markov_lower: float | None = None
    best_deviation: str | None = None
    """The heuristic strategy that gains `exploitability_traits`; None if nothing gains."""
    exact: bool = True
    """Whether payoffs are exact; else all bounds hold together with probability `confidence`."""
    confidence: float = 1.0
    deviations: str = "all heuristic strategies"
    """What `exploitability_traits` runs over."""
    games: int = 0
    """Games played for each profile, 0 if payoffs are exact."""

    @property
    def converged(self) -> bool:
        """Whether it is certain that nobody gains more than epsilon in the space that was searched."""
        bound = self.exploitability_markov if self.space == "markov" else self.exploitability_traits_upper
        return bound is not None and bound <= self.epsilon

    def to_json(self) -> dict[str, Any]:
        """Return plain data; bounds as [lower, upper], null where nothing is known."""
        markov = None
        if self.markov_gains is not None and self.markov_gains_lower is not None:
            markov = {
                "exploitability": _interval(self.exploitability_markov_lower, self.exploitability_markov),
                "gains": _intervals(self.markov_gains_lower, self.markov_gains),
            }
        return {
            "space": self.space,
            "epsilon": self.epsilon,
            "converged": self.converged,
            "exact": self.exact,
            "confidence": self.confidence,
            "games": self.games,
            "traits": {
                "deviations": self.deviations,
                "exploitability": _interval(self.exploitability_traits, self.exploitability_traits_upper),
                "gains": _intervals(self.trait_gains, self.trait_gains_upper),
                "best_deviation": self.best_deviation,
            },
            "markov": markov,
            "meaning": CERTIFICATE_MEANING,
        }


def _intervals(lower: Floats, upper: Floats) -> list[list[float | None] | None]:
    return [
        None if math.isnan(low) else _interval(low, high)
        for low, high in zip(lower.tolist(), upper.tolist(), strict=True)
    ]


def _interval(lower: float | None, upper: float | None) -> list[float | None]:
    """Return [lower, upper]; an infinite bound is null."""
    return [None if x is None or math.isinf(x) else float(x) for x in (lower, upper)]
