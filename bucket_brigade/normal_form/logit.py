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

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.continuation import follow_curve
from bucket_brigade.normal_form.mixed_extension import MixedExtension
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["logit_path"]


def logit_path(game: SymmetricGame, max_steps: int = 2000) -> Iterator[tuple[float, Floats]]:
    """Yield (λ, mixture) along the principal branch, λ in inverse units of the game's span.

    The regret at a point is at most ``log(K) / λ`` spans. Ends after `max_steps`, or early where the
    curve cannot be followed any further in double precision.
    """
    curve = _LogitCurve(game)
    strategies = game.num_strategies
    start = np.append(np.full(strategies, -np.log(strategies)), 0.0)
    for point in follow_curve(curve.equations, start, max_steps):
        yield float(point[-1]), curve.mixture(point)


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

    def equations(self, point: Floats) -> tuple[Floats, Floats]:
        """Return what the equations leave at a point, and their slopes."""
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
