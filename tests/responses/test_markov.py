"""Best responses: known values, an order that must hold, and games played by them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact import expect_team, expect_teams
from bucket_brigade.game.heuristic_simplex import canonical_theta
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Tabular
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.responses import (
    best_markov_response,
    best_markov_responses,
    best_trait_response,
    simulate_response,
)
from tests.conformance.golden import EXACT
from tests.exact.test_expected import SMALL, exact_rust, small_town, tables  # noqa: F401  the fixture

TEAM = ["hero", "coordinator", "liar", "firefighter"]
CASES = [(case, int(seat)) for case in EXACT for seat in case["best_response"]]
SMALL_CASES = [(case, int(seat)) for case in SMALL for seat in case["best_response"]]


def names(value: Any) -> str:
    return f"{value['scenario']}-{'+'.join(value['profile'])}" if isinstance(value, dict) else str(value)


@pytest.mark.parametrize(("case", "seat"), SMALL_CASES, ids=names)
def test_known_best_responses_on_small_rings(python: Backend, case: dict[str, Any], seat: int) -> None:
    response = best_markov_response(case["scenario"], case["profile"], seat, backend=python)
    assert response.value == pytest.approx(case["best_response"][str(seat)], rel=1e-12)
    assert response.present == pytest.approx(case["payoffs"][seat], rel=1e-12)


@pytest.mark.parametrize(("case", "seat"), CASES, ids=names)
def test_known_best_responses(exact_rust: Backend, case: dict[str, Any], seat: int) -> None:  # noqa: F811
    response = best_markov_response(case["scenario"], case["profile"], seat, backend=exact_rust)
    assert response.value == pytest.approx(case["best_response"][str(seat)], rel=1e-9)
    assert response.gain == pytest.approx(response.value - case["payoffs"][seat], rel=1e-6)


def check_the_order(backend: Backend, town: Any, team: list[Any], seat: int) -> None:
    """Any policy, then those that are the same every night, then heuristics, then archetypes."""
    best = best_markov_response(town, team, seat, backend=backend)
    traits = best_trait_response(town, team, seat, backend=backend)
    teams = [[*team[:seat], name, *team[seat + 1 :]] for name in ARCHETYPES]
    archetypes = expect_teams(town, teams, backend=backend).payoffs[:, seat]
    slack = 1e-9 * max(1.0, abs(best.value))
    assert best.value >= best.stationary.value - slack
    assert best.value >= traits.value - slack
    assert traits.value >= archetypes.max() - slack - 1e-6 * traits.spread
    assert best.gain >= traits.gain - slack
    present = expect_team(town, team, backend=backend).payoffs[seat]
    assert (best.present, traits.present) == pytest.approx((present, present), rel=1e-12)
    played = [*team[:seat], best.stationary.strategy, *team[seat + 1 :]]
    assert expect_team(town, played, backend=backend).payoffs[seat] == pytest.approx(
        best.stationary.value, rel=1e-12
    )
    assert best.stationary.gain == pytest.approx(best.stationary.value - best.present)


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
@pytest.mark.parametrize("seat", [0, 3])
@pytest.mark.parametrize("team", [TEAM, ["free_rider"] * 4, tables(2, seed=5)], ids=["mixed", "idle", "odd"])
def test_the_order_of_strategies_on_small_rings(
    python: Backend, name: str, team: list[Any], seat: int
) -> None:
    check_the_order(python, name, team, seat)


@pytest.mark.parametrize("name", ["rest_trap-v1", "deceptive_calm-v2"])
def test_the_order_of_strategies(exact_rust: Backend, name: str) -> None:  # noqa: F811
    check_the_order(exact_rust, name, TEAM, 1)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("team", [TEAM, tables(3, seed=6)], ids=["heuristic", "tabular"])
def test_no_policy_of_many_is_better(python: Backend, version: int, team: list[Any]) -> None:
    town = small_town(version)
    best = best_markov_response(town, team, 2, backend=python)
    others: list[list[Member]] = [
        [*team[:2], strategy, *team[3:]] for strategy in tables(3, seed=7, count=20)
    ]
    assert best.value > expect_teams(town, others, backend=python).payoffs[:, 2].max()


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
@pytest.mark.parametrize("seat", [0, 2])
def test_changing_one_state_hardly_improves_the_best_stationary_policy(
    python: Backend, name: str, seat: int
) -> None:
    best = best_markov_response(name, TEAM, seat, backend=python)
    table = best.stationary.strategy.table
    changed: list[list[Member]] = []
    for state, action in itertools.product(range(9), range(4)):
        other = table.copy()
        other[state] = np.eye(4)[action]
        changed.append([*TEAM[:seat], Tabular(other), *TEAM[seat + 1 :]])
    values = expect_teams(name, changed, backend=python).payoffs[:, seat]
    assert values.max() <= best.stationary.value + 1e-3 * abs(best.stationary.value)


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
@pytest.mark.parametrize("seat", [0, 2])
def test_games_played_by_a_best_response_have_its_value(backend: Backend, name: str, seat: int) -> None:
    response = best_markov_response(name, TEAM, seat, backend="python")
    played = simulate_response(response, games=20_000, seed=9, backend=backend)
    assert abs(played.payoffs[seat] - response.value) <= 4 * played.standard_errors[seat]
    assert played.provenance.backend == backend.name
    assert played.counts.sums[0, -1] <= played.games == 20_000


@pytest.mark.parametrize("name", ["rest_trap-v1", "greedy_neighbor-v2", "hard-v2"])
def test_games_played_on_ten_houses_have_its_value(exact_rust: Backend, name: str) -> None:  # noqa: F811
    response = best_markov_response(name, TEAM, 0, backend=exact_rust)
    played = simulate_response(response, games=50_000, seed=10, backend=exact_rust)
    assert abs(played.payoffs[0] - response.value) <= 4 * played.standard_errors[0]
    stationary = response.stationary
    strategies: list[Member] = [stationary.strategy, *TEAM[1:]]
    again = expect_team(name, strategies, backend=exact_rust)
    assert again.payoffs[0] == pytest.approx(stationary.value, rel=1e-12)


def test_backends_play_a_best_response_alike(python: Backend, rust: Backend) -> None:
    response = best_markov_response("two_houses", TEAM, 1, backend=python)
    slow, fast = (
        simulate_response(response, games=500, seed=3, first_game=2**63, backend=backend)
        for backend in (python, rust)
    )
    assert np.array_equal(slow.counts.sums, fast.counts.sums)
    assert np.array_equal(slow.covariance, fast.covariance)


def test_a_policy_becomes_a_strategy_for_each_night(python: Backend) -> None:
    town = get_scenario("two_houses")
    response = best_markov_response(town, TEAM, 0, backend=python)
    assert response.policy.shape == (town.max_nights, 9)
    assert response.policy.dtype == np.uint8
    for night in (1, 8, 100):
        table = response.tabular(night).table
        assert np.array_equal(table.argmax(axis=1), response.policy[night - 1])
        assert np.array_equal(np.sort(table, axis=1)[:, -1], np.ones(9))
    for night in (0, 101):
        with pytest.raises(InvalidInput, match=f"night = {night}"):
            response.tabular(night)


def test_who_has_nothing_to_lose_rests(python: Backend) -> None:
    # All that counts here is what is lost at home and the price of work.
    town = small_town(2).replace(
        team_reward_house_survives=0.0,
        team_penalty_house_burns=0.0,
        reward_own_house_survives=0.0,
        reward_other_house_survives=0.0,
        penalty_own_house_burns=5.0,
        penalty_other_house_burns=0.0,
        min_nights=100,
    )
    response = best_markov_response(town, ["hero"] * 4, 0, backend=python)
    burning_home = 1
    assert response.policy[0][burning_home] % 2 == 1
    free = town.replace(penalty_own_house_burns=0.0)
    idle = best_markov_response(free, ["hero"] * 4, 0, backend=python)
    assert (idle.policy % 2 == 0).all()
    assert idle.value == pytest.approx(100 * free.reward_rest, rel=1e-12)


def test_many_responses_are_one_question(python: Backend) -> None:
    teams, seats = [TEAM, TEAM, ["free_rider"] * 4], [0, 3, 1]
    many = best_markov_responses("two_houses", teams, seats, backend=python)
    bare = best_markov_responses("two_houses", teams, seats, backend=python, keep_policies=False)
    for team, seat, response, short in zip(teams, seats, many, bare, strict=True):
        alone = best_markov_response("two_houses", team, seat, backend=python)
        assert (response.value, response.seat) == (alone.value, seat)
        assert np.array_equal(response.policy, alone.policy)
        assert (short.value, short.present) == (alone.value, alone.present)
        with pytest.raises(InvalidInput, match="keep_policies"):
            _ = short.policy
    with pytest.raises(InvalidInput, match="one for each of 3 teams"):
        best_markov_responses("two_houses", teams, [0], backend=python)
    for seat in (-1, 4):
        with pytest.raises(InvalidInput, match=f"seat = {seat}"):
            best_markov_response("two_houses", TEAM, seat, backend=python)


def test_who_plays_best_already_gains_nothing(python: Backend) -> None:
    # Where nothing ever burns, the best is to rest, and a heuristic can.
    town = small_town(2).replace(prob_initial_fire=0.0, prob_house_catches_fire=0.0)
    idle = Heuristic(canonical_theta(0.0, 0.0))
    response = best_markov_response(town, [idle] * 4, 0, backend=python)
    assert response.gain == pytest.approx(0.0, abs=1e-10)
