"""Polynomials on the triangle of heuristic strategies: where to sample, how to fit, where one is largest.

Points are (any fire, home first), the second and third barycentric coordinates of `heuristic_simplex`. Nodes are
approximate Leja points of a lattice: the first (d+1)(d+2)/2 of them determine every polynomial of total
degree d and interpolate well, for each d, so a finer fit keeps every node of a coarser one. They are the
pivots of an LU factorisation: L. Bos, S. De Marchi, A. Sommariva, M. Vianello, "Computing multivariate Fekete
and Leja points by numerical linear algebra", SIAM J. Numer. Anal. 48 (2010).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.game.heuristic_simplex import Traits, barycentric, traits_at

__all__ = ["HIGHEST_DEGREE", "basis", "fit", "highest", "node_traits", "num_nodes", "place_of"]


HIGHEST_DEGREE = 12
"""With 91 nodes. On the named scenarios best responses took degree 8 against pure opponents, 10 against mixtures."""

_LATTICE = 24
"""Steps along an edge of the lattice that nodes are chosen from: twice the degree, as they crowd towards the edges."""
_DENSE = 48
"""Steps of the lattice on which peaks are looked for: a polynomial of degree 12 has none that it steps over."""
_ZOOMS = 12
"""Refinements of a peak, each to a third: to 1/48 / 3**12, below the 1e-6 within which a point is on the border."""
_PEAKS = 4
"""Peaks that are refined; the upper bound has a dent at every point seen, so the highest need not be alone."""


def num_nodes(degree: int) -> int:
    """Return how many nodes determine a polynomial of this total degree."""
    return (degree + 1) * (degree + 2) // 2


def place_of(traits: Traits) -> Floats:
    """Return the point (any fire, home first) of a strategy, shape (2,)."""
    return barycentric(traits)[1:]


def basis(points: Floats, degree: int) -> Floats:
    """Return orthonormal polynomials up to a total degree, shape (P, terms), low degrees first.

    Products of a Legendre polynomial, made homogeneous, and a Jacobi polynomial: M. Dubiner, "Spectral methods on
    triangles and other domains", J. Sci. Comput. 6 (1991). Monomials would cost ten digits at degree 12.
    """
    from scipy.special import eval_jacobi

    x, y = points[:, 0], points[:, 1]
    across, height = 2.0 * x - (1.0 - y), 1.0 - y
    legendre = [np.ones(len(points)), across]
    for i in range(1, degree):
        legendre.append(((2 * i + 1) * across * legendre[i] - i * height**2 * legendre[i - 1]) / (i + 1))
    columns = [
        np.sqrt((2 * i + 1) * (2 * total + 2))
        * legendre[i]
        * eval_jacobi(total - i, 2 * i + 1, 0, 2.0 * y - 1.0)
        for total in range(degree + 1)
        for i in range(total + 1)
    ]
    return np.stack(columns, axis=1)


@lru_cache(maxsize=1)
def node_traits() -> tuple[Traits, ...]:
    """Return the nodes up to `HIGHEST_DEGREE`, the three corners first."""
    lattice = _lattice(_LATTICE)
    # The corners are nodes of degree 1 by decree, in an order whose pivots do not vanish.
    corners = [0, _LATTICE, len(lattice) - 1]
    order = corners + [i for i in range(len(lattice)) if i not in corners]
    left, rows = basis(lattice[order], HIGHEST_DEGREE), list(order)
    chosen: list[int] = []
    # Gaussian elimination by hand: `scipy.linalg.lu_factor` rounds otherwise, and where points mirror each other, as 11
    # and 12 here do, that decides which of two equal pivots comes first. Nodes in another order are other results.
    for column in range(left.shape[1]):
        free = slice(column, column + 1) if column < len(corners) else slice(column, None)
        pivot = column + int(np.argmax(np.abs(left[free, column])))
        left[[column, pivot]] = left[[pivot, column]]
        rows[column], rows[pivot] = rows[pivot], rows[column]
        chosen.append(rows[column])
        factors = left[column + 1 :, column] / left[column, column]
        left[column + 1 :] -= factors[:, None] * left[column]
    return tuple(traits_at([1.0 - lattice[i].sum(), *lattice[i]]) for i in chosen)


@lru_cache(maxsize=HIGHEST_DEGREE)
def _interpolation(degree: int) -> Floats:
    places = np.array([place_of(traits) for traits in node_traits()[: num_nodes(degree)]])
    return np.asarray(np.linalg.inv(basis(places, degree)), dtype=np.float64)


def fit(values: Floats, degree: int) -> Floats:
    """Return the coefficients of the polynomial through values at the first nodes, shape (terms,)."""
    return np.asarray(_interpolation(degree) @ values[: num_nodes(degree)])


def evaluate(coefficients: Floats, points: Floats) -> Floats:
    """Return a polynomial's values at points of shape (P, 2)."""
    degree = round((np.sqrt(8 * len(coefficients) + 1) - 3) / 2)
    return np.asarray(basis(points, degree) @ coefficients)


def highest(
    coefficients: Floats, error_bound: float, steepness: float, known: Floats, offsets: Floats
) -> tuple[float, Floats]:
    """Return the most that a function near a polynomial p may reach on the triangle, and where.

    The function is within `error_bound` of p everywhere, and f - p is `offsets[k]` at the points ``known[k]``, shape
    (k, 2), and changes by at most `steepness` per unit of distance. The largest value of ``p + min(error_bound,
    min_k(offsets[k] + steepness * distance to k))`` is looked for on a lattice that is refined around its highest
    peaks.
    """

    def bound(points: Floats) -> Floats:
        above = np.full(len(points), error_bound)
        if len(known):
            distances = np.linalg.norm(points[:, None] - known[None], axis=2)
            above = np.minimum(above, (offsets + steepness * distances).min(axis=1))
        return np.asarray(evaluate(coefficients, points) + above)

    dense = np.concatenate([_lattice(_DENSE), known])
    heights = bound(dense)
    best, place = -np.inf, dense[0]
    for start in _peaks(dense, heights):
        centre, half, height = dense[start], 1.0 / _DENSE, float(heights[start])
        for _ in range(_ZOOMS):
            patch = _clipped(centre + half * _PATCH)
            values = bound(patch)
            top = int(np.argmax(values))
            if values[top] > height:
                centre, height = patch[top], float(values[top])
            half /= 3.0
        if height > best:
            best, place = height, centre
    return best, place


def _peaks(points: Floats, heights: Floats) -> list[int]:
    """Return the places of the highest points that are not near a higher one."""
    chosen: list[int] = []
    for i in np.argsort(-heights, kind="stable"):
        if all(np.abs(points[i] - points[j]).max() > 0.1 for j in chosen):
            chosen.append(int(i))
            if len(chosen) == _PEAKS:
                break
    return chosen


def _clipped(points: Floats) -> Floats:
    """Return the points, those outside the triangle moved to its border."""
    inside = np.clip(points, 0.0, 1.0)
    over = np.maximum(inside.sum(axis=1) - 1.0, 0.0)
    return np.asarray(np.clip(inside - over[:, None] / 2, 0.0, 1.0))


@lru_cache(maxsize=2)
def _lattice(size: int) -> Floats:
    return np.array([(i, j) for i in range(size + 1) for j in range(size + 1 - i)]) / size


_PATCH = np.array([(i, j) for i in np.linspace(-1, 1, 7) for j in np.linspace(-1, 1, 7)])
