"""Who sits where: seatings over which payoffs are averaged.

Seats own different numbers of houses (ten houses, four seats: 3, 3, 2, 2), so a payoff depends on the
seat. A *slot* is one member of a profile: slot 0, slot 1, …; a seating says on which seat each slot
sits. Games are dealt to seatings in blocks of equal size, block after block from the first game number,
and the same way for every profile, so that all profiles play the same games on the same seats (common
random numbers).

``random``: every slot may sit anywhere. ``published``: slot 0, the focal agent, sits on seat 0, and the
opponents on the seats from 1 on; which opponent sits on which of these seats is averaged over, since a
composition does not say.

Where all seatings (N! or (N-1)!) are few, all are played, each equally often: they are the strata of a
stratified sample. Else a sample is played, drawn from the seed by the counter-based generator of the
rules under a purpose of its own, and closed under cyclic shifts of the seats, so that every slot sits on
every free seat equally often. The shifts of one drawn seating are a cluster. Sources of the errors: W. G.
Cochran, "Sampling Techniques", 3rd ed., 1977, chapters 5 (strata) and 9 (clusters).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import Purpose, words
from bucket_brigade.validation import check_choice

__all__ = ["SEATINGS", "SeatingDesign", "check_seating", "design_seating"]

SEATINGS = ("random", "published")

_DEGREES_OF_FREEDOM = 60
_MOST_GAMES_PER_SAMPLED_BLOCK = 64
"""With more games, more seatings are drawn instead, or which were drawn would set a floor to the error."""


@dataclass(frozen=True, eq=False)
class SeatingDesign:
    """Blocks of games, each on one seating; B blocks, N slots, P strata, R replicates of each.

    Blocks come in the order (stratum, replicate, rest): B = P * R * c, and the c blocks of one
    replicate are averaged before anything else. Replicates of a stratum are independent and alike.
    """

    seating: str
    seats: NDArray[np.uint8]
    """(B, N) the seat of each slot."""
    strata: int
    replicates: int
    games_per_block: int

    @property
    def num_blocks(self) -> int:
        """B."""
        return len(self.seats)

    @property
    def games(self) -> int:
        """How many games each profile plays in all."""
        return self.num_blocks * self.games_per_block

    @property
    def degrees_of_freedom(self) -> int:
        """P * (R - 1), those of the standard errors."""
        return self.strata * (self.replicates - 1)

    def first_games(self, first_game: int) -> list[int]:
        """Return the number of each block's first game, B of them."""
        return [first_game + block * self.games_per_block for block in range(self.num_blocks)]

    def profiles(self, slots: NDArray[np.intp]) -> NDArray[np.intp]:
        """Return what sits on each seat, shape (P, B, N), for profiles given slot by slot, shape (P, N)."""
        arranged = np.empty((len(slots), *self.seats.shape), dtype=np.intp)
        np.put_along_axis(arranged, self.seats[None].astype(np.intp), slots[:, None, :], axis=2)
        return arranged

    def replicate_means(self, payoffs: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the mean payoff of each slot in each replicate, shape (P, strata * replicates, N).

        `payoffs` has shape (P, B, N): for each profile and block, the mean payoff of every seat.
        """
        of_slots = np.take_along_axis(payoffs, self.seats[None].astype(np.intp), axis=2)
        cells = self.strata * self.replicates
        return np.asarray(of_slots.reshape(len(payoffs), cells, -1, payoffs.shape[2]).mean(axis=2))


def check_seating(seating: object) -> str:
    """Return a seating, or raise `InvalidInput` if it is none of `SEATINGS`."""
    return check_choice(
        "seating",
        seating,
        SEATINGS,
        exists="Seatings: random (every strategy on every seat), published (the focal agent on seat 0).",
    )


def design_seating(seating: str, agents: int, games: int, seed: int, first_game: int = 0) -> SeatingDesign:
    """Return the blocks for at least `games` games of a profile of `agents` slots.

    The number of games is rounded up until every seating is played equally often and standard errors have
    60 degrees of freedom or more: with four agents to a multiple of 96 (random) or 66 (published). Where
    seatings are sampled, games from another `first_game` on are played on newly drawn ones.
    Raises `InvalidInput` for an unknown seating or fewer than one game.
    """
    check_seating(seating)
    if games < 1:
        raise InvalidInput(f"games = {games!r} is not allowed: it must be at least 1.")
    fixed = 0 if seating == "random" else 1
    free = agents - fixed
    everything = math.factorial(free)
    replicates = max(2, math.ceil(_DEGREES_OF_FREEDOM / everything) + 1)
    if everything * replicates <= (_DEGREES_OF_FREEDOM + 1) * max(free, 1):
        permutations = np.array(list(itertools.permutations(range(free))), dtype=np.intp)
        arrangements, strata = np.repeat(permutations, replicates, axis=0), everything
    else:
        strata, replicates = 1, _DEGREES_OF_FREEDOM + 1
        clusters = replicates * -(-games // (replicates * free * _MOST_GAMES_PER_SAMPLED_BLOCK))
        numbers = np.array([(first_game + i) % 2**64 for i in range(clusters)], dtype=np.uint64)
        drawn = np.argsort(words(seed, numbers, 0, Purpose.SEATING, free), axis=1, kind="stable")
        shifts = np.arange(free)[None, :, None]
        arrangements = ((drawn[:, None, :] + shifts) % free).reshape(-1, free)
    seats = np.zeros((len(arrangements), agents), dtype=np.uint8)
    seats[:, fixed:] = arrangements + fixed
    return SeatingDesign(seating, seats, strata, replicates, -(-games // len(seats)))
