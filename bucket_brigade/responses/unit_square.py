"""The largest value of a smooth function on the unit square, from few evaluations and without noise.

Every evaluation may cost many exact expectations, so points are asked for in batches and never twice.
First the function is interpolated on a tensor grid of Chebyshev points, refined in a direction as long as
its last Chebyshev coefficients, or points between, say that detail is missing. The interpolant's local
maxima that could be the largest, given these errors, are then followed by boxes that shrink around
the maximum of the biquadratic through 3 x 3 points; a direction is given up once the maximum lies on the
edge of the square and the function falls away from it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.responses.chebyshev import Point, Surface, chebyshev_points, tensor

__all__ = ["BatchFunction", "SquareMaximum", "maximise"]


BatchFunction = Callable[[Floats], Floats]
"""From points of the unit square, shape (B, 2), to their values, shape (B,)."""

_COARSEST, _FINEST = (5, 3), (17, 9)
_BETWEEN = ((0.07, 0.25), (0.3, 0.75), (0.7, 0.25), (0.93, 0.75))
"""Points of no grid, where the interpolant is put to the test."""
_DETAIL = 0.02
"""Share of the spread that last coefficients and errors may have before the grid is refined."""
_CAUTION = 4.0
"""The interpolant is trusted to within this many times the larger of them."""
_MOST_HILLS = 3
_FIRST_BOX, _SHRINK, _SURE_BELOW = 0.125, 0.25, 0.0625
"""Half-widths of boxes: the first, the factor to the next, and how small the last must at least be."""
_MOST_BOXES = 20
_FIRST_STEP = 2.0**-10
"""Small enough for a slope, large enough for rounding not to matter."""
_APART, _RIPPLE = 0.15, 1e-3
"""Maxima nearer than `_APART`, or with no valley deeper than `_RIPPLE` of the spread between, are one."""


@dataclass(frozen=True)
class SquareMaximum:
    """Where a function of two numbers is largest."""

    point: Point
    value: float
    """The function's own value at the point, not an interpolated one."""
    evaluations: int
    """Different points evaluated."""
    spread: float
    """The largest minus the smallest value that was seen."""


def maximise(
    function: BatchFunction, *, tolerance: float = 1e-6, starts: Sequence[Point] = ()
) -> SquareMaximum:
    """Return the largest value of a smooth function on [0, 1] x [0, 1], and where it is.

    The search ends when interpolated and true value at a maximum differ by less than `tolerance` times
    the spread of the values seen. It is deterministic; `starts` are further points to look at, and no
    value at one of them exceeds the result. What a grid of 5 x 3 points and its refinements cannot see,
    such as a spike narrower than their distances, is not found. Raises `InvalidInput` for a tolerance
    that is not positive, a start outside the square, or values that are not finite.
    """
    if not tolerance > 0.0:
        raise InvalidInput(f"tolerance = {tolerance!r} is not allowed: it must be positive.")
    for start in starts:
        if not all(0.0 <= x <= 1.0 for x in start):
            raise InvalidInput(f"start = {start!r} is not allowed: both numbers must be in [0, 1].")
    seen = _Seen(function)
    surface, off = _resolved(seen, [(float(x), float(y)) for x, y in starts])
    for point in _hills(seen, surface, off):
        _climb(seen, surface, point, tolerance)
    value, point = seen.best()
    return SquareMaximum(point, value, len(seen.values), seen.spread)


@dataclass
class _Seen:
    """The function, with a memory."""

    function: BatchFunction
    values: dict[Point, float] = field(default_factory=dict)

    def at(self, points: Sequence[Point]) -> Floats:
        new = [p for p in dict.fromkeys(points) if p not in self.values]
        if new:
            answers = np.asarray(self.function(np.array(new)), dtype=np.float64)
            if answers.shape != (len(new),) or not np.isfinite(answers).all():
                raise InvalidInput(f"The function must give {len(new)} finite values for {len(new)} points.")
            self.values.update(zip(new, answers.tolist(), strict=True))
        return np.array([self.values[p] for p in points])

    def surface(self, xs: Floats, ys: Floats) -> Surface:
        return Surface(xs, ys, self.at(tensor(xs, ys)).reshape(len(xs), len(ys)))

    def best(self) -> tuple[float, Point]:
        """Return the largest value and its point; of equals the lowest point."""
        point = min(self.values, key=lambda p: (-self.values[p], p))
        return self.values[point], point

    @property
    def spread(self) -> float:
        return max(self.values.values()) - min(self.values.values())


