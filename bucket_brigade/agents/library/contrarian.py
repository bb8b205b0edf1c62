"""The contrarian: works at the fire where the fewest others were last night.

If the bar was crowded on Thursday, stay at home; but if everybody thinks so, it is empty, and next week it is
crowded again. Of the fires as empty it takes the nearest. One contrarian fills the gaps of a brigade; four of
them leave a crowd behind and meet where nobody was.

Source: W. B. Arthur, "Inductive Reasoning and Bounded Rationality", American Economic Review 84 (2) (1994), 406–411.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "Contrarian"]

SPEC = AgentSpec(
    name="contrarian",
    summary="works at the fire where the fewest others were last night",
    factory=f"{__name__}:Contrarian",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class Contrarian:
    """Counts the others at every fire."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first, and the other seats."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.others = np.delete(np.arange(scenario.num_agents), seat)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the emptiest fire, else rest at home."""
        burning = observations.burning
        crowd = np.zeros(burning.shape, dtype=np.int64)
        for other in self.others:
            crowd[np.arange(len(crowd)), observations.last_locations[:, other]] += 1
        # On night 1 the locations say nothing, and all fires are as empty.
        crowd[observations.night == 1] = 0
        crowd[~burning] = len(self.others) + 1
        fire = first(burning & (crowd == crowd.min(axis=1, keepdims=True)), self.order)
        return actions(np.where(fire >= 0, fire, self.home), fire >= 0)
