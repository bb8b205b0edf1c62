"""The contract of `bucket_brigade.backends.base`: whole games, and games night by night."""

from __future__ import annotations

import platform

import numpy as np
from numpy.typing import NDArray

from backend_starter.batch import Batch
from backend_starter.rules import Action
from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.counting import accumulate
from bucket_brigade.backends.stepping import check_actions, check_one_ring_size, check_steps
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_seed

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

        def play_batch(entries: NDArray[np.uint32], games: NDArray[np.uint64]) -> NDArray[np.int64]:
            batch = Batch(request.program, request.seed, entries, games)
            while batch.running:
                batch.apply(batch.decide())
            return np.array([game.counts for game in batch.games], dtype=np.int64)

        return accumulate(request, play_batch, at_once=TOGETHER)

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
        seed = check_seed(seed)
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
