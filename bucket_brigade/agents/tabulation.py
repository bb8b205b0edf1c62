"""From an agent that looks only at the houses to a table, which every engine plays and exact answers know.

The agent is asked about every state of the ring at once, and what it draws is not drawn but split: where it
asks whether a word reaches a threshold, it is run again for each answer, and the words that lead there are
counted. All draws of `Observations` are such questions, so the chances are those the agent really has, to
the last of their 32 bits, and a word that is used twice means the same both times. Only a number that is
used as it comes, by `words` or `uniform`, cannot be split.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations
from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.errors import AgentError, CannotTabulate, InvalidInput, explain
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Scripted, Tabular, Tabulated

__all__ = ["house_states", "tabulate", "tabulated"]

_ALL_WORDS = 1 << 32
_MOST_PATHS = 4096
"""Ways through an agent's draws that are followed before it is called too random for a table."""
_MOST_KEPT = 1 << 29
"""Bytes of tables that are kept for the next time."""
_MOST_HOUSES = 12
"""The largest ring whose table fits: 3**12 rows of 24 numbers, 100 MB."""


def tabulate(
    agent: Scripted | Callable[[], ScriptedAgent], scenario: Scenario, seat: int, *, any_signal: bool = False
) -> Tabular:
    """Return the strategy of an agent that looks only at the houses, on one seat of a scenario.

    The table's chances are exact. The claim is verified: on several nights, after several histories, and with
    and without a past, the agent must do the same in every state. A tabular strategy signals its mode; an agent
    that signals otherwise is refused unless `any_signal` gives its signals up.

    Raises `AgentError` if the agent fails, `InvalidInput` for a seat that is not there, and `CannotTabulate`
    for a ring of more than 12 houses or an agent that cannot be a table: it looks at more than the houses, uses
    raw words, or draws too much.
    """
    scripted = agent if isinstance(agent, Scripted) else Scripted(getattr(agent, "__name__", "agent"), agent)
    if seat not in range(scenario.num_agents):
        raise InvalidInput(
            f"seat = {seat!r} is not there: scenario {scenario.name!r} has {scenario.num_agents} seats."
        )
    if scenario.num_houses > _MOST_HOUSES:
        raise CannotTabulate(
            f"Agent {scripted.name!r} cannot be tabulated on a ring of {scenario.num_houses} houses, which takes "
            f"{3**scenario.num_houses:,} rows: rings of up to {_MOST_HOUSES} houses can be tabulated."
        )
    states = house_states(scenario.num_houses)
    reference: NDArray[np.float64] | None = None
    for night, last in _histories(scenario):
        table = _table(scripted, scenario, seat, states, night, last, any_signal)
        if reference is None:
            reference = table
        elif not np.array_equal(table, reference):
            row = int(np.argmax((table != reference).any(axis=1)))
            raise CannotTabulate(
                explain(
                    f"Agent {scripted.name!r} cannot be tabulated: it does not look only at the houses.",
                    why=f"With the houses {states[row].tolist()} it acts otherwise on night {night} than on night 1.",
                )
            )
    assert reference is not None
    return Tabular(reference)


def tabulated(scripted: Scripted, *, any_signal: bool = False) -> Tabulated:
    """Return an agent as a strategy that is tabulated wherever it sits down; see `tabulate`.

    Nothing is asked of the agent before a program is compiled. Tables are kept, up to half a GiB of them.
    """
    return Tabulated(scripted, any_signal, partial(_kept_table, scripted, any_signal))


_kept: dict[tuple[Scripted, bool, Scenario, int], Tabular] = {}


def _kept_table(scripted: Scripted, any_signal: bool, scenario: Scenario, seat: int) -> Tabular:
    key = scripted, any_signal, scenario, seat
    table = _kept.pop(key, None) or tabulate(scripted, scenario, seat, any_signal=any_signal)
    _kept[key] = table  # The latest is last, so the first is the one to go.
    while len(_kept) > 1 and sum(kept.table.nbytes for kept in _kept.values()) > _MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    return table


def house_states(houses: int) -> NDArray[np.uint8]:
    """Return every state of a ring, shape (3**H, H), in the order of the rows of `Tabular`."""
    rows = np.arange(3**houses)[:, None] // 3 ** np.arange(houses)
    return (rows % 3).astype(np.uint8)


@dataclass
class _Path:
    """One way through the draws: which part was taken at each, how many parts there were."""

    taken: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def next(self) -> list[int] | None:
        """Return the way that follows in depth-first order, or None after the last."""
        way = list(self.taken)
        for depth in reversed(range(len(way))):
            if way[depth] + 1 < self.parts[depth]:
                return [*way[:depth], way[depth] + 1]
        return None


