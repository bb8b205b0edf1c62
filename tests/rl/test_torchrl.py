"""TorchRL: its own check of specs and rollouts, through Gymnasium's registry."""

from __future__ import annotations

import pytest
from torchrl.envs.libs.gym import GymEnv, GymWrapper
from torchrl.envs.utils import check_env_specs

import bucket_brigade.envs as envs
from bucket_brigade.registry import list_scenarios


@pytest.mark.parametrize("scenario", list_scenarios())
def test_torchrl_accepts_every_named_scenario(scenario: str) -> None:
    # Made directly: of the older version of a scenario, Gymnasium's registry warns that a newer one is there.
    check_env_specs(GymWrapper(envs.BucketBrigadeEnv(scenario)), seed=0)


@pytest.mark.parametrize("observation", ["vector", "integers", "dict"])
def test_torchrl_accepts_every_observation(observation: str) -> None:
    check_env_specs(GymEnv("bucket_brigade/GreedyNeighbor-v2", observation=observation), seed=0)
    check_env_specs(GymEnv("bucket_brigade/GreedyNeighborTeam-v2", observation=observation), seed=0)


def test_torchrl_accepts_flat_actions() -> None:
    import gymnasium as gym

    env = envs.FlattenMultiDiscrete(gym.make("bucket_brigade/ChainReaction-v2"))
    check_env_specs(GymWrapper(env), seed=0)
