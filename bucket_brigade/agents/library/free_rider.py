"""The free rider: works two nights in a hundred and looks after its own house.

The problem this town was built to study. A saved house pays everybody in full, whoever saved it, and only the
worker pays for the work; so each does best if the others go. Its tendency to work (0.2) is nearly eaten up by its
taste for rest (0.9), and seven signals in ten are true, which hides nothing.

Source: rules.md, section 6, played by the heuristic rule. The problem: M. Olson, "The Logic of Collective Action",
Harvard University Press, 1965.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SPEC", "make"]

SPEC = AgentSpec(
    name="free_rider",
    summary="works two nights in a hundred and looks after its own house",
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
    """Return the heuristic free rider."""
    return Heuristic(archetype("free_rider"))
