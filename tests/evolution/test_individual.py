"""DEAP's algorithms, operators and records on our evaluator, reproducible to the last bit."""

from __future__ import annotations

import copy
import importlib
import importlib.util
import pickle
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("deap", reason="DEAP is an optional package")

from deap import algorithms, base, cma, creator, tools

from bucket_brigade.errors import BucketBrigadeError, InvalidInput
from bucket_brigade.evolution import (
    FitnessEvaluator,
    Individual,
    PrivateRandom,
    fitness_statistics,
    logbook_frame,
    logbook_rows,
    operators,
    stream,
    to_logbook,
)
from bucket_brigade.game.strategy import Heuristic, Social

ROOT = Path(__file__).parent.parent.parent
TOWN = "two_houses-v2"


def global_states() -> str:
    return repr((random.getstate(), np.random.get_state()))  # noqa: NPY002


def evaluator(**more: Any) -> FitnessEvaluator:
    return FitnessEvaluator(TOWN, 10, method="simulate", seed=3, bounds="reflect", **more)


def toolbox_of(judge: FitnessEvaluator, seed: int = 1) -> base.Toolbox:
    toolbox = base.Toolbox()
    toolbox.register("individual", Individual.random, stream(seed))
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("select", tools.selTournament, tournsize=3)
    toolbox.register("mate", tools.cxTwoPoint)
    toolbox.register("mutate", tools.mutGaussian, mu=0.0, sigma=0.2, indpb=0.3)
    toolbox.register("evaluate", judge)
    toolbox.register("map", judge.map)
    return toolbox


def simple(judge: FitnessEvaluator, seed: int = 1, **more: Any) -> tuple[Any, ...]:
    toolbox = toolbox_of(judge, seed)
    for name, function in more.items():
        toolbox.register(name, function)
    hall = tools.HallOfFame(3)
    with PrivateRandom(seed):
        people = toolbox.population(n=12)
        people, logbook = algorithms.eaSimple(
            people, toolbox, 0.6, 0.4, 5, stats=fitness_statistics(), halloffame=hall, verbose=False
        )
    return [list(p) for p in people], logbook_rows(logbook), [list(p) for p in hall]


@pytest.fixture(scope="module")
def example() -> ModuleType:
    place = importlib.util.spec_from_file_location("evolve_deap", ROOT / "examples" / "evolve_deap.py")
    assert place is not None and place.loader is not None
    module = importlib.util.module_from_spec(place)
    place.loader.exec_module(module)
    return module


@pytest.mark.parametrize("algorithm", ["simple", "plus", "cma"])
def test_the_example_evolves_and_repeats_itself(example: ModuleType, algorithm: str) -> None:
    hall, logbook = example.evolve(TOWN, algorithm, 20, 8, seed=2, workers=1)
    random.random()
    again, same = example.evolve(TOWN, algorithm, 20, 8, seed=2, workers=4)
    assert [list(p) for p in hall] == [list(p) for p in again]
    assert logbook_rows(logbook) == logbook_rows(same)
    other, _ = example.evolve(TOWN, algorithm, 20, 8, seed=3)
    assert list(other[0]) != list(hall[0])
    rows = logbook_rows(logbook)
    assert rows[-1]["mean"] > rows[0]["mean"]
    # Selection may lose the best; the hall of fame does not.
    assert hall[0].fitness.values[0] >= max(row["max"] for row in rows)


def test_the_example_is_short() -> None:
    assert len((ROOT / "examples" / "evolve_deap.py").read_text(encoding="utf-8").splitlines()) <= 100


def test_global_generators_are_left_alone() -> None:
    before = global_states()
    simple(evaluator())
    evaluator(fitness="mixed", opponents="hero,liar").evaluate([[0.5] * 10])
    assert global_states() == before


