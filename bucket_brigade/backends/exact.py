"""The contract of exact answers: expected counts, best responses and social optima, without sampling.

A backend may offer these beside `play`. They hold for strategies that look only at the houses
(heuristic, tabular): the houses are then a finite Markov chain, and with the engines' own rounded
thresholds the expectation is exactly that of the games the engines sample.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.backends.base import Verdict
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_workers

__all__ = ["BestResponses", "ExactBackend", "Expectation", "OptimizeRequest"]


@dataclass(frozen=True, eq=False)
class Expectation:
    """Expected counts of E entries, D = 4*N + 5 columns as in `bucket_brigade.game.counts`.

    The column `terminated` is the probability that the rules end the game; the rest is truncated.
    """

    counts: NDArray[np.float64]
    """(E, D) expected counts per game."""
    final_ruined: NDArray[np.float64]
    """(E, 17) probability that a game ends with 0, 1, … ruined houses; zero beyond the ring's size."""

    @property
    def truncated(self) -> NDArray[np.float64]:
        """(E,) probability that the night limit ends the game."""
        return np.asarray(1.0 - self.counts[:, -1])


@dataclass(frozen=True, eq=False)
class OptimizeRequest:
    """Ask for the best Markov policy of some seats of every entry, the other seats as the program says.

    `prices` has shape (E, D): what is maximised is the expectation of ``prices[e] @ counts``. `seat` has
    shape (E,): the seat that is free to choose in each entry. Policies may depend on the night, since
    the rules of the end do.
    """

    program: Program
    seat: ArrayLike
    prices: ArrayLike
    keep_policies: bool = True
    workers: int | None = None

    def __post_init__(self) -> None:
        entries, agents = self.program.num_entries, self.program.num_agents
        seat, prices = np.asarray(self.seat), np.asarray(self.prices, dtype=np.float64)
        if seat.shape != (entries,) or seat.dtype.kind not in "iu" or seat.min() < 0 or seat.max() >= agents:
            raise InvalidInput(f"seat must be {entries} integers from 0 to {agents - 1}, one per entry.")
        if prices.shape != (entries, num_counts(agents)) or not np.isfinite(prices).all():
            raise InvalidInput(f"prices must be finite, of shape ({entries}, {num_counts(agents)}).")
        check_workers(self.workers)
        object.__setattr__(self, "seat", seat.astype(np.uint32))
        object.__setattr__(self, "prices", np.ascontiguousarray(prices))


@dataclass(frozen=True, eq=False)
class BestResponses:
    """Best Markov policies; by backward induction from the night limit."""

    values: NDArray[np.float64]
    """(E,) the largest expectation of what was to be maximised."""
    policies: tuple[NDArray[np.uint8], ...] | None
    """For each entry, (max_nights, 3**H): the action (house * 2 + mode) to take in each state of the
    houses (as in a tabular strategy) on night 1, 2, …, if asked for. Ties go to the lowest action."""


@runtime_checkable
class ExactBackend(Protocol):
    """What a backend with exact answers adds to `Backend`."""

    def can_expect(self, program: Program) -> Verdict:
        """Say before any work whether the program's expectation can be computed exactly."""

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        """Return expected counts of every entry."""

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        """Return the best Markov policy of one seat of every entry against the others."""

    def social_optimum(
        self, program: Program, prices: NDArray[np.float64], workers: int | None = None
    ) -> NDArray[np.float64]:
        """Return (E,) the largest expectation of ``prices[e] @ counts`` over joint Markov policies of all seats."""
