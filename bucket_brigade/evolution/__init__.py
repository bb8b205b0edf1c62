"""Evolution: strategies that nobody thought of, found by selection, crossover and mutation of ten traits.

General layout, from the ground up:

    genomes, streams     ten numbers and who plays them; random numbers with a key, a shelter for DEAP
    operators            variation and selection that draw from a generator one hands in
    matchups              who plays beside a genome, for each meaning of fitness
    evaluation, fitness, evaluator
                         populations into fitness: one program, one call of the backend
    individual, logbooks what DEAP's users need: a class that can be imported, logbooks as tables
    settings, state, breeding
                         a run: what it is to do, where it stands, and the step to the next generation
    checkpoints, run     runs on the disk that survive a kill
    scorecard, curves    what evolved strategies are worth elsewhere; pictures

Only `individual` and parts of `logbooks` need DEAP, which is an optional package: ``pip install
'bucket-brigade[evolution]'``. Runs of the command line use the operators here, whose random numbers have keys, so that
no state of a generator has to be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bucket_brigade._lazy import lazy_names
from bucket_brigade.evolution.evaluator import FitnessEvaluator
from bucket_brigade.evolution.fitness import FitnessResult
from bucket_brigade.evolution.logbooks import fitness_statistics, logbook_frame, logbook_rows, to_logbook
from bucket_brigade.evolution.run import EvolutionResult, read_run, run_evolution
from bucket_brigade.evolution.settings import EvolutionSettings
from bucket_brigade.evolution.streams import PrivateRandom, Purpose, stream

if TYPE_CHECKING:
    from bucket_brigade.evolution.individual import Fitness, Individual

__all__ = [
    "EvolutionResult",
    "EvolutionSettings",
    "Fitness",
    "FitnessEvaluator",
    "FitnessResult",
    "Individual",
    "PrivateRandom",
    "Purpose",
    "PythonFitnessEvaluator",
    "RustFitnessEvaluator",
    "fitness_statistics",
    "logbook_frame",
    "logbook_rows",
    "read_run",
    "run_evolution",
    "stream",
    "to_logbook",
]


__getattr__ = lazy_names(
    __name__,
    {
        **dict.fromkeys(("Fitness", "Individual"), "bucket_brigade.evolution.individual"),  # These need DEAP.
        **dict.fromkeys(("PythonFitnessEvaluator", "RustFitnessEvaluator"), "bucket_brigade.promised"),
    },
)
