"""Cournot: does tonight what would have been best against last night.

The oldest learning rule in economics: expect the others to repeat themselves, and reply. For each fire it takes the
workers who were there last night, asks by how much one more worker raises the chance of putting it out, and
multiplies by what the house is worth to itself over the shortest game. It works where that is most, if it is more
than the work costs and the rest forgoes; of fires worth as much, at the nearest. That a fire left alone spreads
is not on its price list.

Source: A. A. Cournot, "Recherches sur les principes mathématiques de la théorie des richesses", Hachette, Paris, 1838,
chapter 7.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.draws import at_least_once
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "Cournot"]

SPEC = AgentSpec(
    name="cournot",
    summary="replies to last night: works where one more worker is worth more than it costs",
    factory=f"{__name__}:Cournot",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class Cournot:
    """Knows the prices of the scenario, and what one more worker does."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Price every house and every size of a crew."""
        s = scenario
        self.home = s.home(seat)
        self.order = by_distance(s, self.home)
        self.others = np.delete(np.arange(s.num_agents), seat)
        mine = np.array([s.owner(house) == seat for house in range(s.num_houses)])
        public = (s.team_reward_house_survives + s.team_penalty_house_burns) / s.num_houses
        penalty = np.where(
            mine, s.stake("penalty_own_house_burns", seat), s.stake("penalty_other_house_burns", seat)
        )
        saved = np.where(
            mine, s.stake("reward_own_house_survives", seat), s.stake("reward_other_house_survives", seat)
        )
        self.worth = s.min_nights * (public + penalty) + saved
        """(H,) what it is worth to this seat that a house is saved tonight and not ruined."""
        steps = np.array([s.ring_distance(self.home, house) for house in range(s.num_houses)])
        self.cost = s.cost_to_work_one_night + s.reward_rest + s.distance_cost * steps
        """(H,) what working there costs, more than resting."""
        kappa = s.prob_solo_agent_extinguishes_fire
        put_out = np.array([at_least_once(kappa, workers) for workers in range(s.num_agents + 1)])
        self.difference = np.diff(put_out)
        """(N,) by how much one more worker raises the chance, with 0 … N-1 others there."""

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work where it is worth most if it is worth its price, else rest at home."""
        burning = observations.burning
        crew = np.zeros(burning.shape, dtype=np.int64)
        for other in self.others:
            place = observations.last_locations[:, other]
            crew[np.arange(len(crew)), place] += observations.last_modes[:, other]
        profit = np.where(burning, self.worth * self.difference[crew] - self.cost, -np.inf)
        most = profit.max(axis=1)
        fire = first(burning & (profit == most[:, None]), self.order)
        works = (most > 0.0) & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
