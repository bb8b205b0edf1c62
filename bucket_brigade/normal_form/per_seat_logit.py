"""A path to one equilibrium of any per-seat game: logit equilibria of ever more careful players.

At precision λ player i uses strategy s with probability proportional to ``exp(λ u_i(s))``, payoffs in spans.
From the uniform profile at λ = 0 a curve of such profiles leads, in all games but a negligible set, to a Nash
equilibrium as λ grows: R. D. McKelvey, T. R. Palfrey, "Quantal response equilibria for normal form games",
GEB 10 (1995). The curve may turn back in λ, so it is followed by its arc length, in the logarithms of the
probabilities: T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response equilibrium
correspondence", GEB 51 (2005); E. L. Allgower, K. Georg, "Introduction to Numerical Continuation
Methods", 1990.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.continuation import follow_curve
from bucket_brigade.normal_form.normal_form_game import Mixtures, PerSeatGame, contract_pairs

__all__ = ["per_seat_logit_path"]


def per_seat_logit_path(game: PerSeatGame, max_steps: int = 2000) -> Iterator[tuple[float, Mixtures]]:
    """Yield (λ, profile of mixtures) along the principal branch, λ in inverse spans of each player.

    A player's regret at a point is at most ``log(K_i) / λ`` of its spans. Ends after `max_steps`, or
    early where the curve cannot be followed any further in double precision.
    """
    curve = _LogitCurve(game)
    start = np.concatenate([np.full(size, -np.log(size)) for size in game.num_strategies])
    for point in follow_curve(curve.equations, np.append(start, 0.0), max_steps):
        yield float(point[-1]), curve.mixtures(point)


class _LogitCurve:
    """The K_1 + … + K_N equations of logit equilibrium, in the logarithms of all probabilities and λ."""

    def __init__(self, game: PerSeatGame) -> None:
        """Scale the game so that every player's span is 1; without stakes, payoffs are 0."""
        scales = np.where(game.spans > 0.0, game.spans, np.inf)
        self._tables = [table / scale for table, scale in zip(game.advantages, scales, strict=True)]
        ends = np.cumsum([0, *game.num_strategies])
        self._parts = [slice(int(a), int(b)) for a, b in itertools.pairwise(ends)]

    def mixtures(self, point: Floats) -> Mixtures:
        """Return the profile of mixtures at a point of the curve."""
        weights = [np.exp(point[part] - point[part].max()) for part in self._parts]
        return tuple(w / w.sum() for w in weights)

    def equations(self, point: Floats) -> tuple[Floats, Floats]:
        """Return what the equations leave at a point, and their slopes."""
        logs, precision = point[:-1], point[-1]
        x = np.exp(np.minimum(logs, 1.0))
        equations, slopes = np.empty(len(logs)), np.zeros((len(logs), len(point)))
        for i, part in enumerate(self._parts):
            opponents = [j for j in range(len(self._parts)) if j != i]
            pairs = contract_pairs(self._tables[i], [x[self._parts[j]][:, None] for j in opponents])
            values = pairs[0][:, :, 0] @ x[self._parts[opponents[0]]] if opponents else self._tables[i]
            # Differences are taken from the likeliest strategy, whose logarithm stays moderate.
            own = logs[part]
            base = int(np.argmax(own))
            gaps = values - values[base]
            rows = np.zeros((len(own), len(point)))
            rows[:, part] = np.eye(len(own))
            rows[:, part.start + base] -= 1.0
            for pair, j in zip(pairs, opponents, strict=True):
                derivative = pair[:, :, 0] - pair[base, :, 0]
                rows[:, self._parts[j]] = -precision * derivative * x[self._parts[j]]
            rows[:, -1] = -gaps
            equations[part] = own - own[base] - precision * gaps
            equations[part.start + base] = x[part].sum() - 1.0
            rows[base] = 0.0
            rows[base, part] = x[part]
            slopes[part] = rows
        return equations, slopes
