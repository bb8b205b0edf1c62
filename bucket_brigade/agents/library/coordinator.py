"""The coordinator: works about every second night and mostly tells the truth.

Its trait `coordination` is the highest of all, but the heuristic rule does not read it: what is left is a
moderate worker with a preference for its home. Typed as ``social:coordinator`` it is played by the social rule,
which reads all ten traits, and joins the crowd.

Source: rules.md, section 6, played by the heuristic rule.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="coordinator",
    summary="works about every second night and mostly tells the truth",
    factory=f"{__name__}:make",
    traits={
        "native": True,
        "state_only": True,
        "deterministic": False,
        "memoryless": True,
        "honest": False,
    },
)


def make() -> Heuristic:
    """Return the heuristic coordinator."""
    return Heuristic(archetype("coordinator"))
