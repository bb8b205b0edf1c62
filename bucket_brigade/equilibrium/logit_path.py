"""A path to one equilibrium of any symmetric game: logit equilibria of ever more careful players.

At precision λ a player uses strategy i with probability proportional to ``exp(λ u_i(x))``. At λ = 0 that
is the uniform mixture; from there a curve of such mixtures leads, in all games but a negligible set, to a
Nash equilibrium as λ grows: R. D. McKelvey, T. R. Palfrey, "Quantal response equilibria for normal form
games", GEB 10 (1995). The curve may turn back in λ, so it is followed by its arc length, in the logarithms
of the probabilities: T. L. Turocy, "A dynamic homotopy interpretation of the logistic quantal response
equilibrium correspondence", GEB 51 (2005); E. L. Allgower, K. Georg, "Introduction to Numerical
Continuation Methods", 1990.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.equilibrium.mixed_extension import MixedExtension
from bucket_brigade.equilibrium.symmetric_game import SymmetricGame

__all__ = ["logit_path"]

Floats = NDArray[np.float64]

_LARGEST_STEP = 1e6
_SMALLEST_STEP = 1e-8


def logit_path(game: SymmetricGame, max_steps: int = 2000) -> Iterator[tuple[float, Floats]]:
    """Yield (λ, mixture) along the principal branch, λ in inverse units of the game's span.

    The regret at a point is at most ``log(K) / λ`` spans. Ends after `max_steps`, or early where the
    curve cannot be followed any further in double precision.
    """
    curve = _LogitCurve(game)
    strategies = game.num_strategies
    point = np.append(np.full(strategies, -np.log(strategies)), 0.0)
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
        yield float(point[-1]), curve.mixture(point)
        if moved < 0.05 * step:
            step = min(2.0 * step, _LARGEST_STEP)


class _LogitCurve:
    """The K equations of logit equilibrium in the K + 1 unknowns (log x, λ)."""

    def __init__(self, game: SymmetricGame) -> None:
        """Scale the game so that its span is 1."""
        self._extension = MixedExtension(
            game.advantages / game.span, game.num_players - 1, game.num_strategies
        )

    @staticmethod
    def mixture(point: Floats) -> Floats:
        """Return the mixture at a point of the curve."""
        weights = np.exp(point[:-1] - point[:-1].max())
        return np.asarray(weights / weights.sum())

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
        values, jacobian = (a[0] for a in self._extension.values_and_jacobian(x[None]))
        strategies = len(logs)
        # Differences are taken from the likeliest strategy, whose logarithm stays moderate.
        base = int(np.argmax(logs))
        gaps, gap_slopes = values - values[base], jacobian - jacobian[base]
        equations = logs - logs[base] - precision * gaps
        slopes = np.zeros((strategies, strategies + 1))
        slopes[:, :-1] = np.eye(strategies) - precision * gap_slopes * x
        slopes[:, base] -= 1.0
        slopes[:, -1] = -gaps
        equations[base] = x.sum() - 1.0
        slopes[base] = np.append(x, 0.0)
        return equations, slopes
