"""The PettingZoo face: PettingZoo's own suites, both registries' styles, and what is refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pettingzoo  # type: ignore[import-untyped]
import pytest
from gymnasium.error import ResetNeeded
from pettingzoo.test import (  # type: ignore[import-untyped]
    api_test,
    parallel_api_test,
    parallel_seed_test,
    seed_test,
)
from pettingzoo.utils import parallel_to_aec  # type: ignore[import-untyped]

from bucket_brigade.envs import parallel
from bucket_brigade.envs.parallel import BucketBrigadeParallelEnv, parallel_env
from bucket_brigade.envs.single import BucketBrigadeEnv
from bucket_brigade.errors import InvalidInput, UnknownName
from tests.envs.compare import assert_same

ID = "bucket_brigade/GreedyNeighbor-v2"
SOME = {"seats": [1, 3], "opponents": ["hero", "social:liar"]}


@pytest.mark.parametrize("seats", [{}, SOME], ids=["all learn", "some learn"])
@pytest.mark.parametrize("observation", ["vector", "integers", "dict"])
def test_pettingzoo_accepts_it(observation: str, seats: dict[str, Any]) -> None:
    def make() -> Any:
        return parallel_env(scenario="greedy_neighbor-v2", observation=observation, **seats)

    parallel_api_test(make(), num_cycles=120)
    parallel_seed_test(make, num_cycles=50)
    seed_test(lambda: parallel_to_aec(make()), num_cycles=50)


def test_pettingzoo_accepts_the_turns() -> None:
    api_test(parallel_to_aec(parallel_env(scenario="hard-v2", flat_actions=True)), num_cycles=100)
    api_test(parallel.env(scenario="hard-v2", flat_actions=True, **SOME), num_cycles=100)


# PettingZoo recommends Box or Discrete actions, which `flat_actions` gives; MultiDiscrete is allowed too.
@pytest.mark.filterwarnings("ignore:Action space for each agent probably should be:UserWarning")
def test_pettingzoo_accepts_the_turns_of_three_part_actions() -> None:
    api_test(parallel_to_aec(parallel_env(scenario="hard-v2")), num_cycles=60)


def test_both_styles_make_the_same_environment() -> None:
    made = pettingzoo.make("parallel", ID)
    plain = parallel_env(scenario="greedy_neighbor-v2")
    assert isinstance(made, BucketBrigadeParallelEnv)
    assert_same(made.reset(seed=3), plain.reset(seed=3))
    assert pettingzoo.spec("aec", ID).kwargs == {"scenario": "greedy_neighbor-v2"}
    assert isinstance(pettingzoo.make("aec", ID), pettingzoo.AECEnv)


def test_many_steps_are_determined_by_seed_and_actions() -> None:
    # `parallel_seed_test` compares one step.
    answers: list[list[Any]] = []
    for _ in range(2):
        env = parallel_env(scenario="default-v2", **SOME)
        seen: list[Any] = [env.reset(seed=5)]
        for place, agent in enumerate(env.possible_agents):
            env.action_space(agent).seed(place)
        for _ in range(150):
            seen.append(env.step({agent: env.action_space(agent).sample() for agent in env.agents}))
            if not env.agents:
                seen.append(env.reset())
        answers.append(seen)
    assert_same(answers[0], answers[1])


def test_a_seat_sees_and_gets_what_it_does_alone() -> None:
    together = parallel_env(scenario="default-v2", seats=[2], opponents="hero")
    alone = BucketBrigadeEnv("default-v2", seat=2, opponents="hero")
    first, info = alone.reset(seed=8)
    assert_same(together.reset(seed=8), ({"seat_2": first}, {"seat_2": info}))
    while together.agents:
        action = np.array([2, 1, 0])
        answer = together.step({"seat_2": action})
        assert_same([part["seat_2"] for part in answer], list(alone.step(action)))


def test_agents_see_their_own_seats() -> None:
    env = parallel_env(scenario="default-v2", observation="integers")
    observations, _ = env.reset(seed=0)
    assert [int(observations[agent][-1]) for agent in env.possible_agents] == [0, 1, 2, 3]
    assert_same(env.state(), observations["seat_0"])
    assert env.observation_space("seat_1") is env.observation_space("seat_1")


def test_a_saved_episode_goes_on() -> None:
    env = parallel_env(scenario="default-v2")
    env.reset(seed=4)
    work = {agent: np.array([1, 1, 1]) for agent in env.agents}
    env.step(work)
    saved = env.save_state()
    answers = [env.step(work) for _ in range(3)]
    other = parallel_env(scenario="default-v2")
    other.restore_state(saved)
    assert_same([other.step(work) for _ in range(3)], answers)


def test_the_longest_game_can_be_shortened() -> None:
    env = parallel_env(scenario="hard-v2", max_cycles=5)
    env.reset(seed=0)
    nights = 0
    while env.agents:
        env.step({agent: np.array([0, 0, 0]) for agent in env.agents})
        nights += 1
    assert nights <= 5


def test_what_is_off_the_rules_is_refused() -> None:
    env = parallel_env(scenario="default-v2")
    rest = {agent: np.array([0, 0, 0]) for agent in env.possible_agents}
    with pytest.raises(ResetNeeded):
        env.step(rest)
    env.reset(seed=0)
    with pytest.raises(UnknownName, match=r"Unknown agent 'seat_9'\. Did you mean 'seat_"):
        env.step({**rest, "seat_9": np.array([0, 0, 0])})
    with pytest.raises(UnknownName, match="seat_0, seat_1, seat_2, seat_3"):
        env.action_space("nobody")
    with pytest.raises(InvalidInput, match="no action for seat_3"):
        env.step({agent: action for agent, action in rest.items() if agent != "seat_3"})
    with pytest.raises(InvalidInput, match="house 12 of seat 2"):
        env.step({**rest, "seat_2": np.array([12, 0, 0])})
    with pytest.raises(InvalidInput, match="of seat_1"):
        env.step({**rest, "seat_1": np.array([1, 0])})
    with pytest.raises(InvalidInput, match="name at least one, and none twice"):
        parallel_env(scenario="default-v2", seats=[1, 1])
