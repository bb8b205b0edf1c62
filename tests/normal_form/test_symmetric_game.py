"""Compositions, expected payoffs against mixing opponents, and regret."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.normal_form.compositions import (
    composition_index,
    compositions,
    count_compositions,
    multinomial_coefficients,
)

SIZES = [(0, 1), (0, 3), (1, 1), (1, 4), (3, 1), (3, 5), (7, 4), (15, 3)]


def random_game(strategies: int, players: int, seed: int = 0) -> SymmetricGame:
    """Return a game of independent standard normal payoffs."""
    shape = strategies, count_compositions(players - 1, strategies)
    return SymmetricGame(players, np.random.default_rng(seed).normal(size=shape))


def payoffs_one_opponent_at_a_time(game: SymmetricGame, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return u by letting one opponent after the other draw a strategy."""
    chances = {(0,) * game.num_strategies: 1.0}
    for _ in range(game.num_players - 1):
        after: dict[tuple[int, ...], float] = {}
        for counts, chance in chances.items():
            for i, share in enumerate(x):
                key = tuple(count + (j == i) for j, count in enumerate(counts))
                after[key] = after.get(key, 0.0) + chance * float(share)
        chances = after
    return np.asarray(game.payoffs @ [chances[tuple(row)] for row in game.compositions.tolist()])


@pytest.mark.parametrize(("players", "strategies"), SIZES)
def test_compositions_come_in_the_order_of_sorted_multisets(players: int, strategies: int) -> None:
    multisets = itertools.combinations_with_replacement(range(strategies), players)
    expected = [[multiset.count(i) for i in range(strategies)] for multiset in multisets]
    table = compositions(players, strategies)
    assert table.tolist() == expected
    assert len(table) == count_compositions(players, strategies)
    assert composition_index(table).tolist() == list(range(len(table)))


@pytest.mark.parametrize(("players", "strategies"), SIZES)
def test_multinomial_coefficients_count_all_choices(players: int, strategies: int) -> None:
    assert multinomial_coefficients(players, strategies).sum() == strategies**players


@pytest.mark.parametrize(("strategies", "players"), [(2, 5), (3, 4), (4, 2), (3, 1), (1, 3)])
def test_expected_payoffs_are_those_of_opponents_who_draw_one_by_one(strategies: int, players: int) -> None:
    game = random_game(strategies, players)
    for x in np.random.default_rng(1).dirichlet(np.ones(strategies), size=5):
        expected = payoffs_one_opponent_at_a_time(game, x)
        assert game.payoffs_against(x) == pytest.approx(expected, rel=1e-12, abs=1e-12)
        assert game.payoff(x) == pytest.approx(x @ expected, rel=1e-12, abs=1e-12)
        assert game.regret(x) == pytest.approx(max(expected - x @ expected), rel=1e-9, abs=1e-12)
        assert game.gains(x) == pytest.approx(expected - x @ expected, rel=1e-9, abs=1e-12)


def test_batches_of_mixtures_are_evaluated_row_by_row() -> None:
    game = random_game(3, 4)
    points = np.random.default_rng(1).dirichlet(np.ones(3), size=6)
    for many, one in (
        (game.payoffs_against(points), game.payoffs_against),
        (game.gains(points), game.gains),
        (game.jacobian(points), game.jacobian),
    ):
        assert np.array_equal(many.shape[:1], (6,))
        assert np.allclose(many, [one(point) for point in points], rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(("strategies", "players"), [(2, 5), (3, 4), (4, 2), (3, 1)])
def test_the_jacobian_is_the_slope_of_the_payoffs(strategies: int, players: int) -> None:
    game = random_game(strategies, players)
    x = np.random.default_rng(2).dirichlet(np.ones(strategies))
    steps = 1e-5 * np.eye(strategies)
    slope = (game.payoffs_against(x + steps) - game.payoffs_against(x - steps)).T / 2e-5
    assert np.allclose(game.jacobian(x), slope, atol=1e-8)


def test_large_games_are_evaluated_without_shifted_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    game = random_game(4, 5)
    x = np.random.default_rng(3).dirichlet(np.ones(4))
    expected = game.jacobian(x)
    monkeypatch.setattr("bucket_brigade.normal_form.mixed_extension._KEEP_BELOW", 0)
    assert np.array_equal(random_game(4, 5).jacobian(x), expected)


def test_a_restricted_game_is_the_game_of_those_strategies() -> None:
    game = random_game(4, 4)
    small = game.restricted([3, 1])
    mixture = np.array([0.3, 0.7])
    whole = np.array([0.0, 0.7, 0.0, 0.3])
    assert small.num_strategies == 2
    assert np.allclose(small.payoffs_against(mixture), game.payoffs_against(whole)[[3, 1]], rtol=1e-13)


def test_what_only_opponents_decide_changes_neither_span_nor_regret() -> None:
    game = random_game(3, 4)
    shifted = SymmetricGame(4, game.payoffs + 1000.0 * np.arange(10))
    x = np.array([0.2, 0.5, 0.3])
    assert shifted.span == pytest.approx(game.span, rel=1e-9)
    assert shifted.regret(x) == pytest.approx(game.regret(x), rel=1e-9)


def test_the_span_of_a_game_without_choices_is_zero() -> None:
    assert SymmetricGame.from_matrix([[0.1 + 0.2, 7.0], [0.3, 7.0]]).span == 0.0
    assert SymmetricGame(3, np.array([[5.0]])).span == 0.0


def test_games_from_functions_and_matrices_agree() -> None:
    matrix = np.arange(9.0).reshape(3, 3)
    made = SymmetricGame.from_function(3, 2, lambda own, others: matrix[own, others.index(1)])
    assert np.array_equal(made.payoffs, SymmetricGame.from_matrix(matrix).payoffs)


@pytest.mark.parametrize(
    ("players", "payoffs", "said"),
    [
        (3, np.zeros((2, 2)), "must have 3 columns"),
        (0, np.zeros((2, 2)), "needs a player"),
        (2, np.zeros(4), r"must be \(K, M\)"),
        (2, np.array([[0.0, np.nan], [0.0, 0.0]]), r"Payoff \[0, 1\] is nan"),
    ],
)
def test_payoffs_that_are_no_game_are_refused(players: int, payoffs: NDArray[np.float64], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        SymmetricGame(players, payoffs)


def test_a_mixture_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(InvalidInput, match="each of the 3 strategies"):
        random_game(3, 2).regret([0.5, 0.5])
