"""Every seat learns, or some do: the PettingZoo environment (needs ``pettingzoo``).

Both ways to make one work: ``pettingzoo.make("parallel", "bucket_brigade/GreedyNeighbor-v2")`` once this module
is imported, and ``bucket_brigade.envs.parallel.parallel_env(scenario="greedy_neighbor-v2")``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pettingzoo  # type: ignore[import-untyped]
from gymnasium import spaces
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray
from pettingzoo.utils import parallel_to_aec  # type: ignore[import-untyped]

from bucket_brigade.envs.engine import EnvBatch, exclusive
from bucket_brigade.envs.episodic import Episodic
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.registration import env_id
from bucket_brigade.envs.rendering import RENDER_FPS, RENDER_MODES
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space, as_actions, as_space, observation_space
from bucket_brigade.errors import InvalidInput, UnknownName, did_you_mean, explain
from bucket_brigade.game.scenario import Scenario, split_version
from bucket_brigade.registry import get_scenario, list_scenarios

__all__ = ["BucketBrigadeParallelEnv", "env", "parallel_env", "raw_env", "register_all"]


class BucketBrigadeParallelEnv(Episodic, pettingzoo.ParallelEnv[str, Any, Any]):  # type: ignore[misc]
    """The agents ``seat_0 … seat_{N-1}`` of a scenario act at once, every night.

    `seats` names those that learn, all by default; the others are `opponents`. Spaces, rewards, seeds and the
    meaning of termination and truncation are those of `bucket_brigade.envs.single.BucketBrigadeEnv`. All agents
    live until the game ends, and then all are gone. ``state()`` is the observation of the first agent, which shows
    the whole state of the game.

    `max_cycles` shortens the night limit. With `flat_actions` an action is one number, ``Discrete(4 * H)``: that
    of ``[house, mode, signal]`` is ``4 * house + 2 * mode + signal``.

    Raises `UnknownName` or `InvalidInput` for actions of an agent that is not there or that are missing, and
    `gymnasium.error.ResetNeeded` after the end.
    """

    metadata: ClassVar[dict[str, Any]] = {
        "render_modes": list(RENDER_MODES),
        "render_fps": RENDER_FPS,
        "name": "bucket_brigade_v1",
        "is_parallelizable": True,
    }

    def __init__(
        self,
        scenario: str | Scenario = "default",
        *,
        seats: Sequence[int] | None = None,
        opponents: Opponents = None,
        observation: Observation = "vector",
        max_cycles: int | None = None,
        flat_actions: bool = False,
        backend: str | object | None = None,
        render_mode: str | None = None,
    ) -> None:
        scenario = get_scenario(scenario)
        if max_cycles is not None:
            scenario = scenario.replace(
                max_nights=max_cycles, min_nights=min(scenario.min_nights, max_cycles)
            )
        batch = EnvBatch(
            scenario,
            rows=1,
            learners=range(scenario.num_agents) if seats is None else seats,
            opponents=opponents,
            observation=observation,
            backend=backend,
            workers=1,
        )
        self._set_batch(batch, render_mode)
        self.possible_agents = [f"seat_{seat}" for seat in batch.learners]
        self.agents: list[str] = []
        # Spaces of their own for each agent, so that each can be seeded apart; the same object at each call.
        self.observation_spaces = {agent: observation_space(self.layout) for agent in self.possible_agents}
        self.flat_actions = flat_actions
        self.action_spaces: dict[str, spaces.Space[Any]] = {
            agent: spaces.Discrete(4 * scenario.num_houses) if flat_actions else action_space(scenario)
            for agent in self.possible_agents
        }
        self.state_space = observation_space(self.layout)

    def observation_space(self, agent: str) -> spaces.Space[Any]:
        """Return the observations of an agent."""
        return self.observation_spaces[self._known(agent)]

    def action_space(self, agent: str) -> spaces.Space[Any]:
        """Return the actions of an agent."""
        return self.action_spaces[self._known(agent)]

    @exclusive
    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Start an episode; every agent's info holds its ``seed`` and ``game``."""
        info = self._reset_game(seed, options)
        self.agents = list(self.possible_agents)
        return self._by_agent(self._observations()), {agent: dict(info) for agent in self.agents}

    @exclusive
    def step(
        self, actions: dict[str, Any]
    ) -> tuple[dict[str, Any], dict[str, float], dict[str, bool], dict[str, bool], dict[str, Any]]:
        """Play a night; `actions` holds ``[house, mode, signal]`` of every agent."""
        if not self.agents:
            raise ResetNeeded("step() was called before the first reset or after the end: call reset().")
        if not isinstance(actions, Mapping):
            raise InvalidInput(
                f"actions = {actions!r} is not allowed: it must map every agent to its action."
            )
        for agent in actions:
            self._known(agent)
        missing = [agent for agent in self.agents if agent not in actions]
        if missing:
            raise InvalidInput(f"There is no action for {', '.join(missing)}: every agent acts every night.")
        agents = self.agents
        played = self._step_game(np.stack([self._action(agent, actions[agent]) for agent in agents]))
        if played.terminated or played.truncated:
            self.agents = []
        return (
            self._by_agent(played.observations),
            dict(zip(agents, played.rewards.tolist(), strict=True)),
            dict.fromkeys(agents, played.terminated),
            dict.fromkeys(agents, played.truncated),
            {agent: dict(played.info) for agent in agents},
        )

    @exclusive
    def state(self) -> Any:
        """Return the observation of the first agent."""
        return as_space(self.layout, self._observations()[0])

    @exclusive
    def restore_state(self, saved: bytes) -> dict[str, Any]:
        """Continue from a saved episode and return its observations; errors as in `BucketBrigadeEnv`."""
        observations = self._restore_game(saved)
        self.agents = list(self.possible_agents) if self._running else []
        return self._by_agent(observations)

    def _by_agent(self, observations: NDArray[Any]) -> dict[str, Any]:
        rows = zip(self.possible_agents, observations, strict=True)
        return {agent: as_space(self.layout, row.copy()) for agent, row in rows}

    def _action(self, agent: str, action: Any) -> NDArray[np.integer]:
        if self.flat_actions:
            number = as_actions(action, (), f"the number of an action of {agent}")
            return np.array([number // 4, number // 2 % 2, number % 2])
        return as_actions(action, (3,), f"a house, a mode and a signal of {agent}")

    def _known(self, agent: str) -> str:
        if agent not in self.possible_agents:
            raise UnknownName(
                explain(
                    f"Unknown agent {agent!r}.{did_you_mean(str(agent), self.possible_agents)}",
                    exists=f"Agents: {', '.join(self.possible_agents)}.",
                )
            )
        return agent


def parallel_env(**arguments: Any) -> BucketBrigadeParallelEnv:
    """Return a parallel environment; arguments are those of `BucketBrigadeParallelEnv`."""
    return BucketBrigadeParallelEnv(**arguments)


def raw_env(**arguments: Any) -> Any:
    """Return the same as an `AECEnv`: agents act in turn, and the night is played after the last."""
    return parallel_to_aec(parallel_env(**arguments))


def env(**arguments: Any) -> Any:
    """Return the `AECEnv` with PettingZoo's checks of the order of calls."""
    return pettingzoo.utils.wrappers.OrderEnforcingWrapper(raw_env(**arguments))


def register_all() -> tuple[str, ...]:
    """Register every named scenario with PettingZoo, as "parallel" and as "aec", and return the ids."""
    ids = []
    for scenario in list_scenarios():
        if split_version(scenario)[1] is None or "/" in scenario:
            continue
        name = env_id(scenario)
        ids.append(name)
        if name not in pettingzoo.parallel_registry:
            for kind, entry_point in (("parallel", "parallel_env"), ("aec", "env")):
                pettingzoo.register(
                    kind, name, entry_point=f"{__name__}:{entry_point}", kwargs={"scenario": scenario}
                )
    return tuple(ids)


register_all()
