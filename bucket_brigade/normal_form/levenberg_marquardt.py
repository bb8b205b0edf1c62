"""Roots of systems of equations by Levenberg-Marquardt, from many starts at once.

The damping is proportional to the squared residual, which keeps convergence quadratic even where a system is
singular: N. Yamashita, M. Fukushima, "On the rate of convergence of the Levenberg-Marquardt method", Computing
Suppl. 15 (2001).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["ITERATIONS", "Residuals", "near_roots"]


Residuals = Callable[[Floats], tuple[Floats, Floats]]
"""From points, shape (B, M), to their residuals, (B, R), and the derivatives of these, (B, R, M)."""

ITERATIONS = 40
"""Steps that a start may take: convergence is quadratic near a root, so who needs more is stuck in a minimum."""

_CONVERGED = 1e-13
"""A residual of rounding, for payoffs of size 1 and some hundred terms: no step makes it smaller."""
_HOPEFUL = 1e-6
"""Below this residual a start is close enough to a root, singular ones included, for polishing to decide."""


def near_roots(residuals_at: Residuals, starts: Floats) -> Floats:
    """Return the points, shape (P, M), that starts of shape (B, M) led to.

    Starts that ended in a local minimum of the residual are left out; the others are close to a root.
    """
    unknowns = starts.copy()
    damping = np.ones(len(starts))
    residuals, slopes = residuals_at(unknowns)
    size = np.linalg.norm(residuals, axis=1)
    running = size > _CONVERGED
    for _ in range(ITERATIONS):
        lanes = np.flatnonzero(running)
        if not len(lanes):
            break
        step = _damped_step(slopes[lanes], residuals[lanes], damping[lanes] * size[lanes] ** 2)
        trial = unknowns[lanes] + step
        new_residuals, new_slopes = residuals_at(trial)
        new_size = np.linalg.norm(new_residuals, axis=1)
        better = new_size < size[lanes]
        # A start stops where neither a step nor a shorter one helps any more.
        stuck = (np.abs(step).max(axis=1) < 1e-15) | (damping[lanes] > 1e12)
        moved = lanes[better]
        unknowns[moved], residuals[moved] = trial[better], new_residuals[better]
        slopes[moved], size[moved] = new_slopes[better], new_size[better]
        damping[lanes] *= np.where(better, 0.25, 8.0)
        running[lanes] = (size[lanes] > _CONVERGED) & ~stuck
    return np.asarray(unknowns[size < _HOPEFUL])


def _damped_step(slopes: Floats, residuals: Floats, damping: Floats) -> Floats:
    """Return the Levenberg-Marquardt steps, shape (B, M)."""
    normal = np.einsum("bri,brj->bij", slopes, slopes)
    # A trace-sized floor keeps the matrix invertible where the residual, and so the damping, vanishes.
    floor = 1e-15 * np.trace(normal, axis1=1, axis2=2)
    normal += (damping + floor)[:, None, None] * np.eye(normal.shape[1])
    gradient = np.einsum("bri,br->bi", slopes, residuals)
    return np.asarray(np.linalg.solve(normal, -gradient[:, :, None])[:, :, 0])
