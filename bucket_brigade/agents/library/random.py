"""Random: any house, any mode, any signal, each with equal chances.

The zero of every scale. What earns less than this has misunderstood the game; a best response to it needs no
psychology. A RANDOM took part in the first computer tournament of the prisoner's dilemma and came last.

Source: R. Axelrod, "Effective Choice in the Prisoner's Dilemma", Journal of Conflict Resolution 24 (1980), 3–25.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "Random"]

SPEC = AgentSpec(
    name="random",
    summary="any house, any mode, any signal, each with equal chances",
    factory=f"{__name__}:Random",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": False,
        "memoryless": True,
        "honest": False,
    },
)


class Random:
    """Draws house, mode and signal by the words 0, 1 and 2."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Take in the size of the ring."""
        self.houses = scenario.num_houses

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Toss for everything."""
        house = observations.choice(0, self.houses)
        return actions(house, observations.choice(1, 2), observations.choice(2, 2))
