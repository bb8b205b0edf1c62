"""Following a curve that equations with one unknown too many leave, by predicting and correcting.

E. L. Allgower, K. Georg, "Introduction to Numerical Continuation Methods", 1990.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["Equations", "follow_curve"]


Equations = Callable[[Floats], tuple[Floats, Floats]]
"""From a point, shape (M + 1,), to what M equations leave there, (M,), and their slopes, (M, M + 1)."""

_LARGEST_STEP = 1e6
"""Arcs are nearly straight once all but the support has died out: steps double until they are this long."""
_SMALLEST_STEP = 1e-8
"""Shorter steps than the corrector's own accuracy, 1e-10, allows for lead nowhere."""


def follow_curve(equations: Equations, start: Floats, max_steps: int) -> Iterator[Floats]:
    """Yield points along the curve from `start`, which lies on it, the way its last unknown grows.

    Ends after `max_steps`, where the last unknown would fall to 0, or early where the curve cannot be followed
    any further in double precision.
    """
    point = start
    tangent, side = _tangent(equations, point, side=0)
    step = 0.1
    for _ in range(max_steps):
        corrected, moved = _correct(equations, point + step * tangent)
        # The side of the curve is the same all along a branch: a step onto another branch that runs the
        # other way comes out as a reversal, and is refused like any turn too sharp for its length.
        turned, _ = _tangent(equations, corrected, side)
        if moved > 0.3 * step or turned @ tangent < 0.95 or corrected[-1] <= 0.0:
            step /= 2.0
            if step < _SMALLEST_STEP:
                return
            continue
        point, tangent = corrected, turned
        yield point
        if moved < 0.05 * step:
            step = min(2.0 * step, _LARGEST_STEP)


def _tangent(equations: Equations, point: Floats, side: int) -> tuple[Floats, int]:
    """Return the unit direction of the curve that keeps it on this side, and the side.

    The side is the sign of the determinant of the equations' slopes with the direction below them; 0 asks for
    the direction in which the last unknown grows.
    """
    slopes = equations(point)[1]
    direction = np.linalg.svd(slopes)[2][-1]
    sign = int(np.linalg.slogdet(np.vstack([slopes, direction]))[0])
    reverse = direction[-1] < 0.0 if side == 0 else sign != side
    return (-direction, -sign) if reverse else (direction, sign)


def _correct(equations: Equations, point: Floats) -> tuple[Floats, float]:
    """Return the nearest point of the curve and how far it was; infinitely far if there is none."""
    start = point
    for _ in range(6):
        left, slopes = equations(point)
        change = np.linalg.lstsq(slopes, -left, rcond=None)[0]
        point = point + change
        if not np.isfinite(point).all() or np.abs(change).max() > 100.0 * (1.0 + np.abs(start).max()):
            return start, np.inf
        if np.linalg.norm(change) <= 1e-10 * (1.0 + np.linalg.norm(point)):
            return point, float(np.linalg.norm(point - start))
    return start, np.inf
