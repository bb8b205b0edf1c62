"""Opponents written in Python sit in environments as they sit in whole games, memory and words included."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

import bucket_brigade.envs as envs
from bucket_brigade.agents import Observations, actions
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import AgentError, InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import Member
from bucket_brigade.simulation import Replay, replay
from tests.envs.compare import assert_same


class Wanderer:
    """Goes on from where it was, a house further for every fire it has ever seen; uses memory and words."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.houses = scenario.num_houses
        self.seen = np.full(num_games, seat)

    def act(self, observations: Observations) -> NDArray[np.integer]:
        fires = observations.burning.sum(axis=1)
        self.seen = np.where(observations.active, self.seen + fires, self.seen)
        return actions(self.seen % self.houses, observations.chance(0, 0.7), observations.chance(1, 0.5))


class Broken(Wanderer):
    def act(self, observations: Observations) -> NDArray[np.integer]:
        return actions(99, np.ones(observations.num_games, dtype=np.int64))


@pytest.mark.parametrize("mode", ["NextStep", "SameStep", "Disabled"])
def test_games_are_those_of_replay(mode: str, backend: Backend) -> None:
    team: list[Member] = ["firefighter", Wanderer, "social:hero", Wanderer]
    rows = 3
    vector = envs.BucketBrigadeVectorEnv(
        "default-v2", rows, opponents=team[1:], backend=backend, autoreset_mode=mode, observation="integers"
    )
    _, infos = vector.reset(seed=20)
    at = [0] * rows
    games: dict[tuple[int, int], Replay] = {}

    def game(row: int) -> NDArray[np.uint8]:
        key = (20 + row, int(played[row]))
        if key not in games:
            games[key] = replay("default-v2", team, seed=key[0], game=key[1], backend=backend)
        return games[key].actions

    played = infos["game"].astype(np.int64)
    for _ in range(30):
        chosen = np.zeros((rows, 3), dtype=np.int64)
        due = [at[row] < len(game(row)) for row in range(rows)]
        for row in range(rows):
            if due[row]:
                chosen[row] = game(row)[at[row], 0]
        observations, _, terminated, truncated, infos = vector.step(chosen)
        ended = terminated | truncated
        if mode == "Disabled" and ended.any():
            observations, infos = vector.reset(options={"reset_mask": ended})
        for row in range(rows):
            at[row] += 1
            if "_game" in infos and infos["_game"][row]:
                assert at[row] >= len(game(row))
                played[row], at[row] = infos["game"][row], 0
            elif not ended[row]:
                parts = vector.layout.split(observations[row])
                shown = np.stack([parts["locations"], parts["modes"], parts["signals"]], axis=-1)
                np.testing.assert_array_equal(shown, game(row)[at[row] - 1])
    assert played.min() > 0


def test_an_agent_that_fails_is_named_and_no_game_moves() -> None:
    opponents: list[Member] = ["hero", Broken, "hero"]
    env = envs.BucketBrigadeEnv("default-v2", opponents=opponents)
    env.reset(seed=0)
    with pytest.raises(AgentError, match=r"'Broken' on seat 2 .* chose house 99"):
        env.step(np.array([0, 0, 0]))
    assert env._batch.states().nights[0] == 0


def test_its_memory_cannot_be_saved() -> None:
    env = envs.BucketBrigadeEnv("default-v2", opponents=Wanderer)
    env.reset(seed=0)
    with pytest.raises(InvalidInput, match="scripted agent 'Wanderer'"):
        env.save_state()


def test_one_class_sits_on_every_other_seat() -> None:
    one = envs.BucketBrigadeEnv("default-v2", opponents=Wanderer)
    other = envs.BucketBrigadeEnv("default-v2", opponents=[Wanderer] * 3)
    assert_same(one.reset(seed=3), other.reset(seed=3))
    for _ in range(10):
        assert_same(one.step(np.array([0, 1, 1])), other.step(np.array([0, 1, 1])))
