"""Tit for tat: works if at least half of the others worked when it last burned.

Begin with kindness, then answer in kind. Between two players that is the whole of Anatol Rapoport's rule, which won
both of Axelrod's tournaments; among many, "the other" becomes the majority of the others. It believes deeds, not
signals: a night without a fire tests nobody and changes no opinion. It works at the nearest fire and always says
what it does.

Source: R. Axelrod and W. D. Hamilton, "The Evolution of Cooperation", Science 211 (1981), 1390–1396.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.reputation import WorkSeen
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "TitForTat"]

SPEC = AgentSpec(
    name="tit_for_tat",
    summary="works if at least half of the others worked when it last burned",
    factory=f"{__name__}:TitForTat",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": False,
        "honest": True,
    },
)


class TitForTat:
    """Remembers what the others did on the last night with a fire."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start with a good opinion of everybody."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.seen = WorkSeen(seat, scenario.num_agents, num_games)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire if the majority did, else rest at home."""
        fire = first(observations.burning, self.order)
        works = (self.seen.look(observations) >= 0.5) & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