@dataclass(frozen=True, eq=False)
class _Split(Observations):
    """Observations whose draws follow a path, and count the words that go along with it."""

    _path: _Path = field(default_factory=_Path, repr=False)
    _way: list[int] = field(default_factory=list, repr=False)
    _ranges: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = field(default_factory=dict, repr=False)

    def words(self, k: int) -> NDArray[np.uint32]:
        """Refuse: a raw word cannot be split."""
        raise InvalidInput(
            f"word {k} is used as a number; an agent that is tabulated draws by chance, choice, weighted and pick"
        )

    def _cut(self, k: int, cuts: NDArray[np.int64]) -> NDArray[np.int64]:
        games, parts = len(cuts), cuts.shape[1] + 1
        low, high = self._ranges.get(k, (np.zeros(games, np.int64), np.full(games, _ALL_WORDS)))
        depth = len(self._path.taken)
        part = self._way[depth] if depth < len(self._way) else 0
        self._path.taken.append(part)
        self._path.parts.append(parts)
        if part > 0:
            low = np.maximum(low, cuts[:, part - 1])
        if part < parts - 1:
            high = np.minimum(high, cuts[:, part])
        self._ranges[k] = (low, np.maximum(low, high))
        return np.full(games, part, dtype=np.int64)

    def weight(self) -> NDArray[np.float64]:
        """Return the chance of this path in every row, shape (G,)."""
        chance = np.ones(self.num_games)
        for low, high in self._ranges.values():
            chance *= (high - low) / _ALL_WORDS
        return chance


def _table(
    scripted: Scripted,
    scenario: Scenario,
    seat: int,
    states: NDArray[np.uint8],
    night: int,
    last: NDArray[np.uint8],
    any_signal: bool,
) -> NDArray[np.float64]:
    """Return the chance of every action in every state, shape (3**H, 2*H), on one night after one history."""
    rows, houses = states.shape
    table = np.zeros((rows, 2 * houses))
    way: list[int] | None = []
    for _ in range(_MOST_PATHS):
        assert way is not None
        seen = _Split(seat, *_sight(states, night, last), _way=way)
        past = _Split(seat, *_sight(states[::-1], night - 1, last)) if night > 1 else None
        answer, weight = _ask(scripted, scenario, seat, seen, past)
        possible = weight > 0.0
        if (answer[possible, 2] != answer[possible, 1]).any() and not any_signal:
            raise CannotTabulate(
                explain(
                    f"Agent {scripted.name!r} cannot be tabulated as it is: its signal is not always its mode.",
                    do="Give its signals up with any_signal=True, if nobody listens to them.",
                )
            )
        columns = 2 * answer[possible, 0] + answer[possible, 1]
        table[np.flatnonzero(possible), columns] += weight[possible]
        way = seen._path.next()
        if way is None:
            return table
    raise CannotTabulate(
        f"Agent {scripted.name!r} cannot be tabulated: there are more than {_MOST_PATHS} ways through its draws."
    )


_Sight = tuple[
    NDArray[np.uint32],
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.uint8],
    NDArray[np.bool_],
]


def _sight(states: NDArray[np.uint8], night: int, last: NDArray[np.uint8]) -> _Sight:
    """Return night, houses, last signals, locations and modes, and which games run, for a row a state."""
    rows = len(states)
    location, mode, signal = (np.broadcast_to(last[:, part], (rows, len(last))) for part in range(3))
    return (
        np.full(rows, night, dtype=np.uint32),
        states,
        signal,
        location,
        mode,
        np.ones(rows, dtype=np.bool_),
    )


def _ask(
    scripted: Scripted, scenario: Scenario, seat: int, seen: _Split, past: _Split | None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return what a fresh agent does, shape (3**H, 3), and the chance of that way, after a past or without."""
    try:
        agent = scripted.factory()
        assert isinstance(agent, ScriptedAgent), f"it is a {type(agent).__name__} without reset and act"
        agent.reset(seat, scenario, seen.num_games)
        if past is not None:
            agent.act(past)
        answer = np.asarray(agent.act(seen))
    except InvalidInput as error:
        raise CannotTabulate(f"Agent {scripted.name!r} cannot be tabulated: {error}.") from error
    except Exception as error:
        raise AgentError(
            f"Agent {scripted.name!r} on seat {seat} failed while it was tabulated: {type(error).__name__}: {error}."
        ) from error
    weight = seen.weight()
    limits = np.array([scenario.num_houses, 2, 2])
    if answer.shape != (seen.num_games, 3) or answer.dtype.kind not in "iu":
        raise AgentError(f"Agent {scripted.name!r} answered with {answer.dtype} of shape {answer.shape}.")
    if (((answer < 0) | (answer >= limits)) & (weight > 0.0)[:, None]).any():
        raise AgentError(f"Agent {scripted.name!r} chose an illegal action in some state of the houses.")
    return answer.astype(np.int64), weight


def _histories(scenario: Scenario) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    """Yield nights and last actions, shape (N, 3), under which an agent that looks only at the houses agrees."""
    agents = np.arange(scenario.num_agents)
    yield 1, np.zeros((len(agents), 3), dtype=np.uint8)
    for night in (2, 7, scenario.max_nights):
        house = (agents * night + 1) % scenario.num_houses
        mode, signal = (agents + night) % 2, (agents // 2 + night) % 2
        yield night, np.stack([house, mode, signal], axis=1).astype(np.uint8)
