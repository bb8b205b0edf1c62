"""Prices, errors, covariances and re-pricing."""

from __future__ import annotations

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import TALLIES, num_counts, tallies_of
from bucket_brigade.game.payoffs import covariance_of_mean, price_matrix
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.simulation import simulate
from tests.game.test_scenario import VALID

TEAM = "hero,free_rider,social:liar,firefighter"
STAKES = {
    "cost_to_work_one_night": 3.0,
    "reward_rest": 0.25,
    "distance_cost": 0.5,
    "reward_own_house_survives": (1.0, 2.0, 3.0, 4.0),
    "reward_other_house_survives": 0.75,
    "penalty_own_house_burns": 7.0,
    "penalty_other_house_burns": (0.0, 1.0, 2.0, 3.0),
}


def test_payoff_is_the_formula_of_the_rules() -> None:
    town = Scenario.from_mapping({**VALID, **STAKES})
    counts = np.arange(num_counts(4)) + 3
    tallies = [dict(zip(TALLIES, row, strict=True)) for row in tallies_of(4) @ counts]
    for agent, t in enumerate(tallies):
        expected = (
            0.25 * t["rested"] - 3.0 * t["worked"] - 0.5 * t["distance"] + (100 * t["safe"] - 100 * t["ruined"]) / 10
            + (agent + 1) * t["own_saves"] + 0.75 * t["other_saves"] - 7 * t["own_ruined"] - agent * t["other_ruined"]
        )  # fmt: skip
        assert price_matrix(town)[agent] @ counts == pytest.approx(expected, rel=1e-12)
        assert t["worked"] + t["rested"] == t["nights"]
        assert t["own_ruined"] + t["other_ruined"] == t["ruined"]


def test_errors_are_those_of_the_single_games(python: Backend) -> None:
    result = simulate("default-v2", TEAM, games=300, seed=5, backend=python, keep_games=True)
    single = result.game_payoffs
    np.testing.assert_allclose(result.payoffs, single.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(result.covariance, np.cov(single.T) / 300, rtol=1e-9)
    np.testing.assert_allclose(result.standard_errors, single.std(axis=0, ddof=1) / np.sqrt(300), rtol=1e-9)


def test_repricing_equals_playing_again(python: Backend) -> None:
    played = simulate("default-v2", TEAM, games=200, seed=5, backend=python)
    town = played.scenario.replace(**STAKES)
    again = simulate(town, TEAM, games=200, seed=5, backend=python)
    repriced = played.reprice(**STAKES)
    np.testing.assert_array_equal(repriced.payoffs, again.payoffs)
    np.testing.assert_array_equal(repriced.covariance, again.covariance)
    assert not np.allclose(repriced.payoffs, played.payoffs)


def test_only_rewards_can_be_repriced(python: Backend) -> None:
    played = simulate("two_houses", TEAM, games=2, backend=python)
    with pytest.raises(InvalidInput, match="Only rewards can change"):
        played.reprice(prob_initial_fire=0.5)
    with pytest.raises(InvalidInput, match="Did you mean 'reward_rest'"):
        played.reprice(reward_resting=0.5)
    with pytest.raises(InvalidInput, match="a finite number"):
        played.reprice(reward_rest=float("nan"))


def test_second_moments_survive_wrapping_around() -> None:
    # Counts near 10^5 in 10^9 games: sums of squares leave 64 bits, the variance does not.
    games, low, high = 10**9, 160_000, 160_002
    half = games // 2
    sums = np.array([[half * low + half * high]], dtype=np.int64)
    exact = half * low**2 + half * high**2
    assert exact > 2**63
    products = np.array([[[(exact + 2**63) % 2**64 - 2**63]]], dtype=np.int64)
    covariance = covariance_of_mean(sums, products, games, np.ones((1, 1)))
    assert covariance[0, 0, 0] == pytest.approx(1.0 / (games - 1), rel=1e-12)


def test_one_game_has_no_error(python: Backend) -> None:
    assert np.isnan(simulate("easy", TEAM, games=1, backend=python).standard_errors).all()
    with pytest.raises(InvalidInput, match="keep_games=True"):
        _ = simulate("easy", TEAM, games=1, backend=python).game_payoffs


@pytest.mark.parametrize("team", ["hero,hero", "hero,hero,hero,hero,hero"])
def test_teams_of_the_wrong_size_are_refused(python: Backend, team: str) -> None:
    with pytest.raises(InvalidInput, match="4 seats"):
        simulate("easy", team, backend=python)


def test_progress_changes_nothing(backend: Backend) -> None:
    reports: list[tuple[int, int]] = []
    whole = simulate("two_houses", TEAM, games=4_500, seed=5, backend=backend, keep_games=True)
    parts = simulate(
        "two_houses",
        TEAM,
        games=4_500,
        seed=5,
        backend=backend,
        keep_games=True,
        progress=lambda done, total: reports.append((done, total)),
    )
    np.testing.assert_array_equal(parts.counts.sums, whole.counts.sums)
    np.testing.assert_array_equal(parts.covariance, whole.covariance)
    np.testing.assert_array_equal(parts.game_payoffs, whole.game_payoffs)
    assert reports == [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)]