def test_equal_seeds_give_equal_runs_whatever_else_happens() -> None:
    expected = simple(evaluator())
    for workers in (1, 2, 4):
        assert simple(evaluator(num_workers=workers)) == expected
    random.seed(99)
    np.random.seed(99)  # noqa: NPY002
    # Other code of DEAP in the process, with classes in the place that all share.
    creator.create("OurMax", base.Fitness, weights=(1.0,))
    creator.create("OurIndividual", list, fitness=creator.OurMax)
    theirs = creator.OurIndividual([random.random() for _ in range(10)])
    tools.mutGaussian(theirs, 0.0, 1.0, 1.0)
    assert simple(evaluator()) == expected
    assert simple(evaluator(), seed=2) != expected


def test_any_map_gives_the_same_run() -> None:
    expected = simple(evaluator(backend="python"))
    assert simple(evaluator(backend="python"), map=map) == expected
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert simple(evaluator(backend="python"), map=pool.map) == expected


def test_mu_plus_lambda_and_generate_update() -> None:
    judge = evaluator()
    toolbox = toolbox_of(judge)
    with PrivateRandom(4):
        people = toolbox.population(n=8)
        people, _ = algorithms.eaMuPlusLambda(people, toolbox, 8, 16, 0.5, 0.4, 4, verbose=False)
    assert len(people) == 8
    for person in people:
        assert person.fitness.values == judge(person)
    strategy = cma.Strategy(centroid=[0.5] * 10, sigma=0.3, lambda_=8)
    toolbox.register("generate", strategy.generate, Individual)
    toolbox.register("update", strategy.update)
    with PrivateRandom(4):
        people, _ = algorithms.eaGenerateUpdate(toolbox, ngen=4, verbose=False)
    assert strategy.update_count == 4
    assert all(person.fitness.values == judge(person) for person in people)


def test_creator_classes_and_arrays_are_individuals_too() -> None:
    creator.create("ArrayMax", base.Fitness, weights=(1.0,))
    creator.create("ArrayIndividual", np.ndarray, fitness=creator.ArrayMax)
    judge = evaluator()
    one = creator.ArrayIndividual([0.5] * 10)
    assert isinstance(one, np.ndarray)
    assert judge.map(judge, [one]) == [judge([0.5] * 10)]


def test_individuals_are_copied_and_pickled_with_their_fitness() -> None:
    one = Individual.random(stream(1))
    assert all(0.0 <= trait < 1.0 for trait in one)
    one.fitness.values = (2.5,)
    for same in (copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert same == one and same is not one
        assert same.fitness.values == (2.5,)
        del same.fitness.values
        assert not same.fitness.valid and one.fitness.valid
    assert one.strategy() == Heuristic(tuple(one))  # type: ignore[arg-type]
    assert one.strategy("social") == Social(tuple(one))  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="honesty"):
        Individual([2.0] * 10).strategy()


def test_private_generators_go_on_where_they_stopped() -> None:
    with PrivateRandom(1):
        whole = [random.random() for _ in range(4)] + np.random.random(4).tolist()  # noqa: NPY002
    shelter = PrivateRandom(1)
    parts = []
    for _ in range(4):
        random.random()
        with shelter, shelter:
            parts.append(random.random())
    draw = shelter.wrap(np.random.random)
    parts += [draw() for _ in range(4)]
    assert parts == whole
    kept = shelter.state()
    ahead = shelter.wrap(random.random)()
    shelter.restore(kept)
    assert shelter.wrap(random.random)() == ahead
    before = global_states()
    with pytest.raises(ValueError, match="empty range"), shelter:
        random.randint(1, random.getrandbits(1) * 0)
    assert global_states() == before


def test_streams_are_keyed_by_what_they_are_for() -> None:
    seen = {
        tuple(stream(*key).random(2)) for key in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (0, 256, 0)]
    }
    assert len(seen) == 5
    assert stream(7, 2, 1).random() == stream(7, 2, 1).random()
    for bad in [(-1, 0, 0), (2**64, 0, 0), (0, 2**56, 0), (0, 0, 256)]:
        with pytest.raises(InvalidInput):
            stream(*bad)


