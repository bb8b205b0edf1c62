"""Focal point: shares out the fires by an obvious convention, without a word.

With b fires in town, counted from house 0, seat i takes fire number i modulo b. If everybody follows it, no fire
is left alone while another has two workers to spare, and nobody has to ask: the house numbers are on the doors. A
convention is worth what the others make of it; among nearest-fire agents it only runs far.

Source: T. C. Schelling, "The Strategy of Conflict", Harvard University Press, 1960, chapter 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "FocalPoint"]

SPEC = AgentSpec(
    name="focal_point",
    summary="shares out the fires by an obvious convention: seat i takes fire number i",
    factory=f"{__name__}:FocalPoint",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class FocalPoint:
    """Counts the fires from house 0 and takes the one with its number."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Take in the number of the seat."""
        self.seat, self.home = seat, scenario.home(seat)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at fire number ``seat mod b``, else rest at home."""
        burning = observations.burning
        fires = burning.sum(axis=1)
        mine = self.seat % np.maximum(fires, 1)
        house = np.argmax(np.cumsum(burning, axis=1) > mine[:, None], axis=1)
        return actions(np.where(fires > 0, house, self.home), fires > 0)
