"""The bystander: the more people stand around a fire, the less likely it helps.

Thirty-eight witnesses, it was said, and nobody called: responsibility is shared out among all who are there, and
each one's share is small. The bystander looks at the nearest fire and counts the others who were there or next
door last night; with n of them, it helps with chance 1/(1 + n). Alone it always helps.

Source: J. M. Darley and B. Latané, "Bystander intervention in emergencies: Diffusion of responsibility", Journal of
Personality and Social Psychology 8 (1968), 377–383.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "Bystander"]

SPEC = AgentSpec(
    name="bystander",
    summary="helps at the nearest fire with chance 1/(1+n), n others around it last night",
    factory=f"{__name__}:Bystander",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": False,
        "memoryless": True,
        "honest": True,
    },
)


class Bystander:
    """Counts the crowd around the nearest fire, and draws by word 0."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first, and the other seats."""
        self.home, self.houses = scenario.home(seat), scenario.num_houses
        self.order = by_distance(scenario, self.home)
        self.others = np.delete(np.arange(scenario.num_agents), seat)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Help at the nearest fire if the share of responsibility is felt, else rest at home."""
        fire = first(observations.burning, self.order)
        away = (observations.last_locations[:, self.others].astype(np.int64) - fire[:, None]) % self.houses
        around = (away <= 1) | (away == self.houses - 1)
        # Before the first night nobody stands anywhere.
        crowd = np.where(observations.night > 1, around.sum(axis=1), 0)
        works = observations.chance(0, 1.0 / (1.0 + crowd)) & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
