"""A batch of games between two nights (rules.md, sections 1 and 3)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.draws import Purpose, words
from bucket_brigade.game.program import Program

__all__ = ["BURNING", "RUINED", "RUNNING", "SAFE", "TERMINATED", "TRUNCATED", "Games"]

SAFE, BURNING, RUINED = 0, 1, 2
RUNNING, TERMINATED, TRUNCATED = 0, 1, 2


@dataclass
class Games:
    """G games on rings of one size; every array has one row a game, so a subset is a batch again."""

    town: NDArray[np.uint32]
    """(G,) the town of `Program` that is played."""
    policy: NDArray[np.uint32]
    """(G, N) the policy on each seat."""
    seed: NDArray[np.uint64]
    """(G,) the seed."""
    number: NDArray[np.uint64]
    """(G,) the game number."""
    night: NDArray[np.uint32]
    """(G,) nights played."""
    houses: NDArray[np.uint8]
    """(G, H) SAFE, BURNING or RUINED."""
    actions: NDArray[np.uint8]
    """(G, N, 3) house, mode and signal of the night before; zeros before night 1."""
    counts: NDArray[np.int32]
    """(G, D) as in `bucket_brigade.game.counts`."""
    finished: NDArray[np.uint8]
    """(G,) RUNNING, TERMINATED or TRUNCATED."""

    @classmethod
    def start(
        cls, program: Program, seed: int, entries: NDArray[np.uint32], numbers: NDArray[np.uint64]
    ) -> Self:
        """Night 0: every house burns if its *ignite* word is below the threshold of an initial fire."""
        town = program.town[entries]
        houses = int(program.num_houses[town[0]])
        luck = words(seed, numbers, 0, Purpose.IGNITE, houses)
        burns = luck < program.initial_fire[town][:, None]
        games, agents = len(entries), program.num_agents
        return cls(
            town=town,
            policy=program.seats[entries],
            seed=np.full(len(entries), seed, dtype=np.uint64),
            number=numbers,
            night=np.zeros(games, dtype=np.uint32),
            houses=np.where(burns, np.uint8(BURNING), np.uint8(SAFE)),
            actions=np.zeros((games, agents, 3), dtype=np.uint8),
            counts=np.zeros((games, num_counts(agents)), dtype=np.int32),
            finished=np.zeros(games, dtype=np.uint8),
        )

    @classmethod
    def of_states(cls, program: Program, states: GameStates) -> Self:
        """Games that were left between two nights."""
        return cls(
            town=program.town[states.entries],
            policy=program.seats[states.entries],
            seed=states.seeds.copy(),
            number=states.games.copy(),
            night=states.nights.copy(),
            houses=states.houses.copy(),
            actions=states.actions.copy(),
            counts=states.counts.copy(),
            finished=states.finished.copy(),
        )

    def __len__(self) -> int:
        return len(self.town)

    def luck(self, purpose: Purpose, count: int) -> NDArray[np.uint32]:
        """Return tonight's words of a purpose, shape (G, count): of the night that is about to be played."""
        return words(self.seed, self.number, self.night + np.uint32(1), purpose, count)

    def select(self, rows: NDArray[np.bool_]) -> Self:
        """Return a copy of some of the games."""
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def put(self, rows: NDArray[np.bool_], games: Self) -> None:
        """Write games that were selected back into their rows."""
        for f in fields(self):
            getattr(self, f.name)[rows] = getattr(games, f.name)
