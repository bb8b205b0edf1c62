"""What a scripted agent sees on one night, and the random words it may use.

The words have a fixed place for (seed, game, night, seat, k), as every word of the game has (rules.md,
section 3: purposes 32 to 63 are free for scripted agents). So an agent that draws from nothing else plays
the same game in every batch and on every backend.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import Purpose, seat_words

__all__ = ["WORDS_A_NIGHT", "Observations", "actions"]

WORDS_A_NIGHT = 32
"""Words that an agent has for every game, night and seat: k from 0 to 31."""

_ALL_WORDS = 1 << 32


@dataclass(frozen=True, eq=False)
class Observations:
    """Tonight, in every game of a batch, as one seat sees it. G games, H houses, N agents.

    All arrays are read-only, and row ``g`` belongs to the same game from `reset` on. Games that are over
    stay in their rows; `active` tells them apart, and nobody looks at what is done there.
    """

    seat: int
    """The seat to act for, 0 … N-1."""
    night: NDArray[np.uint32]
    """(G,) the night that begins, from 1."""
    houses: NDArray[np.uint8]
    """(G, H) the houses now: 0 safe, 1 burning, 2 ruined."""
    last_signals: NDArray[np.uint8]
    """(G, N) everybody's signal of last night, 0 or 1; zeros on night 1."""
    last_locations: NDArray[np.uint8]
    """(G, N) the house where everybody worked or rested last night; zeros on night 1."""
    last_modes: NDArray[np.uint8]
    """(G, N) whether everybody worked (1) or rested (0) last night; zeros on night 1."""
    active: NDArray[np.bool_]
    """(G,) whether the game still runs."""
    # Not for agents: with the seed they could compute tomorrow's fires.
    _seed: int | NDArray[np.uint64] = field(default=0, repr=False)
    _games: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64), repr=False)

    @property
    def num_games(self) -> int:
        """G."""
        return len(self.houses)

    @property
    def burning(self) -> NDArray[np.bool_]:
        """(G, H) which houses burn."""
        return np.asarray(self.houses == 1)

    def words(self, k: int) -> NDArray[np.uint32]:
        """Return word `k` of every game, shape (G,); the same `k` gives the same words all night.

        Raises `InvalidInput` unless `k` is from 0 to 31.
        """
        if not 0 <= k < WORDS_A_NIGHT:
            raise InvalidInput(
                f"word k = {k!r} is not there: an agent has words 0 to {WORDS_A_NIGHT - 1} a night."
            )
        purpose, running = Purpose.SCRIPTED + k, np.flatnonzero(self.active)
        if len(running) == self.num_games:
            return seat_words(self._seed, self._games, self.night, purpose, self.seat)
        # Games of a batch end at different nights; towards its end most rows are over, and words are dear.
        drawn = np.zeros(self.num_games, dtype=np.uint32)
        seed = self._seed[running] if isinstance(self._seed, np.ndarray) else self._seed
        drawn[running] = seat_words(seed, self._games[running], self.night[running], purpose, self.seat)
        return drawn

    def uniform(self, k: int) -> NDArray[np.float64]:
        """Return numbers in [0, 1), shape (G,), by word `k`."""
        return np.asarray(self.words(k) * 2.0**-32, dtype=np.float64)

    def chance(self, k: int, probability: ArrayLike) -> NDArray[np.bool_]:
        """Return True with this probability, a number or shape (G,), in each game, by word `k`."""
        given = np.broadcast_to(np.asarray(probability, dtype=np.float64), (self.num_games,))
        if not ((given >= 0.0) & (given <= 1.0)).all():
            raise InvalidInput(f"probability = {probability!r} is not allowed: it must be in [0, 1].")
        return np.asarray(self._cut(k, np.floor(given * _ALL_WORDS + 0.5).astype(np.int64)[:, None]) == 0)

    def choice(self, k: int, options: ArrayLike) -> NDArray[np.int64]:
        """Return a number from 0 to ``options - 1`` with equal chances in each game, by word `k`.

        `options` is a number or shape (G,), at least 1. Raises `InvalidInput` otherwise.
        """
        given = np.broadcast_to(np.asarray(options, dtype=np.int64), (self.num_games,))
        if not len(given):
            return np.zeros(0, dtype=np.int64)
        if given.min() < 1:
            raise InvalidInput(f"choice among {given.min()} options: there must be at least 1.")
        most = int(given.max())
        # A row for each number of options is less work than one for each game, unless there are very many.
        rows, which = np.arange(1, most + 1), given - 1
        if most > len(given):
            rows, which = given, np.arange(len(given))
        # Option j begins at the first word u with (u * options) >> 32 = j, as in rules.md, section 6.
        cuts = np.minimum(-(-np.arange(1, most) * _ALL_WORDS // rows[:, None]), _ALL_WORDS)
        return self._cut(k, cuts[which])

    def weighted(self, k: int, weights: ArrayLike) -> NDArray[np.int64]:
        """Return a column of `weights`, shape (G, M) or (M,), with chances proportional to them, by word `k`.

        Raises `InvalidInput` for weights that are negative, not finite, or all zero.
        """
        given = np.atleast_2d(np.asarray(weights, dtype=np.float64))
        given = np.broadcast_to(given, (self.num_games, given.shape[-1]))
        if not (np.isfinite(given) & (given >= 0.0)).all() or not (given.sum(axis=1) > 0.0).all():
            raise InvalidInput("weights must be finite and not negative, with one above zero in every row.")
        running = np.cumsum(given, axis=1)
        cuts = np.floor(running / running[:, -1:] * _ALL_WORDS + 0.5)
        return self._cut(k, np.minimum(cuts, _ALL_WORDS).astype(np.int64)[:, :-1])

    def pick(self, k: int, candidates: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return one of the columns that are True, with equal chances, by word `k`; -1 where none is.

        `candidates` has shape (G, M), as the mask of burning houses has.
        """
        mask = np.broadcast_to(np.asarray(candidates, dtype=bool), (self.num_games, np.shape(candidates)[-1]))
        number = mask.sum(axis=1)
        rank = self.choice(k, np.maximum(number, 1))
        columns = np.argmax(np.cumsum(mask, axis=1) > rank[:, None], axis=1)
        return np.where(number > 0, columns, -1)

    def _cut(self, k: int, cuts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many of a row's ascending cuts, shape (G, M), word `k` has reached; all draws end here."""
        word, reached = self.words(k).astype(np.int64), np.zeros(self.num_games, dtype=np.int64)
        for part in range(cuts.shape[1]):
            reached += word >= cuts[:, part]
        return reached


def actions(houses: ArrayLike, modes: ArrayLike, signals: ArrayLike | None = None) -> NDArray[np.int64]:
    """Return actions of shape (G, 3) from houses, modes and signals, each a number or of shape (G,).

    Without signals, everybody signals its mode: the truth.
    """
    parts = np.broadcast_arrays(houses, modes, modes if signals is None else signals)
    return np.stack([np.atleast_1d(part).astype(np.int64) for part in parts], axis=1)
