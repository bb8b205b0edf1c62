"""The own-house specialist: puts out fires in the houses it owns, and no others.

Private insurance instead of a brigade. It goes to the nearest of its own houses that burns and rests when none
does, whatever happens next door; where fires spread, the neighbour's fire is tomorrow's own. An agent that owns no
house, as in a large team on a small ring, rests for ever.

Source: folk.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "OwnHouseSpecialist"]

SPEC = AgentSpec(
    name="own_house_specialist",
    summary="puts out fires in the houses it owns, the nearest first, and no others",
    factory=f"{__name__}:OwnHouseSpecialist",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class OwnHouseSpecialist:
    """Looks at its own houses in the order of their distance from home."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses that the seat owns, the nearest first."""
        self.home = scenario.home(seat)
        order = by_distance(scenario, self.home)
        self.own = order[[scenario.owner(int(house)) == seat for house in order]]

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the first own house that burns, else rest at home."""
        fire = first(observations.burning, self.own)
        return actions(np.where(fire >= 0, fire, self.home), fire >= 0)
