"""All seats played by one learner: joint control of the whole team, for the social optimum."""

from __future__ import annotations

from typing import Any

import numpy as np

from bucket_brigade.envs.engine import EnvBatch
from bucket_brigade.envs.episodic import EpisodicEnv, Transition
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.spaces import team_action_space
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario

__all__ = ["TeamEnv"]


class TeamEnv(EpisodicEnv):
    """One learner plays all N seats; its reward is the sum of their payoffs of the night.

    An action has shape (N, 3), a house, a mode and a signal for each seat. The observation is that of seat 0,
    which shows the whole state of the game. ``info`` of a step holds the ``rewards`` of all seats, (N,); all
    else is as in `bucket_brigade.envs.single.BucketBrigadeEnv`.
    """

    ACTION_MEANING = "a house, a mode and a signal for each seat"

    def __init__(
        self,
        scenario: str | Scenario = "default",
        *,
        observation: Observation = "vector",
        backend: str | object | None = None,
        render_mode: str | None = None,
    ) -> None:
        scenario = get_scenario(scenario)
        seats = range(scenario.num_agents)
        batch = EnvBatch(
            scenario, rows=1, learners=seats, observation=observation, backend=backend, workers=1
        )
        self._set_batch(batch, render_mode)
        self.action_space = team_action_space(scenario)

    def _reward_and_info(self, played: Transition) -> tuple[float, dict[str, Any]]:
        # `accumulate` adds from left to right; `sum` may pair terms, by the length of the array.
        total = float(np.add.accumulate(played.rewards)[-1])
        return total, {"rewards": played.rewards, **played.info}
