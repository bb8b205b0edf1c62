"""Arguments that travel together, and work done on an executor: the same results wherever it is done."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution import FitnessEvaluator
from bucket_brigade.execution import Execution
from bucket_brigade.payoffs import PayoffEvaluator
from bucket_brigade.simulation import simulate

NAMES = ["hero", "free_rider", "liar"]


@pytest.fixture(params=[1, 3])
def pool(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with ThreadPoolExecutor(request.param) as executor:
        yield executor


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"workers": 0}, "workers = 0"),
        ({"workers": 1.5}, "workers = 1.5"),
        ({"workers": 2**62}, "from 1 to 1,024"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 1.0}, "seed = 1.0"),
        ({"method": "exactly"}, "Did you mean 'exact'"),
        ({"executor": 4}, "concurrent.futures.Executor"),
    ],
)
def test_bad_fields_are_refused_at_once(fields: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        Execution(**fields)


def test_fields_that_are_given_go_before_those_of_an_execution() -> None:
    shared = Execution(backend="python", workers=2, seed=7)
    assert Execution.of(shared, seed=8, method=None) == Execution(backend="python", workers=2, seed=8)
    assert Execution.of(None, seed=np.int64(3)).seed == 3
    assert json.dumps(Execution.of(None, seed=np.uint64(3)).seed) == "3"
    with pytest.raises(InvalidInput, match="must be an Execution"):
        Execution.of("python")  # type: ignore[arg-type]


def test_items_are_taken_as_they_are_needed_and_come_back_in_order(pool: Executor) -> None:
    taken: list[int] = []

    def items() -> Iterator[int]:
        for item in range(1000):
            taken.append(item)
            yield item

    squares = Execution(executor=pool).map(lambda item: item * item, items())
    assert [next(squares) for _ in range(5)] == [0, 1, 4, 9, 16]
    assert len(taken) < 100
    assert list(squares) == [item * item for item in range(5, 1000)]


def test_what_waits_is_cancelled_once_an_item_fails(pool: Executor) -> None:
    def invert(item: int) -> float:
        return 1 / (item - 3)

    with pytest.raises(ZeroDivisionError):
        list(Execution(executor=pool).map(invert, range(10)))
    assert list(Execution(executor=pool).map(invert, [4])) == [1.0]


@pytest.mark.parametrize("method", ["exact", "simulate"])
def test_payoffs_do_not_depend_on_where_they_are_evaluated(
    method: str, pool: Executor, python: Backend
) -> None:
    execution = Execution(backend=python, seed=5, method=method)
    here = PayoffEvaluator("two_houses", 200, execution=execution)
    there = PayoffEvaluator("two_houses", 200, execution=Execution.of(execution, executor=pool))
    for ask in ("evaluate_payoff_matrix", "evaluate_symmetric_game"):
        assert getattr(here, ask)(NAMES).to_json() == getattr(there, ask)(NAMES).to_json()


@pytest.mark.parametrize("options", [{"fitness": "clones"}, {"fitness": "mixed", "opponents": "hero,liar"}])
@pytest.mark.parametrize("method", ["exact", "simulate"])
def test_fitness_does_not_depend_on_where_it_is_found(
    options: dict[str, Any], method: str, pool: Executor, python: Backend
) -> None:
    genomes = np.linspace(0.0, 1.0, 40).reshape(4, 10)
    here = FitnessEvaluator("two_houses", 20, backend=python, method=method, **options)
    there = FitnessEvaluator(
        "two_houses", 20, execution=Execution(backend=python, method=method, executor=pool), **options
    )
    assert here.evaluate(genomes).values.tolist() == there.evaluate(genomes).values.tolist()


def test_games_are_the_same_wherever_they_are_played(pool: Executor, rust: Backend) -> None:
    team = "hero,free_rider,social:liar,tit_for_tat"
    execution = Execution(backend=rust, seed=9, executor=pool)
    there = simulate("default", team, games=5_001, first_game=3, execution=execution)
    here = simulate("default", team, games=5_001, first_game=3, seed=9, backend=rust)
    assert there.counts.sums.tolist() == here.counts.sums.tolist()
    assert there.covariance.tolist() == here.covariance.tolist()
    assert there.provenance == here.provenance
