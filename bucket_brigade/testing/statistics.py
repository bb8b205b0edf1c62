"""Do two backends play the same game on average? A test with a failure budget fixed beforehand.

For backends without the exact stream, equality of every game cannot be asked; equality of every
expected count can. Means are compared by a concentration bound that holds for every number of games
(no normal approximation), and the budget is shared over all comparisons, so a correct backend fails
with probability at most `BUDGET` in total. There are no retries.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.game.counts import SHARED_COUNTS, num_counts
from bucket_brigade.game.program import Program

__all__ = ["BUDGET", "MeanComparison", "compare_means", "count_ranges", "empirical_bernstein"]

BUDGET = 1e-6
"""Probability that two backends that do agree are told apart, over all comparisons of one call."""


@dataclass(frozen=True)
class MeanComparison:
    """The result of `compare_means`; E entries, D counts."""

    difference: NDArray[np.float64]
    """(E, D) mean count of the first backend minus that of the second, per game."""
    bound: NDArray[np.float64]
    """(E, D) a true difference of zero exceeds this in any place with probability at most the budget."""

    @property
    def agree(self) -> bool:
        """Whether every difference is within its bound."""
        return bool((np.abs(self.difference) <= self.bound).all())

    @property
    def smallest_visible(self) -> float:
        """The largest bound: a bias in a mean count of more than twice this is sure to be seen, up to the budget."""
        return float(2 * self.bound.max())


def empirical_bernstein(
    variance: NDArray[np.float64], ranges: NDArray[np.float64], games: int, failure: float
) -> NDArray[np.float64]:
    """Return the half-width of a confidence interval for a mean of bounded, independent values.

    `variance` is the sample variance, `ranges` the width of the values' range. Two-sided form of
    theorem 4 of A. Maurer and M. Pontil, "Empirical Bernstein bounds and sample-variance penalization",
    COLT 2009: ``sqrt(2 V ln(2/δ) / n) + 7 R ln(2/δ) / (3 (n-1))`` for each side, δ = `failure` / 2.
    """
    log = math.log(4.0 / failure)
    return np.asarray(np.sqrt(2 * variance * log / games) + 7 * ranges * log / (3 * (games - 1)))


def count_ranges(program: Program) -> NDArray[np.float64]:
    """Return the largest value each count can reach in a game, shape (E, D); the smallest is 0."""
    agents = program.num_agents
    nights = program.max_nights[program.town].astype(float)
    houses = program.num_houses[program.town].astype(float)
    ranges = np.empty((program.num_entries, num_counts(agents)))
    for agent in range(agents):
        owned = np.maximum(np.ceil((houses - agent) / agents), 0.0)
        own = [nights, nights * (houses // 2), nights * owned, nights * owned]
        ranges[:, 4 * agent : 4 * agent + 4] = np.stack(own, axis=1)
    shared = [nights, nights * houses, nights * houses, nights * houses, np.ones_like(nights)]
    ranges[:, -len(SHARED_COUNTS) :] = np.stack(shared, axis=1)
    return ranges


def compare_means(
    first: Backend,
    second: Backend,
    first_request: PlayRequest,
    second_request: PlayRequest,
    budget: float = BUDGET,
) -> MeanComparison:
    """Compare the mean counts of two backends, entry by entry.

    The requests hold the same program; give them different seeds, so that the two samples are
    independent even if both backends happen to share a stream.
    """
    program = first_request.program
    ranges = count_ranges(program)
    means, widths = [], []
    for backend, request in ((first, first_request), (second, second_request)):
        counts = backend.play(request)
        assert counts.products is not None
        mean = counts.sums / request.games
        square = np.diagonal(counts.products, axis1=1, axis2=2) / request.games
        variance = np.maximum(square - mean**2, 0.0) * request.games / (request.games - 1)
        means.append(mean)
        widths.append(empirical_bernstein(variance, ranges, request.games, budget / (2 * ranges.size)))
    return MeanComparison(means[0] - means[1], widths[0] + widths[1])