def _resolved(seen: _Seen, starts: list[Point]) -> tuple[Surface, float]:
    """Return the interpolant on a grid that is fine enough, and how far it is off at points between."""
    sizes = list(_COARSEST)
    seen.at([*starts, *tensor(chebyshev_points(sizes[0]), chebyshev_points(sizes[1])), *_BETWEEN])
    while True:
        surface = seen.surface(chebyshev_points(sizes[0]), chebyshev_points(sizes[1]))
        miss = float(np.abs([surface.at(p) - seen.values[p] for p in _BETWEEN]).max())
        last = surface.coefficients[-1].max(), surface.coefficients[:, -1].max()
        coarse = [d for d in (0, 1) if max(miss, last[d]) > _DETAIL * seen.spread and sizes[d] < _FINEST[d]]
        if not coarse:
            return surface, max(miss, *map(float, last))
        for d in coarse:
            sizes[d] = 2 * sizes[d] - 1


def _hills(seen: _Seen, surface: Surface, off: float) -> list[Point]:
    """Return the best point seen, and where else the interpolant has a maximum that may be the largest."""
    heights = surface.local_tops()
    best = seen.best()[1]
    heights[best] = surface.at(best)
    least = max(heights.values()) - _CAUTION * off
    hills = [best]
    for point in sorted(heights, key=lambda p: (-heights[p], p)):
        if heights[point] < least or len(hills) == _MOST_HILLS:
            break
        valley = _RIPPLE * seen.spread
        if not any(
            _one_hill(surface, point, top, min(heights[point], heights[top]) - valley) for top in hills
        ):
            hills.append(point)
    return hills


def _one_hill(surface: Surface, a: Point, b: Point, least: float) -> bool:
    """Say whether two tops are near each other, or the way between is nowhere lower than `least`."""
    near = max(abs(a[0] - b[0]), abs(a[1] - b[1])) <= _APART
    return near or bool(surface.between(a, b).min() >= least)


def _climb(seen: _Seen, surface: Surface, start: Point, tolerance: float) -> None:
    """Close in on a local maximum; what is found is in what was seen."""
    centre, half = start, _FIRST_BOX
    on_edge = [_clear_edge(surface, start, d) for d in (0, 1)]
    free = [not edge for edge in on_edge]
    for _ in range(_MOST_BOXES):
        axes = [_axis(centre[d], half) if free[d] else np.array([centre[d]]) for d in (0, 1)]
        box = seen.surface(axes[0], axes[1])
        enough = max(tolerance * seen.spread, 1e-12 * float(np.abs(box.values).max()))
        top, predicted = box.top()
        true = float(seen.at([top])[0])
        for d in (0, 1):
            along = np.moveaxis(box.values, d, 0)
            on_edge[d] = on_edge[d] or (free[d] and _falls_away(along, top[d], 0.0))
            free[d] = free[d] and not on_edge[d] and np.ptp(along, axis=0).max() > enough
        known = seen.values.get(centre, -np.inf)
        i, j = np.unravel_index(int(box.values.argmax()), box.values.shape)
        centre = top if true >= box.values[i, j] else (float(axes[0][i]), float(axes[1][j]))
        moving = any(free[d] and top[d] in axes[d][[0, -1]] and 0.0 < top[d] < 1.0 for d in (0, 1))
        close = half <= _SURE_BELOW and abs(true - predicted) <= enough and not moving
        if close or not any(free):
            doubtful = [d for d in (0, 1) if on_edge[d] and not _stays(seen, centre, d)]
            if not doubtful:
                return
            half = max(half, _SURE_BELOW)
            for d in doubtful:
                on_edge[d], free[d] = False, True
        elif not moving or seen.values[centre] <= known:
            half *= _SHRINK


def _stays(seen: _Seen, point: Point, d: int) -> bool:
    """Say whether the function falls away from the edge of the square right where it starts."""
    inward = list(point)
    inward[d] = _FIRST_STEP if point[d] == 0.0 else 1.0 - _FIRST_STEP
    return bool(seen.at([(inward[0], inward[1])])[0] < seen.values[point])


def _clear_edge(surface: Surface, point: Point, d: int) -> bool:
    """Say whether the interpolant falls away from the edge that a point lies on, beyond doubt."""
    # What bends the other direction alone does not touch slopes along this one.
    size = surface.coefficients if d == 0 else surface.coefficients.T
    doubt = _CAUTION * float(size[-1].max() + size[1:, -1].max())
    around = surface.on(_axis(point[0], _FIRST_BOX), _axis(point[1], _FIRST_BOX))
    return _falls_away(np.moveaxis(around, d, 0), point[d], doubt)


def _falls_away(along: Floats, place: float, margin: float) -> bool:
    """Say whether values fall, from step to step by more than `margin`, away from the square's edge.

    `along` holds the values of a box, the direction in question first; `place` is where it is looked at.
    """
    slopes = np.diff(along, axis=0)
    return bool((place == 0.0 and (slopes < -margin).all()) or (place == 1.0 and (slopes > margin).all()))


def _axis(centre: float, half: float) -> Floats:
    low, high = max(0.0, centre - half), min(1.0, centre + half)
    return np.array([low, (low + high) / 2, high])
