"""Game-nights a second of every face of the environments, beside others' environments, in one run.

    python benchmarks/envs.py [--rows 4096] [--out docs/benchmarks/envs]

Random actions are given as arrays that were drawn before; observations are written. Rows that only start their next
game play no night and are not counted. Writes a Markdown table and the numbers as JSON. Both backends are compared
before a speed is printed, and a debug build of the Rust core is refused. EnvPool is measured if it is installed
(``pip install envpool``; no part of the project's environment).
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import SyncVectorEnv
from numpy.typing import NDArray

from benchmarks.machine import machine
from benchmarks.running import keep, release_rust
from bucket_brigade.envs import BucketBrigadeVectorEnv, env_id
from bucket_brigade.envs.engine import EnvBatch
from bucket_brigade.envs.puffer import PufferBucketBrigade

SECONDS = 2.0
TABLES = 16
SEED = 2026
SCENARIO = "default-v2"


@dataclass(frozen=True)
class Speed:
    """One environment, stepped for a while."""

    environment: str
    what: str
    rows: int
    threads: int
    steps_per_second: float
    """Steps of single environments; of ours, nights of single games. Median over repetitions."""
    best: float
    """The same of the fastest repetition: what is left when others use the machine meanwhile."""


def main() -> None:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=4096, help="games, or environments, side by side")
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    chosen = parser.parse_args()
    release_rust()
    _compare()
    cores = int(machine()["cores"])
    speeds = []
    for threads in sorted({1, cores}):
        speeds += [
            _native(chosen.rows, threads, (0, 1, 2, 3), None, "four learners, no opponents"),
            _native(chosen.rows, threads, (0,), "firefighter", "one learner, three firefighters"),
            _native(
                chosen.rows, threads, (0,), "social:firefighter", "one learner, three social firefighters"
            ),
            _make_vec(chosen.rows, threads),
            _puffer(chosen.rows, threads),
        ]
    speeds += [_plain_vector(), _plain_loop("rust"), _plain_loop("python")]
    speeds += _envpool(chosen.rows, cores)
    text = _markdown(speeds, chosen.rows)
    print(text)
    result = {
        "seed": SEED,
        "scenario": SCENARIO,
        "speeds": list(map(asdict, speeds)),
    }
    keep(chosen.out, text, result)


def _measure(step: Callable[[int], int]) -> tuple[float, float]:
    """Return median and best steps a second; `step` takes its number and says how many environments it stepped."""
    number = 0
    while number < 20:
        step(number)
        number += 1
    rates: list[float] = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < SECONDS or len(rates) < 5:
        start, stepped = time.perf_counter(), 0
        while time.perf_counter() - start < SECONDS / 20:
            stepped += step(number)
            number += 1
        rates.append(stepped / (time.perf_counter() - start))
    return statistics.median(rates), max(rates)


def _random_actions(*shape: int) -> list[NDArray[np.int64]]:
    generator = np.random.default_rng(SEED)
    limits = (10, 2, 2)
    return [np.stack([generator.integers(0, high, shape) for high in limits], axis=-1) for _ in range(TABLES)]


def _native(rows: int, threads: int, learners: tuple[int, ...], opponents: Any, what: str) -> Speed:
    batch = EnvBatch(
        SCENARIO,
        rows=rows,
        learners=learners,
        opponents=opponents,
        autoreset="next-step",
        backend="rust",
        workers=threads,
    )
    batch.start(np.ones(rows, bool), np.arange(rows, dtype=np.uint64), np.zeros(rows, np.uint64))
    output, actions = batch.output(), _random_actions(rows, len(learners))

    def step(number: int) -> int:
        batch.step(actions[number % TABLES], output)
        return rows - int(np.count_nonzero(output.started))

    return Speed("native batch", what, rows, threads, *_measure(step))


def _make_vec(rows: int, threads: int) -> Speed:
    vector = gym.make_vec(
        env_id(SCENARIO),
        num_envs=rows,
        vectorization_mode="vector_entry_point",
        backend="rust",
        workers=threads,
    )
    vector.reset(seed=SEED)
    actions = _random_actions(rows)

    def step(number: int) -> int:
        infos = vector.step(actions[number % TABLES])[4]
        return rows - (int(np.count_nonzero(infos["_game"])) if "_game" in infos else 0)

    return Speed("`gym.make_vec`", "one learner, three firefighters", rows, threads, *_measure(step))


def _puffer(rows: int, threads: int) -> Speed:
    puffer = PufferBucketBrigade(SCENARIO, num_envs=rows, backend="rust", workers=threads)
    puffer.reset(seed=SEED)
    actions = [array.astype(np.int32) for array in _random_actions(rows)]

    def step(number: int) -> int:
        puffer.step(actions[number % TABLES])
        return rows

    return Speed("`PufferBucketBrigade`", "one learner, three firefighters", rows, threads, *_measure(step))


def _plain_vector() -> Speed:
    rows = 64
    vector = SyncVectorEnv([lambda: gym.make(env_id(SCENARIO), backend="rust") for _ in range(rows)])
    vector.reset(seed=SEED)
    actions = _random_actions(rows)

    def step(number: int) -> int:
        infos = vector.step(actions[number % TABLES])[4]
        return rows - (int(np.count_nonzero(infos["_game"])) if "_game" in infos else 0)

    return Speed("Gymnasium's `SyncVectorEnv`", "of our single environments", rows, 1, *_measure(step))


def _plain_loop(backend: str) -> Speed:
    env = gym.make(env_id(SCENARIO), backend=backend)
    env.reset(seed=SEED)
    actions = _random_actions(1)

    def step(number: int) -> int:
        _, _, terminated, truncated, _ = env.step(actions[number % TABLES][0])
        if terminated or truncated:
            env.reset()
        return 1

    return Speed("plain Python loop", f"`gym.make`, backend {backend}", 1, 1, *_measure(step))


def _envpool(rows: int, cores: int) -> list[Speed]:
    try:
        import envpool  # type: ignore[import-not-found]
    except ModuleNotFoundError:
        print("Without EnvPool: it is not installed.", file=sys.stderr)
        return []
    speeds = []
    for name in ("Catch-v0", "CartPole-v1"):
        for threads in sorted({1, cores}):
            env = envpool.make(name, env_type="gymnasium", num_envs=rows, num_threads=threads, seed=SEED)
            env.reset()
            generator = np.random.default_rng(SEED)
            actions = [
                generator.integers(0, env.action_space.n, rows).astype(np.int32) for _ in range(TABLES)
            ]

            def step(number: int, env: Any = env, actions: Any = actions) -> int:
                env.step(actions[number % TABLES])
                return rows

            about = f"`{name}`, {env.observation_space.shape} float32"
            speeds.append(Speed(f"EnvPool {version('envpool')}", about, rows, threads, *_measure(step)))
            env.close()
    return speeds


def _compare() -> None:
    """Fail unless the Python reference plays the same rows."""
    pair = [BucketBrigadeVectorEnv(SCENARIO, 64, backend=backend) for backend in ("rust", "python")]
    for vector in pair:
        vector.reset(seed=SEED)
    for actions in _random_actions(64):
        one, other = (vector.step(actions) for vector in pair)
        for left, right in zip(one[:4], other[:4], strict=True):
            np.testing.assert_array_equal(left, right)


def _markdown(speeds: list[Speed], rows: int) -> str:
    about = ", ".join(f"{key} {value}" for key, value in machine().items())
    lines = [
        "| environment | | rows | threads | steps/s | best |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for s in speeds:
        cells = (
            s.environment,
            s.what,
            str(s.rows),
            str(s.threads),
            f"{s.steps_per_second:,.0f}",
            f"{s.best:,.0f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    command = f"python benchmarks/envs.py --rows {rows}"
    told = (
        f"A step of ours is a night of a game of `{SCENARIO}`, ten houses and four agents, with random actions given "
        "as arrays and observations written (37 float32 a learner); rows that only start their next game are not "
        "counted. Medians of short repetitions, and the best of them."
    )
    return "\n".join([*lines, "", told, "", f"Measured by `{command}` in one run on: {about}."])


if __name__ == "__main__":
    main()
