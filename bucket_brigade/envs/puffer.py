"""Buffers of the caller, written in place: the native interface of PufferLib, without PufferLib.

`PufferBucketBrigade` has the attributes and methods that PufferLib's vectorisation and trainers ask of a native
environment (version 3): rows are agents, buffers are shared, observations are not copied. Whoever keeps an
observation copies it first; the Gymnasium and PettingZoo environments return copies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
from gymnasium import spaces
from gymnasium.vector.utils import batch_space
from numpy.typing import NDArray

from bucket_brigade._lazy import lazy_names
from bucket_brigade.envs.engine import EnvBatch, exclusive
from bucket_brigade.envs.episodic import EnvBase
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.rendering import render
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space, as_actions, observation_space
from bucket_brigade.errors import InvalidInput
from bucket_brigade.execution import pinned_or_given
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.validation import check_integer, check_seed

__all__ = ["PufferBucketBrigade"]

__getattr__ = lazy_names(__name__, {"RustPufferBucketBrigade": "bucket_brigade.promised"})


class PufferBucketBrigade(EnvBase):
    """`num_envs` games; a row of every buffer is a learning seat of a game, ``num_agents`` rows in all.

    By default seat 0 learns against three opponents in a scenario of four seats (all other seats in others);
    `seats` names the learners and `opponents` the rest. `observation` is "vector" or "integers".

    `buf`, if given, is an object or a mapping with the arrays ``observations`` (num_agents, W), ``rewards``,
    ``terminals``, ``truncations``, ``masks`` (num_agents,) and ``actions`` (num_agents, 3), which are then
    written in place and read from; else such arrays are made. A game that ends is followed by the next one in
    the same step, so every mask is True; rewards are float32 there. ``step`` returns the buffers themselves.

    PufferLib's vectorisation asks for instances of its own class:
    ``class Rows(PufferBucketBrigade, pufferlib.PufferEnv): pass`` makes them.

    ``env.backend.name`` tells which backend plays. Raises `InvalidInput` for a buffer of another shape or dtype.
    """

    pinned_backend: ClassVar[str | None] = None
    """The only backend this class plays on, if any."""

    emulated = False
    done = False

    def __init__(
        self,
        scenario: str | Scenario = "default",
        num_envs: int = 1,
        *,
        seats: Sequence[int] = (0,),
        opponents: Opponents = None,
        observation: Observation = "vector",
        backend: str | object | None = None,
        workers: int | None = None,
        render_mode: str | None = None,
        report_interval: int = 128,
        buf: Any = None,
        seed: int | None = None,
    ) -> None:
        if observation == "dict":
            raise InvalidInput('observation = "dict" is not allowed here: a buffer holds one vector a row.')
        chosen = pinned_or_given(type(self), self.pinned_backend, backend, instead="PufferBucketBrigade")
        batch = EnvBatch(
            scenario,
            rows=num_envs,
            learners=seats,
            opponents=opponents,
            observation=observation,
            autoreset="same-step",
            backend=chosen,
            workers=workers,
        )
        self._set_batch(batch, render_mode)
        self.num_envs, self.agents_per_env = batch.rows, len(batch.learners)
        self.num_agents = self.num_envs * self.agents_per_env
        self.single_observation_space = observation_space(self.layout)
        self.single_action_space = action_space(self.scenario)
        self.action_space: spaces.Space[Any] = batch_space(self.single_action_space, self.num_agents)
        self.observation_space: spaces.Space[Any] = batch_space(
            self.single_observation_space, self.num_agents
        )
        self.report_interval = check_integer("report_interval", report_interval, 1, 2**53)
        self.agent_ids = np.arange(self.num_agents)
        self._seed, self._steps = None if seed is None else check_seed(seed), 0
        self._output = self._batch.output()
        self._finished: list[tuple[NDArray[np.float64], NDArray[np.int32]]] = []
        self._take_buffers(buf)

    @exclusive
    def reset(self, seed: int | None = None) -> tuple[NDArray[Any], list[dict[str, float]]]:
        """Start game 0 of the seeds ``seed + row`` in all rows; without a seed, the next games."""
        self._batch.restart(self._seed if seed is None and not self._batch.begun else seed)
        self._steps, self._finished = 0, []
        self._batch.observe(self._output.observations)
        for buffer in (self.rewards, self.terminals, self.truncations):
            buffer[...] = 0
        self.masks[...] = True
        return self.observations, []

    @exclusive
    def step(
        self, actions: Any
    ) -> tuple[
        NDArray[Any], NDArray[np.float32], NDArray[np.bool_], NDArray[np.bool_], list[dict[str, float]]
    ]:
        """Play a night of every game; the last answer reports means over the games that ended lately."""
        array = as_actions(actions, (self.num_agents, 3), "a house, a mode and a signal for each row")
        if array is not self.actions:
            self.actions[...] = array
        out = self._output
        self._batch.step(array.reshape(self.num_envs, self.agents_per_env, 3), out)
        shape = (self.num_envs, self.agents_per_env)
        np.copyto(self.rewards.reshape(shape), out.rewards, casting="same_kind")
        self.terminals.reshape(shape)[...] = out.terminated[:, None]
        self.truncations.reshape(shape)[...] = out.truncated[:, None]
        return self.observations, self.rewards, self.terminals, self.truncations, self._report()

    @exclusive
    def render(self) -> Any:
        """Return the first game as text or as an image."""
        return render(self.scenario, self._batch.states(), 0, self.render_mode)

    def close(self) -> None:
        """Do nothing: there is nothing to close."""

    # What asynchronous vectorisation asks for.

    @property
    def driver_env(self) -> PufferBucketBrigade:
        """The environment itself."""
        return self

    @property
    def agents_per_batch(self) -> int:
        """The rows that `recv` answers with."""
        return self.num_agents

    def async_reset(self, seed: int | None = None) -> None:
        """Reset, and keep the answer for `recv`."""
        self.reset(seed)
        self._infos: list[dict[str, float]] = []

    def send(self, actions: Any) -> None:
        """Step, and keep the answer for `recv`."""
        self._infos = self.step(actions)[4]

    def recv(self) -> tuple[Any, ...]:
        """Return what the last `async_reset` or `send` has written."""
        return (
            self.observations,
            self.rewards,
            self.terminals,
            self.truncations,
            self._infos,
            self.agent_ids,
            self.masks,
        )

    def _report(self) -> list[dict[str, float]]:
        out, learners = self._output, list(self._batch.learners)
        assert out.final_counts is not None
        ended = out.terminated | out.truncated
        if ended.any():
            counts = out.final_counts[ended]
            self._finished.append((self._batch.payoffs(counts)[:, learners], counts))
        self._steps += 1
        if self._steps % self.report_interval or not self._finished:
            return []
        payoffs = np.concatenate([payoffs for payoffs, _ in self._finished])
        nights = np.concatenate([counts[:, -5] for _, counts in self._finished])
        self._finished = []
        return [
            {
                "episode_return": float(payoffs.mean()),
                "episode_length": float(nights.mean()),
                "episodes": float(len(payoffs)),
            }
        ]

    def _take_buffers(self, buf: Any) -> None:
        width, dtype = self.layout.width, self.layout.dtype
        wanted: dict[str, tuple[tuple[int, ...], Any]] = {
            "observations": ((self.num_agents, width), dtype),
            "rewards": ((self.num_agents,), np.float32),
            "terminals": ((self.num_agents,), np.bool_),
            "truncations": ((self.num_agents,), np.bool_),
            "masks": ((self.num_agents,), np.bool_),
            "actions": ((self.num_agents, 3), np.int32),
        }
        arrays = {}
        for name, (shape, kind) in wanted.items():
            if buf is None:
                array = np.zeros(shape, dtype=kind)
            else:
                array = buf[name] if isinstance(buf, Mapping) else getattr(buf, name)
            if array.shape != shape or array.dtype != kind or not array.flags.c_contiguous:
                raise InvalidInput(
                    f"buf.{name} has shape {array.shape} and dtype {array.dtype}: it must be contiguous, of shape "
                    f"{shape} and dtype {np.dtype(kind)}."
                )
            arrays[name] = array
        self.observations: NDArray[Any] = arrays["observations"]
        self.rewards: NDArray[np.float32] = arrays["rewards"]
        self.terminals: NDArray[np.bool_] = arrays["terminals"]
        self.truncations: NDArray[np.bool_] = arrays["truncations"]
        self.masks: NDArray[np.bool_] = arrays["masks"]
        self.actions: NDArray[np.int32] = arrays["actions"]
        self._write_in_place()

    def _write_in_place(self) -> None:
        """Have the engine write observations straight into the buffer."""
        self._output.observations = self.observations.reshape(self.num_envs, self.agents_per_env, -1)

    def __setstate__(self, state: dict[str, Any]) -> None:
        # A copy of the buffer and a copy of its view share no memory.
        self.__dict__.update(state)
        self._write_in_place()
