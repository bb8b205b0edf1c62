"""Polynomials through values on a tensor grid, at Chebyshev points of the unit interval.

L. N. Trefethen, "Approximation Theory and Approximation Practice", 2013, chapters 2 to 8.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["Point", "Surface", "chebyshev_points", "tensor"]

Point = tuple[float, float]


def chebyshev_points(n: int) -> Floats:
    """Return n > 1 points of [0, 1], ends included, ascending; those of n are among those of 2n - 1."""
    return np.asarray((1.0 - np.cos(np.pi * np.arange(n) / (n - 1))) / 2)


def tensor(xs: Floats, ys: Floats) -> list[Point]:
    """Return all pairs, y changing fastest."""
    return [(float(x), float(y)) for x in xs for y in ys]


@dataclass(frozen=True, eq=False)
class Surface:
    """The polynomial of two numbers through values on a grid: X places along x, Y along y."""

    xs: Floats
    ys: Floats
    values: Floats
    """(X, Y)."""

    def on(self, xs: Floats, ys: Floats) -> Floats:
        """Return the polynomial on another grid, (len(xs), len(ys))."""
        return np.asarray(_basis(self.xs, xs) @ self.values @ _basis(self.ys, ys).T)

    def at(self, point: Point) -> float:
        """Return the polynomial at one point."""
        return float(self.on(np.array(point[:1]), np.array(point[1:]))[0, 0])

    def between(self, a: Point, b: Point, steps: int = 33) -> Floats:
        """Return the polynomial at places on the straight way from one point to another, (steps,)."""
        xs, ys = (np.linspace(a[d], b[d], steps) for d in (0, 1))
        return np.asarray(np.einsum("px,xy,py->p", _basis(self.xs, xs), self.values, _basis(self.ys, ys)))

    @cached_property
    def coefficients(self) -> Floats:
        """(X, Y) sizes of the coefficients of Chebyshev polynomials; only for a grid of Chebyshev points.

        As far as a function is resolved they fall off geometrically, so the last ones are a measure of
        what the grid has missed.
        """
        to_x, to_y = _to_coefficients(len(self.xs)), _to_coefficients(len(self.ys))
        return np.abs(to_x @ self.values @ to_y.T)

    def top(self) -> tuple[Point, float]:
        """Return where the polynomial is largest on the rectangle of the grid, and its value there."""
        lows = [float(self.xs[0]), float(self.ys[0])]
        highs = [float(self.xs[-1]), float(self.ys[-1])]
        low, high = list(lows), list(highs)
        place, best = (lows[0], lows[1]), -np.inf
        for _ in range(6):
            xs, ys = (np.linspace(low[d], high[d], 33 if high[d] > low[d] else 1) for d in (0, 1))
            surface = self.on(xs, ys)
            i, j = np.unravel_index(int(surface.argmax()), surface.shape)
            if surface[i, j] > best:
                place, best = (float(xs[i]), float(ys[j])), float(surface[i, j])
            for d, width in enumerate([(high[0] - low[0]) / 32, (high[1] - low[1]) / 32]):
                low[d], high[d] = max(lows[d], place[d] - width), min(highs[d], place[d] + width)
        return place, best

    def local_tops(self) -> dict[Point, float]:
        """Return the points of a 65 x 33 grid that no neighbour exceeds, with the polynomial there."""
        xs = np.linspace(self.xs[0], self.xs[-1], 65)
        ys = np.linspace(self.ys[0], self.ys[-1], 33)
        surface = self.on(xs, ys)
        around = np.pad(surface, 1, constant_values=-np.inf)
        shifts = [shift for shift in itertools.product(range(3), repeat=2) if shift != (1, 1)]
        highest = np.max([around[i : i + len(xs), j : j + len(ys)] for i, j in shifts], axis=0)
        places = np.argwhere(surface >= highest)
        return {(float(xs[i]), float(ys[j])): float(surface[i, j]) for i, j in places}


def _to_coefficients(n: int) -> Floats:
    """Return the map from values at n Chebyshev points to coefficients of Chebyshev polynomials, (n, n)."""
    at_points = np.polynomial.chebyshev.chebvander(2.0 * chebyshev_points(n) - 1.0, n - 1)
    return np.asarray(np.linalg.inv(at_points))


def _basis(nodes: Floats, at: Floats) -> Floats:
    """Return the Lagrange polynomials of `nodes`, one a column, at some places."""
    basis = np.ones((len(at), len(nodes)))
    for i, j in itertools.permutations(range(len(nodes)), 2):
        basis[:, i] *= (at - nodes[j]) / (nodes[i] - nodes[j])
    return basis
