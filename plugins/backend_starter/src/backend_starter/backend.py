"""The contract of `bucket_brigade.backends.base`: whole games, and games night by night."""

from __future__ import annotations

import platform

import numpy as np
from numpy.typing import NDArray

from backend_starter.batch import Batch
from backend_starter.rules import Action
from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.stepping import check_actions, check_one_ring_size, check_steps
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program
from bucket_brigade.validation import MAX_WORD, check_integer

TOGETHER = 256
"""Games in a batch; it changes how long a result takes and nothing else."""


def probe() -> str | None:
    """Return None if the backend can be used here, else the reason: no device, a driver that is too old."""
    return None


class PlainBackend:
    """Plays every program in one thread."""

    name = "plain"

    @property
    def version(self) -> str:
        """What played, for the record that every result keeps."""
        return f"Python {platform.python_version()}"

    def can_run(self, request: PlayRequest) -> Verdict:
        """Say No before any work, with the reason: here, to seats that are played from outside."""
        if request.program.has_external_seats():
            return No("a seat is played from outside, which takes a stepper")
        return Yes()

    def play(self, request: PlayRequest) -> Counts:
        """Play whole games, a batch at a time, and add up what was counted."""
        program, games = request.program, request.games
        first = np.asarray(request.first_game, dtype=np.uint64)
        entries, size = program.num_entries, num_counts(program.num_agents)
        sums = np.zeros((entries, size), dtype=np.int64)
        products = np.zeros((entries, size, size), dtype=np.int64) if request.second_moments else None
        kept = np.zeros((entries, games, size), dtype=np.int32) if request.keep_games else None
        for entry in range(entries):
            for begin in range(0, games, TOGETHER):
                offsets = np.arange(begin, min(begin + TOGETHER, games))
                numbers = first[entry] + offsets.astype(np.uint64)
                which = np.full(len(offsets), entry, dtype=np.uint32)
                batch = Batch(program, request.seed, which, numbers)
                while batch.running:
                    batch.apply(batch.decide())
                counts = np.array([game.counts for game in batch.games], dtype=np.int64)
                sums[entry] += counts.sum(axis=0)
                if products is not None:
                    products[entry] += counts.T @ counts
                if kept is not None:
                    kept[entry, offsets] = counts
        return Counts(games, sums, products, kept)

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> PlainStepper:
        """Start games that are played night by night."""
        return PlainStepper(program, seed, entries, games)


class PlainStepper:
    """A batch behind arrays, every one of them a fresh copy; `bucket_brigade.backends.base` has the shapes.

    Raises `InvalidInput` for arguments that the contract does not allow.
    """

    def __init__(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> None:
        self._houses = check_one_ring_size(program)
        self._agents = program.num_agents
        check_integer("seed", seed, 0, MAX_WORD - 1)
        self._batch = Batch(program, seed, *check_steps(program, entries, games))

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""
        return np.array([game.night for game in self._batch.games], dtype=np.uint32)

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now."""
        return np.array([game.houses for game in self._batch.games], dtype=np.uint8)

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) the actions of the night before."""
        return np.array([game.actions for game in self._batch.games], dtype=np.uint8)

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 running, 1 terminated, 2 truncated."""
        return np.array([game.finished for game in self._batch.games], dtype=np.uint8)

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""
        return np.array([game.counts for game in self._batch.games], dtype=np.int32)

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what the native strategies do tonight; zeros in games that are over."""
        actions = np.zeros((len(self._batch.games), self._agents, 3), dtype=np.uint8)
        for row, chosen in self._batch.decide().items():
            actions[row] = chosen
        return actions

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions; raises `InvalidInput` for illegal ones."""
        checked = check_actions(actions, self.finished == 0, self._houses, self._agents)
        tonight: dict[int, list[Action]] = {
            row: [(house, mode, signal) for house, mode, signal in checked[row].tolist()]
            for row in self._batch.running
        }
        self._batch.apply(tonight)
