"""One seat learns, the others are opponents: the Gymnasium face."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from bucket_brigade.envs.engine import EnvBatch, fresh_seed, game_option
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.rendering import RENDER_FPS, RENDER_MODES, check_render_mode, render
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space, as_actions, observation_space, shown
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.validation import check_seed

__all__ = ["BucketBrigadeEnv", "Episodes"]


class Episodes:
    """One row of games, played episode by episode, for faces that end with each of them."""

    def __init__(self, batch: EnvBatch) -> None:
        self.batch = batch
        self.output = batch.output()
        self.seed: int | None = None
        self.game = 0
        self.running = False

    def start(self, seed: int | None, options: dict[str, Any] | None) -> dict[str, Any]:
        """Start an episode: game 0 of a seed, or without one the game after the last; return its two numbers."""
        game = game_option(options)
        if seed is not None:
            self.seed, self.game = check_seed(seed), game or 0
        elif self.seed is None:
            self.seed, self.game = fresh_seed(), game or 0
        else:
            self.game = self.game + 1 if game is None else game
        one = np.ones(1, dtype=np.bool_)
        self.batch.start(one, np.array([self.seed], np.uint64), np.array([self.game], np.uint64))
        self.running = True
        return {"seed": self.seed, "game": self.game}

    def step(self, actions: NDArray[np.integer]) -> dict[str, Any]:
        """Play a night, (1, L, 3); return what there is to say at the end of an episode."""
        if not self.running:
            asked = "before the first reset" if self.seed is None else "after the end of the episode"
            raise ResetNeeded(f"step() was called {asked}: call reset().")
        self.batch.step(actions, self.output)
        self.running = not (self.output.terminated[0] or self.output.truncated[0])
        if self.running:
            return {}
        assert self.output.final_counts is not None
        counts = self.output.final_counts[0]
        return {"payoffs": self.batch.payoffs(counts), "nights": int(counts[-5])}

    def save(self) -> bytes:
        """Return the episode as bytes."""
        return self.batch.save()

    def restore(self, saved: bytes) -> None:
        """Go on from a saved episode."""
        self.batch.restore(saved)
        self.seed, self.game = int(self.batch.seeds[0]), int(self.batch.games[0])
        self.running = bool(self.batch.states().finished[0] == 0)


class BucketBrigadeEnv(gym.Env[Any, Any]):
    """One learner against opponents in a scenario, on any backend.

    An action is ``[house, mode, signal]``, `MultiDiscrete([H, 2, 2])`. Observations are float32 in [0, 1] by
    default; ``observation="integers"`` or ``"dict"`` gives the plain numbers (see
    `bucket_brigade.envs.observations`). The reward is the learner's payoff of the night, in payoff units.
    ``terminated`` means that the rules ended the game, ``truncated`` that the night limit did.

    ``reset(seed=s)`` starts game 0 of seed ``s``; ``reset()`` goes on with the next game of the same seed;
    ``options={"game": k}`` names one. ``info`` of a reset holds ``seed`` and ``game``, by which an episode can
    be played again; ``info`` of the last step holds the ``payoffs`` of all seats, (N,), and the ``nights``.

    `scenario` is a name, file or `Scenario`; `seat` learns; `opponents` names one member for all other seats or
    one for each (firefighters by default); `backend` is a name or None for the configured one. Raises
    `InvalidInput` for actions off the rules, and `gymnasium.error.ResetNeeded` after the end.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  as Gymnasium declares it
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
    }

    def __init__(
        self,
        scenario: str | Scenario = "default",
        *,
        seat: int = 0,
        opponents: Opponents = None,
        observation: Observation = "vector",
        backend: str | object | None = None,
        render_mode: str | None = None,
    ) -> None:
        self.render_mode = check_render_mode(render_mode)
        self._batch = EnvBatch(
            scenario,
            rows=1,
            learners=seat,
            opponents=opponents,
            observation=observation,
            backend=backend,
            workers=1,
        )
        self._episodes = Episodes(self._batch)
        self.scenario = self._batch.scenario
        self.layout = self._batch.layout
        self.action_space = action_space(self.scenario)
        self.observation_space = observation_space(self.layout)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see the class."""
        if seed is not None:
            check_seed(seed)
        super().reset(seed=seed)
        info = self._episodes.start(seed, options)
        return shown(self.layout, self._batch.observations()[0, 0]), info

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Play a night; see the class."""
        array = as_actions(action, (3,), "a house, a mode and a signal")
        info = self._episodes.step(array[None, None])
        out = self._episodes.output
        observation = shown(self.layout, out.observations[0, 0].copy())
        return observation, float(out.rewards[0, 0]), bool(out.terminated[0]), bool(out.truncated[0]), info

    def render(self) -> Any:
        """Return the town as text ("ansi") or as an image, uint8 (height, width, 3) ("rgb_array")."""
        return render(self.scenario, self._batch.states(), 0, self.render_mode)

    def save_state(self) -> bytes:
        """Return the episode as it stands, as bytes that any backend can go on from."""
        return self._episodes.save()

    def restore_state(self, saved: bytes) -> Any:
        """Go on from a saved episode and return its observation.

        Raises `InvalidInput` for bytes that are corrupted, of another version or of another game.
        """
        self._episodes.restore(saved)
        return shown(self.layout, self._batch.observations()[0, 0])
