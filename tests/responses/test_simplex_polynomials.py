"""Polynomials on the triangle of heuristic strategies: nodes, fits, and where one is largest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bucket_brigade._typing import Floats
from bucket_brigade.responses.simplex_polynomials import (
    HIGHEST_DEGREE,
    evaluate,
    fit,
    highest,
    node_traits,
    num_nodes,
    place_of,
)


def test_nodes_determine_polynomials_of_every_degree() -> None:
    places = np.array([place_of(traits) for traits in node_traits()])
    assert len({tuple(place) for place in places}) == num_nodes(HIGHEST_DEGREE)
    assert {tuple(place) for place in places[:3]} == {(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)}
    rng = np.random.default_rng(0)
    inside = rng.dirichlet(np.ones(3), size=200)[:, 1:]
    for degree in range(1, HIGHEST_DEGREE + 1):
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        weights = rng.normal(size=len(powers))

        def polynomial(at: Floats, powers: list[tuple[int, int]] = powers, w: Floats = weights) -> Floats:
            return np.asarray(
                sum(c * at[:, 0] ** i * at[:, 1] ** j for c, (i, j) in zip(w, powers, strict=True))
            )

        fitted = fit(polynomial(places), degree)
        assert evaluate(fitted, inside) == pytest.approx(polynomial(inside), abs=1e-9)


def test_the_bound_is_the_highest_point_under_all_constraints() -> None:
    plane = fit(np.array([0.0, 0.0, 1.0]), 1)  # f = any fire
    known = np.array([[1.0, 0.0]])
    # At (1, 0) the function is known to fall short by 0.5, and it may rise by 1 for each step away.
    height, _ = highest(plane, 10.0, 1.0, known, np.array([-0.5]))
    direct = [
        x + min(10.0, -0.5 + float(np.hypot(x - 1.0, y)))
        for x, y in itertools.product(np.linspace(0, 1, 301), repeat=2)
        if x + y <= 1.0
    ]
    assert height == pytest.approx(max(direct), abs=1e-6)
