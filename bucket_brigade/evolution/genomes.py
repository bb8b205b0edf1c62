"""Genomes: the ten traits of a strategy vector as numbers that evolution may change.

A genome is any sequence of ten numbers in [0, 1], in the order of `bucket_brigade.game.strategy.TRAITS`: a
list, a tuple, an array, an individual of DEAP. A *rule* says who reads it: ``heuristic`` or ``social``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.strategy import TRAITS, Heuristic, Social
from bucket_brigade.registry.agents import RULES
from bucket_brigade.validation import check_choice, real_array

__all__ = ["BOUNDS", "Genome", "Genomes", "check_rule", "genome_array", "genome_strategies"]

Genome = Sequence[float] | NDArray[np.floating[Any]]
"""Ten numbers."""

Genomes = Sequence[Genome] | NDArray[np.floating[Any]]
"""B genomes: a sequence of them, or an array of shape (B, 10)."""

BOUNDS = ("refuse", "clip", "reflect")
"""What happens to traits outside [0, 1]: an error, the nearest bound, or the mirror image at the bound."""


_TRUTHS = {bool, np.bool_}
"""Among numbers NumPy would take them for 1 and 0."""


def check_rule(rule: object) -> str:
    """Return the name of the rule that plays genomes, or raise `InvalidInput`."""
    return check_choice("rule", rule, tuple(RULES))


def genome_array(genomes: Genomes, bounds: str = "refuse") -> NDArray[np.float64]:
    """Return genomes as float64 of shape (B, 10), every trait in [0, 1].

    `bounds` is one of `BOUNDS`. Raises `InvalidInput` for another shape, for NaN and infinity, and with
    ``refuse`` for traits outside [0, 1].
    """
    array = real_array("genomes", genomes)
    if array.shape[:1] == (0,):
        raise InvalidInput("genomes is empty: name at least one genome.")
    if array.shape != (*array.shape[:1], len(TRAITS)):
        raise InvalidInput(
            f"genomes have shape {array.shape}: they must be (B, {len(TRAITS)}), the traits {', '.join(TRAITS)}."
        )
    if not isinstance(genomes, np.ndarray) and any(_TRUTHS & set(map(type, genome)) for genome in genomes):
        raise InvalidInput("genomes hold True or False: traits are numbers in [0, 1].")
    bad = ~np.isfinite(array) if bounds != "refuse" else ~((array >= 0.0) & (array <= 1.0))
    if bad.any():
        row, trait = (int(place) for place in np.argwhere(bad)[0])
        value = float(array[row, trait])
        raise InvalidInput(
            explain(
                f"Genome {row}: {TRAITS[trait]} = {value} is not allowed: it must be a number in [0, 1].",
                do="To evaluate genomes that leave the bounds: bounds='clip' or bounds='reflect'."
                if math.isfinite(value)
                else "",
            )
        )
    if bounds == "clip":
        return np.clip(array, 0.0, 1.0)
    if bounds == "reflect":
        # A triangle wave of period 2; what is inside stays as it is, to the last bit.
        inside = (array >= 0.0) & (array <= 1.0)
        return np.where(inside, array, 1.0 - np.abs(np.mod(array, 2.0) - 1.0))
    return array


def genome_strategies(genomes: NDArray[np.float64], rule: str) -> list[Heuristic | Social]:
    """Return the strategy of each genome, shape (B, 10), under a rule."""
    return [RULES[rule](tuple(row)) for row in genomes.tolist()]
