"""The mixed volunteer: goes with the chance that makes everybody indifferent.

In the volunteer's dilemma one volunteer is enough, all gain U, and only the volunteer pays K < U. Its symmetric
equilibrium is mixed: each stays at home with probability (K/U)^(1/(N-1)), and so the more can help, the less likely it
is that anybody does. Each night with a fire is played as one such game about one house: K is what a night of work
costs and forgoes, U what a house is worth to a neighbour over the shortest game, times the chance that one worker
saves it. The volunteer goes to any fire.

Source: A. Diekmann, "Volunteer's Dilemma", Journal of Conflict Resolution 29 (1985), 605–610.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "MixedVolunteer", "chance_to_volunteer"]

SPEC = AgentSpec(
    name="mixed_volunteer",
    summary="goes to any fire with the chance of the volunteer's dilemma's mixed equilibrium",
    factory=f"{__name__}:MixedVolunteer",
    traits={
        "native": False,
        "state_only": True,
        "deterministic": False,
        "memoryless": True,
        "honest": True,
    },
)


def chance_to_volunteer(cost: float, gain: float, agents: int) -> float:
    """Return 1 - (cost/gain)^(1/(agents-1)), and 0 or 1 where there is no dilemma."""
    if cost <= 0.0:
        return 1.0
    if gain <= cost:
        return 0.0
    return 1.0 if agents == 1 else float(1.0 - (cost / gain) ** (1.0 / (agents - 1)))


class MixedVolunteer:
    """Draws by word 0 whether to go, and by word 1 where."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Read the stakes of the dilemma off the scenario."""
        self.home = scenario.home(seat)
        public = scenario.team_reward_house_survives + scenario.team_penalty_house_burns
        ruin = public / scenario.num_houses + scenario.stake("penalty_other_house_burns", seat)
        saved = scenario.min_nights * ruin + scenario.stake("reward_other_house_survives", seat)
        cost = scenario.cost_to_work_one_night + scenario.reward_rest
        gain = scenario.prob_solo_agent_extinguishes_fire * saved
        self.chance = chance_to_volunteer(cost, gain, scenario.num_agents)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at any fire with the equilibrium's chance, else rest at home."""
        works = observations.chance(0, self.chance) & observations.burning.any(axis=1)
        fire = observations.pick(1, observations.burning)
        return actions(np.where(works, fire, self.home), works)
