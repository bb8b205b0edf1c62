"""Firebreak: works at the fire that threatens the most safe houses.

A fire with two safe neighbours can light both tonight, one in the middle of a row none. Greedy, and not optimal;
but in graph theory, where a fire spreads along edges and one vertex a turn can be saved, greedy rules of this kind
are known to save at least half of what is possible on trees. Of fires that threaten as much, the nearest.

Source: B. Hartnell, "Firefighter! An application of domination", 25th Manitoba Conference on Combinatorial
Mathematics and Computing, University of Manitoba, Winnipeg, 1995; the bound: B. Hartnell and Q. Li, "Firefighting on
trees: how bad is the greedy algorithm?", Congressus Numerantium 145 (2000), 187–192.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import beside, by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "Firebreak"]

SPEC = AgentSpec(
    name="firebreak",
    summary="works at the fire that threatens the most safe houses, the nearest of them",
    factory=f"{__name__}:Firebreak",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class Firebreak:
    """Counts the safe neighbours of every fire."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the fire with the most safe neighbours, else rest at home."""
        burning = observations.burning
        threatens = np.where(burning, beside(observations.houses == 0), -1)
        worst = burning & (threatens == threatens.max(axis=1, keepdims=True))
        fire = first(worst, self.order)
        return actions(np.where(fire >= 0, fire, self.home), fire >= 0)
