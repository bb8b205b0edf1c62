"""Many games of one learner, stepped by the engine in one call: Gymnasium's `VectorEnv`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from bucket_brigade.backends.batch import Autoreset, BatchOutput
from bucket_brigade.envs.engine import EnvBatch, exclusive, game_option
from bucket_brigade.envs.episodic import EnvBase
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.rendering import RENDER_FPS, RENDER_MODES, render
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space, as_actions, observation_space, rows_as_space
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.scenario import Scenario

__all__ = ["BucketBrigadeVectorEnv"]

MODES: dict[AutoresetMode, Autoreset] = {
    AutoresetMode.NEXT_STEP: "next-step",
    AutoresetMode.SAME_STEP: "same-step",
    AutoresetMode.DISABLED: "disabled",
}


class BucketBrigadeVectorEnv(EnvBase, VectorEnv[Any, Any, Any]):
    """`num_envs` rows of games of one learner, equal to as many `BucketBrigadeEnv` side by side.

    `autoreset_mode` is Gymnasium's, by member or value, and is declared in ``metadata``. With "NextStep", the
    default there and here, the call after an end starts the next game and plays no night of that row: its
    reward is 0, and learners must leave the row out. With "SameStep" the next game starts at once, and
    ``infos["final_obs"]`` and ``infos["final_info"]`` tell of the last one. With "Disabled", reset ended rows by
    ``reset(options={"reset_mask": mask})``.

    ``reset(seed=s)`` gives row ``g`` the seed ``s + g``, as Gymnasium's own vectors do; a list gives one each.
    Every array that is returned is the caller's own. Other arguments are those of `BucketBrigadeEnv`;
    `workers` bounds the threads, None takes the configured number. Rewards are float64.

    `max_episode_steps`, which `gymnasium.make_vec` passes on, is refused: rows are not wrapped in a `TimeLimit`,
    and a shorter night limit is another scenario, whose observations differ.
    """

    def __init__(
        self,
        scenario: str | Scenario = "default",
        num_envs: int = 1,
        *,
        seat: int = 0,
        opponents: Opponents = None,
        observation: Observation = "vector",
        autoreset_mode: str | AutoresetMode = AutoresetMode.NEXT_STEP,
        backend: str | object | None = None,
        workers: int | None = None,
        render_mode: str | None = None,
        max_episode_steps: int | None = None,
    ) -> None:
        if max_episode_steps is not None:
            raise InvalidInput(
                explain(
                    f"max_episode_steps = {max_episode_steps!r} is not allowed for rows that are stepped natively.",
                    why="They are not wrapped in a TimeLimit.",
                    do="Shorten the game itself, scenario=get_scenario(...).replace(max_nights=...), or have "
                    'Gymnasium wrap single environments: vectorization_mode="sync".',
                )
            )
        self.autoreset_mode = _mode(autoreset_mode)
        self.metadata = {
            "render_modes": list(RENDER_MODES),
            "render_fps": RENDER_FPS,
            "autoreset_mode": self.autoreset_mode,
        }
        batch = EnvBatch(
            scenario,
            rows=num_envs,
            learners=seat,
            opponents=opponents,
            observation=observation,
            autoreset=MODES[self.autoreset_mode],
            backend=backend,
            workers=workers,
        )
        self._set_batch(batch, render_mode)
        self.num_envs = num_envs = batch.rows
        self.single_action_space = action_space(self.scenario)
        self.action_space = batch_space(self.single_action_space, num_envs)
        self.single_observation_space = observation_space(self.layout)
        self.observation_space = batch_space(self.single_observation_space, num_envs)

    @exclusive
    def reset(
        self,
        *,
        seed: int | Sequence[int | None] | None = None,
        options: dict[str, Any] | None = None,
    ) -> tuple[Any, dict[str, Any]]:
        """Start an episode in every row, or in those of ``options["reset_mask"]``; see the class."""
        game = game_option(options)
        mask = self._mask(options)
        self._batch.restart(seed, None if game is None else [game] * self.num_envs, mask)
        return self._shown(self._batch.observations()), self._reset_infos(mask)

    @exclusive
    def step(
        self, actions: Any
    ) -> tuple[Any, NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_], dict[str, Any]]:
        """Play a night of every row; see the class."""
        array = as_actions(actions, (self.num_envs, 3), "a house, a mode and a signal for each row")
        out = self._batch.output()
        self._batch.step(array[:, None], out)
        return (
            self._shown(out.observations),
            out.rewards[:, 0],
            out.terminated,
            out.truncated,
            self._infos(out),
        )

    @exclusive
    def render(self) -> tuple[Any, ...] | None:
        """Return a picture of every row; see `BucketBrigadeEnv.render`."""
        states = self._batch.states()
        return tuple(render(self.scenario, states, row, self.render_mode) for row in range(self.num_envs))

    @exclusive
    def restore_state(self, saved: bytes) -> Any:
        """Continue from saved rows and return their observations; errors as in `BucketBrigadeEnv`."""
        self._batch.restore(saved)
        return self._shown(self._batch.observations())

    def _shown(self, observations: NDArray[Any]) -> Any:
        return rows_as_space(self.layout, observations[:, 0], self.single_observation_space)

    def _infos(self, out: BatchOutput) -> dict[str, Any]:
        ended = out.terminated | out.truncated
        infos: dict[str, Any] = {}
        if ended.any():
            assert out.final_counts is not None
            payoffs = np.zeros((self.num_envs, self.scenario.num_agents))
            payoffs[ended] = self._batch.payoffs(out.final_counts[ended])
            nights = np.where(ended, out.final_counts[:, -5], 0).astype(np.int64)
            last = {"payoffs": payoffs, "_payoffs": ended.copy(), "nights": nights, "_nights": ended.copy()}
            if self.autoreset_mode is AutoresetMode.SAME_STEP:
                infos |= {"final_obs": self._final_observations(out, ended), "_final_obs": ended.copy()}
                infos |= {"final_info": last, "_final_info": ended.copy()}
            else:
                infos |= last
        if out.started.any():
            infos |= self._reset_infos(out.started)
        return infos

    def _final_observations(self, out: BatchOutput, ended: NDArray[np.bool_]) -> NDArray[np.object_]:
        assert out.final_observations is not None
        finals = np.full(self.num_envs, None, dtype=object)
        rows = np.flatnonzero(ended)
        shown = self._shown(out.final_observations[rows])
        for place, row in enumerate(rows):
            if isinstance(shown, dict):
                finals[row] = {name: part[place] for name, part in shown.items()}
            else:
                finals[row] = shown[place]
        return finals

    def _reset_infos(self, mask: NDArray[np.bool_]) -> dict[str, Any]:
        """Return where the episodes that start in some rows come from."""
        return {
            "seed": np.where(mask, self._batch.seeds, np.uint64(0)),
            "_seed": mask.copy(),
            "game": np.where(mask, self._batch.games, np.uint64(0)),
            "_game": mask.copy(),
        }

    def _mask(self, options: dict[str, Any] | None) -> NDArray[np.bool_]:
        if options is None or "reset_mask" not in options:
            return np.ones(self.num_envs, dtype=np.bool_)
        mask = options["reset_mask"]
        if not isinstance(mask, np.ndarray) or mask.shape != (self.num_envs,) or mask.dtype != np.bool_:
            raise InvalidInput(
                f'options["reset_mask"] must be an array of bool, of shape ({self.num_envs},).'
            )
        if not mask.any():
            raise InvalidInput('options["reset_mask"] names no row.')
        if not self._batch.begun and not mask.all():
            raise InvalidInput('options["reset_mask"] must name all rows at the first reset.')
        return mask


def _mode(mode: str | AutoresetMode) -> AutoresetMode:
    try:
        return AutoresetMode(mode)
    except ValueError:
        known = ", ".join(repr(known.value) for known in AutoresetMode)
        raise InvalidInput(f"autoreset_mode = {mode!r} is not allowed: it must be one of {known}.") from None
