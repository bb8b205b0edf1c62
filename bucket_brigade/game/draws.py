"""Thresholds and random words (rules.md, section 3).

Every random word of every game has one fixed place: it is a pure function of (seed, game, night,
purpose, index). So a backend may skip words that cannot matter, and no result depends on batch,
thread or machine. The generator is Philox4x32-10: J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw,
"Parallel random numbers: as easy as 1, 2, 3", SC'11; its constants are those published with Random123.
"""

from __future__ import annotations

import math
from enum import IntEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["CERTAIN", "Purpose", "at_least_once", "philox4x32", "seat_words", "threshold", "words"]

CERTAIN = 1 << 32
"""The threshold of probability 1: no 32-bit word reaches it."""

_MULTIPLIER_0 = np.uint64(0xD2511F53)
_MULTIPLIER_1 = np.uint64(0xCD9E8D57)
_WEYL_0 = np.uint64(0x9E3779B9)
_WEYL_1 = np.uint64(0xBB67AE85)
_LOW_32 = np.uint64(0xFFFFFFFF)
_SHIFT_32 = np.uint64(32)


class Purpose(IntEnum):
    """What a word decides; the number is part of its counter (rules.md, section 3)."""

    IGNITE = 0
    EXTINGUISH = 1
    WORK = 2
    HOME = 3
    PICK = 4
    SIGNAL = 5
    STRAY = 6
    STRAY_HOUSE = 7
    STRAY_MODE = 8
    HABIT = 9
    SCRIPTED = 32
    """The first of 32 that are free for scripted agents."""
    SEATING = 64
    """Seatings that payoffs are averaged over (`bucket_brigade.payoffs.seating`); no game draws from here on."""
    MATCHUPS = 65
    """Teams beside a genome (`bucket_brigade.evolution.matchups`)."""
    TOURNAMENT = 128
    """The first of those that draw teams of a tournament (`bucket_brigade.tournament.design`)."""


def threshold(probability: float) -> int:
    """Return ``floor(p * 2**32 + 0.5)``: a word ``u`` succeeds exactly when ``u < threshold(p)``."""
    return math.floor(probability * 4294967296.0 + 0.5)


def at_least_once(probability: float, attempts: int) -> float:
    """Return ``1 - (1-p)**n``, the power formed by repeated multiplication from the left."""
    none = 1.0
    for _ in range(attempts):
        none = none * (1.0 - probability)
    return 1.0 - none


def philox4x32(counter: ArrayLike, key: tuple[ArrayLike, ArrayLike]) -> NDArray[np.uint32]:
    """Return the four words of Philox4x32-10 for each counter.

    `counter` has shape (..., 4) and holds 32-bit words; `key` is two 32-bit words, or two arrays of them
    that broadcast to the shape (...). The answer is uint32 of the same shape as `counter`.
    """
    lanes = np.asarray(counter, dtype=np.uint64)
    x0, x1, x2, x3 = (lanes[..., i] for i in range(4))
    k0, k1 = (np.asarray(half, dtype=np.uint64) for half in key)
    for _ in range(10):
        product_0 = _MULTIPLIER_0 * x0
        product_1 = _MULTIPLIER_1 * x2
        x0, x1, x2, x3 = (
            (product_1 >> _SHIFT_32) ^ x1 ^ k0,
            product_1 & _LOW_32,
            (product_0 >> _SHIFT_32) ^ x3 ^ k1,
            product_0 & _LOW_32,
        )
        k0, k1 = (k0 + _WEYL_0) & _LOW_32, (k1 + _WEYL_1) & _LOW_32
    return np.stack([x0, x1, x2, x3], axis=-1).astype(np.uint32)


def words(
    seed: int | NDArray[np.uint64], games: NDArray[np.uint64], nights: ArrayLike, purpose: int, count: int
) -> NDArray[np.uint32]:
    """Return the words of one purpose for the indices ``0 … count-1``.

    `games` holds game numbers, uint64 of shape (G,); `seed` and `nights` are one or one per game. The answer
    is uint32 of shape (G, count): the word of index ``i`` is ``w[i mod 4]`` of slot
    ``4 * purpose + i div 4``. `purpose` is a `Purpose` or, for scripted agents, 32 … 63.
    """
    blocks = -(-count // 4)
    counter = np.empty((len(games), blocks, 4), dtype=np.uint64)
    counter[:, :, 0] = 4 * purpose + np.arange(blocks, dtype=np.uint64)
    counter[:, :, 1] = np.broadcast_to(np.asarray(nights, dtype=np.uint64), games.shape)[:, None]
    counter[:, :, 2] = (games & _LOW_32)[:, None]
    counter[:, :, 3] = (games >> _SHIFT_32)[:, None]
    seeds = np.asarray(seed, dtype=np.uint64)
    key = seeds if seeds.ndim == 0 else seeds[:, None]
    drawn = philox4x32(counter, (key & _LOW_32, key >> _SHIFT_32))
    return drawn.reshape(len(games), 4 * blocks)[:, :count]


def seat_words(
    seed: int | NDArray[np.uint64], games: NDArray[np.uint64], nights: ArrayLike, purpose: int, index: int
) -> NDArray[np.uint32]:
    """Return the word of one purpose and one index for each game, uint32 of shape (G,); see `words`."""
    counter = np.empty((4, len(games)), dtype=np.uint64)
    counter[0] = 4 * purpose + index // 4
    counter[1] = np.asarray(nights, dtype=np.uint64)
    counter[2] = games & _LOW_32
    counter[3] = games >> _SHIFT_32
    key = np.asarray(seed, dtype=np.uint64)
    return philox4x32(counter.T, (key & _LOW_32, key >> _SHIFT_32))[:, index % 4]
