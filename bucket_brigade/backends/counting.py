"""From games to totals: what every backend that plays some games at a time would otherwise write for itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, PlayRequest
from bucket_brigade.errors import AgentError
from bucket_brigade.game.counts import num_counts

__all__ = ["PlayChunk", "accumulate"]

PlayChunk = Callable[[NDArray[np.uint32], NDArray[np.uint64]], NDArray[np.integer]]
"""Plays game ``games[g]`` of entry ``entries[g]`` for every g; returns the counts of each, shape (G, D).

Both arguments have shape (G,). All games of a call are on rings of one size, and entries never fall.
"""


def accumulate(request: PlayRequest, play_chunk: PlayChunk, *, at_once: int) -> Counts:
    """Play a request at most `at_once` games at a time, and add up what was counted: the answer of `Backend.play`.

    The sums are of integers, so they do not depend on `at_once`: choose what is fastest. Apart from the answer,
    memory does not grow with the number of games. If an agent fails, the `AgentError` leaves with the counts of
    the games that were complete as its ``finished``, where the request has one entry; where it has several, not
    all of them would have the same games.
    """
    program, games = request.program, request.games
    entries, size = program.num_entries, num_counts(program.num_agents)
    sums = np.zeros((entries, size), dtype=np.int64)
    products = np.zeros((entries, size, size), dtype=np.int64) if request.second_moments else None
    kept = np.zeros((entries, games, size), dtype=np.int32) if request.keep_games else None
    first = np.asarray(request.first_game, dtype=np.uint64)
    done = 0
    for entry, offset in _chunks(request, at_once):
        try:
            counts = play_chunk(entry.astype(np.uint32), first[entry] + offset.astype(np.uint64))
        except AgentError as error:
            if entries == 1 and done:
                error.finished = Counts(done, sums, products, None if kept is None else kept[:, :done])
            raise
        _add(counts.astype(np.int64), entry, sums, products)
        if kept is not None:
            kept[entry, offset] = counts
        done += len(entry)
    return Counts(games, sums, products, kept)


def _chunks(request: PlayRequest, at_once: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield entries and the numbers of games within them, (G,) each; a chunk has rings of one size."""
    sizes = request.program.num_houses[request.program.town]
    for houses in np.unique(sizes):
        group = np.flatnonzero(sizes == houses)
        total = len(group) * request.games
        for start in range(0, total, at_once):
            place = np.arange(start, min(start + at_once, total))
            yield group[place // request.games], place % request.games


def _add(
    counts: NDArray[np.int64],
    entry: NDArray[np.intp],
    sums: NDArray[np.int64],
    products: NDArray[np.int64] | None,
) -> None:
    """Add a chunk to the totals of its entries, which lie in it one after another."""
    starts = np.flatnonzero(np.diff(entry, prepend=-1))
    sums[entry[starts]] += np.add.reduceat(counts, starts, axis=0)
    if products is not None:
        for begin, end in zip(starts, [*starts[1:], len(entry)], strict=True):
            products[entry[begin]] += counts[begin:end].T @ counts[begin:end]
