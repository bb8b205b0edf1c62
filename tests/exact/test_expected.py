"""Expected payoffs: known values, sum rules, other rewards, and the games they are expectations of."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.exact import ExactBackend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact import expect_team, expect_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Tabular
from bucket_brigade.registry import Member, get_scenario, list_scenarios
from bucket_brigade.simulation import compile_team, simulate, team_of
from tests.conformance.golden import EXACT

IDS = [f"{case['scenario']}-{'+'.join(case['profile'])}" for case in EXACT]
SMALL = [case for case in EXACT if get_scenario(case["scenario"]).num_houses <= 5]
TEAM = ["hero", "free_rider", "liar", "firefighter"]


@pytest.fixture(scope="session")
def exact_rust(rust: Backend) -> Backend:
    """The Rust backend, if it has exact answers."""
    assert isinstance(rust, ExactBackend)
    return rust


def small_town(version: int, houses: int = 3) -> Scenario:
    """A scenario on a ring that the reference can write out, and where everything is priced."""
    return get_scenario(f"default-v{version}").replace(
        num_houses=houses, distance_cost=0.7, reward_other_house_survives=3.0, penalty_other_house_burns=2.0
    )


def tables(houses: int, seed: int, count: int = 4) -> list[Tabular]:
    """Strategies that look at the houses in no simple way."""
    rng = np.random.default_rng(seed)
    return [Tabular(rng.dirichlet(np.full(2 * houses, 0.3), size=3**houses)) for _ in range(count)]


@pytest.mark.parametrize("case", SMALL, ids=lambda case: f"{case['scenario']}-{'+'.join(case['profile'])}")
def test_known_values_on_small_rings(python: Backend, case: dict[str, Any]) -> None:
    check_known_values(python, case, 1e-12)


@pytest.mark.parametrize("case", EXACT, ids=IDS)
def test_known_values(exact_rust: Backend, case: dict[str, Any]) -> None:
    check_known_values(exact_rust, case, 1e-9)


def check_known_values(backend: Backend, case: dict[str, Any], rel: float) -> None:
    result = expect_team(case["scenario"], case["profile"], backend=backend)
    assert result.payoffs == pytest.approx(case["payoffs"], rel=rel)
    assert result.nights == pytest.approx(case["nights"], rel=rel)
    assert result.tallies["worked"] == pytest.approx(case["worked"], rel=rel)
    # The file's house-nights are good to eight digits only.
    assert result.tallies["safe"] == pytest.approx([case["safe"]] * 4, rel=1e-8)
    assert result.tallies["ruined"] == pytest.approx([case["ruined"]] * 4, rel=1e-8)
    assert result.welfare == pytest.approx(sum(case["payoffs"]), rel=rel)
    assert not result.standard_errors.any() and result.standard_errors.shape == (4,)
    assert not result.covariance.any() and result.covariance.shape == (4, 4)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("team", [TEAM, tables(3, seed=1)], ids=["heuristic", "tabular"])
def test_sum_rules(python: Backend, version: int, team: list[Any]) -> None:
    town = small_town(version)
    result = expect_team(town, team, backend=python)
    tallies = result.tallies
    assert result.final_ruined.shape == (town.num_houses + 1,)
    assert result.final_ruined.sum() == pytest.approx(1.0, abs=1e-12)
    assert (result.final_ruined >= 0.0).all()
    assert -1e-12 <= result.truncated <= 1.0
    assert town.min_nights <= result.nights <= town.max_nights
    assert tallies["worked"] + tallies["rested"] == pytest.approx([result.nights] * 4, rel=1e-12)
    for fate in ("saves", "ruined"):
        both = tallies[f"own_{fate}"] + tallies[f"other_{fate}"]
        assert both == pytest.approx([tallies[f"own_{fate}"].sum()] * 4, rel=1e-12)
    assert tallies["own_ruined"].sum() == pytest.approx(tallies["ruined"][0], rel=1e-12)
    # Every house of every night is safe, burning or ruined.
    assert tallies["safe"][0] + tallies["ruined"][0] <= town.num_houses * result.nights + 1e-9


@pytest.mark.parametrize("version", [1, 2])
def test_games_whose_end_is_certain(python: Backend, version: int) -> None:
    town = small_town(version)
    blaze = town.replace(prob_initial_fire=0.0, prob_house_catches_fire=1.0, min_nights=1, max_nights=1)
    result = expect_team(blaze, TEAM, backend=python)
    assert (result.nights, result.truncated) == pytest.approx((1.0, 1.0), rel=1e-14)
    quiet = expect_team(
        town.replace(prob_initial_fire=0.0, prob_house_catches_fire=0.0), TEAM, backend=python
    )
    assert (quiet.nights, quiet.truncated) == pytest.approx((town.min_nights, 0.0), abs=1e-14)
    assert quiet.final_ruined == pytest.approx([1.0, 0.0, 0.0, 0.0])
    lost = town.replace(prob_initial_fire=1.0, prob_solo_agent_extinguishes_fire=0.0, min_nights=3)
    result = expect_team(lost, TEAM, backend=python)
    assert (result.nights, result.truncated) == pytest.approx((3.0, 0.0), abs=1e-14)
    assert result.tallies["ruined"] == pytest.approx([9.0] * 4)
    assert result.final_ruined == pytest.approx([0.0, 0.0, 0.0, 1.0])


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("team", [TEAM, tables(3, seed=2)], ids=["heuristic", "tabular"])
def test_games_have_these_means(backend: Backend, version: int, team: list[Any]) -> None:
    town = small_town(version)
    expected = expect_team(town, team, backend="python")
    played = simulate(town, team, games=20_000, seed=12, backend=backend)
    assert (np.abs(played.payoffs - expected.payoffs) <= 4 * played.standard_errors).all()
    counts = played.counts
    assert counts.products is not None
    means = counts.sums[0] / counts.games
    variances = np.diag(counts.products[0]) / counts.games - means**2
    errors = np.sqrt(np.maximum(variances, 0.0) / counts.games)
    assert (np.abs(means - expected.counts) <= 4 * errors + 1e-9).all()


def test_final_ruins_are_those_of_games(python: Backend) -> None:
    town = small_town(2)
    expected = expect_team(town, TEAM, backend=python)
    program = compile_team(town, team_of(town, TEAM))
    games = 4_000
    stepper = python.stepper(program, 5, np.zeros(games, dtype=np.uint32), np.arange(games, dtype=np.uint64))
    while not stepper.finished.all():
        stepper.apply(stepper.decide())
    ruined = np.bincount((stepper.houses == 2).sum(axis=1), minlength=4) / games
    errors = np.sqrt(expected.final_ruined * (1 - expected.final_ruined) / games)
    assert (np.abs(ruined - expected.final_ruined) <= 4 * errors).all()
    assert abs((stepper.finished == 2).mean() - expected.truncated) <= 0.02


@pytest.mark.parametrize("name", list_scenarios())
def test_games_of_every_scenario_have_these_means(exact_rust: Backend, name: str) -> None:
    expected = expect_team(name, TEAM, backend=exact_rust)
    played = simulate(name, TEAM, games=100_000, seed=7, backend=exact_rust)
    assert (np.abs(played.payoffs - expected.payoffs) <= 4 * played.standard_errors).all()


@pytest.mark.parametrize("houses", [2, 3, 4])
@pytest.mark.parametrize("version", [1, 2])
def test_backends_expect_the_same(python: Backend, exact_rust: Backend, houses: int, version: int) -> None:
    town = small_town(version, houses)
    teams: list[list[Member]] = [[*TEAM], [*tables(houses, seed=3)], ["hero"] * 4]
    slow, fast = (expect_teams(town, teams, backend=backend) for backend in (python, exact_rust))
    assert fast.counts == pytest.approx(slow.counts, rel=1e-12, abs=1e-12)
    assert fast.final_ruined == pytest.approx(slow.final_ruined, rel=1e-12, abs=1e-12)


def test_other_rewards_price_the_same_counts(python: Backend) -> None:
    rewards: dict[str, Any] = {
        "cost_to_work_one_night": 7.0,
        "reward_own_house_survives": (1.0, 2.0, 3.0, 4.0),
    }
    before = expect_team("two_houses", TEAM, backend=python)
    after = expect_team(get_scenario("two_houses").replace(**rewards), TEAM, backend=python)
    repriced = before.reprice(**rewards)
    assert np.array_equal(repriced.payoffs, after.payoffs)
    assert not np.allclose(repriced.payoffs, before.payoffs)
    assert repriced.scenario == after.scenario
    with pytest.raises(InvalidInput, match="Did you mean 'distance_cost'"):
        before.reprice(distance_costs=1.0)
    many = expect_teams("two_houses", [TEAM], backend=python).reprice(**rewards)
    assert np.array_equal(many.payoffs[0], after.payoffs)


def test_many_teams_are_one_question(python: Backend) -> None:
    teams = [TEAM, TEAM[::-1], "hero,hero,hero,hero"]
    results = expect_teams("two_houses", teams, backend=python)
    assert len(results) == 3
    assert results.payoffs.shape == (3, 4)
    for team, result, payoffs in zip(teams, results, results.payoffs, strict=True):
        alone = expect_team("two_houses", team, backend=python)
        assert np.array_equal(result.payoffs, alone.payoffs)
        assert payoffs == pytest.approx(alone.payoffs, rel=1e-14)
        assert result.team == alone.team


def test_an_expectation_has_no_seed(python: Backend) -> None:
    shown = expect_team("two_houses", TEAM, backend=python).provenance.to_json()
    assert (shown["method"], shown["games"], shown["seed"]) == ("exact", 0, 0)
    assert (shown["backend"], shown["chosen_by"]) == ("python", "argument")


@pytest.mark.parametrize("team", ["hero", ["hero"] * 5])
def test_teams_of_the_wrong_size_are_refused(python: Backend, team: Any) -> None:
    with pytest.raises(InvalidInput, match="4 seats"):
        expect_team("two_houses", team, backend=python)
