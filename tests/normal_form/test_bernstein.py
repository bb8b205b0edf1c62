"""Roots of polynomials on [0, 1], and all equilibria of two strategies."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.normal_form.bernstein import split, zeros_in_unit_interval
from bucket_brigade.normal_form.two_strategies import two_strategy_mixtures


def coefficients(roots: list[float], degree: int) -> NDArray[np.float64]:
    """Return the Bernstein coefficients of the monic polynomial with these roots, raised to `degree`."""
    power = np.zeros(degree + 1)
    power[: len(roots) + 1] = np.polynomial.Polynomial.fromroots(roots).coef
    return np.array(
        [
            sum(math.comb(k, i) / math.comb(degree, i) * power[i] for i in range(k + 1))
            for k in range(degree + 1)
        ]
    )


@pytest.mark.parametrize(
    ("roots", "inside"),
    [
        ([0.3], [0.3]),
        ([0.3, 0.5, 0.7], [0.3, 0.5, 0.7]),
        ([0.0, 0.3, 1.0], [0.0, 0.3, 1.0]),
        ([-1.0, 0.25, 1.5], [0.25]),
        ([0.1, 0.11, 0.12, 0.9], [0.1, 0.11, 0.12, 0.9]),
        ([0.25, 0.25], [0.25]),
        ([0.2, 0.2, 0.2, 0.8], [0.2, 0.8]),
        ([-0.5, 2.0], []),
    ],
)
@pytest.mark.parametrize("raised", [0, 5])
def test_every_root_inside_is_found_and_no_other(
    roots: list[float], inside: list[float], raised: int
) -> None:
    found = zeros_in_unit_interval(coefficients(roots, len(roots) + raised), 1e-12)
    assert len(found) == len(inside)
    for (low, high), root in zip(found, inside, strict=True):
        assert low - 1e-9 <= root <= high + 1e-9
        assert high - low < 1e-3
        if roots.count(root) == 1:
            assert (low + high) / 2 == pytest.approx(root, abs=1e-9)


def test_a_polynomial_that_vanishes_is_zero_everywhere() -> None:
    assert zeros_in_unit_interval(np.zeros(5), 1e-12) == [(0.0, 1.0)]
    assert zeros_in_unit_interval(np.zeros(1), 1e-12) == [(0.0, 1.0)]
    assert zeros_in_unit_interval(np.ones(1), 1e-12) == []


def test_splitting_does_not_change_the_polynomial() -> None:
    b = np.random.default_rng(0).normal(size=6)
    left, right = split(b, 0.3)
    for t in (0.0, 0.2, 0.7, 1.0):
        assert split(left, t)[0][-1] == pytest.approx(split(b, 0.3 * t)[0][-1], rel=1e-12)
        assert split(right, t)[0][-1] == pytest.approx(split(b, 0.3 + 0.7 * t)[0][-1], rel=1e-12)


@pytest.mark.parametrize("seed", range(20))
def test_two_strategy_equilibria_are_the_roots_that_numpy_finds(seed: int) -> None:
    rng = np.random.default_rng(seed)
    players = 2 + seed % 8
    game = SymmetricGame(players, rng.normal(size=(2, players)))
    n = players - 1
    power = np.polynomial.Polynomial([0.0])
    for k, gap in enumerate(game.payoffs[0] - game.payoffs[1]):
        weight = np.polynomial.Polynomial([0.0, 1.0]) ** k * np.polynomial.Polynomial([1.0, -1.0]) ** (n - k)
        power += math.comb(n, k) * gap * weight
    roots = np.asarray(power.roots(), dtype=np.complex128)
    expected = [r.real for r in roots.tolist() if abs(r.imag) < 1e-9 and 0 < r.real < 1]
    found = [mixture[1] for mixture in two_strategy_mixtures(game, (0, 1), 1e-9)]
    assert found == pytest.approx(sorted(expected), abs=1e-7)


def test_a_tie_along_a_whole_edge_is_represented_by_the_part_that_no_third_strategy_upsets() -> None:
    # Strategies 0 and 1 tie always; strategy 2 is better where 1 is played with more than 0.4.
    matrix = [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.6, 1.6, -1.0]]
    game = SymmetricGame.from_matrix(matrix)
    (mixture,) = two_strategy_mixtures(game, (0, 1), 1e-9)
    assert mixture == pytest.approx([0.8, 0.2, 0.0], abs=1e-9)
    assert game.regret(mixture) < 1e-15
