"""Whole games and the stepper of the Python reference, as `bucket_brigade.backends.base` asks."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.counting import accumulate
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.backends.python_reference import exact
from bucket_brigade.backends.python_reference.decisions import decide
from bucket_brigade.backends.python_reference.games import RUNNING, Games
from bucket_brigade.backends.python_reference.night import play_night
from bucket_brigade.backends.stepping import check_actions, check_one_ring_size, check_steps
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_seed, check_workers

__all__ = ["PythonReference"]

GAMES_AT_ONCE = 4096
"""Large enough to hide NumPy's cost per call, small enough for the arrays of a night to stay in cache."""


class PythonReference:
    """Plays every program, vectorised over games; one thread."""

    name = "python"

    @property
    def version(self) -> str:
        """The version of NumPy, which does the work, beside ours."""
        return f"numpy {np.__version__}"

    def can_run(self, request: PlayRequest) -> Verdict:
        """Say No when a seat is played from outside."""
        if request.program.has_external_seats():
            return No("a seat is played from outside, which takes a stepper")
        return Yes()

    def play(self, request: PlayRequest) -> Counts:
        """Play whole games, a chunk at a time; memory does not grow with their number."""
        return accumulate(request, partial(_play_chunk, request.program, request.seed), at_once=GAMES_AT_ONCE)

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> PythonStepper:
        """Start a batch of games that are played night by night."""
        check_one_ring_size(program)
        seed = check_seed(seed)
        return PythonStepper(program, Games.start(program, seed, *check_steps(program, entries, games)))

    def resume(self, program: Program, states: GameStates) -> PythonStepper:
        """Go on from games that were left between two nights."""
        check_one_ring_size(program)
        return PythonStepper(program, Games.of_states(program, states))

    def can_expect(self, program: Program) -> Verdict:
        """Say before any work whether the program's expectation can be written out."""
        return exact.can_expect(program)

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        """Return expected counts of every entry, on small rings; in one thread, whatever `workers` is."""
        check_workers(workers)
        return exact.expect(program)

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        """Return the best Markov policy of one seat of every entry, on small rings."""
        return exact.best_responses(request)

    def social_optimum(
        self, program: Program, prices: NDArray[np.float64], workers: int | None = None
    ) -> NDArray[np.float64]:
        """Return the best that all seats of every entry can do together, on tiny rings; in one thread."""
        check_workers(workers)
        return exact.social_optimum(program, prices)


class PythonStepper:
    """A `Stepper`; see the contract for shapes and dtypes."""

    def __init__(self, program: Program, games: Games) -> None:
        self._program, self._games = program, games

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""
        return self._games.night.copy()

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now."""
        return self._games.houses.copy()

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) the actions of the night before."""
        return self._games.actions.copy()

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 running, 1 terminated, 2 truncated."""
        return self._games.finished.copy()

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""
        return self._games.counts.copy()

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what the native strategies do tonight."""
        actions = np.zeros_like(self._games.actions)
        running = self._games.finished == RUNNING
        if running.any():
            actions[running] = decide(self._games.select(running), self._program)
        return actions

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions."""
        running = self._games.finished == RUNNING
        checked = check_actions(actions, running, self._games.houses.shape[1], self._program.num_agents)
        if running.any():
            some = self._games.select(running)
            play_night(some, self._program, checked[running])
            self._games.put(running, some)


def _play_chunk(
    program: Program, seed: int, entries: NDArray[np.uint32], numbers: NDArray[np.uint64]
) -> NDArray[np.int32]:
    """Return the counts of some games, (G, D), all on rings of one size."""
    games = Games.start(program, seed, entries, numbers)
    counts = np.zeros_like(games.counts)
    row = np.arange(len(games))
    while len(games):
        play_night(games, program, decide(games, program))
        running = games.finished == RUNNING
        if not running.all():
            counts[row[~running]] = games.counts[~running]
            games, row = games.select(running), row[running]
    return counts
