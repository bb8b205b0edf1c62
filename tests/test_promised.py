"""Every import and every call that the first implementation's documentation showed."""

from __future__ import annotations

import importlib
import pickle
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from bucket_brigade import promised
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.strategy import ARCHETYPES

HERO, LIAR = ARCHETYPES["hero"], ARCHETYPES["liar"]

PAYOFFS = ("PayoffEvaluator", "RustPayoffEvaluator", "PythonPayoffEvaluator", "run_heuristic_episode")
FITNESS = ("FitnessEvaluator", "RustFitnessEvaluator", "PythonFitnessEvaluator")
ROWS = ("PufferBucketBrigade", "RustPufferBucketBrigade")

IMPORTS = [
    *(("equilibrium", name) for name in PAYOFFS),
    *(("equilibrium.payoff_evaluator", name) for name in PAYOFFS),
    *(("evolution", name) for name in FITNESS),
    *(("evolution.fitness", name) for name in FITNESS),
    *((f"envs{module}", name) for module in ("", ".puffer", ".puffer_env") for name in ROWS),
]


@pytest.mark.parametrize(("module", "name"), IMPORTS)
def test_an_import_works_in_a_process_that_imported_nothing_else(module: str, name: str) -> None:
    statement = f"from bucket_brigade.{module} import {name}; assert {name}.__name__ == {name!r}"
    subprocess.run([sys.executable, "-W", "error", "-c", statement], check=True)


def test_a_name_is_the_same_object_wherever_it_is_imported_from() -> None:
    for name in {name for _, name in IMPORTS}:
        places = [module for module, own in IMPORTS if own == name]
        objects = {
            id(getattr(importlib.import_module(f"bucket_brigade.{module}"), name)) for module in places
        }
        assert len(objects) == 1, name


@pytest.mark.parametrize("module", ["promised", *dict.fromkeys(module for module, _ in IMPORTS)])
def test_other_names_are_not_there(module: str) -> None:
    with pytest.raises(AttributeError, match=rf"module 'bucket_brigade\.{module}' has no attribute 'nobody'"):
        importlib.import_module(f"bucket_brigade.{module}").nobody  # noqa: B018


def test_evaluators_need_no_gymnasium() -> None:
    asked = "from bucket_brigade.equilibrium import RustPayoffEvaluator"
    statement = f"import sys; {asked}; assert 'gymnasium' not in sys.modules"
    subprocess.run([sys.executable, "-c", statement], check=True)


def test_payoffs_are_evaluated_as_documented(rust: Backend) -> None:
    from bucket_brigade.equilibrium import (
        PayoffEvaluator,
        PythonPayoffEvaluator,
        RustPayoffEvaluator,
        run_heuristic_episode,
    )

    fast = RustPayoffEvaluator(
        "easy", num_simulations=64, seed=1, parallel=True, num_workers=8, method="simulate"
    )
    slow = PythonPayoffEvaluator("easy", num_simulations=64, seed=1, method="simulate")
    auto = PayoffEvaluator("easy", num_simulations=64, seed=1, backend="rust", method="simulate")
    values = [e.evaluate_symmetric_payoff(HERO, LIAR).value for e in (fast, slow, auto)]
    assert values[0] == values[1] == values[2]
    matrix = fast.evaluate_payoff_matrix([HERO, LIAR])
    assert np.asarray(matrix).tolist() == np.asarray(slow.evaluate_payoff_matrix([HERO, LIAR])).tolist()
    assert fast.num_workers == 8 and type(fast.backend) is type(rust)
    assert (matrix.provenance.backend, matrix.provenance.chosen_by) == ("rust", "RustPayoffEvaluator")
    assert isinstance(run_heuristic_episode("easy", HERO, LIAR, 3), float)


def test_fitness_is_evaluated_as_documented(rust: Backend) -> None:
    from bucket_brigade.evolution import FitnessEvaluator, PythonFitnessEvaluator, RustFitnessEvaluator

    kinds = (FitnessEvaluator, RustFitnessEvaluator, PythonFitnessEvaluator)
    evaluators = [kind("easy", num_games=10, method="simulate", seed=2) for kind in kinds]
    assert len({evaluator(HERO) for evaluator in evaluators}) == 1
    assert evaluators[1].provenance.backend == rust.name
    assert evaluators[2].provenance.chosen_by == "PythonFitnessEvaluator"


def test_rows_are_stepped_as_documented(rust: Backend) -> None:
    from bucket_brigade.envs import PufferBucketBrigade, RustPufferBucketBrigade

    plain, pinned = (
        kind("default-v2", num_envs=2) for kind in (PufferBucketBrigade, RustPufferBucketBrigade)
    )
    assert pinned.backend.name == rust.name
    actions = np.array([[0, 1, 1], [3, 0, 0]])
    assert plain.reset(seed=4)[0].tolist() == pinned.reset(seed=4)[0].tolist()
    for answers in zip(plain.step(actions), pinned.step(actions), strict=True):
        np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize(
    "name",
    [
        "RustPayoffEvaluator",
        "PythonPayoffEvaluator",
        "RustFitnessEvaluator",
        "PythonFitnessEvaluator",
        "RustPufferBucketBrigade",
    ],
)
def test_a_pinned_class_plays_on_its_backend_or_not_at_all(name: str, rust: Backend, python: Backend) -> None:
    kind: Any = getattr(promised, name)
    own, other = (rust, "python") if name.startswith("Rust") else (python, "rust")
    assert pickle.loads(pickle.dumps(kind)) is kind
    made = kind("two_houses-v2")
    copy = pickle.loads(pickle.dumps(made)) if "Fitness" in name else made
    assert type(copy) is kind
    if "Fitness" not in name:
        assert type(copy.backend) is type(own)
    assert kind("two_houses-v2", backend=own.name)
    with pytest.raises(InvalidInput, match=rf"{name} plays on '{own.name}' only, got backend = '{other}'"):
        kind("two_houses-v2", backend=other)
