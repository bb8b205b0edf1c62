"""Individuals for DEAP that can be imported, and so pickled into any process.

``creator.create`` makes classes in one global place: a second run in the process overwrites those of the first,
and a process that was spawned does not have them. These are ordinary classes. Needs DEAP:
``pip install 'bucket-brigade[evolution]'``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

import numpy as np

try:
    from deap import base
except ImportError as error:
    from bucket_brigade.errors import BucketBrigadeError, explain

    raise BucketBrigadeError(
        explain(
            "Individuals for DEAP were asked for, and DEAP is not installed.",
            do="Type: pip install 'bucket-brigade[evolution]'",
        )
    ) from error

from bucket_brigade.evolution.genomes import genome_array, genome_strategies
from bucket_brigade.game.strategy import TRAITS, Heuristic, Social

__all__ = ["Fitness", "Individual"]


class Fitness(base.Fitness):  # type: ignore[misc]
    """One number, which is made large."""

    weights = (1.0,)


class Individual(list[float]):
    """Ten traits and their fitness."""

    fitness: Fitness

    def __init__(self, traits: Iterable[float]) -> None:
        """Take any ten numbers; whether they are a genome is judged where they are evaluated."""
        super().__init__(float(trait) for trait in traits)
        self.fitness = Fitness()

    @classmethod
    def random(cls, rng: np.random.Generator) -> Self:
        """Return one with every trait uniform in [0, 1)."""
        return cls(rng.random(len(TRAITS)).tolist())

    def strategy(self, rule: str = "heuristic") -> Heuristic | Social:
        """Return the strategy this is under a rule; raises `InvalidInput` if a trait is outside [0, 1]."""
        return genome_strategies(genome_array([self]), rule)[0]

    def __reduce__(self) -> tuple[type[Self], tuple[list[float]], dict[str, object]]:
        """Let copies and pickles keep the fitness."""
        return type(self), (list(self),), dict(self.__dict__)
