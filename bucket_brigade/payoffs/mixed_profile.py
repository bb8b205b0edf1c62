"""Who plays what: a mixture of entries on every seat, and what opponents may draw from it."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MixedProfile", "OpponentDraw", "Profile", "seated"]

Profile = tuple[int, ...]
"""The number of an entry for each seat."""


@dataclass(frozen=True)
class OpponentDraw:
    """One thing that may happen to an agent: which seat it has, and what the others drew."""

    weight: float
    """Its probability."""
    seat: int
    others: Profile
    """The entries on the other seats, in order."""

    def profile(self, entry: int) -> Profile:
        """Return the pure profile in which the agent plays an entry."""
        return seated(self.seat, entry, self.others)


@dataclass(frozen=True)
class MixedProfile:
    """N seats; each draws an entry from its own mixture, independently, before the game."""

    supports: tuple[tuple[int, ...], ...]
    """For each seat, numbers of entries of a `Pool`."""
    shares: tuple[tuple[float, ...], ...]
    """For each seat, the positive probability of each of them."""

    @classmethod
    def of(cls, entries: list[list[int]], mixtures: list[NDArray[np.float64]]) -> MixedProfile:
        """Make a profile from each seat's entries and probabilities, leaving out what is never played."""
        kept = [
            [(i, float(p)) for i, p in zip(of_seat, mixture, strict=True) if p > 0.0]
            for of_seat, mixture in zip(entries, mixtures, strict=True)
        ]
        return cls(tuple(tuple(i for i, _ in k) for k in kept), tuple(tuple(p for _, p in k) for k in kept))

    @classmethod
    def pure(cls, entries: Profile) -> MixedProfile:
        """Make the profile in which each seat plays one entry."""
        return cls(tuple((i,) for i in entries), ((1.0,),) * len(entries))

    @property
    def agents(self) -> int:
        """N."""
        return len(self.supports)

    @property
    def is_pure(self) -> bool:
        """Whether nobody mixes."""
        return all(len(support) == 1 for support in self.supports)

    @property
    def used(self) -> tuple[int, ...]:
        """Every entry that somebody plays, ascending."""
        return tuple(sorted({i for support in self.supports for i in support}))

    @property
    def key(self) -> tuple[object, ...]:
        """The same for profiles that are equal up to rounding."""
        return self.supports, tuple(tuple(round(p, 9) for p in shares) for shares in self.shares)

    @property
    def pure_profiles(self) -> list[tuple[Profile, float]]:
        """Everything that all seats together may draw, with its probability."""
        return self._drawn(range(self.agents))

    def num_opponents(self, seat: int) -> int:
        """Return how many things the opponents of `seat` may draw."""
        return math.prod(len(s) for j, s in enumerate(self.supports) if j != seat)

    def opponents(self, seat: int) -> list[tuple[Profile, float]]:
        """Return everything that the opponents of `seat` may draw, in the order of their seats."""
        return self._drawn([j for j in range(self.agents) if j != seat])

    def draws_against(self, seats: Sequence[int]) -> list[OpponentDraw]:
        """Return all that may happen to an agent that has each of these seats equally often; weights sum to 1."""
        return [
            OpponentDraw(chance / len(seats), seat, others)
            for seat in seats
            for others, chance in self.opponents(seat)
        ]

    def _drawn(self, seats: list[int] | range) -> list[tuple[Profile, float]]:
        drawn = itertools.product(*[zip(self.supports[j], self.shares[j], strict=True) for j in seats])
        return [(tuple(i for i, _ in one), math.prod(p for _, p in one)) for one in drawn]


def seated(seat: int, entry: int, others: Profile) -> Profile:
    """Return the profile with `entry` on `seat` and the others, in order, on the other seats."""
    return (*others[:seat], entry, *others[seat:])
