"""Generous tit for tat: answers in kind, but forgives one offence in three.

Where intentions misfire, two strict avengers punish each other for ever. Evolution in noisy populations therefore
ends not with tit for tat but with a rule that cooperates after a defection with some chance; for the usual payoffs
of the prisoner's dilemma (5, 3, 1, 0) that chance is one third. Here luck itself looks like ill will: whoever
lives far from a fire may rest for good reasons.

Source: M. A. Nowak and K. Sigmund, "Tit for tat in heterogeneous populations", Nature 355 (1992), 250–253.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.reputation import WorkSeen
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "GenerousTitForTat"]

SPEC = AgentSpec(
    name="generous_tit_for_tat",
    summary="as tit_for_tat, but forgives with chance one third",
    factory=f"{__name__}:GenerousTitForTat",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": False,
        "memoryless": False,
        "honest": True,
    },
)

GENEROSITY = 1.0 / 3.0
"""The chance of working although the others did not."""


class GenerousTitForTat:
    """Remembers what the others did on the last night with a fire, and forgives by word 0."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start with a good opinion of everybody."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.seen = WorkSeen(seat, scenario.num_agents, num_games)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire if the majority did or all is forgiven, else rest at home."""
        fire = first(observations.burning, self.order)
        kind = (self.seen.look(observations) >= 0.5) | observations.chance(0, GENEROSITY)
        works = kind & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
