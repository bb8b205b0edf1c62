"""Nearest fire: works at the fire nearest to home, and rests when nothing burns.

What everybody would do without thinking of the others. It never tires and never works for nothing; but agents who
live side by side run to the same house, and the far side of the ring burns. Of two fires as near, it takes the
one that lies clockwise.

Source: folk.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "NearestFire"]

SPEC = AgentSpec(
    name="nearest_fire",
    summary="works at the fire nearest to home, and rests when nothing burns",
    factory=f"{__name__}:NearestFire",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class NearestFire:
    """Looks at the houses in the order of their distance from home."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the first house that burns, else rest at home."""
        fire = first(observations.burning, self.order)
        return actions(np.where(fire >= 0, fire, self.home), fire >= 0)
