"""A batch made of a backend's steppers: plain, slow, and the measure of the native ones.

Steppers play games to their end and cannot start another one in the same place, so a batch holds several: a
*part* is a stepper and the rows that it still plays. Backends that can go on from a state (`ResumableBackend`)
need only one, since all games are taken up again after each change of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, Stepper
from bucket_brigade.backends.batch import (
    PRICES,
    BatchBackend,
    BatchOutput,
    BatchRequest,
    BatchStepper,
    Encoding,
)
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.game.counts import OWN_COUNTS, SHARED_COUNTS, num_counts
from bucket_brigade.game.program import Program

__all__ = ["ResumableBackend", "SteppedBatch", "check_batch_actions", "encode", "start_batch"]


@runtime_checkable
class ResumableBackend(Protocol):
    """What a backend whose steppers can start in the middle of games adds to `Backend`."""

    def resume(self, program: Program, states: GameStates) -> Stepper:
        """Return a stepper that goes on from these games; they have been checked against the program."""


@dataclass(eq=False)
class _Part:
    stepper: Stepper
    rows: NDArray[np.intp]
    """The row of the batch that each game of the stepper was started for."""
    mine: NDArray[np.bool_]
    """Which of them still belong to it."""


class SteppedBatch:
    """A `BatchStepper` on any backend."""

    def __init__(self, backend: Backend, request: BatchRequest) -> None:
        self._backend, self._request = backend, request
        self._entries = np.asarray(request.entries, dtype=np.uint32)
        self._seeds = np.array(request.seeds, dtype=np.uint64)
        self._games = np.array(request.games, dtype=np.uint64)
        self._parts: list[_Part] = []
        self._open(np.arange(request.num_games))

    def start(self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]) -> None:
        """Start other games where `mask` is true."""
        self._seeds[mask], self._games[mask] = seeds[mask], games[mask]
        self._open(np.flatnonzero(mask))

    def observe(self, observations: NDArray[Any]) -> None:
        """Write the observations of all games."""
        observations[...] = encode(self.states(), self._request.encoding)

    def step(self, actions: NDArray[np.integer], output: BatchOutput) -> None:
        """Play one night of every running game, and tell it."""
        request, before = self._request, self.states()
        running = before.finished == 0
        checked = check_batch_actions(actions, running, request)
        for part in self._parts:
            tonight = part.stepper.decide()
            rows = part.rows[part.mine]
            tonight[np.flatnonzero(part.mine)[:, None], list(request.external)] = checked[rows]
            part.stepper.apply(tonight)
        after = self.states()
        output.rewards[...] = self._rewards(before, after)
        output.terminated[...] = running & (after.finished == 1)
        output.truncated[...] = running & (after.finished == 2)
        ended = running & (after.finished != 0)
        if output.final_counts is not None:
            output.final_counts[ended] = after.counts[ended]
        started = ~running
        if request.autoreset == "same-step":
            if output.final_observations is not None:
                output.final_observations[ended] = encode(after.select(ended), request.encoding)
            started = started | ended
        output.started[...] = started
        if started.any():
            with np.errstate(over="ignore"):  # Game numbers go on after 2**64 - 1 with 0.
                self._games[started] += np.uint64(request.stride)
            self._open(np.flatnonzero(started))
        self.observe(output.observations)

    def states(self) -> GameStates:
        """Return a copy of all games as they stand."""
        rows, program = len(self._entries), self._request.program
        ring, agents = int(program.num_houses[0]), program.num_agents
        states = GameStates(
            entries=self._entries.copy(),
            seeds=self._seeds.copy(),
            games=self._games.copy(),
            nights=np.zeros(rows, dtype=np.uint32),
            finished=np.zeros(rows, dtype=np.uint8),
            houses=np.zeros((rows, ring), dtype=np.uint8),
            actions=np.zeros((rows, agents, 3), dtype=np.uint8),
            counts=np.zeros((rows, num_counts(agents)), dtype=np.int32),
        )
        for part in self._parts:
            to, mine, stepper = part.rows[part.mine], part.mine, part.stepper
            states.nights[to] = stepper.nights[mine]
            states.finished[to] = stepper.finished[mine]
            states.houses[to] = stepper.houses[mine]
            states.actions[to] = stepper.last_actions[mine]
            states.counts[to] = stepper.counts[mine]
        return states

    def load(self, states: GameStates) -> None:
        """Go on from other states."""
        states.check(self._request.program)
        if len(states) != len(self._entries):
            raise InvalidInput(f"{len(states)} states are not those of {len(self._entries)} rows.")
        if not isinstance(self._backend, ResumableBackend):
            raise BackendCannotRun(
                f"Backend {self._backend.name!r} cannot go on from a saved state: it has neither `batch` nor "
                "`resume`."
            )
        self._entries, self._seeds, self._games = states.entries, states.seeds.copy(), states.games.copy()
        self._take_up(self._backend, states)

    def _open(self, rows: NDArray[np.intp]) -> None:
        """Start the games that are due in some rows."""
        program = self._request.program
        entries, seeds, games = self._entries[rows], self._seeds[rows], self._games[rows]
        if isinstance(self._backend, ResumableBackend):
            fresh = GameStates.fresh(program, entries, seeds, games)
            whole = len(rows) == len(self._entries)
            self._take_up(self._backend, fresh if whole else self.states().replaced(rows, fresh))
            return
        for part in self._parts:
            part.mine &= ~np.isin(part.rows, rows)
        self._parts = [part for part in self._parts if part.mine.any()]
        for seed in np.unique(seeds):
            group = seeds == seed
            stepper = self._backend.stepper(program, int(seed), entries[group], games[group])
            self._parts.append(_Part(stepper, rows[group], np.ones(int(group.sum()), dtype=np.bool_)))

    def _take_up(self, backend: ResumableBackend, states: GameStates) -> None:
        rows = np.arange(len(states))
        stepper = backend.resume(self._request.program, states)
        self._parts = [_Part(stepper, rows, np.ones(len(rows), dtype=np.bool_))]

    def _rewards(self, before: GameStates, after: GameStates) -> NDArray[np.float64]:
        """(G, O) what the night was worth, summed in the order that `seat_prices` fixes."""
        prices = np.asarray(self._request.prices)[self._entries]
        seats = np.asarray(self._request.observed).astype(np.intp)
        tonight = after.counts - before.counts
        own = len(OWN_COUNTS)
        rewards = np.zeros(prices.shape[:2])
        for place in range(PRICES):
            columns = own * seats + place if place < own else place - own - len(SHARED_COUNTS)
            counts = tonight[:, columns].reshape(len(tonight), -1)
            rewards = rewards + counts * prices[:, :, place]
        return rewards


def encode(states: GameStates, encoding: Encoding) -> NDArray[Any]:
    """Return the observations of some games, (G, O, W)."""
    rows = len(states)
    features = np.concatenate(
        [
            states.houses,
            states.actions.reshape(rows, 3 * states.actions.shape[1]),
            states.nights[:, None],
            np.zeros((rows, 1), dtype=np.uint32),
        ],
        axis=1,
    )
    return np.asarray(encoding.table[encoding.start + features[:, encoding.source]])


def check_batch_actions(
    actions: NDArray[np.integer], running: NDArray[np.bool_], request: BatchRequest
) -> NDArray[np.uint8]:
    """Return actions (G, S, 3) as uint8, or raise `InvalidInput` as `BatchStepper.step` says."""
    houses, seats = int(request.program.num_houses[0]), request.external
    shape, array = (len(running), len(seats), 3), np.asarray(actions)
    if array.shape != shape or array.dtype.kind not in "iu":
        raise InvalidInput(
            f"actions has shape {array.shape} and dtype {array.dtype}: it must be integers of shape {shape}, "
            "a house, a mode and a signal for each game and each seat played from outside."
        )
    if request.autoreset == "disabled" and not running.all():
        row = int(np.argmin(running))
        raise InvalidInput(f"The game in row {row} has ended: start another one there.")
    limits = np.array([houses, 2, 2])
    bad = ((array < 0) | (array >= limits)) & running[:, None, None]
    if bad.any():
        row, place, part = (int(i) for i in np.argwhere(bad)[0])
        what = ("house", "mode", "signal")[part]
        raise InvalidInput(
            f"actions[{row}, {place}]: {what} {int(array[row, place, part])} of seat {seats[place]} is not "
            f"allowed: it must be from 0 to {limits[part] - 1}."
        )
    return array.astype(np.uint8)


def start_batch(backend: Backend, request: BatchRequest) -> BatchStepper:
    """Start a batch on any backend: its own if it has one, else one made of its stepper."""
    if isinstance(backend, BatchBackend):
        return backend.batch(request)
    return SteppedBatch(backend, request)
