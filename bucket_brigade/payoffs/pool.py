"""The strategies in use, each once, by number: what the payoffs of restricted games are asked for by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bucket_brigade.game.heuristic_simplex import Traits, corner_name, heuristic, traits_of
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy
from bucket_brigade.registry import member_label

__all__ = ["Entry", "Pool", "entry_of"]


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
        return self.add(entry_of(heuristic(*traits), self.agents)) if place is None else place

    def team(self, profile: Sequence[int]) -> tuple[Strategy, ...]:
        """Return what each seat plays in a profile of entries."""
        return tuple(self.entries[place].seats[seat] for seat, place in enumerate(profile))

    def heuristic_traits(self, place: int) -> Traits:
        """Return the effective numbers of an entry that is known to be heuristic."""
        traits = self.entries[place].traits
        assert traits is not None, "a search among heuristic strategies met another one"
        return traits

    def traits(self, place: int) -> Traits | None:
        """Return the effective numbers of an entry, None unless it is heuristic."""
        return self.entries[place].traits


def entry_of(strategy: Strategy, agents: int, name: str = "") -> Entry:
    """Return the entry of a strategy that is the same on every seat."""
    return Entry((strategy,) * agents, name or _name(strategy))


def _name(strategy: Strategy) -> str:
    if not isinstance(strategy, Heuristic) or strategy.theta in ARCHETYPES.values():
        return member_label(strategy)
    traits = traits_of(strategy)
    return corner_name(traits) or f"w={traits[0]:.6g},e={traits[1]:.6g}"
