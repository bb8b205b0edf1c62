"""What the compiled core is given is looked at first; `tests/campaigns` tries the same at random."""

from __future__ import annotations

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic
from bucket_brigade.registry import get_scenario


@pytest.fixture
def program(rust: Backend) -> Program:
    town = get_scenario("default-v2")
    return compile_program([town], [Heuristic(ARCHETYPES["hero"])], [[0] * 4]).for_engines()


def _broken(program: Program) -> Any:
    parts = {name: getattr(program, name) for name in Program.__dataclass_fields__}
    parts["until_no_fires"] = np.array([2], dtype=np.uint8).view(bool)
    return SimpleNamespace(**parts)


def test_a_bool_is_0_or_1(program: Program) -> None:
    from bb_core_rs import _native

    first = np.zeros(1, dtype=np.uint64)
    how = {"seed": 1, "games": 1, "keep_games": False, "second_moments": False, "workers": 1}
    with pytest.raises(InvalidInput, match="until_no_fires holds the byte 2"):
        _native.play(_broken(program), first_game=first, **how)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="until_no_fires holds the byte 2"):
        _native.Stepper(_broken(program), 1, np.zeros(1, dtype=np.uint32), first)


@pytest.mark.parametrize("workers", [0, -1, 1.5, 1025, 2**62, 2**70, "x", True])
def test_threads_are_from_1_to_1024(program: Program, rust: Any, workers: Any) -> None:
    from bb_core_rs import _native

    first, prices = np.zeros(1, dtype=np.uint64), np.zeros((1, num_counts(4)))
    calls: list[Callable[[], object]] = [
        lambda: _native.expect(program, workers=workers),
        lambda: _native.social_optimum(program, prices=prices, workers=workers),
        lambda: _native.best_responses(
            program, seat=np.zeros(1, np.uint32), prices=prices, keep_policies=False, workers=workers
        ),
        lambda: _native.play(
            program,
            seed=0,
            games=1,
            first_game=first,
            keep_games=False,
            second_moments=False,
            workers=workers,
        ),
        lambda: rust.expect(program, workers),
        lambda: rust.social_optimum(program, prices, workers),
    ]
    for call in calls:
        with pytest.raises(InvalidInput, match=r"workers = .* must be an integer from 1 to 1,?024"):
            call()


def test_so_many_threads_answer_as_one(program: Program, rust: Any) -> None:
    assert (rust.expect(program, 1024).counts == rust.expect(program, 1).counts).all()


def test_memory_in_another_order_is_refused(program: Program) -> None:
    from bb_core_rs import _native

    games = np.arange(4, dtype=np.uint64)
    for wrong in (games[::2], games[:2].astype(">u8"), games[:2].astype(np.int64), games[:2].tolist()):
        with pytest.raises(InvalidInput, match="games"):
            _native.Stepper(program, 1, np.zeros(2, dtype=np.uint32), wrong)  # type: ignore[arg-type]
    stepper = _native.Stepper(program, 1, np.zeros(2, dtype=np.uint32), games[:2])
    with pytest.raises(InvalidInput, match="actions must be contiguous"):
        stepper.apply(np.asfortranarray(stepper.decide()))


def test_one_thread_at_a_time(program: Program) -> None:
    from bb_core_rs import _native

    town = get_scenario("default-v2").replace(min_nights=10_000, max_nights=10_000)
    program = compile_program([town], [External()], [[0] * 4]).for_engines()
    count = 20_000
    stepper = _native.Stepper(program, 1, np.zeros(count, dtype=np.uint32), np.arange(count, dtype=np.uint64))
    actions = stepper.decide()
    said: list[BaseException] = []

    def apply() -> None:
        for _ in range(200):
            try:
                stepper.apply(actions)
            except BaseException as error:
                said.append(error)
                return

    threads = [threading.Thread(target=apply) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert said, "four threads never met"
    for error in said:
        assert isinstance(error, InvalidInput) and "another thread" in str(error)
