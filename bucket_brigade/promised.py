"""Names that the first implementation's documentation promised, and nothing else in this package uses.

Here alone a backend is asked for by name: everywhere else it is an argument. What a class plays on, its
``backend`` tells, and the ``provenance`` of its results who chose it. Each name is shown in its old places too:

    RustPayoffEvaluator, PythonPayoffEvaluator   bucket_brigade.equilibrium, bucket_brigade.equilibrium.payoff_evaluator
    RustFitnessEvaluator, PythonFitnessEvaluator bucket_brigade.evolution, bucket_brigade.evolution.fitness
    RustPufferBucketBrigade                      bucket_brigade.envs, bucket_brigade.envs.puffer,
                                                 bucket_brigade.envs.puffer_env
"""

from __future__ import annotations

from typing import Any

from bucket_brigade.evolution.evaluator import FitnessEvaluator
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator

__all__ = [
    "PythonFitnessEvaluator",
    "PythonPayoffEvaluator",
    "RustFitnessEvaluator",
    "RustPayoffEvaluator",
]


class RustPayoffEvaluator(PayoffEvaluator):
    """A `PayoffEvaluator` on the Rust backend and no other."""

    pinned_backend = "rust"


class PythonPayoffEvaluator(PayoffEvaluator):
    """A `PayoffEvaluator` on the Python reference and no other."""

    pinned_backend = "python"


class RustFitnessEvaluator(FitnessEvaluator):
    """A `FitnessEvaluator` on the Rust backend and no other."""

    __slots__ = ()
    pinned_backend = "rust"


class PythonFitnessEvaluator(FitnessEvaluator):
    """A `FitnessEvaluator` on the Python reference and no other."""

    __slots__ = ()
    pinned_backend = "python"


def __getattr__(name: str) -> Any:
    if name != "RustPufferBucketBrigade":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # Made when it is asked for: it needs Gymnasium, an optional package, and the evaluators do not.
    from bucket_brigade.envs.puffer import PufferBucketBrigade

    about = "A `PufferBucketBrigade` on the Rust backend and no other."
    members = {"__module__": __name__, "__doc__": about, "pinned_backend": "rust"}
    return globals().setdefault(name, type(name, (PufferBucketBrigade,), members))
