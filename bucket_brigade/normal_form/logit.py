"""A path to one equilibrium of any game: logit equilibria of ever more careful players.

At precision λ player i uses strategy s with probability proportional to ``exp(λ u_i(s))``, payoffs in spans. At λ
= 0 everybody mixes evenly; from there a curve of such profiles leads, in all games but a negligible set, to a
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
from bucket_brigade.normal_form.supports import SupportSystem

__all__ = ["logit_path"]


def logit_path(system: SupportSystem, max_steps: int = 2000) -> Iterator[tuple[float, Floats]]:
    """Yield (λ, profile) along the principal branch, λ in inverse spans, from a system of all strategies.

    A player's regret at a point is at most ``log(K_i) / λ`` of its spans. Ends after `max_steps`, or early
    where the curve cannot be followed any further in double precision. `whole_game` makes the system of a game;
    profiles are laid out as `SupportSystem` says.
    """

    def equations(point: Floats) -> tuple[Floats, Floats]:
        return _logit_equations(system, point)

    start = np.concatenate([np.full(size, -np.log(size)) for size in system.sizes])
    for point in follow_curve(equations, np.append(start, 0.0), max_steps):
        weights = [np.exp(point[block] - point[block].max()) for block in system.blocks]
        yield float(point[-1]), np.concatenate([w / w.sum() for w in weights])


def _logit_equations(system: SupportSystem, point: Floats) -> tuple[Floats, Floats]:
    """Return what the K equations leave at a point (log x, λ), shape (K + 1,), and their slopes, (K, K + 1)."""
    logs, precision = point[:-1], point[-1]
    # The corrector may try any logarithm: beyond e the payoffs' polynomials would only overflow.
    x = np.exp(np.minimum(logs, 1.0))
    equations, slopes = np.empty(len(logs)), np.zeros((len(logs), len(point)))
    for block, (values, jacobian) in zip(system.blocks, system.values_and_slopes(x[None]), strict=True):
        if len(system.blocks) > 1:
            # A payoff is linear in every opponent's mixture; so computed, rounding is that of all results so far.
            opponent = system.blocks[0] if block != system.blocks[0] else system.blocks[1]
            values = (np.ascontiguousarray(jacobian[0][:, opponent]) @ x[opponent])[None]
        # Differences are taken from the likeliest strategy, whose logarithm stays moderate.
        own = logs[block]
        base = int(np.argmax(own))
        gaps, gap_slopes = values[0] - values[0, base], jacobian[0] - jacobian[0, base]
        rows = slopes[block]
        rows[:, block] = np.eye(len(own))
        rows[:, :-1] -= precision * gap_slopes * x
        rows[:, block.start + base] -= 1.0
        rows[:, -1] = -gaps
        equations[block] = own - own[base] - precision * gaps
        # In the place of the base's own equation, which says nothing: probabilities sum to 1.
        equations[block.start + base] = x[block].sum() - 1.0
        rows[base] = 0.0
        rows[base, block] = x[block]
    return equations, slopes
