"""Exact payoffs of planned profiles: every way of seating each profile, once, with its expectation.

Of N seatings in N! (or of the opponents' in (N-1)!, where the focal agent has a fixed seat) many look the
same, since agents with the same strategy can change places. The different ones are equally likely, as each
of them stands for the same number of permutations, so a payoff is their plain mean.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.profile_play import Plan

__all__ = ["Arrangements", "ExpectedProfiles", "count_arrangements", "seat_profiles"]


@dataclass(frozen=True, eq=False)
class Arrangements:
    """Every different way of seating the P profiles of a plan; A ways in all, N seats."""

    seats: NDArray[np.intp]
    """(A, N) the strategy on each seat; no two rows are alike."""
    place: NDArray[np.intp]
    """(A',) rows of `seats`, profile by profile; with published seating several profiles share rows."""
    starts: NDArray[np.intp]
    """(P+1,) profile p is seated as ``place[starts[p]:starts[p+1]]``."""


@dataclass(frozen=True, eq=False)
class ExpectedProfiles:
    """The expected counts behind exact payoffs, kept so that they can be priced again."""

    plan: Plan
    seating: str
    arrangements: Arrangements
    counts: Floats
    """(A, D) expected counts of each way of seating."""

    def priced(self, scenario: Scenario) -> Floats:
        """Return the exact payoff of each cell, (1, T), at the rewards of `scenario`."""
        payoffs = self.counts @ price_matrix(scenario).T
        values = np.empty(len(self.plan.profile_of))
        for cell, (profile, weights) in enumerate(zip(self.plan.profile_of, self.plan.weights, strict=True)):
            here = self.arrangements.place[slice(*self.arrangements.starts[profile : profile + 2])]
            focal = self.plan.slots[profile, int(np.argmax(weights))]
            mine = payoffs[here, :1]
            if self.seating == "random":
                mine = payoffs[here][self.arrangements.seats[here] == focal]
            values[cell] = mine.mean()
        return values[None]


def count_arrangements(plan: Plan, seating: str, enough: int) -> int:
    """Return how many ways of seating a plan has, counted for each profile; or some number above `enough`."""
    total = 0
    for slots in plan.slots:
        free = slots if seating == "random" else slots[1:]
        same = np.unique(free, return_counts=True)[1]
        total += math.factorial(len(free)) // math.prod(math.factorial(int(n)) for n in same)
        if total > enough:
            break
    return total


def seat_profiles(plan: Plan, seating: str) -> Arrangements:
    """List every different way of seating the profiles of a plan.

    ``random``: every member of a profile may sit anywhere. ``published``: slot 0 sits on seat 0.
    """
    rows: list[tuple[int, ...]] = []
    starts = [0]
    for slots in plan.slots.tolist():
        fixed, free = ([], slots) if seating == "random" else (slots[:1], slots[1:])
        rows += [(*fixed, *arranged) for arranged in _arrangements(free)]
        starts.append(len(rows))
    seats, place = np.unique(np.array(rows, dtype=np.intp), axis=0, return_inverse=True)
    return Arrangements(seats, place.ravel(), np.array(starts, dtype=np.intp))


def _arrangements(members: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield the different orders of some members, in ascending order, each once."""
    if not members:
        yield ()
    for first in sorted(set(members)):
        rest = list(members)
        rest.remove(first)
        yield from ((first, *others) for others in _arrangements(rest))
