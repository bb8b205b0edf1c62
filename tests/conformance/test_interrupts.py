"""Ctrl-C stops the compiled core in time, at any allowed argument; and a fork in the middle of play hangs nobody."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from bucket_brigade.backends.base import Backend
from tests.conformance.interrupts import LONG

IN_TIME = 2.5
"""Seconds. Alone on its machine it takes less than 0.7 everywhere; the suite shares its cores."""


@pytest.mark.parametrize("delay", [0.3, pytest.param(1.5, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", LONG)
def test_long_work_stops_in_time(rust: Backend, name: str, delay: float) -> None:
    command = [sys.executable, "-m", "tests.conformance.interrupts", name, str(delay)]
    # As under `make test &`: what the parent ignores, children ignore, unless they see to it.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    finally:
        signal.signal(signal.SIGINT, before)
    if child.stdout.strip() == "done":
        assert name == "every game kept", "it was to take long"
    else:
        assert float(child.stdout) < IN_TIME


FORKS = """
import os, threading, numpy as np
from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.registry import get_scenario, resolve_backend
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic
backend = resolve_backend("rust").backend
program = compile_program([get_scenario("default-v2")], [Heuristic(ARCHETYPES["hero"])], np.zeros((40, 4), int))
over = threading.Event()
def play(workers):
    return backend.play(PlayRequest(program, seed=1, games=200, workers=workers)).sums
expected = play(1)
def keep_playing(workers):
    while not over.is_set():
        play(workers)
threads = [threading.Thread(target=keep_playing, args=(n,), daemon=True) for n in (2, 3, 4)]
for thread in threads: thread.start()
for turn in range(40):
    child = os.fork()
    if child == 0:
        os._exit(0 if (play(2 + turn % 3) == expected).all() and (play(2) == expected).all() else 1)
    assert os.waitpid(child, 0)[1] == 0
over.set()
for thread in threads: thread.join()
print("played")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_a_child_forked_while_threads_play_plays_as_well(rust: Backend) -> None:
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORKS]
    child = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert child.stdout == "played\n", child.stderr[-2000:]
