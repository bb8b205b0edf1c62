"""Scripted agents among native ones, on any backend: its stepper plays, and the agents are asked each night.

An agent is called once a night for all games of a batch in which it sits on the same seat. Games are played
in batches of a fixed size, in order; since every word has its place, no result depends on how they are cut.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.scripted import GuardedAgent
from bucket_brigade.backends.base import Backend, Counts, PlayRequest, Stepper
from bucket_brigade.backends.counting import accumulate
from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade.game.strategy import Scripted

__all__ = [
    "SeatedStepper",
    "everybody_is_seated",
    "play_seated",
    "scripted_entries",
    "seat_agents",
    "seats_scripted_agents",
]

_BATCH = 8192
"""Games played at once: enough to hide the cost of a call, few enough to stay in the cache."""


def scripted_entries(program: Program) -> NDArray[np.bool_]:
    """Return in which entries a scripted agent sits, shape (E,)."""
    return np.asarray(np.isin(program.seats, _scripted_policies(program)).any(axis=1))


def seats_scripted_agents(program: Program) -> bool:
    """Whether a scripted agent sits in some entry."""
    return bool(scripted_entries(program).any())


def everybody_is_seated(program: Program) -> bool:
    """Whether every seat that is not native has a scripted agent, so that whole games can be played."""
    outside = np.flatnonzero(program.kind == PolicyKind.EXTERNAL)
    return bool(np.isin(outside[np.isin(outside, program.seats)], _scripted_policies(program)).all())


@dataclass(frozen=True, eq=False)
class _Post:
    """One agent, and the games of the batch in which it sits."""

    agent: GuardedAgent
    rows: NDArray[np.intp] | slice


class SeatedStepper:
    """A `Stepper` whose `decide` fills the seats of scripted agents too; other external seats stay zero."""

    def __init__(
        self,
        core: Stepper,
        program: Program,
        seed: int,
        entries: NDArray[np.uint32],
        games: NDArray[np.uint64],
    ) -> None:
        """Make one agent for each town, seat and policy, and reset it for its games."""
        self._core = core
        self._posts = list(_posts(program, seed, entries, games))
        # What agents see of last night is what was applied then; a copy is cheaper than asking the core.
        self._last = core.last_actions

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""
        return self._core.nights

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now."""
        return self._core.houses

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) the actions of the night before."""
        return self._core.last_actions

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 running, 1 terminated, 2 truncated."""
        return self._core.finished

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""
        return self._core.counts

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what native strategies and scripted agents do tonight. Raises `AgentError`."""
        actions = self._core.decide()
        active = self._core.finished == 0
        if not active.any():
            return actions
        nights, houses, last = self._core.nights + np.uint32(1), self._core.houses, self._last
        for post in self._posts:
            rows = post.rows
            if active[rows].any():
                actions[rows, post.agent.seat] = post.agent.act(
                    nights[rows], houses[rows], last[rows], active[rows]
                )
        return actions

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions."""
        self._core.apply(actions)
        self._last = actions.astype(np.uint8)


def seat_agents(
    backend: Backend, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
) -> Stepper:
    """Return a stepper of the backend on which every scripted agent has taken its seat."""
    core = backend.stepper(program.for_engines(), seed, entries, games)
    return SeatedStepper(core, program, seed, entries, games) if seats_scripted_agents(program) else core


def play_seated(backend: Backend, request: PlayRequest) -> Counts:
    """Play whole games of a program in which scripted agents sit; the answer of `Backend.play`.

    Raises `AgentError` when an agent fails; its attribute ``finished`` then holds the counts of the games
    of the only entry that were complete, or None.
    """

    def play_batch(entries: NDArray[np.uint32], games: NDArray[np.uint64]) -> NDArray[np.int32]:
        played, local = np.unique(entries, return_inverse=True)
        program = request.program.select(played)
        stepper = seat_agents(backend, program, request.seed, local.astype(np.uint32), games)
        while not stepper.finished.all():
            stepper.apply(stepper.decide())
        return stepper.counts

    return accumulate(request, play_batch, at_once=_BATCH)


def _scripted_policies(program: Program) -> NDArray[np.intp]:
    """Return the policies that scripted agents play."""
    strategies = program.sources.strategies if program.sources is not None else ()
    return np.array(
        [s for s, strategy in enumerate(strategies) if isinstance(strategy, Scripted)], dtype=np.intp
    )


def _posts(
    program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
) -> Iterator[_Post]:
    assert program.sources is not None
    towns, seats = program.town[entries], program.seats[entries]
    for policy in _scripted_policies(program):
        scripted = program.sources.strategies[policy]
        assert isinstance(scripted, Scripted)
        for town in np.unique(towns):
            for seat in range(program.num_agents):
                rows = np.flatnonzero((towns == town) & (seats[:, seat] == policy))
                if len(rows):
                    scenario = program.sources.scenarios[town]
                    agent = GuardedAgent(scripted, seat, scenario, games[rows], seed)
                    yield _Post(agent, slice(None) if len(rows) == len(games) else rows)
