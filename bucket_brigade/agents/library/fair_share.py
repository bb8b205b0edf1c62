"""Fair share: works as long as it has not worked more nights than the others on average.

Most people mind being the sucker more than they mind being the lucky one, but they mind both. This agent keeps
accounts of nights worked, its own and everybody's, and goes to the nearest fire unless it is ahead of the average of
the others. A town of such agents works to the last; with one among them who never works, all stop after their first
night.

Source: E. Fehr and K. M. Schmidt, "A Theory of Fairness, Competition, and Cooperation", Quarterly Journal of Economics
114 (1999), 817–868.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "FairShare"]

SPEC = AgentSpec(
    name="fair_share",
    summary="works unless it has worked more nights than the others on average",
    factory=f"{__name__}:FairShare",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": False,
        "honest": True,
    },
)


class FairShare:
    """Counts the nights that everybody has worked."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Open the accounts."""
        self.seat, self.home = seat, scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.agents = scenario.num_agents
        self.worked = np.zeros((num_games, scenario.num_agents), dtype=np.int64)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire unless that has been the others' luxury, else rest at home."""
        self.worked += observations.last_modes
        fire = first(observations.burning, self.order)
        # Mine ≤ (all - mine) / (N - 1), without a division; an agent that is alone has nobody to envy.
        owes = self.agents * self.worked[:, self.seat] <= self.worked.sum(axis=1)
        works = owes & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