def test_our_operators_stay_inside_and_draw_from_the_generator_alone() -> None:
    before = global_states()
    for seed in range(30):
        parents = [Individual.random(stream(seed)), Individual.random(stream(seed, 1))]
        children = copy.deepcopy(parents)
        operators.blend(*children, rng=stream(seed, 2))
        for one, a, b in zip(children[0], *parents, strict=True):
            assert min(a, b) - 0.5 * abs(a - b) - 1e-12 <= one <= max(a, b) + 0.5 * abs(a - b) + 1e-12
        swapped = copy.deepcopy(parents)
        operators.uniform(*swapped, rng=stream(seed, 3))
        for x, y, a, b in zip(*swapped, *parents, strict=True):
            assert {x, y} == {a, b}
        for mutate in (operators.gaussian, operators.reset):
            (mutant,) = mutate(copy.deepcopy(parents[0]), rng=stream(seed, 4), rate=0.5, size=2.0)
            assert all(0.0 <= trait <= 1.0 for trait in mutant) and list(mutant) != list(parents[0])
            (same,) = mutate(copy.deepcopy(parents[0]), rng=stream(seed, 4), rate=0.0)
            assert list(same) == list(parents[0])
    ranked = list(range(20))
    winners = operators.tournament(ranked, 400, rng=stream(1), size=3, key=float)
    # The best of three out of twenty is above 13.9 on average, and half of them beyond 15.
    assert 13.0 < np.mean(winners) < 15.0
    with pytest.raises(InvalidInput, match="at least one"):
        operators.tournament([], 1, rng=stream(1))
    tamed = operators.clipped(tools.mutGaussian)
    with PrivateRandom(1):
        (person,) = tamed(Individual([0.5] * 10), 0.0, 9.0, 1.0)
    assert {0.0, 1.0} < set(person)
    assert all(0.0 <= trait <= 1.0 for trait in person)
    assert global_states() == before


def test_logbooks_become_rows_and_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    statistics = tools.MultiStatistics(fitness=fitness_statistics(), size=tools.Statistics(key=len))
    statistics["size"].register("mean", np.mean)
    judge = evaluator()
    toolbox = toolbox_of(judge)
    with PrivateRandom(1):
        _, logbook = algorithms.eaSimple(
            toolbox.population(n=6), toolbox, 0.5, 0.5, 2, stats=statistics, verbose=False
        )
    rows = logbook_rows(logbook)
    assert [row["gen"] for row in rows] == [0, 1, 2]
    assert set(rows[0]) == {
        "gen",
        "nevals",
        "fitness.max",
        "fitness.mean",
        "fitness.std",
        "fitness.min",
        "size.mean",
    }
    assert all(type(row["fitness.max"]) is float and row["size.mean"] == 10.0 for row in rows)
    monkeypatch.setitem(sys.modules, "pandas", SimpleNamespace(DataFrame=list))
    assert logbook_frame(logbook) == rows
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(BucketBrigadeError, match="pip install pandas"):
        logbook_frame(logbook)
    back = to_logbook([{"gen": 0, "best": 1.0}, {"gen": 1, "best": 2.0}])
    assert back.select("best") == [1.0, 2.0]
    assert "best" in back.stream


def test_a_logbook_becomes_a_data_frame() -> None:
    pytest.importorskip("pandas", reason="pandas is an optional package")
    frame = logbook_frame([{"gen": 0, "max": np.float64(1.0)}, {"gen": 1, "max": np.float64(2.0)}])
    assert frame["max"].tolist() == [1.0, 2.0]


def test_without_deap_one_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bucket_brigade.evolution.individual")
    monkeypatch.setitem(sys.modules, "deap", None)
    with pytest.raises(BucketBrigadeError, match=r"bucket-brigade\[evolution\]"):
        importlib.import_module("bucket_brigade.evolution.individual")
