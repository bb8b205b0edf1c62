"""All roots of a polynomial on [0, 1] from its Bernstein coefficients, by subdivision.

``f(t) = sum_k C(n, k) t**k (1-t)**(n-k) b_k``. The polynomial lies within the hull of its coefficients
and has at most as many roots as they change sign (Descartes' rule in Bernstein form), so halving an
interval with de Casteljau's algorithm isolates the roots without ever losing one. See R. T. Farouki, "The
Bernstein polynomial basis: a centennial retrospective", Computer Aided Geometric Design 29 (2012).
"""

from __future__ import annotations

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["split", "zeros_in_unit_interval"]


_SMALLEST = 2.0**-40
"""Intervals are not halved below this width: 1e-12, where neighbouring roots are one equilibrium long since."""


def zeros_in_unit_interval(coefficients: Floats, tolerance: float) -> list[tuple[float, float]]:
    """Return disjoint intervals of [0, 1], ascending, that hold every zero of the polynomial.

    A simple root comes as an interval without width. Where the polynomial stays within `tolerance` of 0
    the interval is that stretch, so a root of even multiplicity has one, and a polynomial that is 0
    throughout gives ``[(0.0, 1.0)]``.
    """
    found: list[tuple[float, float]] = []
    todo = [(0.0, 1.0, np.asarray(coefficients, dtype=np.float64))]
    while todo:
        low, high, b = todo.pop()
        if b.min() > tolerance or b.max() < -tolerance:
            continue
        if np.abs(b).max() <= tolerance or high - low <= _SMALLEST:
            found.append((low, high))
        elif _sign_changes(b) == 1 and min(abs(b[0]), abs(b[-1])) > tolerance:
            root = low + (high - low) * _bracketed_root(b)
            found.append((root, root))
        else:
            middle = (low + high) / 2
            left, right = split(b, 0.5)
            todo += [(middle, high, right), (low, middle, left)]
    return _merged(found)


def split(coefficients: Floats, at: float) -> tuple[Floats, Floats]:
    """Return the coefficients on [0, at] and on [at, 1] (de Casteljau)."""
    b = np.array(coefficients, dtype=np.float64)
    left, right = b.copy(), b.copy()
    for step in range(1, len(b)):
        b = (1 - at) * b[:-1] + at * b[1:]
        left[step], right[-1 - step] = b[0], b[-1]
    return left, right


def _sign_changes(b: Floats) -> int:
    signs = np.sign(b[b != 0.0])
    return int((signs[1:] != signs[:-1]).sum())


def _bracketed_root(b: Floats) -> float:
    """Return the one root of a polynomial whose ends differ in sign, by bisection to the last bit."""
    # `scipy.optimize.brentq` stops up to four units short of where bisection ends, and mixtures are printed and kept
    # to the last digit. Below 1e-17 neither t nor 1 - t changes any more, while at a root near 0, where doubles are
    # dense, halving would go on for a thousand steps.
    low, high, sign = 0.0, 1.0, np.sign(b[0])
    while low < (middle := (low + high) / 2) < high and high - low > 1e-17:
        value = split(b, middle)[0][-1]
        if value == 0.0:
            return middle
        low, high = (middle, high) if np.sign(value) == sign else (low, middle)
    return (low + high) / 2


def _merged(intervals: list[tuple[float, float]]) -> list[tuple[float, float]]:
    merged: list[tuple[float, float]] = []
    for low, high in sorted(intervals):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return merged
