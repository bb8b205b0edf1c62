"""The engine behind the environments: copies of it, and threads that meet inside it."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import numpy as np
import pytest

import bucket_brigade.envs as envs
from bucket_brigade.backends.base import Backend
from bucket_brigade.envs.parallel import parallel_env
from bucket_brigade.errors import ConcurrentUse, InvalidInput
from bucket_brigade.game.strategy import Scripted
from tests.envs.compare import assert_same

TOWN = "default-v2"
WORK = np.array([1, 1, 1])

# An environment, and the actions of one of its steps.
KINDS: dict[str, tuple[Callable[..., Any], Any]] = {
    "single": (envs.BucketBrigadeEnv, WORK),
    "team": (envs.TeamEnv, np.tile(WORK, (4, 1))),
    "vector": (envs.BucketBrigadeVectorEnv, np.tile(WORK, (1, 1))),
    "parallel": (
        lambda *a, **k: parallel_env(scenario=a[0], **k),
        {f"seat_{seat}": WORK for seat in range(4)},
    ),
    "puffer": (envs.PufferBucketBrigade, np.tile(WORK, (1, 1))),
}


def answers(env: Any, actions: Any, nights: int) -> list[Any]:
    """Return copies of what some steps answer."""
    return [copy.deepcopy(env.step(actions)) for _ in range(nights)]


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda env: pickle.loads(pickle.dumps(env))], ids=["copy", "pickle"]
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_continues_by_itself(kind: str, way: Callable[[Any], Any]) -> None:
    make, actions = KINDS[kind]
    env = make(TOWN)
    env.reset(seed=3)
    env.step(actions)
    twin = way(env)
    expected = answers(twin, actions, 4)
    assert_same(answers(env, actions, 4), expected)
    assert_same(env.reset(), twin.reset())


def test_a_copy_keeps_the_backend_it_was_given(backend: Backend) -> None:
    env = envs.BucketBrigadeEnv(TOWN, backend=backend)
    env.reset(seed=1)
    assert copy.deepcopy(env).backend is backend


def test_what_a_scripted_opponent_remembers_cannot_be_copied() -> None:
    class Rester:
        def reset(self, seat: int, scenario: Any, num_games: int) -> None: ...

        def act(self, observations: Any) -> Any:
            return np.zeros((observations.num_games, 3), dtype=np.int64)

    env = envs.BucketBrigadeEnv(TOWN, opponents=Scripted("rester", Rester))
    twin = copy.deepcopy(env)
    assert_same(twin.reset(seed=0), env.reset(seed=0))
    with pytest.raises(InvalidInput, match="seat 1 is played by the scripted agent 'rester'"):
        copy.deepcopy(env)


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_thread_is_refused(kind: str) -> None:
    make, actions = KINDS[kind]
    env = make(TOWN)
    env.reset(seed=0)
    inside, over = Barrier(2), Barrier(2)

    def stay_inside() -> None:
        with env._batch.guard:
            inside.wait()
            over.wait()

    thread = Thread(target=stay_inside)
    thread.start()
    try:
        inside.wait()
        calls = (lambda: env.step(actions), env.reset, env.save_state)
        for call in calls:
            with pytest.raises(
                ConcurrentUse, match=r"Another thread is using this environment.*for each thread"
            ):
                call()
    finally:
        over.wait()
        thread.join()
    env.step(actions)


def test_threads_that_meet_get_an_error_of_ours(rust: Backend) -> None:
    vector = envs.BucketBrigadeVectorEnv(TOWN, 20_000, backend=rust, workers=1)
    vector.reset(seed=0)
    actions, caught = np.zeros((20_000, 3), dtype=np.int64), []
    threads_meet = Barrier(4)

    def step() -> None:
        threads_meet.wait()
        for _ in range(20):
            try:
                vector.step(actions)
            except BaseException as error:
                caught.append(type(error))

    threads = [Thread(target=step) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(caught) <= {ConcurrentUse}


@pytest.mark.parametrize("options", ["x", 5, [1], {"game": 1.0}, {"game": -1}])
@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"puffer"}))
def test_options_are_a_dictionary(kind: str, options: Any) -> None:
    env = KINDS[kind][0](TOWN)
    with pytest.raises(InvalidInput, match="options"):
        env.reset(options=options)
    with pytest.raises(Exception, match="before the first reset"):
        env.step(KINDS[kind][1])
    env.reset(options={"somebody_elses": 1})


@pytest.mark.parametrize("seed", [1.0, np.float64(1), "1", True, -1, 2**64])
@pytest.mark.parametrize("kind", KINDS)
def test_seeds_are_integers(kind: str, seed: Any) -> None:
    with pytest.raises(InvalidInput, match="seed"):
        KINDS[kind][0](TOWN).reset(seed=seed)
