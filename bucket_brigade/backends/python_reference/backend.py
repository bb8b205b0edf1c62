"""Whole games and the stepper of the Python reference, as `bucket_brigade.backends.base` asks."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.backends.python_reference import exact
from bucket_brigade.backends.python_reference.decisions import decide
from bucket_brigade.backends.python_reference.games import RUNNING, Games
from bucket_brigade.backends.python_reference.night import play_night
from bucket_brigade.backends.stepping import check_actions, check_one_ring_size, check_steps
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_seed

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
        program, games, first = request.program, request.games, np.asarray(request.first_game)
        entries, size = program.num_entries, num_counts(program.num_agents)
        sums = np.zeros((entries, size), dtype=np.int64)
        products = np.zeros((entries, size, size), dtype=np.int64) if request.second_moments else None
        per_game = np.zeros((entries, games, size), dtype=np.int32) if request.keep_games else None
        for ring in np.unique(program.num_houses[program.town]):
            group = np.flatnonzero(program.num_houses[program.town] == ring)
            for start in range(0, len(group) * games, GAMES_AT_ONCE):
                place = np.arange(start, min(start + GAMES_AT_ONCE, len(group) * games))
                entry, offset = group[place // games], place % games
                counts = _play_chunk(
                    program, request.seed, entry.astype(np.uint32), first[entry] + offset.astype(np.uint64)
                )
                _add(counts, entry, sums, products)
                if per_game is not None:
                    per_game[entry, offset] = counts
        return Counts(games, sums, products, per_game)

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

    def expect(self, program: Program, workers: int | None = None) -> Expectation:  # noqa: ARG002  one thread
        """Return expected counts of every entry, on small rings."""
        return exact.expect(program)

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        """Return the best Markov policy of one seat of every entry, on small rings."""
        return exact.best_responses(request)

    def social_optimum(
        self,
        program: Program,
        prices: NDArray[np.float64],
        workers: int | None = None,  # noqa: ARG002  one thread
    ) -> NDArray[np.float64]:
        """Return the best that all seats of every entry can do together, on tiny rings."""
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


def _add(
    counts: NDArray[np.int32],
    entry: NDArray[np.intp],
    sums: NDArray[np.int64],
    products: NDArray[np.int64] | None,
) -> None:
    """Add a chunk to the totals of its entries, which lie in it one after another."""
    starts = np.flatnonzero(np.diff(entry, prepend=-1))
    wide = counts.astype(np.int64)
    sums[entry[starts]] += np.add.reduceat(wide, starts, axis=0)
    if products is not None:
        for begin, end in zip(starts, [*starts[1:], len(entry)], strict=True):
            products[entry[begin]] += wide[begin:end].T @ wide[begin:end]
