"""Games that are played together, so that their random words can be drawn together.

A word has one fixed place for (seed, game, night, purpose, index), so it does not matter which games share
a batch. `bucket_brigade.game.draws` has the generator; an engine in another language brings its own and
checks it against the vectors in rules.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backend_starter.decisions import Policy, decide
from backend_starter.rules import RUNNING, Action, Town, Word, play_night, start
from bucket_brigade.game.draws import Purpose, words
from bucket_brigade.game.program import Program


class Batch:
    """Some games of a program: game ``numbers[g]`` of entry ``entries[g]``."""

    def __init__(
        self, program: Program, seed: int, entries: NDArray[np.uint32], numbers: NDArray[np.uint64]
    ) -> None:
        towns = {int(t): Town.of(program, int(t)) for t in np.unique(program.town[entries])}
        seats = program.seats[entries].tolist()
        known = {p: Policy.of(program, p) for p in {p for seat in seats for p in seat}}
        self._policies = [[known[p] for p in seat] for seat in seats]
        self._seed, self._numbers = seed, numbers
        luck = Luck(seed, numbers, 0)
        self.games = [start(towns[int(t)], luck.of(g)) for g, t in enumerate(program.town[entries])]

    @property
    def running(self) -> list[int]:
        """The rows of the games that are not over; they have all come to the same night."""
        return [g for g, game in enumerate(self.games) if game.finished == RUNNING]

    def decide(self) -> dict[int, list[Action]]:
        """Return what the native strategies do tonight in each running game, by row."""
        luck, rows = self._tonight(), self.running
        return {
            g: [decide(self.games[g], i, policy, luck.of(row)) for i, policy in enumerate(self._policies[g])]
            for row, g in enumerate(rows)
        }

    def apply(self, actions: dict[int, list[Action]]) -> None:
        """Play one night of each running game."""
        luck, rows = self._tonight(), self.running
        for row, g in enumerate(rows):
            play_night(self.games[g], actions[g], luck.of(row))

    def _tonight(self) -> Luck:
        rows = self.running
        night = self.games[rows[0]].night + 1 if rows else 0
        return Luck(self._seed, self._numbers[rows], night)


class Luck:
    """The words of one night in some games, drawn when somebody asks for the first of a purpose."""

    def __init__(self, seed: int, numbers: NDArray[np.uint64], night: int) -> None:
        self._seed, self._numbers, self._night = seed, numbers, night
        self._drawn: dict[Purpose, list[list[int]]] = {}

    def of(self, row: int) -> Word:
        """Return the words of one game, by purpose and index."""

        def word(purpose: Purpose, index: int) -> int:
            if purpose not in self._drawn:
                drawn = words(self._seed, self._numbers, self._night, purpose, 16)
                self._drawn[purpose] = drawn.tolist()
            return self._drawn[purpose][row][index]

        return word
