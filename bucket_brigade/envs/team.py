"""All seats played by one learner: joint control of the whole team, for the social optimum."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces

from bucket_brigade.envs.engine import EnvBatch
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.rendering import RENDER_FPS, RENDER_MODES, check_render_mode, render
from bucket_brigade.envs.single import Episodes
from bucket_brigade.envs.spaces import as_actions, observation_space, shown, team_action_space
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario
from bucket_brigade.validation import check_seed

__all__ = ["TeamEnv"]


class TeamEnv(gym.Env[Any, Any]):
    """One learner plays all N seats; its reward is the sum of their payoffs of the night.

    An action has shape (N, 3), a house, a mode and a signal for each seat. The observation is that of seat 0,
    which sees all there is to see. ``info`` of a step holds the ``rewards`` of all seats, (N,); all else is as in
    `bucket_brigade.envs.single.BucketBrigadeEnv`.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  as Gymnasium declares it
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
    }

    def __init__(
        self,
        scenario: str | Scenario = "default",
        *,
        observation: Observation = "vector",
        backend: str | object | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = check_render_mode(render_mode)
        town = get_scenario(scenario)
        self._batch = EnvBatch(
            town,
            rows=1,
            learners=range(town.num_agents),
            observation=observation,
            backend=backend,
            workers=1,
        )
        self._episodes = Episodes(self._batch)
        self.scenario, self.layout = town, self._batch.layout
        self.action_space: spaces.Space[Any] = team_action_space(town)
        self.observation_space = observation_space(self.layout)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode."""
        if seed is not None:
            check_seed(seed)
        super().reset(seed=seed)
        info = self._episodes.start(seed, options)
        return shown(self.layout, self._batch.observations()[0, 0]), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play a night."""
        shape = (self.scenario.num_agents, 3)
        array = as_actions(action, shape, "a house, a mode and a signal for each seat")
        info = self._episodes.step(array[None])
        out = self._episodes.output
        rewards = out.rewards[0].copy()
        observation = shown(self.layout, out.observations[0, 0].copy())
        total = float(np.add.accumulate(rewards)[-1])
        return (
            observation,
            total,
            bool(out.terminated[0]),
            bool(out.truncated[0]),
            {"rewards": rewards, **info},
        )

    def render(self) -> Any:
        """Return the town as text or as an image; see `BucketBrigadeEnv.render`."""
        return render(self.scenario, self._batch.states(), 0, self.render_mode)

    def save_state(self) -> bytes:
        """Return the episode as it stands, as bytes that any backend can go on from."""
        return self._episodes.save()

    def restore_state(self, saved: bytes) -> Any:
        """Go on from a saved episode and return its observation; errors as in `BucketBrigadeEnv`."""
        self._episodes.restore(saved)
        return shown(self.layout, self._batch.observations()[0, 0])
