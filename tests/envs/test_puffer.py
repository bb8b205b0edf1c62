"""The native face: buffers of the caller, written in place, with the interface that PufferLib asks of one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded

from bucket_brigade.backends.base import Backend
from bucket_brigade.envs.puffer import PufferBucketBrigade
from bucket_brigade.errors import InvalidInput
from tests.envs.compare import assert_same


def buffers(rows: int, width: int) -> SimpleNamespace:
    return SimpleNamespace(
        observations=np.zeros((rows, width), dtype=np.float32),
        rewards=np.zeros(rows, dtype=np.float32),
        terminals=np.zeros(rows, dtype=np.bool_),
        truncations=np.zeros(rows, dtype=np.bool_),
        masks=np.zeros(rows, dtype=np.bool_),
        actions=np.zeros((rows, 3), dtype=np.int32),
    )


def test_it_has_three_opponents_and_plays_what_the_vector_plays(rust: Backend) -> None:
    puffer = PufferBucketBrigade("default-v2", num_envs=5, backend=rust)
    vector = gym.make_vec("bucket_brigade/Default-v2", num_envs=5, autoreset_mode="SameStep", backend=rust)
    assert puffer.num_agents == 5
    assert_same(puffer.reset(3)[0], vector.reset(seed=3)[0])
    vector.action_space.seed(0)
    for _ in range(60):
        actions = vector.action_space.sample()
        observations, rewards, terminals, truncations, _ = puffer.step(actions)
        expected = vector.step(actions)
        assert_same(observations, expected[0])
        assert_same(rewards, expected[1].astype(np.float32))
        assert_same((terminals, truncations), expected[2:4])


def test_buffers_are_written_in_place_and_returned() -> None:
    buf = buffers(6, 37)
    puffer = PufferBucketBrigade("default-v2", num_envs=3, seats=(0, 2), buf=buf)
    observations, infos = puffer.reset(seed=1)
    assert observations is buf.observations and infos == [] and buf.masks.all()
    before = observations.copy()
    puffer.actions[:] = [2, 1, 0]
    answer = puffer.step(puffer.actions)
    assert answer[0] is buf.observations and answer[1] is buf.rewards
    assert answer[2] is buf.terminals and answer[3] is buf.truncations
    assert (observations != before).any() and buf.rewards.any()


class PufferEnv:
    """What PufferLib's class has in the way of a subclass: properties, and a constructor with demands."""

    def __init__(self, buf: Any = None) -> None:
        raise AssertionError("not called: it would refuse spaces that are there already")

    @property
    def emulated(self) -> bool:
        return False

    @property
    def done(self) -> bool:
        return False

    @property
    def driver_env(self) -> Any:
        return self


def test_it_can_be_made_an_instance_of_their_class() -> None:
    class Rows(PufferBucketBrigade, PufferEnv):
        pass

    rows = Rows("default-v2", num_envs=2, buf=vars(buffers(2, 37)))
    assert rows.driver_env is rows
    assert (rows.emulated, rows.done) == (False, False)
    rows.reset(seed=0)
    assert rows.step(np.zeros((2, 3), dtype=np.int32))[0] is rows.observations


def test_learners_of_a_game_have_rows_side_by_side() -> None:
    puffer = PufferBucketBrigade("default-v2", num_envs=4, seats=(1, 3), observation="integers")
    observations, _ = puffer.reset(seed=0)
    assert observations[:, -1].tolist() == [1, 3] * 4
    assert_same(observations[::2, :-1], observations[1::2, :-1])
    assert puffer.actions in puffer.action_space and puffer.action_space.shape == (8, 3)


def test_ended_games_are_reported_now_and_then() -> None:
    puffer = PufferBucketBrigade("easy-v2", num_envs=8, report_interval=16)
    puffer.reset(seed=0)
    reports = []
    for _ in range(64):
        reports += puffer.step(np.tile([0, 1, 1], (8, 1)))[4]
    assert reports and all(set(r) == {"episode_return", "episode_length", "episodes"} for r in reports)


def test_sending_and_receiving_is_stepping() -> None:
    one, other = (PufferBucketBrigade("default-v2", num_envs=2, seed=5) for _ in range(2))
    one.async_reset()
    other.reset()
    assert_same(one.recv()[0], other.observations)
    actions = np.array([[1, 1, 1], [0, 0, 0]])
    one.send(actions)
    expected = other.step(actions)
    assert_same(one.recv()[:5], expected)
    assert_same(one.recv()[5:], (np.arange(2), np.ones(2, dtype=bool)))


def test_what_does_not_fit_is_refused() -> None:
    puffer = PufferBucketBrigade("default-v2", num_envs=2)
    with pytest.raises(ResetNeeded):
        puffer.step(np.zeros((2, 3), dtype=np.int32))
    puffer.reset(seed=0)
    with pytest.raises(InvalidInput, match=r"\(2, 3\)"):
        puffer.step(np.zeros((3, 3), dtype=np.int32))
    with pytest.raises(InvalidInput, match="house 44"):
        puffer.step(np.array([[0, 0, 0], [44, 0, 0]]))
    with pytest.raises(InvalidInput, match="float64"):
        puffer.step(np.zeros((2, 3)))
    wrong: Any = buffers(2, 36)
    with pytest.raises(InvalidInput, match=r"buf\.observations"):
        PufferBucketBrigade("default-v2", num_envs=2, buf=wrong)
    with pytest.raises(InvalidInput, match="one vector a row"):
        PufferBucketBrigade("default-v2", num_envs=2, observation="dict")
