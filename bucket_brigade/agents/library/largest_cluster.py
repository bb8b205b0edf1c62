"""Largest cluster: attacks the longest row of neighbouring fires, at its end nearest to home.

A row of fires spreads at its two ends only; whatever burns inside has no safe neighbour left. So this agent finds
the longest arc of burning houses and works at the end that is nearer to its home. Of arcs as long it takes the
one whose end is nearest, and of ends as near the clockwise one. If the whole ring burns, it saves its home.

Source: folk.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import arc_lengths, beside, by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "LargestCluster"]

SPEC = AgentSpec(
    name="largest_cluster",
    summary="attacks the longest row of neighbouring fires, at its end nearest to home",
    factory=f"{__name__}:LargestCluster",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class LargestCluster:
    """Measures every arc of fires and looks for its ends."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at an end of the longest arc, else rest at home."""
        burning = observations.burning
        length = arc_lengths(burning)
        longest = burning & (length == length.max(axis=1, keepdims=True))
        # A ring that burns all round has no end.
        ends = longest & ((beside(burning) < 2) | burning.all(axis=1, keepdims=True))
        fire = first(ends, self.order)
        return actions(np.where(fire >= 0, fire, self.home), fire >= 0)
