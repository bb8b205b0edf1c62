"""The firefighter: works nine nights in ten, at home first, and says so.

The model citizen of the five archetypes. It does not ask whether work pays: nine nights in ten it goes out, to
its own house if that burns and its own-house instinct (0.8) wins, else to a fire anywhere in town, and a night
without fire finds it on watch at home. Its word is always true.

Source: rules.md, section 6, played by the heuristic rule.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="firefighter",
    summary="works nine nights in ten, at home first, and says so",
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
    """Return the heuristic firefighter."""
    return Heuristic(archetype("firefighter"))
