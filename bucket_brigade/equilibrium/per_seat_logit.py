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
from numpy.typing import NDArray

from bucket_brigade.equilibrium.per_seat_game import Mixtures, PerSeatGame, contract_pairs

__all__ = ["per_seat_logit_path"]

Floats = NDArray[np.float64]

_LARGEST_STEP = 1e6
_SMALLEST_STEP = 1e-8


def per_seat_logit_path(game: PerSeatGame, max_steps: int = 2000) -> Iterator[tuple[float, Mixtures]]:
    """Yield (λ, profile of mixtures) along the principal branch, λ in inverse spans of each player.

    A player's regret at a point is at most ``log(K_i) / λ`` of its spans. Ends after `max_steps`, or
    early where the curve cannot be followed any further in double precision.
    """
    curve = _LogitCurve(game)
    start = np.concatenate([np.full(size, -np.log(size)) for size in game.num_strategies])
    point = np.append(start, 0.0)
    tangent, side = curve.tangent(point, side=0)
    step = 0.1
    for _ in range(max_steps):
        corrected, moved = curve.correct(point + step * tangent)
        # The side of the curve is the same all along a branch: a step onto another branch that runs the
        # other way comes out as a reversal, and is refused like any turn too sharp for its length.
        turned, _ = curve.tangent(corrected, side)
        if moved > 0.3 * step or turned @ tangent < 0.95 or corrected[-1] <= 0.0:
            step /= 2.0
            if step < _SMALLEST_STEP:
                return
            continue
        point, tangent = corrected, turned
        yield float(point[-1]), curve.mixtures(point)
        if moved < 0.05 * step:
            step = min(2.0 * step, _LARGEST_STEP)


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

    def tangent(self, point: Floats, side: int) -> tuple[Floats, int]:
        """Return the unit direction of the curve that keeps it on this side, and the side.

        The side is the sign of the determinant of the equations' derivative with the direction below it; 0
        asks for the direction in which λ grows.
        """
        slopes = self._equations(point)[1]
        direction = np.linalg.svd(slopes)[2][-1]
        sign = int(np.linalg.slogdet(np.vstack([slopes, direction]))[0])
        reverse = direction[-1] < 0.0 if side == 0 else sign != side
        return (-direction, -sign) if reverse else (direction, sign)

    def correct(self, point: Floats) -> tuple[Floats, float]:
        """Return the nearest point of the curve and how far it was; infinitely far if there is none."""
        start = point
        for _ in range(6):
            equations, slopes = self._equations(point)
            change = np.linalg.lstsq(slopes, -equations, rcond=None)[0]
            point = point + change
            if not np.isfinite(point).all() or np.abs(change).max() > 100.0 * (1.0 + np.abs(start).max()):
                return start, np.inf
            if np.linalg.norm(change) <= 1e-10 * (1.0 + np.linalg.norm(point)):
                return point, float(np.linalg.norm(point - start))
        return start, np.inf

    def _equations(self, point: Floats) -> tuple[Floats, Floats]:
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
