"""Checks that every stepper makes, so that bad actions are refused alike on every backend."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.actions import action_limits, all_legal
from bucket_brigade.game.program import Program

__all__ = ["check_actions", "check_one_ring_size", "check_steps"]


def check_one_ring_size(program: Program) -> int:
    """Return the number of houses of every town, or raise `InvalidInput` if they differ."""
    sizes = sorted({int(h) for h in program.num_houses})
    if len(sizes) != 1:
        raise InvalidInput(
            f"A stepper plays rings of one size; this program has rings of {', '.join(map(str, sizes))} houses."
        )
    return sizes[0]


def check_actions(
    actions: NDArray[np.uint8], running: NDArray[np.bool_], houses: int, agents: int
) -> NDArray[np.uint8]:
    """Return `actions` as contiguous uint8 of shape (G, N, 3), or raise `InvalidInput`.

    Rows of games that are not `running` are not looked at. The message names the game's place in the
    batch, the seat, the part and its value.
    """
    shape = (len(running), agents, 3)
    array = np.asarray(actions)
    if array.shape != shape or array.dtype.kind not in "iu":
        raise InvalidInput(
            f"actions has shape {array.shape} and dtype {array.dtype}: it must be integers of shape {shape}, "
            "a house, a mode and a signal for each game and seat."
        )
    if not all_legal(array, houses):
        limits = action_limits(houses)
        bad = ((array < 0) | (array >= limits)) & running[:, None, None]
        if bad.any():
            game, seat, part = (int(i) for i in np.argwhere(bad)[0])
            what = ("house", "mode", "signal")[part]
            raise InvalidInput(
                f"actions[{game}, {seat}]: {what} {int(array[game, seat, part])} is not allowed: "
                f"it must be from 0 to {limits[part] - 1}."
            )
    return np.ascontiguousarray(array, dtype=np.uint8)


def check_steps(
    program: Program, entries: NDArray[np.uint32], games: NDArray[np.uint64]
) -> tuple[NDArray[np.uint32], NDArray[np.uint64]]:
    """Return the arguments of a stepper as arrays of shape (G,), or raise `InvalidInput`."""
    which, numbers = np.asarray(entries), np.asarray(games)
    if which.ndim != 1 or which.shape != numbers.shape or not len(which):
        raise InvalidInput(
            f"entries and games have shapes {which.shape} and {numbers.shape}: both must be (G,), one each per game."
        )
    for name, array in (("entries", which), ("games", numbers)):
        if array.dtype.kind not in "iu" or array.min() < 0:
            raise InvalidInput(f"{name} must be non-negative integers.")
    if which.max() >= program.num_entries:
        raise InvalidInput(f"entries holds {which.max()}: this program has {program.num_entries} entries.")
    return which.astype(np.uint32), numbers.astype(np.uint64)
