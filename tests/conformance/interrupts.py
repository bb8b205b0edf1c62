"""What takes long, each in a process of its own that is told to stop after a while.

``python -m tests.conformance.interrupts NAME DELAY`` prints how many seconds it took to stop, or ``done``.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import numpy as np

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.backends.exact import OptimizeRequest
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy, Tabular
from bucket_brigade.registry import get_scenario, resolve_backend


def _program(entries: int = 1, **changes: object) -> tuple[Scenario, Program]:
    town = get_scenario("default-v2").replace(**changes)
    hero = Heuristic(ARCHETYPES["hero"])
    return town, compile_program([town], [hero], np.zeros((entries, town.num_agents), dtype=int))


def _play(**how: object) -> Callable[[Backend], object]:
    def play(backend: Backend) -> object:
        _, program = _program()
        return backend.play(PlayRequest(program, **({"seed": 1, "games": 10**9} | how)))  # type: ignore[arg-type]

    return play


def _longest_games(backend: Backend) -> object:
    never_over = {"min_nights": 10_000, "max_nights": 10_000, "num_agents": 16, "num_houses": 16}
    _, program = _program(entries=2000, **never_over)
    return backend.play(PlayRequest(program, seed=1, games=10**6, workers=1024))


def _expect(entries: int, **changes: object) -> Callable[[Backend], object]:
    return lambda backend: backend.expect(_program(entries, **changes)[1])  # type: ignore[attr-defined]


def _expect_alone(backend: Backend) -> object:
    _, program = _program(50, num_houses=12)
    return backend.expect(program, workers=1)  # type: ignore[attr-defined]


def _respond(keep_policies: bool, workers: int | None) -> Callable[[Backend], object]:
    def respond(backend: Backend) -> object:
        # Policies take 3**12 bytes a night.
        nights = 500 if keep_policies else 10_000
        town, program = _program(3, num_houses=12, min_nights=nights, max_nights=nights)
        prices = np.ones((3, num_counts(town.num_agents)))
        return backend.best_responses(  # type: ignore[attr-defined]
            OptimizeRequest(program, [0, 1, 2], prices, keep_policies, workers)
        )

    return respond


def _respond_to_tables(backend: Backend) -> object:
    town = get_scenario("default-v2").replace(num_houses=9, max_nights=10_000)
    table: Strategy = Tabular(np.full((3**9, 18), 1 / 18))
    program = compile_program([town], [table], [[0] * 4])
    prices = np.ones((1, num_counts(4)))
    return backend.best_responses(OptimizeRequest(program, [0], prices))  # type: ignore[attr-defined]


def _optimum(houses: int, agents: int) -> Callable[[Backend], object]:
    def optimum(backend: Backend) -> object:
        town, program = _program(2, num_houses=houses, num_agents=agents)
        return backend.social_optimum(program, np.ones((2, num_counts(town.num_agents))))  # type: ignore[attr-defined]

    return optimum


LONG: dict[str, Callable[[Backend], object]] = {
    "many games on many threads": _play(workers=1024),
    "many games on one thread": _play(workers=1),
    "every game kept": _play(keep_games=True, second_moments=False, games=10**7),
    "the longest games": _longest_games,
    "many expectations": _expect(100_000),
    "expectations on large rings": _expect(50, num_houses=12),
    "expectations on one thread": _expect_alone,
    "best responses on large rings": _respond(keep_policies=False, workers=None),
    "best responses on one thread": _respond(keep_policies=True, workers=1),
    "best responses to tables": _respond_to_tables,
    "the optimum of eight on ten houses": _optimum(10, 8),
    "the optimum of twelve on six houses": _optimum(6, 12),
    "the optimum of sixteen on two houses": _optimum(2, 16),
}
"""By name: requests that nobody would wait for."""


def main(name: str, delay: float) -> None:
    """Work, and stop."""
    # A parent that ignores the signal hands that down.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    backend = resolve_backend("rust").backend
    sent: list[float] = []

    def send() -> None:
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    timer = threading.Timer(delay, send)
    timer.daemon = True
    timer.start()
    try:
        LONG[name](backend)
        timer.cancel()
        print("done")
    except KeyboardInterrupt:
        print(time.monotonic() - sent[0])


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
