"""Always rest: never works, and says so.

Unconditional defection, the ALLD of the prisoner's dilemma tournaments, but an honest one. The yardstick of every
dilemma here: where everybody rests and nobody gains by working alone, the town burns in equilibrium.

Source: R. Axelrod, "The Evolution of Cooperation", Basic Books, 1984.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="always_rest",
    summary="never works, and says so",
    factory=f"{__name__}:make",
    traits={
        "native": True,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


def make() -> Heuristic:
    """Return the heuristic strategy that works with chance 0 and tells the truth."""
    return Heuristic((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
