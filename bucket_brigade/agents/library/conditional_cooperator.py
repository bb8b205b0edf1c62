"""The conditional cooperator: works with a chance equal to the share of the others who did.

The commonest type in the laboratory: asked for a contribution for every average of the others, about half of the
subjects give more the more the others give. Such groups start well and decay, for the share that is matched is
never quite reached. Night by night, at the nearest fire; nights without a fire change no opinion.

Source: U. Fischbacher, S. Gächter and E. Fehr, "Are people conditionally cooperative? Evidence from a public goods
experiment", Economics Letters 71 (2001), 397–404.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.reputation import WorkSeen
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "ConditionalCooperator"]

SPEC = AgentSpec(
    name="conditional_cooperator",
    summary="works with a chance equal to the share of the others who worked when it last burned",
    factory=f"{__name__}:ConditionalCooperator",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": False,
        "memoryless": False,
        "honest": True,
    },
)


class ConditionalCooperator:
    """Remembers what the others did on the last night with a fire, and matches it by word 0."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start with a good opinion of everybody."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.seen = WorkSeen(seat, scenario.num_agents, num_games)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire as often as the others, else rest at home."""
        fire = first(observations.burning, self.order)
        works = observations.chance(0, self.seen.look(observations)) & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
