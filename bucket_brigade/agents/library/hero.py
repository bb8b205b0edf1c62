"""The hero: works every night, wherever it burns.

No night off, no preference beyond a coin toss for its own house, no lie. It pays for every night it works, fire or
not, and everybody in town collects: the agent whom free riders would choose for a neighbour.

Source: rules.md, section 6, played by the heuristic rule.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="hero",
    summary="works every night, wherever it burns",
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
    """Return the heuristic hero."""
    return Heuristic(archetype("hero"))
