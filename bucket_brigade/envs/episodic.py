"""What every environment shares, and what those share that play one episode at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.envs.engine import EnvBatch, exclusive, game_option
from bucket_brigade.envs.rendering import RENDER_FPS, RENDER_MODES, check_render_mode, render
from bucket_brigade.envs.spaces import as_actions, as_space, observation_space
from bucket_brigade.validation import check_seed

__all__ = ["EnvBase", "Episodic", "EpisodicEnv", "Transition"]


class EnvBase:
    """A batch of games behind an environment: its scenario, its backend, and its state as bytes."""

    def _set_batch(self, batch: EnvBatch, render_mode: str | None) -> None:
        self.render_mode = check_render_mode(render_mode)
        self._batch = batch
        self.scenario, self.layout = batch.scenario, batch.layout

    @property
    def backend(self) -> Backend:
        """The backend that plays."""
        return self._batch.backend.backend

    @exclusive
    def save_state(self) -> bytes:
        """Return the games as they stand, as bytes from which any backend can continue.

        Raises `InvalidInput` if a scripted agent plays: its memory is not part of the state.
        """
        return self._batch.save()


@dataclass(frozen=True)
class Transition:
    """What one night of an episode led to, for L learners whose observations have W entries."""

    observations: NDArray[Any]
    """(L, W) the caller's own."""
    rewards: NDArray[np.float64]
    """(L,) payoff units."""
    terminated: bool
    truncated: bool
    info: dict[str, Any]
    """After the last night ``payoffs``, (N,), and ``nights``; else empty."""


class Episodic(EnvBase):
    """One game at a time, on a batch of a single row, for environments that stop when the game ends."""

    def _set_batch(self, batch: EnvBatch, render_mode: str | None) -> None:
        super()._set_batch(batch, render_mode)
        self._running = False

    def _reset_game(self, seed: int | None, options: Mapping[str, Any] | None) -> dict[str, Any]:
        """Start game 0 of a seed, or without a seed the game after the last; return where it comes from."""
        self._batch.restart(None if seed is None else [check_seed(seed)], [game_option(options)])
        self._running = True
        return {"seed": int(self._batch.seeds[0]), "game": int(self._batch.games[0])}

    def _step_game(self, actions: NDArray[np.integer]) -> Transition:
        """Play a night with the actions of the learners, (L, 3)."""
        if self._batch.begun and not self._running:
            raise ResetNeeded("step() was called after the end of the episode: call reset().")
        out = self._batch.output()
        self._batch.step(actions[None], out)
        terminated, truncated = bool(out.terminated[0]), bool(out.truncated[0])
        self._running = not (terminated or truncated)
        info: dict[str, Any] = {}
        if not self._running:
            assert out.final_counts is not None
            counts = out.final_counts[0]
            info = {"payoffs": self._batch.payoffs(counts), "nights": int(counts[-5])}
        return Transition(out.observations[0], out.rewards[0], terminated, truncated, info)

    def _restore_game(self, saved: bytes) -> NDArray[Any]:
        """Continue from a saved game and return the observations, (L, W)."""
        self._batch.restore(saved)
        self._running = bool(self._batch.states().finished[0] == 0)
        return self._observations()

    def _observations(self) -> NDArray[Any]:
        """Return the observations of the game as it stands, (L, W)."""
        observations: NDArray[Any] = self._batch.observations()[0]
        return observations

    @exclusive
    def render(self) -> Any:
        """Return the town as text ("ansi") or as an image, uint8 (height, width, 3) ("rgb_array")."""
        return render(self.scenario, self._batch.states(), 0, self.render_mode)


class EpisodicEnv(Episodic, gym.Env[Any, Any]):
    """The Gymnasium side of an episode: one learner, who sees what the first learning seat sees.

    A subclass sets `ACTION_MEANING`, which says in an error what an action is, and may override `_reward_and_info`.
    """

    ACTION_MEANING: str
    metadata: dict[str, Any] = {  # noqa: RUF012  as Gymnasium declares it
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
    }

    def _set_batch(self, batch: EnvBatch, render_mode: str | None) -> None:
        super()._set_batch(batch, render_mode)
        self.observation_space: spaces.Space[Any] = observation_space(self.layout)

    @exclusive
    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see the class."""
        seed = None if seed is None else check_seed(seed)
        info = self._reset_game(seed, options)
        super().reset(seed=seed)
        return as_space(self.layout, self._observations()[0]), info

    @exclusive
    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play a night; see the class."""
        shape = self.action_space.shape
        assert shape is not None
        played = self._step_game(as_actions(action, shape, self.ACTION_MEANING).reshape(-1, 3))
        reward, info = self._reward_and_info(played)
        observation = as_space(self.layout, played.observations[0])
        return observation, reward, played.terminated, played.truncated, info

    @exclusive
    def restore_state(self, saved: bytes) -> Any:
        """Continue from a saved episode and return its observation.

        Raises `InvalidInput` for bytes that are corrupted, of another version or of another game.
        """
        return as_space(self.layout, self._restore_game(saved)[0])

    def _reward_and_info(self, played: Transition) -> tuple[float, dict[str, Any]]:
        """Return the reward of the learner and the info of a night."""
        return float(played.rewards[0]), played.info
