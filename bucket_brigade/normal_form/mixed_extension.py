"""Expected payoffs when n opponents draw their strategies independently from one mixture, and derivatives.

The payoff of strategy i against opponents who mix with x is a homogeneous polynomial of degree n in x:
the sum over compositions m of ``n! / (m_1! … m_K!) * x_1**m_1 … x_K**m_K`` times the payoff of i
against m, the expectation under the multinomial distribution. See S. F. Cheng, D. M. Reeves,
Y. Vorobeychik, M. P. Wellman, "Notes on equilibria in symmetric games", 2004; for its derivative,
M. Broom, C. Cannings, G. T. Vickers, "Multi-player matrix games", Bull. Math. Biol. 59 (1997).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.compositions import (
    composition_index,
    compositions,
    multinomial_coefficients,
)

__all__ = ["MixedExtension", "composition_probabilities"]


_KEEP_BELOW = 1 << 23
"""Above this many floats (64 MiB) the shifted payoff tables are gathered anew at each call: slower, the same values."""


def composition_probabilities(mixtures: Floats, players: int) -> Floats:
    """Return the multinomial probability of each composition, shape (B, M), for mixtures of shape (B, K)."""
    strategies = mixtures.shape[-1]
    table = compositions(players, strategies)
    powers = np.ones((players + 1, *mixtures.shape))
    for power in range(1, players + 1):
        powers[power] = powers[power - 1] * mixtures
    probabilities = np.repeat(multinomial_coefficients(players, strategies)[:, None], len(mixtures), axis=1)
    for strategy in range(strategies):
        probabilities *= powers[table[:, strategy], :, strategy]
    return np.ascontiguousarray(probabilities.T)


class MixedExtension:
    """The polynomials ``u_1 … u_R`` of R payoff rows, in the mixture of n opponents over s strategies.

    `payoffs` is float64 of shape (R, M), columns in the order of ``compositions(opponents, strategies)``.
    They are evaluated as written for any real x, in the simplex or not, a batch of B points at a time.
    """

    def __init__(self, payoffs: Floats, opponents: int, strategies: int) -> None:
        """Keep the table, and index the columns that one more player of each strategy leads to."""
        self.payoffs = payoffs
        self.opponents = opponents
        self.strategies = strategies
        self._after: list[NDArray[np.intp]] = []
        self._shifted: list[Floats] = []
        if opponents == 0:
            return
        fewer = compositions(opponents - 1, strategies)
        for strategy in range(strategies):
            more = fewer.copy()
            more[:, strategy] += 1
            self._after.append(composition_index(more))
        if payoffs.shape[0] * fewer.size <= _KEEP_BELOW:
            self._shifted = [payoffs[:, after] for after in self._after]

    def values(self, points: Floats) -> Floats:
        """Return u at each point: (B, R) for points of shape (B, s)."""
        return composition_probabilities(points, self.opponents) @ self.payoffs.T

    def values_and_jacobian(self, points: Floats) -> tuple[Floats, Floats]:
        """Return u, shape (B, R), and ``du_i/dx_j``, shape (B, R, s), at points of shape (B, s).

        The derivative is n times the expected payoff when one opponent plays j for sure and n-1 mix;
        by Euler's theorem on homogeneous functions, u is its product with x, divided by n.
        """
        n, rows = self.opponents, len(self.payoffs)
        jacobian = np.zeros((len(points), rows, self.strategies))
        if n == 0:
            return np.repeat(self.payoffs[:, 0][None, :], len(points), axis=0), jacobian
        probabilities = composition_probabilities(points, n - 1)
        for strategy in range(self.strategies):
            table = self._shifted[strategy] if self._shifted else self.payoffs[:, self._after[strategy]]
            jacobian[:, :, strategy] = n * (probabilities @ table.T)
        return np.einsum("bij,bj->bi", jacobian, points) / n, jacobian
