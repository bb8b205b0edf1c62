"""Integers, numbers and choices from outside, checked in one vocabulary before any work starts.

Every check names the argument, the value and what is allowed, and returns the value as a plain Python
object, so that NumPy's numbers never reach a file or a digest.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from bucket_brigade.errors import InvalidInput, did_you_mean, explain

__all__ = [
    "MAX_WORD",
    "MAX_WORKERS",
    "check_choice",
    "check_fraction",
    "check_integer",
    "check_number",
    "check_seed",
    "check_workers",
    "under_either_name",
]

T = TypeVar("T")

MAX_WORD = 2**64
"""One above the largest seed and the largest number of a game."""

MAX_WORKERS = 1024
"""Threads that one call may be given: far more than any machine has use for, far fewer than would hurt it."""


def check_integer(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int, or raise `InvalidInput` naming the field and the range."""
    if isinstance(value, np.integer):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        top = "2**64 - 1" if high == MAX_WORD - 1 else f"{high:,}"
        raise InvalidInput(f"{name} = {value!r} is not allowed: it must be an integer from {low} to {top}.")
    return value


def check_seed(value: object, name: str = "seed") -> int:
    """Return a seed, an unsigned integer of 64 bits, or raise `InvalidInput`."""
    return check_integer(name, value, 0, MAX_WORD - 1)


def check_workers(value: object, name: str = "workers") -> int | None:
    """Return a number of threads, None for the backend's own choice, or raise `InvalidInput`."""
    return None if value is None else check_integer(name, value, 1, MAX_WORKERS)


def check_number(name: str, value: object, *, above: float = -math.inf, least: float = -math.inf) -> float:
    """Return `value` as a float; raise `InvalidInput` unless it is finite, above `above` and at least `least`."""
    number = _as_float(value)
    if not math.isfinite(number) or not number > above or number < least:
        wanted = "a positive number" if above == 0.0 else "a finite number"
        limit = f", at least {least:g}" if math.isfinite(least) else ""
        raise InvalidInput(f"{name} = {value!r} is not allowed: it must be {wanted}{limit}.")
    return number


def check_fraction(name: str, value: object) -> float:
    """Return `value` as a float; raise `InvalidInput` unless it lies between 0 and 1, both excluded."""
    number = _as_float(value)
    if not 0.0 < number < 1.0:
        raise InvalidInput(f"{name} = {value!r} is not allowed: it must be between 0 and 1, both excluded.")
    return number


def check_choice(name: str, value: object, known: Sequence[str], *, exists: str = "") -> str:
    """Return `value` if it is one of `known`, else raise `InvalidInput` with a suggestion.

    `exists` says what there is, in a sentence; without it the choices are listed.
    """
    if not isinstance(value, str) or value not in known:
        raise InvalidInput(
            explain(
                f"{name} = {value!r} is not allowed.{did_you_mean(str(value), known)}",
                exists=exists or f"It may be {', '.join(known)}.",
            )
        )
    return value


def _as_float(value: object) -> float:
    """Return a real number as a float, NaN for anything else."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | float | np.integer | np.floating):
        return math.nan
    try:
        return float(value)
    except OverflowError:  # An integer beyond the doubles.
        return math.nan


def under_either_name(name: str, value: T | None, alias: str, other: T | None) -> T | None:
    """Return an argument that has an older name as well; raise `InvalidInput` if both are given."""
    if value is not None and other is not None:
        raise InvalidInput(f"{name} = {value!r} and {alias} = {other!r} are one argument: give one of them.")
    return other if value is None else value
