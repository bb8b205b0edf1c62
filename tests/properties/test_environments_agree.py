"""Environments on different backends are the same environments, to the last bit.

Gymnasium's own comparison steps one environment at a time, which costs the Python reference milliseconds a night;
it runs on a thin, fixed selection. The whole matrix, every scenario with 1 to 10 agents, 20 seeds and 1,000 steps,
runs on rows of the vector environment: `make test-long`.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from gymnasium.utils.env_match import check_environments_match

import bucket_brigade.envs as envs
from bucket_brigade.backends.base import Backend
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario, list_scenarios
from tests.envs.compare import assert_same

MATRIX = list(product(list_scenarios(), range(1, 11)))
OPPONENTS = ("firefighter", "social:hero", "social:liar", "free_rider", "social:coordinator")


def town(name: str, agents: int) -> Scenario:
    """Return a scenario with another team; private stakes of single agents go round."""
    fields = get_scenario(name).to_mapping()
    for key, value in fields.items():
        if isinstance(value, list) and value:
            fields[key] = [value[agent % len(value)] for agent in range(agents)]
    return Scenario.from_mapping({**fields, "num_agents": agents}, name=name)


def opponents(agents: int) -> list[str]:
    return [OPPONENTS[agent % len(OPPONENTS)] for agent in range(agents - 1)]


# Steps of 7 and 11 visit every scenario, team size, seat and kind of observation of the matrix now and then.
@pytest.mark.parametrize(("place", "seed"), [(place, place % 20) for place in range(0, len(MATRIX), 7)])
def test_gymnasium_finds_no_difference(place: int, seed: int, python: Backend, rust: Backend) -> None:
    name, agents = MATRIX[place]
    kind = ("vector", "integers", "dict")[place % 3]
    pair = [
        envs.BucketBrigadeEnv(
            town(name, agents),
            seat=place % agents,
            opponents=opponents(agents),
            observation=kind,  # type: ignore[arg-type]
            render_mode="ansi",
            backend=backend,
        )
        for backend in (python, rust)
    ]
    check_environments_match(pair[0], pair[1], num_steps=12, seed=seed)


def compare_rows(name: str, agents: int, steps: int, python: Backend, rust: Backend) -> None:
    pair = [
        envs.BucketBrigadeVectorEnv(
            town(name, agents),
            20,
            seat=steps % agents,
            opponents=opponents(agents),
            autoreset_mode=("NextStep", "SameStep")[agents % 2],
            backend=backend,
        )
        for backend in (python, rust)
    ]
    assert_same(pair[0].reset(seed=agents), pair[1].reset(seed=agents))
    generator = np.random.default_rng(agents)
    houses = pair[0].scenario.num_houses
    for step in range(steps):
        actions = np.stack([generator.integers(0, high, 20) for high in (houses, 2, 2)], axis=-1)
        one, other = (vector.step(actions) for vector in pair)
        assert_same(one, other, f"{name}, {agents} agents, step {step}")


@pytest.mark.parametrize(("name", "agents"), MATRIX[3::11])
def test_rows_match(name: str, agents: int, python: Backend, rust: Backend) -> None:
    compare_rows(name, agents, 15, python, rust)


@pytest.mark.long
@pytest.mark.parametrize(("name", "agents"), MATRIX)
def test_rows_match_for_long(name: str, agents: int, python: Backend, rust: Backend) -> None:
    compare_rows(name, agents, 1000, python, rust)
