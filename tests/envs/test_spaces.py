"""Actions of every integer dtype are the same actions."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import bucket_brigade.envs as envs
from bucket_brigade.backends.base import Backend
from bucket_brigade.envs.parallel import parallel_env
from bucket_brigade.errors import InvalidInput
from tests.envs.compare import assert_same

DTYPES = [order + kind for kind in ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8") for order in "<>"]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_integer_dtype_plays_the_same(dtype: str, backend: Backend) -> None:
    def answers(kind: str) -> list[Any]:
        single = envs.BucketBrigadeEnv("default-v2", backend=backend)
        rows = envs.BucketBrigadeVectorEnv("default-v2", 2, backend=backend)
        buffers = envs.PufferBucketBrigade("default-v2", 2, backend=backend)
        everybody = parallel_env(scenario="default-v2", flat_actions=True, backend=backend)
        flat = envs.FlattenMultiDiscrete(envs.BucketBrigadeEnv("default-v2", backend=backend))
        for env in (single, rows, buffers, everybody, flat):
            env.reset(seed=2)
        return [
            single.step(np.array([9, 1, 0], dtype=kind)),
            rows.step(np.array([[9, 1, 0], [0, 0, 1]], dtype=kind)),
            buffers.step(np.array([[9, 1, 0], [0, 0, 1]], dtype=kind)),
            everybody.step({agent: np.array(39, dtype=kind) for agent in everybody.agents}),
            flat.step(np.array(39, dtype=kind)),
        ]

    assert_same(answers(dtype), answers("int64"))


@pytest.mark.parametrize("dtype", ["i1", ">i2", ">i8", "u4", ">u8"])
def test_values_off_the_rules_are_named_in_every_dtype(dtype: str, backend: Backend) -> None:
    env = envs.BucketBrigadeEnv("default-v2", backend=backend)
    env.reset(seed=0)
    with pytest.raises(InvalidInput, match="house 10 of seat 0"):
        env.step(np.array([10, 0, 0], dtype=dtype))


def test_a_vector_takes_no_time_limit() -> None:
    name = "bucket_brigade/Default-v2"
    with pytest.raises(InvalidInput, match=r"max_episode_steps = 3 .* vectorization_mode=\"sync\""):
        gym.make_vec(name, num_envs=2, max_episode_steps=3)
    assert gym.make_vec(name, num_envs=2, vectorization_mode="sync", max_episode_steps=3).num_envs == 2


@pytest.mark.parametrize("seat", [None, 1.0, "0"])
def test_seats_are_integers(seat: Any) -> None:
    with pytest.raises(InvalidInput, match="seat"):
        envs.BucketBrigadeEnv("default-v2", seat=seat)


def test_actions_of_agents_are_a_mapping() -> None:
    env = parallel_env(scenario="default-v2")
    env.reset(seed=0)
    with pytest.raises(InvalidInput, match="must map every agent to its action"):
        env.step(5)  # type: ignore[arg-type]
