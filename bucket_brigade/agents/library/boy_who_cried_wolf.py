"""The boy who cried wolf: announces work every night, and never works.

In the fable the shepherd cries wolf for fun until nobody comes. Here the cry is "I am going": whoever takes it
for a promise stays at home, and the house burns. `trust_the_signals` falls for it for ever, `trust_but_verify`
for a few nights.

Source: Aesop, "The Shepherd's Boy and the Wolf", no. 210 in the index of B. E. Perry.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="boy_who_cried_wolf",
    summary="announces work every night, and never works",
    factory=f"{__name__}:make",
    traits={
        "native": True,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": False,
    },
)


def make() -> Heuristic:
    """Return the heuristic strategy that works with chance 0 and tells the truth with chance 0."""
    return Heuristic((0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
