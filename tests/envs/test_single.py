"""The Gymnasium face: Gymnasium's own suite, ids, streams of episodes, and what is refused."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env

import bucket_brigade.envs as envs
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput, UnknownName
from bucket_brigade.registry import get_scenario, list_scenarios
from bucket_brigade.simulation import replay
from tests.envs.compare import assert_same

ID = "bucket_brigade/GreedyNeighbor-v2"


@pytest.mark.parametrize("render_mode", [None, "ansi", "rgb_array"])
@pytest.mark.parametrize("observation", ["vector", "integers", "dict"])
@pytest.mark.parametrize("name", [ID, "bucket_brigade/GreedyNeighborTeam-v2"])
def test_gymnasium_accepts_it(name: str, observation: str, render_mode: str | None) -> None:
    env = gym.make(name, observation=observation, render_mode=render_mode)
    check_env(env.unwrapped)


@pytest.mark.parametrize("scenario", list_scenarios())
def test_every_named_scenario_has_its_ids(scenario: str) -> None:
    for team in (False, True):
        spec = gym.spec(envs.env_id(scenario, team=team))
        assert spec.kwargs == {"scenario": scenario}
        again = gym.envs.registration.EnvSpec.from_json(spec.to_json())
        env: Any = again.make().unwrapped
        assert env.scenario == get_scenario(scenario)


def test_a_spec_keeps_what_an_environment_was_made_with() -> None:
    made = gym.make(ID, seat=2, opponents=["hero", "free_rider", "social:liar"], observation="integers")
    assert made.spec is not None
    again = gym.make(gym.envs.registration.EnvSpec.from_json(made.spec.to_json()))
    env: Any = again.unwrapped
    assert env.observation_space == made.observation_space
    assert_same(made.reset(seed=5), again.reset(seed=5))
    for _ in range(8):
        assert_same(made.step(np.array([1, 1, 0])), again.step(np.array([1, 1, 0])))


@pytest.mark.parametrize(
    "statements",
    [
        "import bucket_brigade.envs, gymnasium as g; g.make('bucket_brigade/Easy-v2')",
        "import gymnasium as g; g.make('bucket_brigade.envs:bucket_brigade/Easy-v2')",
        "import gymnasium as g; g.make('bucket_brigade:bucket_brigade/Easy-v2')",
        "import gymnasium as g, bucket_brigade; g.make('bucket_brigade/Easy-v2')",
        "import bucket_brigade, gymnasium as g, bucket_brigade.envs; g.make('bucket_brigade/Easy-v2')",
    ],
)
def test_ids_are_registered_on_import(statements: str) -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", statements], check=True)


def test_an_unusable_gymnasium_stops_nobody_who_does_not_ask_for_it() -> None:
    statements = (
        "import sys, types\n"
        "sys.modules['gymnasium'] = types.ModuleType('gymnasium')\n"
        "import bucket_brigade\n"
        "bucket_brigade.get_scenario('easy')\n"
        "try:\n"
        "    import bucket_brigade.envs\n"
        "except ImportError as error:\n"
        "    assert 'gymnasium' in str(error), error\n"
        "else:\n"
        "    raise AssertionError"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", statements], check=True)


def test_steps_are_determined_by_seed_and_actions() -> None:
    answers = []
    for _ in range(2):
        env = gym.make(ID, opponents="social:coordinator")
        env.action_space.seed(3)
        seen: list[Any] = [env.reset(seed=11)]
        for _ in range(200):
            seen.append(env.step(env.action_space.sample()))
            if seen[-1][2] or seen[-1][3]:
                seen.append(env.reset())
        answers.append(seen)
    assert_same(answers[0], answers[1])


def test_reset_goes_on_with_the_stream_of_its_seed(backend: Backend) -> None:
    env = envs.BucketBrigadeEnv("default-v2", backend=backend)
    first, info = env.reset(seed=4)
    assert info == {"seed": 4, "game": 0}
    second, info = env.reset()
    assert info == {"seed": 4, "game": 1}
    third, info = env.reset(options={"game": 17})
    assert info == {"seed": 4, "game": 17}
    assert env.reset()[1] == {"seed": 4, "game": 18}
    again = envs.BucketBrigadeEnv("default-v2", backend=backend)
    assert_same(again.reset(seed=4, options={"game": 17})[0], third)
    assert_same(env.reset(seed=4)[0], first)
    assert_same(env.reset()[0], second)


def test_without_a_seed_the_episode_tells_which_one_it_took() -> None:
    env = envs.BucketBrigadeEnv("default-v2")
    observation, info = env.reset()
    again, _ = envs.BucketBrigadeEnv("default-v2").reset(seed=info["seed"], options={"game": info["game"]})
    assert_same(observation, again)


@pytest.mark.parametrize("name", ["greedy_neighbor-v2", "hard-v1", "overcrowding-v2"])
def test_an_episode_is_the_game_that_replay_plays(name: str, backend: Backend) -> None:
    team = ["firefighter", "social:hero", "free_rider", "social:liar"]
    game = replay(name, team, seed=9, game=3, backend=backend)
    for seat in (0, 2):
        opponents = team[:seat] + team[seat + 1 :]
        env = envs.BucketBrigadeEnv(name, seat=seat, opponents=opponents, backend=backend)
        env.reset(seed=9, options={"game": 3})
        total = 0.0
        for night, actions in enumerate(game.actions):
            observation, reward, terminated, truncated, info = env.step(actions[seat])
            total += reward
            parts = env.layout.split(observation)
            np.testing.assert_array_equal(parts["burning"], game.houses[night + 1] == 1)
            np.testing.assert_array_equal(parts["ruined"], game.houses[night + 1] == 2)
            assert (terminated or truncated) == (night + 1 == len(game.actions))
        assert (terminated, truncated) == (game.terminated, not game.terminated)
        assert info["nights"] == len(game.actions)
        np.testing.assert_allclose(info["payoffs"], game.payoffs, rtol=1e-12)
        assert total == pytest.approx(game.payoffs[seat], rel=1e-12)


def test_the_team_gets_what_its_seats_get() -> None:
    team = envs.TeamEnv("default-v2")
    _, info = team.reset(seed=2)
    assert info == {"seed": 2, "game": 0}
    totals = np.zeros(4)
    over = False
    while not over:
        _, reward, terminated, truncated, info = team.step(np.array([[0, 1, 1]] * 4))
        assert reward == pytest.approx(info["rewards"].sum())
        totals += info["rewards"]
        over = terminated or truncated
    np.testing.assert_allclose(totals, info["payoffs"])


def test_truncation_is_the_night_limit_and_termination_the_rules() -> None:
    burning = get_scenario("default-v2").replace(
        prob_house_catches_fire=1.0, prob_solo_agent_extinguishes_fire=0.0, max_nights=3, min_nights=3
    )
    rest = np.array([0, 0, 0])
    for scenario, expected in (
        (burning.replace(prob_initial_fire=1.0, ends_when="all-safe-or-all-ruined"), (True, False)),
        (burning.replace(prob_initial_fire=0.0, prob_house_catches_fire=0.0), (True, False)),
        (
            get_scenario("default-v2").replace(prob_house_catches_fire=1.0, max_nights=1, min_nights=1),
            (False, True),
        ),
    ):
        env = envs.BucketBrigadeEnv(scenario)
        env.reset(seed=0)
        for _ in range(scenario.max_nights):
            answer = env.step(rest)
        assert answer[2:4] == expected, scenario


def test_pictures_are_drawn_of_every_state() -> None:
    env: Any = gym.make("bucket_brigade/ChainReaction-v2", render_mode="rgb_array").unwrapped
    env.reset(seed=1)
    first = env.render()
    assert first.shape == (360, 360, 3) and first.dtype == np.uint8
    env.step(np.array([3, 1, 1]))
    assert (env.render() != first).any()
    text: Any = gym.make("bucket_brigade/ChainReaction-v2", render_mode="ansi").unwrapped
    text.reset(seed=1)
    text.step(np.array([3, 1, 1]))
    assert "night 1" in text.render() and "A!" in text.render()
    silent = envs.BucketBrigadeEnv("default-v2")
    silent.reset(seed=0)
    with pytest.raises(InvalidInput, match="render_mode"):
        silent.render()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        ([10, 0, 0], "house 10 of seat 0 is not allowed: it must be from 0 to 9"),
        ([-1, 0, 0], "house -1"),
        ([0, 2, 0], "mode 2"),
        ([0, 0, 300], "signal 300"),
        ([0, 0], r"shape \(2,\)"),
        ([0.0, 1.0, 1.0], "float64"),
        ("work", "a house, a mode and a signal"),
        ([[0, 1], [1]], "a house, a mode and a signal"),
    ],
)
def test_actions_off_the_rules_are_refused(action: Any, message: str, backend: Backend) -> None:
    env = envs.BucketBrigadeEnv("default-v2", backend=backend)
    env.reset(seed=0)
    with pytest.raises(InvalidInput, match=message):
        env.step(action)
    assert env.step(np.array([0, 1, 1]))[4] == {}


def test_a_step_needs_an_episode() -> None:
    env = envs.BucketBrigadeEnv("easy-v2")
    with pytest.raises(ResetNeeded, match="before the first reset"):
        env.step(np.array([0, 0, 0]))
    env.reset(seed=0)
    over = False
    while not over:
        _, _, terminated, truncated, _ = env.step(np.array([0, 0, 0]))
        over = terminated or truncated
    with pytest.raises(ResetNeeded, match="after the end"):
        env.step(np.array([0, 0, 0]))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"scenario": "greedy_neighbour"}, UnknownName, "greedy_neighbor"),
        ({"seat": 4}, InvalidInput, "from 0 to 3"),
        ({"opponents": ["hero", "hero"]}, InvalidInput, "2 opponents for 3 seats"),
        ({"opponents": "heroine"}, UnknownName, "hero"),
        ({"observation": "pixels"}, InvalidInput, "'vector', 'integers', 'dict'"),
        ({"render_mode": "human"}, InvalidInput, "'ansi', 'rgb_array'"),
        ({"backend": "rusty"}, UnknownName, "rust"),
    ],
)
def test_what_cannot_be_made_is_refused(
    arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        envs.BucketBrigadeEnv(**{"scenario": "default-v2", **arguments})


def test_seeds_are_those_of_the_rules() -> None:
    env = envs.BucketBrigadeEnv("default-v2")
    assert env.reset(seed=2**64 - 1)[1]["seed"] == 2**64 - 1
    for seed in (2**64, -1):
        with pytest.raises(InvalidInput, match="seed"):
            env.reset(seed=seed)


def test_flat_actions_are_the_same_actions() -> None:
    env = gym.make(ID)
    flat = envs.FlattenMultiDiscrete(gym.make(ID))
    assert flat.action_space == gym.spaces.Discrete(40)
    env.reset(seed=6), flat.reset(seed=6)
    for number in (0, 39, 7, 22):
        assert_same(env.step(np.array([number // 4, number // 2 % 2, number % 2])), flat.step(number))
    team = envs.FlattenMultiDiscrete(envs.TeamEnv(get_scenario("default-v2").replace(num_agents=2)))
    assert team.action_space == gym.spaces.Discrete(1600)
    for bad in (40, -1, 0.5):
        with pytest.raises(InvalidInput, match="from 0 to 39"):
            flat.step(bad)
    with pytest.raises(InvalidInput, match="too many"):
        envs.FlattenMultiDiscrete(envs.TeamEnv(get_scenario("default-v2").replace(num_agents=6)))
