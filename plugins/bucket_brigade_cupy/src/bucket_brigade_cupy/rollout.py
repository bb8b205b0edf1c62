"""Whole games: a request in launches that fit the device's memory, and that a user can wait for.

Totals are integers, added in any order, so however the work is cut the answer is the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, PlayRequest
from bucket_brigade.errors import BackendCannotRun
from bucket_brigade_cupy.device import Device, OutOfDeviceMemory
from bucket_brigade_cupy.kernels import Kernel, kernels_of
from bucket_brigade_cupy.layouts import PLAY
from bucket_brigade_cupy.packing import pack, round_keys

__all__ = ["play"]

LAUNCH_NIGHTS = 1 << 31
"""Nights of games in a launch, at the most: between two launches the play can be interrupted."""
LAUNCH_ENTRIES = 1 << 16
SHARE = 64
"""Games a lane plays, at the most, before its block is done: the last ones leave lanes idle."""


@dataclass(frozen=True)
class Slice:
    """Games ``start … start + games - 1`` of some entries."""

    entries: NDArray[np.intp]
    start: int
    games: int

    def halves(self) -> tuple[Slice, Slice] | None:
        """Return the two halves, or None if this is a single game."""
        if len(self.entries) > 1:
            middle = len(self.entries) // 2
            return (
                Slice(self.entries[:middle], self.start, self.games),
                Slice(self.entries[middle:], self.start, self.games),
            )
        if self.games > 1:
            middle = self.games // 2
            return (
                Slice(self.entries, self.start, middle),
                Slice(self.entries, self.start + middle, self.games - middle),
            )
        return None


def play(device: Device, request: PlayRequest) -> Counts:
    """Play whole games.

    A launch that does not fit the device's memory is halved until it does. Raises `BackendCannotRun`, with
    the bytes that are needed, if a single game does not fit, and `MemoryError` if the answer does not fit the
    host's memory.
    """
    program, size = request.program, 4 * request.program.num_agents + 5
    entries = program.num_entries
    sums = np.zeros((entries, size), dtype=np.uint64)
    pairs = np.zeros((entries, size * (size + 1) // 2), dtype=np.uint64) if request.second_moments else None
    kept = np.zeros((entries, request.games, size), dtype=np.int32) if request.keep_games else None
    for kernel, mine in kernels_of(program):
        nights = int(program.max_nights[program.town[mine]].max())
        todo = list(_slices(mine, request.games, nights))[::-1]
        while todo:
            part = todo.pop()
            try:
                _launch(device, device.specialise(kernel), request, part, sums, pairs, kept)
            except OutOfDeviceMemory as error:
                device.release()
                halves = part.halves()
                if halves is None:
                    raise BackendCannotRun(_too_large(device, request, part, kernel)) from error
                todo += halves[::-1]
    if kept is not None:
        # Others may want what the counts of all games took.
        device.release()
    products = None if pairs is None else _square(pairs, size)
    return Counts(request.games, sums.view(np.int64), products, kept)


def _slices(entries: NDArray[np.intp], games: int, nights: int) -> Iterator[Slice]:
    """Cut the work into launches that take a fraction of a second."""
    most = max(1, LAUNCH_NIGHTS // nights)
    together = max(1, min(LAUNCH_ENTRIES, most // games))
    for first in range(0, len(entries), together):
        for start in range(0, games, most):
            yield Slice(entries[first : first + together], start, min(most, games - start))


def _launch(
    device: Device,
    kernel: Kernel,
    request: PlayRequest,
    part: Slice,
    sums: NDArray[np.uint64],
    pairs: NDArray[np.uint64] | None,
    kept: NDArray[np.int32] | None,
) -> None:
    packed = pack(request.program, part.entries, kernel)
    first = np.asarray(request.first_game, dtype=np.uint64)[part.entries] + np.uint64(part.start)
    held: dict[str, Any] = {name: device.array(array) for name, array in packed.arrays().items()}
    held["first"] = device.array(first)
    entries = len(part.entries)
    held["sums"] = device.zeros((entries, kernel.counts), np.uint64)
    if pairs is not None:
        held["products"] = device.zeros((entries, kernel.pairs), np.uint64)
    if kept is not None:
        held["kept"] = device.zeros((entries, part.games, kernel.counts), np.int32)

    asked = np.zeros((), dtype=PLAY)
    asked["keys"] = round_keys(request.seed)
    for name, array in held.items():
        asked[name] = device.address(array)
    share, blocks = _shares(device, kernel, entries, part.games)
    asked["games"], asked["share"], asked["blocks"] = part.games, share, blocks
    device.launch(kernel, "play", entries * blocks, asked)

    sums[part.entries] += device.numpy(held["sums"])
    if pairs is not None:
        pairs[part.entries] += device.numpy(held["products"])
    if kept is not None:
        kept[part.entries, part.start : part.start + part.games] = device.numpy(held["kept"])


def _shares(device: Device, kernel: Kernel, entries: int, games: int) -> tuple[int, int]:
    """Return the games of a block and the blocks of an entry.

    First the device is filled; beyond that each lane gets several games, so that long and short ones even out.
    """
    at_once = max(1, device.lanes(kernel, "play") // kernel.threads)
    share = -(-entries * games // at_once)
    share = min(max(share, kernel.threads), SHARE * kernel.threads, games)
    return share, -(-games // share)


def _square(pairs: NDArray[np.uint64], size: int) -> NDArray[np.int64]:
    """Return the symmetric matrices of which `pairs` are the upper triangles."""
    products = np.empty((len(pairs), size, size), dtype=np.int64)
    upper = np.triu_indices(size)
    products[:, upper[0], upper[1]] = products[:, upper[1], upper[0]] = pairs.view(np.int64)
    return products


def _too_large(device: Device, request: PlayRequest, part: Slice, kernel: Kernel) -> str:
    program = pack(request.program, part.entries, kernel).nbytes
    answer = kernel.counts * (8 + 4 * request.keep_games) + kernel.pairs * 8 * request.second_moments
    return (
        f"Not even one game of entry {int(part.entries[0])} fits the GPU's memory: it needs {program + answer + 8:,} "
        f"bytes, {program:,} of them for its strategies, and {device.room():,} are free. Free some, or choose "
        "another backend."
    )
