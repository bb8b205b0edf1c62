"""Houses and neighbours, for agents: who is near, which fires hang together, what they threaten.

All functions work on masks of houses, bool of shape (G, H), a row a game.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.game.scenario import Scenario

__all__ = ["arc_lengths", "beside", "by_distance", "first"]

Mask = NDArray[np.bool_]


def by_distance(scenario: Scenario, house: int) -> NDArray[np.intp]:
    """Return all houses, shape (H,), the nearest to `house` first; of two as near, the clockwise one first."""
    houses = range(scenario.num_houses)
    steps = {h: (scenario.ring_distance(house, h), (h - house) % scenario.num_houses) for h in houses}
    return np.array(sorted(houses, key=steps.__getitem__), dtype=np.intp)


def first(candidates: Mask, order: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return in each game the candidate that comes first in `order`, shape (G,), or -1 where there is none.

    `order` lists houses, as `by_distance` does; those it leaves out are never returned.
    """
    if not len(order):
        return np.full(len(candidates), -1, dtype=np.intp)
    ranked = candidates[:, order]
    place = ranked.argmax(axis=1)
    return np.where(ranked[np.arange(len(ranked)), place], order[place], -1)


def beside(houses: Mask) -> NDArray[np.int64]:
    """Return for every house how many of its two neighbours are True, shape (G, H).

    On a ring of two houses both neighbours are the same house, which counts twice (rules.md, section 1).
    """
    return np.roll(houses, 1, axis=1).astype(np.int64) + np.roll(houses, -1, axis=1)


def arc_lengths(houses: Mask) -> NDArray[np.int64]:
    """Return for every house that is True how many hang together with it on the ring, itself included; else 0.

    The shape is (G, H). A ring that is True all round is one arc of H houses.
    """
    lines = np.ascontiguousarray(houses.T)
    ring = len(lines)
    # Twice round, so that an arc over the house with number 0 is counted from its beginning.
    tour = list(range(ring)) * 2
    before, after = _runs(lines, tour), _runs(lines, tour[::-1])
    return np.where(houses, np.minimum(before + after - 1, ring).T, 0)


def _runs(lines: Mask, tour: list[int]) -> NDArray[np.int64]:
    """Return how many True houses in a row a tour has passed, shape (H, G), when it passes each the last time."""
    runs = np.zeros(lines.shape, dtype=np.int64)
    run = np.zeros(lines.shape[1], dtype=np.int64)
    for house in tour:
        run = (run + 1) * lines[house]
        runs[house] = run
    return runs
