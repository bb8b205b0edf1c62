"""The liar: works two nights in five, at home first, and signals the opposite.

Nine signals in ten are false. Among agents that do not listen that is harmless; next to `trust_the_signals` it
empties the brigade on the nights when nobody is going.

Source: rules.md, section 6, played by the heuristic rule.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="liar",
    summary="works two nights in five, at home first, and signals the opposite",
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
    """Return the heuristic liar."""
    return Heuristic(archetype("liar"))
