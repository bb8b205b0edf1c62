"""Compositions: how many of n players use each of K strategies, with their order, rank and weights.

In a symmetric game it does not matter who plays what, only how many do. A composition is a row of K
counts that sum to n. Compositions are ordered lexicographically, the largest first count first:
``[n, 0, …, 0], [n-1, 1, 0, …, 0], …, [0, …, 0, n]``; there are C(n+K-1, K-1) of them.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["composition_index", "compositions", "count_compositions", "multinomial_coefficients"]


def count_compositions(players: int, strategies: int) -> int:
    """Return C(n+K-1, K-1), the number of compositions of n players among K strategies."""
    return math.comb(players + strategies - 1, strategies - 1)


@lru_cache(maxsize=64)
def compositions(players: int, strategies: int) -> NDArray[np.intp]:
    """Return all compositions in order, intp of shape (M, K), read-only."""
    table = np.zeros((1, 0), dtype=np.intp)
    left = np.array([players], dtype=np.intp)
    for _ in range(strategies - 1):
        # Each row branches: its next strategy gets all that is left, then one fewer, down to none.
        branches = left + 1
        parent = np.repeat(np.arange(len(left)), branches)
        first = np.repeat(np.cumsum(branches) - branches, branches)
        remaining = np.arange(len(parent)) - first
        table = np.column_stack([table[parent], left[parent] - remaining])
        left = remaining
    table = np.ascontiguousarray(np.column_stack([table, left]))
    table.flags.writeable = False
    return table


def composition_index(counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the rank of each composition in the order of `compositions`, shape (…,).

    `counts` has shape (…, K). A composition is preceded by those that agree with it up to some strategy
    and put more players on that one: with r players left and c of them on it, and k strategies to come,
    these are the C(r-c-1+k, k) ways of sharing at most r-c-1 players among the k.
    """
    counts = np.asarray(counts, dtype=np.intp)
    strategies = counts.shape[-1]
    left = counts.sum(axis=-1)
    ways = _binomials(int(left.max(initial=0)) + strategies)
    rank = np.zeros(left.shape, dtype=np.intp)
    for strategy in range(strategies - 1):
        left = left - counts[..., strategy]
        to_come = strategies - 1 - strategy
        rank += np.where(left > 0, ways[np.maximum(left - 1 + to_come, 0), to_come], 0)
    return rank


@lru_cache(maxsize=64)
def multinomial_coefficients(players: int, strategies: int) -> NDArray[np.float64]:
    """Return ``n! / (m_1! … m_K!)`` of each composition, float64 of shape (M,), read-only."""
    table = compositions(players, strategies)
    factorial = np.array([math.factorial(i) for i in range(players + 1)], dtype=np.float64)
    coefficients = np.asarray(factorial[players] / np.prod(factorial[table], axis=1))
    coefficients.flags.writeable = False
    return coefficients


@lru_cache(maxsize=8)
def _binomials(size: int) -> NDArray[np.intp]:
    """Return C(a, b) for a, b ≤ size."""
    return np.array([[math.comb(a, b) for b in range(size + 1)] for a in range(size + 1)], dtype=np.intp)
