"""stable-baselines3: its own check, rows that are those of the vector environment, and equal runs."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import torch
from stable_baselines3 import A2C, PPO
from stable_baselines3.common.env_checker import check_env
from stable_baselines3.common.vec_env import VecEnv, VecMonitor, VecNormalize

import bucket_brigade.envs as envs
from bucket_brigade.envs import BucketBrigadeVectorEnv
from bucket_brigade.envs.policy_agent import policy_agent
from bucket_brigade.envs.sb3 import policy_from_sb3, to_sb3
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario, list_scenarios
from bucket_brigade.simulation import simulate
from tests.envs.compare import assert_same

OPPONENTS = "firefighter,coordinator,liar"


@pytest.mark.parametrize("scenario", list_scenarios())
def test_sb3_accepts_every_named_scenario(scenario: str) -> None:
    check_env(envs.BucketBrigadeEnv(scenario), warn=True)


@pytest.mark.parametrize("observation", ["vector", "dict"])
@pytest.mark.parametrize("render_mode", [None, "rgb_array"])
def test_sb3_accepts_every_observation_that_it_knows(observation: str, render_mode: str | None) -> None:
    env = gym.make("bucket_brigade/ChainReaction-v2", observation=observation, render_mode=render_mode)
    check_env(env.unwrapped, warn=True, skip_render_check=render_mode is None)
    flat = envs.FlattenMultiDiscrete(env)
    check_env(flat, warn=True)


def actions_of(space: Any, rows: int, seed: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, space.nvec, size=(rows, 3))


def short() -> Scenario:
    """Games that the night limit may end."""
    fields = get_scenario("chain_reaction-v2").to_mapping()
    return Scenario.from_mapping({**fields, "min_nights": 3, "max_nights": 4}, name="short")


@pytest.mark.parametrize("observation", ["vector", "integers", "dict"])
def test_rows_are_those_of_the_vector_environment(observation: Any) -> None:
    rows, town = 16, short()
    ours = to_sb3(town, rows, opponents=OPPONENTS, observation=observation)
    theirs = BucketBrigadeVectorEnv(
        town, rows, opponents=OPPONENTS, observation=observation, autoreset_mode="SameStep"
    )
    assert isinstance(ours, VecEnv)
    assert ours.observation_space == theirs.single_observation_space
    assert ours.action_space == theirs.single_action_space
    assert ours.seed(40) == list(range(40, 56))
    first, origins = theirs.reset(seed=40)
    assert_same(ours.reset(), first)
    assert [info["seed"] for info in ours.reset_infos] == origins["seed"].tolist()
    truncations = terminations = 0
    for night in range(40):
        actions = actions_of(ours.action_space, rows, night)
        seen, rewards, dones, infos = ours.step(actions)
        other, paid, terminated, truncated, told = theirs.step(actions)
        assert_same(seen, other)
        assert rewards.dtype == np.float32
        np.testing.assert_array_equal(rewards, paid.astype(np.float32))
        np.testing.assert_array_equal(dones, terminated | truncated)
        assert [info["TimeLimit.truncated"] for info in infos] == truncated.tolist()
        for row in np.flatnonzero(dones):
            assert_same(infos[row]["terminal_observation"], told["final_obs"][row])
            np.testing.assert_array_equal(infos[row]["payoffs"], told["final_info"]["payoffs"][row])
            assert infos[row]["nights"] == told["final_info"]["nights"][row]
            assert ours.reset_infos[row]["game"] == told["game"][row]
        for row in np.flatnonzero(~dones):
            assert infos[row] == {"TimeLimit.truncated": False}
        truncations += int(truncated.sum())
        terminations += int(terminated.sum())
    assert truncations
    assert terminations


def test_several_seats_are_rows_of_one_game() -> None:
    env = to_sb3("greedy_neighbor-v2", 5, seats=(3, 1), opponents=["hero", "liar"])
    assert (env.num_envs, env.seats) == (10, (1, 3))
    assert env.seed(8) == [8, 8, 9, 9, 10, 10, 11, 11, 12, 12]
    seen = env.reset()
    assert [info["seat"] for info in env.reset_infos] == [1, 3] * 5
    np.testing.assert_array_equal(seen[:, -4:].argmax(axis=1), [1, 3] * 5)
    np.testing.assert_array_equal(seen[::2, :-4], seen[1::2, :-4])
    paid = np.zeros(10)
    for night in range(60):
        seen, rewards, dones, infos = env.step(actions_of(env.action_space, 10, night))
        paid += rewards
        np.testing.assert_array_equal(dones[::2], dones[1::2])
        for row in np.flatnonzero(dones):
            assert paid[row] == pytest.approx(infos[row]["payoffs"][env.seats[row % 2]], rel=1e-5, abs=1e-3)
            paid[row] = 0.0


def test_resets_continue_the_stream_and_seeds_start_it_anew() -> None:
    env = to_sb3("greedy_neighbor-v2", 3, opponents=OPPONENTS)
    env.seed(5)
    first = env.reset()
    env.reset()
    assert [info["game"] for info in env.reset_infos] == [1, 1, 1]
    env.set_options({"game": 0})
    np.testing.assert_array_equal(env.reset(), first)
    env.reset()
    env.seed(5)
    np.testing.assert_array_equal(env.reset(), first)


def test_bad_calls_are_refused() -> None:
    env = to_sb3("greedy_neighbor-v2", 2, opponents=OPPONENTS)
    with pytest.raises(InvalidInput, match="before the first reset"):
        env.step(np.zeros((2, 3), dtype=np.int64))
    env.reset()
    with pytest.raises(InvalidInput, match="step_async"):
        env.step_wait()
    for actions in (np.zeros((3, 3), np.int64), np.zeros((2, 3)), np.array([[10, 0, 0]] * 2)):
        with pytest.raises(InvalidInput):
            env.step(actions)
    with pytest.raises(AttributeError, match="no attribute 'weather'"):
        env.get_attr("weather")
    with pytest.raises(AttributeError, match="no method 'action_masks'"):
        env.env_method("action_masks")
    assert not env.has_attr("action_masks")
    env.set_attr("weather", "dry", indices=1)
    assert env.get_attr("weather", 1) == ["dry"]
    assert env.env_is_wrapped(gym.Wrapper) == [False, False]


def test_pictures_are_tiled() -> None:
    env = to_sb3("greedy_neighbor-v2", 4, opponents=OPPONENTS, render_mode="rgb_array")
    env.reset()
    picture = env.render()
    assert picture is not None
    one = env.get_images()[0]
    assert one is not None
    assert picture.shape == (2 * one.shape[0], 2 * one.shape[1], 3)


def trained(seed: int, algorithm: Any = PPO, **changes: Any) -> Any:
    env = VecMonitor(to_sb3("chain_reaction-v2", 8, opponents=OPPONENTS))
    given = {"n_steps": 32, "batch_size": 64, "n_epochs": 2} if algorithm is PPO else {}
    model = algorithm("MlpPolicy", env, seed=seed, device="cpu", **given, **changes)
    return model.learn(1024)


def test_equal_seeds_train_equal_policies_bit_for_bit() -> None:
    torch.set_num_threads(1)
    one, other, third = trained(3), trained(3), trained(4)
    states = [model.policy.state_dict() for model in (one, other, third)]
    assert all(torch.equal(states[0][name], states[1][name]) for name in states[0])
    assert not all(torch.equal(states[0][name], states[2][name]) for name in states[0])
    assert [game["r"] for game in one.ep_info_buffer] == [game["r"] for game in other.ep_info_buffer]


@pytest.mark.parametrize("algorithm", [PPO, A2C])
def test_its_policies_become_agents(algorithm: Any) -> None:
    model = trained(3, algorithm)
    policy = policy_from_sb3(model)
    observations = to_sb3("chain_reaction-v2", 64, opponents=OPPONENTS).reset()
    theirs = model.policy.get_distribution(torch.as_tensor(observations)).distribution
    ours = np.split(policy.logits(observations), [10, 12], axis=1)
    for logits, part in zip(ours, theirs, strict=True):
        chances = np.exp(logits - logits.max(axis=1, keepdims=True))
        chances /= chances.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(chances, part.probs.detach().numpy(), atol=1e-5)
    paid = simulate("chain_reaction-v2", [policy_agent(policy), *OPPONENTS.split(",")], games=50).payoffs
    assert np.isfinite(paid).all()


def test_relu_networks_and_other_depths_become_agents_too() -> None:
    model = trained(1, policy_kwargs={"activation_fn": torch.nn.ReLU, "net_arch": [16, 8, 8]})
    policy = policy_from_sb3(model)
    assert policy.activation == "relu"
    assert [weights.shape for weights in policy.weights] == [(37, 16), (16, 8), (8, 8), (8, 14)]
    assert policy_from_sb3(trained(1, policy_kwargs={"net_arch": []})).weights[0].shape == (37, 14)


def test_other_networks_are_refused() -> None:
    for changes in (
        {"policy_kwargs": {"activation_fn": torch.nn.GELU}},
        {"policy_kwargs": {"activation_fn": torch.nn.ELU}},
    ):
        with pytest.raises(InvalidInput, match="give its network to policy_agent"):
            policy_from_sb3(trained(1, **changes))


def test_statistics_of_others_fit_on_top() -> None:
    env = VecNormalize(to_sb3("chain_reaction-v2", 8, seats=(0, 1), opponents="hero,liar"))
    PPO("MlpPolicy", env, n_steps=16, batch_size=64, n_epochs=1, seed=0, device="cpu").learn(512)
