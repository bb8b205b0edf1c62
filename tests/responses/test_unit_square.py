"""The search for the largest value of a smooth function on the unit square."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.responses.chebyshev import Surface, chebyshev_points, tensor
from bucket_brigade.responses.unit_square import maximise

DENSE = np.array(tensor(np.linspace(0.0, 1.0, 101), np.linspace(0.0, 1.0, 101)))


def bumps(seed: int) -> Callable[[Floats], Floats]:
    """One to three hills or valleys on a slope."""
    rng = np.random.default_rng(seed)
    many = rng.integers(1, 4)
    centre, width = rng.uniform(-0.3, 1.3, (many, 2)), rng.uniform(0.3, 1.5, (many, 2))
    height = rng.uniform(0.2, 1.0, many) * rng.choice([1, 1, -1], many)
    slope = rng.normal(size=2) * 0.5

    def function(points: Floats) -> Floats:
        far = (((points[:, None] - centre) / width) ** 2).sum(axis=-1)
        return np.asarray((height * np.exp(-far)).sum(axis=-1) + points @ slope)

    return function


@pytest.mark.parametrize("seed", range(60))
def test_nothing_on_a_dense_grid_is_larger(seed: int) -> None:
    function = bumps(seed)
    found = maximise(function)
    values = function(DENSE)
    assert found.value >= values.max() - 1e-5 * np.ptp(values)
    assert found.value == pytest.approx(function(np.array([found.point]))[0], abs=1e-14)


@pytest.mark.parametrize(
    ("function", "point", "most"),
    [
        (lambda p: p[:, 0] * p[:, 1], (1.0, 1.0), 24),
        (lambda p: -p[:, 0] * (1 + p[:, 1]), (0.0, 0.0), 24),
        (lambda p: -((p[:, 0] - 0.3) ** 2) - (p[:, 1] - 0.6) ** 2, (0.3, 0.6), 50),
        (lambda p: -((p[:, 0] - 0.3) ** 2) - p[:, 1], (0.3, 0.0), 30),
        # Largest a hair inside the edge, where a coarse look sees it on the edge.
        (lambda p: -((p[:, 0] - 0.004) ** 2) + 3 * p[:, 1], (0.004, 1.0), 45),
    ],
)
def test_known_maxima_take_few_evaluations(
    function: Callable[[Floats], Floats], point: tuple[float, float], most: int
) -> None:
    found = maximise(function, tolerance=1e-9)
    assert found.point == pytest.approx(point, abs=1e-3)
    assert found.value == pytest.approx(function(np.array([point]))[0], abs=1e-8)
    assert found.evaluations <= most


def test_of_equal_points_the_lowest_is_returned() -> None:
    assert maximise(lambda p: 0.0 * p[:, 0]).point == (0.0, 0.0)
    assert maximise(lambda p: p[:, 0]).point == (1.0, 0.0)
    assert maximise(lambda p: 0.0 * p[:, 0] + 7.0).spread == 0.0


def test_no_point_is_evaluated_twice_and_the_same_ones_each_time() -> None:
    function, asked = bumps(3), [[], []]  # type: ignore[var-annotated]
    found = []
    for log in asked:

        def logging(points: Floats, log: list[tuple[float, ...]] = log) -> Floats:
            log += map(tuple, points.tolist())
            return function(points)

        found.append(maximise(logging, starts=[(0.25, 0.75)]))
    assert asked[0] == asked[1]
    assert found[0] == found[1]
    assert len(set(asked[0])) == len(asked[0]) == found[0].evaluations


def test_no_start_is_better_than_the_result() -> None:
    # A spike that the grid cannot see.
    spike = np.array([0.432, 0.567])

    def function(points: Floats) -> Floats:
        return np.asarray(np.exp(-(((points - spike) / 1e-3) ** 2).sum(axis=1)))

    assert maximise(function, starts=[(0.4321, 0.5671)]).value >= function(np.array([[0.4321, 0.5671]]))[0]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"tolerance": 0.0}, "tolerance = 0.0"),
        ({"tolerance": float("nan")}, "tolerance = nan"),
        ({"starts": [(0.5, 1.5)]}, r"start = \(0.5, 1.5\)"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        maximise(bumps(0), **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [lambda p: p, lambda p: np.full(len(p), np.nan), lambda _: 1.0])
def test_functions_that_do_not_answer_are_refused(answer: Callable[[Floats], Floats]) -> None:
    with pytest.raises(InvalidInput, match="finite values"):
        maximise(answer)


def test_surfaces_pass_through_their_values_and_know_their_top() -> None:
    xs, ys = chebyshev_points(5), chebyshev_points(3)
    points = np.array(tensor(xs, ys))
    surface = Surface(xs, ys, (points[:, 0] ** 4 - points[:, 0] * points[:, 1] ** 2).reshape(5, 3))
    assert np.allclose(surface.on(xs, ys), surface.values, atol=1e-14)
    assert surface.at((0.3, 0.7)) == pytest.approx(0.3**4 - 0.3 * 0.49, abs=1e-14)
    assert surface.between((0.0, 0.0), (1.0, 1.0), 3) == pytest.approx([0.0, 0.5**4 - 0.125, 0.0], abs=1e-14)
    place, height = surface.top()
    assert (*place, height) == pytest.approx((1.0, 0.0, 1.0))
    assert set(chebyshev_points(5)) <= set(chebyshev_points(9))
    # The coefficients of x**4 in Chebyshev polynomials of 2x - 1, the largest of them 35/128.
    alone = Surface(xs, ys, np.repeat((xs**4)[:, None], 3, axis=1))
    assert alone.coefficients[:, 0] == pytest.approx(np.array([35, 56, 28, 8, 1]) / 128, abs=1e-14)
    assert alone.coefficients[:, 1:] == pytest.approx(0.0, abs=1e-14)
