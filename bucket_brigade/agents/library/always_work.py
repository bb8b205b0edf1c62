"""Always work: every night at some fire, all fires alike.

Unconditional cooperation, the ALLC of the prisoner's dilemma tournaments. It does not care whose house burns,
what the others do or what work costs; without a fire it keeps watch at home. The corner w = 1, e = 0 of the
heuristic strategies.

Source: R. Axelrod, "The Evolution of Cooperation", Basic Books, 1984.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="always_work",
    summary="works every night at some fire, all fires alike",
    factory=f"{__name__}:make",
    traits={
        "native": True,
        "state_only": True,
        "deterministic": False,
        "memoryless": True,
        "honest": True,
    },
)


def make() -> Heuristic:
    """Return the heuristic strategy that works with certainty, its home not first, and tells the truth."""
    return Heuristic((1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
