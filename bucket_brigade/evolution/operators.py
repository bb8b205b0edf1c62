"""Variation and selection that draw from a generator one hands in, and from nothing else.

They have the shape of DEAP's operators: genomes are mutable sequences of numbers in [0, 1] that are changed in place
and returned in a tuple, so ``toolbox.register("mate", operators.blend, rng=rng)`` works. They need no DEAP. Traits
never leave [0, 1].
"""

from __future__ import annotations

import functools
from collections.abc import Callable, MutableSequence, Sequence
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput

__all__ = ["CROSSOVER", "MUTATION", "blend", "clipped", "gaussian", "reset", "tournament", "uniform"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

MutableGenome = MutableSequence[float] | NDArray[np.float64]


def blend(
    first: MutableGenome, second: MutableGenome, *, rng: np.random.Generator, alpha: float = 0.5
) -> tuple[MutableGenome, MutableGenome]:
    """Draw each trait of both children between the parents' and `alpha` of their distance beyond.

    BLX-alpha: L. J. Eshelman and J. D. Schaffer, "Real-coded genetic algorithms and interval-schemata", FOGA 2, 1993.
    """
    draws = rng.random((2, len(first)))
    for i, (a, b) in enumerate(zip(first, second, strict=True)):
        low, reach = min(a, b) - alpha * abs(a - b), (1.0 + 2.0 * alpha) * abs(a - b)
        first[i] = _inside(low + reach * float(draws[0, i]))
        second[i] = _inside(low + reach * float(draws[1, i]))
    return first, second


def uniform(
    first: MutableGenome, second: MutableGenome, *, rng: np.random.Generator, share: float = 0.5
) -> tuple[MutableGenome, MutableGenome]:
    """Exchange each trait with probability `share`."""
    for i in np.flatnonzero(rng.random(len(first)) < share).tolist():
        first[i], second[i] = second[i], first[i]
    return first, second


def gaussian(
    genome: MutableGenome, *, rng: np.random.Generator, rate: float = 0.2, size: float = 0.1
) -> tuple[MutableGenome]:
    """Add a normal deviate of standard deviation `size` to each trait with probability `rate`."""
    chosen, steps = rng.random(len(genome)) < rate, rng.standard_normal(len(genome))
    for i in np.flatnonzero(chosen).tolist():
        genome[i] = _inside(genome[i] + size * float(steps[i]))
    return (genome,)


def reset(
    genome: MutableGenome,
    *,
    rng: np.random.Generator,
    rate: float = 0.1,
    size: float = 1.0,  # noqa: ARG001  every mutation takes the same arguments
) -> tuple[MutableGenome]:
    """Draw each trait anew with probability `rate`."""
    chosen, fresh = rng.random(len(genome)) < rate, rng.random(len(genome))
    for i in np.flatnonzero(chosen).tolist():
        genome[i] = float(fresh[i])
    return (genome,)


def tournament(
    individuals: Sequence[_T],
    k: int,
    *,
    rng: np.random.Generator,
    size: int = 3,
    key: Callable[[_T], Any] = lambda individual: individual.fitness,  # type: ignore[attr-defined]
) -> list[_T]:
    """Return `k` winners of tournaments of `size`, drawn with replacement; of equals the first drawn wins."""
    if not individuals:
        raise InvalidInput("A tournament needs at least one individual.")
    entrants = rng.integers(0, len(individuals), size=(k, size))
    return [max((individuals[i] for i in row), key=key) for row in entrants.tolist()]


def clipped(operator: Callable[_P, _T]) -> Callable[_P, _T]:
    """Return an operator of DEAP whose results are moved back into [0, 1]; fits ``toolbox.decorate``."""

    @functools.wraps(operator)
    def inside(*arguments: _P.args, **named: _P.kwargs) -> _T:
        made = operator(*arguments, **named)
        for genome in made:  # type: ignore[attr-defined]
            for i, value in enumerate(genome):
                genome[i] = _inside(value)
        return made

    return inside


def _inside(value: float) -> float:
    return min(max(float(value), 0.0), 1.0)


CROSSOVER: dict[str, Callable[..., Any]] = {"blend": blend, "uniform": uniform}
"""What settings may name for crossover."""
MUTATION: dict[str, Callable[..., Any]] = {"gaussian": gaussian, "reset": reset}
"""What settings may name for mutation."""
