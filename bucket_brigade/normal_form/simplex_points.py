"""Points spread evenly over a simplex, from which searches start."""

from __future__ import annotations

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["simplex_points"]


def simplex_points(size: int, count: int, first: int = 0) -> Floats:
    """Return `count` points spread over the simplex of s strategies, shape (count, s), the same ones always.

    A Kronecker sequence on the roots of ``t**s = t + 1`` (M. Roberts, "The unreasonable effectiveness of
    quasirandom sequences", 2018), carried to the simplex by sorted spacings. `first` continues it.
    """
    # `scipy.stats.qmc.Halton` has other points, so other starts and in hard games other equilibria; and
    # its import takes longer than most searches.
    if size == 1:
        return np.ones((count, 1))
    root = 2.0
    for _ in range(60):  # A contraction by at least 1/s a step from 2: converged to the last bit.
        root = (1.0 + root) ** (1.0 / size)
    steps = root ** -np.arange(1.0, size)
    cube = (0.5 + np.outer(np.arange(first, first + count), steps)) % 1.0
    edges = np.concatenate([np.zeros((count, 1)), np.sort(cube, axis=1), np.ones((count, 1))], axis=1)
    return np.asarray(np.diff(edges, axis=1))
