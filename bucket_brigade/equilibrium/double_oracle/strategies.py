"""Strategies as the double oracle handles them: one entry for each, numbered, with a name.

The heuristic rule reads two effective numbers: w, the probability of working (``work_tendency *
(1 - rest_reward_bias)``), and e, the probability that a worker sees to a fire at home first. Every night it
rests with probability ``1 - w``, works at any fire with ``w (1 - e)`` and at home first with ``w e``: a
point of a triangle whose corners are *rest*, *any fire* and *home first*. A night's kernel is affine in
these three numbers, so an agent's payoff is a polynomial in its own point, and it is smooth where (w, e) is
not: at w = 0, where e means nothing. Numbers are rounded to multiples of 2**-32, as engines round them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.game.draws import CERTAIN, threshold
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy, Theta
from bucket_brigade.registry import member_label

__all__ = ["Entry", "Pool", "Traits", "barycentric", "entry_of", "heuristic", "traits_at", "traits_of"]

Traits = tuple[float, float]
"""The two effective numbers (w, e), multiples of 2**-32; e is 0 where w is."""


@dataclass(frozen=True)
class Entry:
    """One strategy of the restricted game: what its agent plays, seat by seat.

    Agents know their seat, so a strategy may play otherwise on another one; a heuristic strategy does so
    only in that its home lies elsewhere.
    """

    seats: tuple[Strategy, ...]
    name: str = field(compare=False, default="")

    @property
    def uniform(self) -> bool:
        """Whether it is the same on every seat."""
        return all(strategy == self.seats[0] for strategy in self.seats)

    @property
    def traits(self) -> Traits | None:
        """Its effective numbers, None unless it is heuristic on every seat."""
        first = self.seats[0]
        return traits_of(first) if isinstance(first, Heuristic) and self.uniform else None

    @property
    def state_only(self) -> bool:
        """Whether it looks at nothing but the houses."""
        return all(strategy.state_only for strategy in self.seats)


class Pool:
    """The entries in use, each once, by number."""

    def __init__(self, agents: int) -> None:
        """Start without entries, for teams of this size."""
        self.agents = agents
        self.entries: list[Entry] = []
        self._place: dict[object, int] = {}

    def add(self, entry: Entry) -> int:
        """Return the number of an entry; heuristic strategies that act alike are one."""
        key: object = entry.traits or entry.seats
        place = self._place.setdefault(key, len(self.entries))
        if place == len(self.entries):
            self.entries.append(entry)
        return place

    def add_numbered(self, entry: Entry, word: str) -> int:
        """Return the number of an entry; a new one is called after `word` and how many of them there are."""
        known = self._place.get(entry.traits or entry.seats)
        if known is not None:
            return known
        same = sum(other.name.startswith(f"{word}#") for other in self.entries)
        return self.add(replace(entry, name=f"{word}#{same + 1}"))

    def add_traits(self, traits: Traits) -> int:
        """Return the number of the heuristic strategy with these effective numbers."""
        place = self._place.get(traits)
        return self.add(entry_of(heuristic(traits), self.agents)) if place is None else place

    def traits(self, place: int) -> Traits | None:
        """Return the effective numbers of an entry, None unless it is heuristic."""
        return self.entries[place].traits


def entry_of(strategy: Strategy, agents: int, name: str = "") -> Entry:
    """Return the entry of a strategy that is the same on every seat."""
    return Entry((strategy,) * agents, name or _name(strategy))


def traits_of(strategy: Heuristic) -> Traits:
    """Return the effective numbers (w, e) of a heuristic strategy, as engines round them."""
    _, work, _, own, *_, rest, _ = strategy.theta
    return _rounded(work * (1 - rest), own)


def heuristic(traits: Traits) -> Heuristic:
    """Return the honest heuristic strategy with these effective numbers."""
    theta: Theta = (1.0, traits[0], 0.0, traits[1], 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    return Heuristic(theta)


def barycentric(traits: Traits) -> NDArray[np.float64]:
    """Return (rest, any fire, home first): the chances of the three things to do, shape (3,)."""
    w, e = traits
    return np.array([1.0 - w, w * (1.0 - e), w * e])


def traits_at(point: Sequence[float] | NDArray[np.float64]) -> Traits:
    """Return the effective numbers at a point (rest, any fire, home first) of the triangle, rounded."""
    _, any_fire, home_first = (max(0.0, float(x)) for x in point)
    work = min(1.0, any_fire + home_first)
    return _rounded(work, home_first / work if work > 0.0 else 0.0)


def _rounded(w: float, e: float) -> Traits:
    work = threshold(w) / CERTAIN
    # At w = 0 nobody works, at home or elsewhere: one strategy.
    return (work, threshold(min(e, 1.0)) / CERTAIN) if work > 0.0 else (0.0, 0.0)


_CORNERS = {(0.0, 0.0): "rest", (1.0, 0.0): "any_fire", (1.0, 1.0): "home_first"}


def _name(strategy: Strategy) -> str:
    if not isinstance(strategy, Heuristic) or strategy.theta in ARCHETYPES.values():
        return member_label(strategy)
    traits = traits_of(strategy)
    return _CORNERS.get(traits, f"w={traits[0]:.6g},e={traits[1]:.6g}")
