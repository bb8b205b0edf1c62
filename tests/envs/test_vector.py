"""The native vector: game by game what Gymnasium's own vector of single environments plays."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.error import ResetNeeded
from gymnasium.vector import AutoresetMode, SyncVectorEnv

import bucket_brigade.envs as envs
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from tests.envs.compare import assert_same

ID = "bucket_brigade/GreedyNeighbor-v2"
MODES = [mode.value for mode in AutoresetMode]


@pytest.mark.parametrize("observation", ["vector", "integers", "dict"])
@pytest.mark.parametrize("mode", MODES)
def test_it_equals_the_vector_of_single_environments(mode: str, observation: str, rust: Backend) -> None:
    arguments: dict[str, Any] = {"observation": observation, "opponents": "social:coordinator", "seat": 1}
    native: Any = gym.make_vec(
        ID,
        num_envs=4,
        vectorization_mode="vector_entry_point",
        autoreset_mode=mode,
        backend=rust,
        **arguments,
    )
    plain = SyncVectorEnv(
        [lambda: gym.make(ID, backend=rust, **arguments) for _ in range(4)], autoreset_mode=mode
    )
    assert native.single_observation_space == plain.single_observation_space
    assert native.observation_space == plain.observation_space
    assert native.action_space == plain.action_space
    assert native.metadata["autoreset_mode"] is AutoresetMode(mode)
    assert_same(native.reset(seed=7), plain.reset(seed=7))
    plain.action_space.seed(1)
    for _ in range(60):
        actions = plain.action_space.sample()
        answer = native.step(actions)
        assert_same(answer, plain.step(actions))
        assert answer[0] in native.observation_space
        ended = answer[2] | answer[3]
        if mode == "Disabled" and ended.any():
            assert_same(
                native.reset(options={"reset_mask": ended}),
                plain.reset(options={"reset_mask": ended.copy()}),
            )
    assert_same(native.reset(), plain.reset())
    assert_same(native.reset(seed=[3, None, 4, None]), plain.reset(seed=[3, None, 4, None]))


def test_its_spec_makes_it_again() -> None:
    made = gym.make_vec(ID, num_envs=3, opponents="hero", autoreset_mode="SameStep")
    assert made.spec is not None
    again = gym.make_vec(gym.envs.registration.EnvSpec.from_json(made.spec.to_json()))
    assert again.num_envs == 3 and again.metadata == made.metadata
    assert_same(made.reset(seed=2), again.reset(seed=2))
    actions = np.tile([1, 1, 1], (3, 1))
    for _ in range(30):
        assert_same(made.step(actions), again.step(actions))


def test_what_is_returned_belongs_to_the_caller() -> None:
    vector = gym.make_vec(ID, num_envs=3)
    answers: list[Any] = [vector.reset(seed=0)[0]]
    copies = [answers[0].copy()]
    for _ in range(5):
        answers.append(vector.step(vector.action_space.sample())[0])
        copies.append(answers[-1].copy())
    assert_same(answers, copies)
    assert not any(np.shares_memory(one, other) for one in answers for other in answers if one is not other)


@pytest.mark.parametrize("mode", MODES)
def test_threads_and_rows_change_nothing(mode: str, rust: Backend) -> None:
    few, many = (
        envs.BucketBrigadeVectorEnv("hard-v2", rows, autoreset_mode=mode, backend=rust, workers=workers)
        for rows, workers in ((3, 1), (1500, 2))
    )
    assert_same(few.reset(seed=5)[0], many.reset(seed=5)[0][:3])
    many.action_space.seed(0)
    for _ in range(30):
        actions = many.action_space.sample()
        one, other = few.step(actions[:3]), many.step(actions)
        assert_same(one[:4], tuple(part[:3] for part in other[:4]))
        if mode == "Disabled":
            for vector, answer in ((few, one), (many, other)):
                ended = answer[2] | answer[3]
                if ended.any():
                    vector.reset(options={"reset_mask": ended})


@pytest.mark.parametrize("saved_on", ["python", "rust"])
def test_a_saved_state_goes_on_alike_everywhere(saved_on: str, python: Backend, rust: Backend) -> None:
    backends = {"python": python, "rust": rust}
    vector = envs.BucketBrigadeVectorEnv("default-v2", 5, opponents="social:hero", backend=backends[saved_on])
    vector.reset(seed=1)
    vector.action_space.seed(0)
    actions = [vector.action_space.sample() for _ in range(40)]
    for action in actions[:15]:
        vector.step(action)
    saved = vector.save_state()
    answers = [vector.step(action) for action in actions[15:]]
    for backend in backends.values():
        other = envs.BucketBrigadeVectorEnv("default-v2", 5, opponents="social:hero", backend=backend)
        other.restore_state(saved)
        assert_same([other.step(action) for action in actions[15:]], answers)
        assert_same(other.reset(), vector.reset())
        vector.restore_state(saved)
        assert_same([vector.step(action) for action in actions[15:]], answers)


def test_states_that_do_not_fit_are_refused() -> None:
    env = envs.BucketBrigadeEnv("default-v2")
    env.reset(seed=1)
    saved = env.save_state()
    before = env.step(np.array([0, 1, 1]))
    env.restore_state(saved)
    for place in range(0, len(saved), 7):
        broken = bytearray(saved)
        broken[place] ^= 1
        with pytest.raises(InvalidInput, match=r"corrupted|not a saved state|format"):
            env.restore_state(bytes(broken))
    for data, message in (
        (b"", "not a saved state"),
        (saved[:-1], "corrupted"),
        (saved + b"\0", "corrupted"),
        ("text", "bytes"),
    ):
        with pytest.raises(InvalidInput, match=message):
            env.restore_state(data)  # type: ignore[arg-type]
    for other in (
        envs.BucketBrigadeEnv("hard-v2"),
        envs.BucketBrigadeEnv("default-v2", opponents="hero"),
        envs.BucketBrigadeEnv("default-v2", seat=1),
    ):
        with pytest.raises(InvalidInput, match="another scenario, team"):
            other.restore_state(saved)
    # What was refused has changed nothing.
    assert_same(env.step(np.array([0, 1, 1])), before)


def test_a_state_of_another_version_is_refused() -> None:
    import hashlib

    env = envs.BucketBrigadeEnv("default-v2")
    env.reset(seed=1)
    body = bytearray(env.save_state()[:-32])
    body[body.index(b"\n") + 1] = 99
    with pytest.raises(InvalidInput, match="format 99: this version of Bucket Brigade reads format 1"):
        env.restore_state(bytes(body) + hashlib.sha256(body).digest())


def test_what_is_off_the_rules_is_refused() -> None:
    vector = envs.BucketBrigadeVectorEnv("default-v2", 3, autoreset_mode="Disabled")
    with pytest.raises(ResetNeeded):
        vector.step(np.zeros((3, 3), dtype=np.int64))
    vector.reset(seed=0)
    for actions, message in (
        (np.zeros((2, 3), dtype=np.int64), r"shape \(2, 3\)"),
        (np.zeros((3, 3)), "float64"),
        (np.array([[0, 0, 0], [0, 0, 0], [11, 0, 0]]), r"actions\[2, 0\]: house 11"),
        (np.array([[0, 0, 0], [0, 9, 0], [1, 0, 0]], dtype=np.uint8), r"actions\[1, 0\]: mode 9"),
        (np.array([[0, 0, 0], [0, 0, 2**63], [1, 0, 0]], dtype=np.uint64), r"actions\[1, 0\]: signal 9"),
    ):
        with pytest.raises(InvalidInput, match=message):
            vector.step(actions)
    ended = np.zeros(3, dtype=bool)
    while not ended.any():
        _, _, terminated, truncated, _ = vector.step(np.zeros((3, 3), dtype=np.int64))
        ended = terminated | truncated
    with pytest.raises(InvalidInput, match=f"row {int(np.argmax(ended))} has ended"):
        vector.step(np.zeros((3, 3), dtype=np.int64))
    for mask in ([True] * 3, np.ones(2, dtype=bool), np.zeros(3, dtype=bool)):
        with pytest.raises(InvalidInput, match="reset_mask"):
            vector.reset(options={"reset_mask": mask})
    with pytest.raises(InvalidInput, match="2 seeds for 3 rows"):
        vector.reset(seed=[1, 2])
    with pytest.raises(InvalidInput, match="'NextStep', 'SameStep', 'Disabled'"):
        envs.BucketBrigadeVectorEnv("default-v2", 3, autoreset_mode="Sometimes")


def test_flat_actions_of_many_rows() -> None:
    plain, flat = (gym.make_vec(ID, num_envs=6) for _ in range(2))
    wrapped = envs.FlattenMultiDiscreteVector(flat)
    assert_same(plain.reset(seed=0), wrapped.reset(seed=0))
    numbers = np.array([0, 39, 7, 22, 5, 12])
    actions = np.stack([numbers // 4, numbers // 2 % 2, numbers % 2], axis=1)
    assert_same(plain.step(actions), wrapped.step(numbers))
    assert wrapped.action_space == gym.spaces.MultiDiscrete([40] * 6)
