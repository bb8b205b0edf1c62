"""The statistical comparison accepts what is right on average and catches what is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.game.draws import threshold, words
from bucket_brigade.registry import get_scenario, parse_team
from bucket_brigade.simulation import compile_team, team_of
from bucket_brigade.testing.statistics import BUDGET, compare_means, count_ranges, empirical_bernstein
from tests.conformance.saboteurs import BiasedSpread, OtherStream

TEAM = "hero,free_rider,social:liar,firefighter"


def request(games: int, seed: int) -> PlayRequest:
    # A short game keeps the range of every count, and with it the bound, small; six nights are enough
    # for fire to spread.
    town = get_scenario("chain_reaction-v2").replace(min_nights=1, max_nights=6)
    return PlayRequest(compile_team(town, team_of(town, parse_team(TEAM))), seed=seed, games=games)


def test_right_on_average_is_accepted(python: Backend) -> None:
    assert compare_means(python, OtherStream(), request(20_000, 1), request(20_000, 2)).agree


def test_rust_is_accepted(python: Backend, rust: Backend) -> None:
    assert compare_means(python, rust, request(20_000, 1), request(200_000, 2)).agree


def test_biased_spread_is_caught(python: Backend) -> None:
    comparison = compare_means(python, BiasedSpread(1.3), request(20_000, 1), request(20_000, 2))
    assert not comparison.agree


def test_a_bias_larger_than_the_smallest_visible_one_is_caught(python: Backend) -> None:
    honest = compare_means(python, OtherStream(), request(20_000, 1), request(20_000, 2))
    shift = np.full_like(honest.difference, 1.01 * honest.smallest_visible)
    assert not replace(honest, difference=honest.difference + shift).agree


def test_no_count_exceeds_its_range(python: Backend) -> None:
    asked = replace(request(500, 3), keep_games=True)
    per_game = python.play(asked).per_game
    assert per_game is not None
    assert (per_game[0] <= count_ranges(asked.program)[0]).all()


@pytest.mark.parametrize("games", [50, 500])
def test_the_bound_holds_as_often_as_it_promises(games: int) -> None:
    # Bernoulli means at a failure probability of 5 %: 400 samples, and far fewer than 20 may fail.
    luck = words(7, np.arange(400, dtype=np.uint64), 0, 40, games)
    sample = (luck < threshold(0.1)).astype(float)
    width = empirical_bernstein(sample.var(axis=1, ddof=1), np.ones(400), games, 0.05)
    assert (np.abs(sample.mean(axis=1) - 0.1) > width).sum() <= 20


def test_the_budget_is_one_in_a_million() -> None:
    assert BUDGET == 1e-6
