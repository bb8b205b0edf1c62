"""What is checked once stays what it was: copies and pickles cannot be written to."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Tabular
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.registry import get_scenario


def table() -> Tabular:
    return Tabular(np.full((9, 4), 0.25))


def program() -> Program:
    return compile_program([get_scenario("easy")], [Heuristic(ARCHETYPES["hero"])], np.zeros((1, 4), np.intp))


MAKE: dict[str, Callable[[], Any]] = {
    "Tabular": table,
    "Program": program,
    "PlayRequest": lambda: PlayRequest(program(), seed=1, games=2),
    "SymmetricGame": lambda: SymmetricGame(2, np.eye(2)),
    "NormalFormGame": lambda: NormalFormGame(np.zeros((2, 2, 2))),
}


def arrays(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for part in value:
            yield from arrays(part)
    elif hasattr(value, "__dict__"):
        for part in vars(value).values():
            yield from arrays(part)


@pytest.mark.parametrize("make", MAKE.values(), ids=MAKE)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))])
def test_no_copy_can_be_written_to(make: Callable[[], Any], again: Callable[[Any], Any]) -> None:
    other = again(make())
    found = list(arrays(other))
    assert found and not any(array.flags.writeable for array in found)


def test_a_policy_too() -> None:
    pytest.importorskip("gymnasium")
    from bucket_brigade.envs.policy import Policy

    policy = Policy((np.zeros((4, 8), np.float32),), (np.zeros(8, np.float32),), parts=("burning",))
    for other in (copy.deepcopy(policy), pickle.loads(pickle.dumps(policy))):
        assert not any(array.flags.writeable for array in (*other.weights, *other.biases))


def test_a_copied_table_is_the_same_strategy_and_keeps_its_digest() -> None:
    one = table()
    for other in (copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one and hash(other) == hash(one)
        with pytest.raises(ValueError, match="read-only"):
            other.table[0, 0] = 1.0
