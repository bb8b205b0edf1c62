"""What a seat sees, entry by entry.

An observation holds what the rules let everybody see (rules.md, section 4): the houses as they stand, and the
signal, mode and location of everybody the night before; besides, the nights played and whose seat it is. It is
the same for every seat but for the last part, and it is written by the engines through a table made here (see
`bucket_brigade.backends.batch.Encoding`), so the same numbers come from every backend.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.batch import Encoding
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario

__all__ = ["Observation", "ObservationLayout", "Part"]

Observation = Literal["vector", "integers", "dict"]
"""How observations are given: normalised float32 in one vector, plain int32 in one vector, or a dictionary."""


@dataclass(frozen=True)
class Part:
    """Some consecutive entries of an observation."""

    name: str
    start: int
    size: int
    high: float
    """The largest value; the smallest is 0."""
    meaning: str

    @property
    def entries(self) -> slice:
        """Where the part lies in the vector."""
        return slice(self.start, self.start + self.size)


class ObservationLayout:
    """The layout of observations of one scenario with H houses and N agents.

    `kind` is "vector" (float32, every entry in [0, 1]; W = 2*H + 4*N + 1), "integers" (int32; W = H + 3*N + 2),
    or "dict", which holds the integers by the names of their parts. Raises `InvalidInput` for another kind.
    """

    def __init__(self, scenario: Scenario, kind: Observation = "vector") -> None:
        if kind not in get_args(Observation):
            known = ", ".join(map(repr, get_args(Observation)))
            raise InvalidInput(f"observation = {kind!r} is not allowed: it must be one of {known}.")
        self.scenario, self.kind = scenario, kind
        self.dtype = np.dtype(np.float32 if kind == "vector" else np.int32)
        self.parts = _parts(_vector(scenario) if kind == "vector" else _integers(scenario))
        self.width = self.parts[-1].entries.stop

    def __getitem__(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)

    @property
    def high(self) -> NDArray[Any]:
        """(W,) the largest value of every entry; the smallest is 0."""
        return np.concatenate([np.full(part.size, part.high) for part in self.parts]).astype(self.dtype)

    def encoding(self, seats: Sequence[int]) -> Encoding:
        """Return how an engine writes the observations of some seats."""
        table = _Table()
        rows = [list(self._entries(seat, table)) for seat in seats]
        places = np.array(rows).reshape(len(rows), -1, 2)
        return Encoding(
            source=np.ascontiguousarray(places[:, :, 0], dtype=np.uint16),
            start=np.ascontiguousarray(places[:, :, 1], dtype=np.uint32),
            table=np.array(table.values, dtype=self.dtype),
        )

    def split(self, observations: NDArray[Any]) -> dict[str, NDArray[Any]]:
        """Return the parts of observations (…, W) by name, as views; parts of one entry lose their axis."""
        return {
            part.name: observations[..., part.start] if part.size == 1 else observations[..., part.entries]
            for part in self.parts
        }

    def _entries(self, seat: int, table: _Table) -> list[tuple[int, int]]:
        """Yield feature and table place of every entry, in the order of `parts`."""
        s = self.scenario
        houses, agents = range(s.num_houses), range(s.num_agents)
        actions = s.num_houses
        night, zero = actions + 3 * s.num_agents, actions + 3 * s.num_agents + 1
        nights = range(s.max_nights + 1)
        binary = table.place([0, 1])
        mode = [(actions + 3 * agent + 1, binary) for agent in agents]
        signal = [(actions + 3 * agent + 2, binary) for agent in agents]
        if self.kind == "vector":
            place = table.place([house / (s.num_houses - 1) for house in houses])
            location = [(actions + 3 * agent, place) for agent in agents]
            return [
                *((house, table.place([0, 1, 0])) for house in houses),
                *((house, table.place([0, 0, 1])) for house in houses),
                *signal,
                *mode,
                *location,
                (night, table.place([n / s.max_nights for n in nights])),
                *((zero, table.place([int(agent == seat)])) for agent in agents),
            ]
        place = table.place(list(houses))
        return [
            *((house, table.place([0, 1, 2])) for house in houses),
            *signal,
            *mode,
            *((actions + 3 * agent, place) for agent in agents),
            (night, table.place(list(nights))),
            (zero, table.place([seat])),
        ]


class _Table:
    """Values that entries take, every sequence of them once."""

    def __init__(self) -> None:
        self.values: list[float] = []
        self._places: dict[tuple[float, ...], int] = {}

    def place(self, values: Sequence[float]) -> int:
        key = tuple(values)
        if key not in self._places:
            self._places[key] = len(self.values)
            self.values += key
        return self._places[key]


_Row = tuple[str, int, float, str]


def _vector(s: Scenario) -> list[_Row]:
    return [
        ("burning", s.num_houses, 1, "1 if the house burns, else 0; by house"),
        ("ruined", s.num_houses, 1, "1 if the house is ruined, else 0; by house"),
        *_last_night(s),
        ("locations", s.num_agents, 1, "house where the agent was last night, divided by H - 1; by agent"),
        ("night", 1, 1, "nights played, divided by the night limit"),
        ("seat", s.num_agents, 1, "1 for the seat that observes, else 0; by agent"),
    ]


def _integers(s: Scenario) -> list[_Row]:
    return [
        ("houses", s.num_houses, 2, "0 safe, 1 burning, 2 ruined; by house"),
        *_last_night(s),
        ("locations", s.num_agents, s.num_houses - 1, "house where the agent was last night; by agent"),
        ("night", 1, s.max_nights, "nights played"),
        ("seat", 1, s.num_agents - 1, "the seat that observes"),
    ]


def _last_night(s: Scenario) -> list[_Row]:
    return [
        ("signals", s.num_agents, 1, "signal of last night, 1 for work; by agent"),
        ("modes", s.num_agents, 1, "1 if the agent worked last night, 0 if it rested; by agent"),
    ]


def _parts(rows: list[_Row]) -> tuple[Part, ...]:
    parts, start = [], 0
    for name, size, high, meaning in rows:
        parts.append(Part(name, start, size, high, meaning))
        start += size
    return tuple(parts)
