"""The exact engine against published values, against simulation, and against itself.

`properties/test_exact_backends_agree.py` holds it against the chain written out, on small rings; here are
large ones.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.backends.exact import ExactBackend, OptimizeRequest
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import column, num_counts
from bucket_brigade.game.payoffs import covariance_of_mean, mean_payoffs, price_matrix
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Strategy, Tabular, Theta
from bucket_brigade.registry import get_scenario, list_scenarios
from bucket_brigade.simulation import compile_team, team_of
from tests.conformance.golden import EXACT

IDS = [f"{case['scenario']}-{'+'.join(case['profile'])}" for case in EXACT]
NAMES = list_scenarios()
SE = 4
"""Differences from simulation are judged in standard errors."""


@pytest.fixture(scope="session")
def engine(rust: Backend) -> ExactBackend:
    assert isinstance(rust, ExactBackend)
    return rust


def compiled(name: str, team: str | list[str]) -> tuple[Scenario, Program]:
    town = get_scenario(name)
    members = team if isinstance(team, list) else [team] * town.num_agents
    return town, compile_team(town, team_of(town, members))


def random_thetas(seed: int, count: int) -> list[Theta]:
    draws = np.random.default_rng(seed).random((count, 10))
    return [tuple(float(trait) for trait in row) for row in draws]  # type: ignore[misc]


def random_table(seed: int, houses: int) -> Tabular:
    weights = np.random.default_rng(seed).random((3**houses, 2 * houses)) ** 4
    return Tabular(weights / weights.sum(axis=1, keepdims=True))


@pytest.mark.parametrize("case", EXACT, ids=IDS)
def test_published_expectations(engine: ExactBackend, case: dict[str, Any]) -> None:
    town, program = compiled(case["scenario"], case["profile"])
    counts = engine.expect(program).counts[0]
    np.testing.assert_allclose(price_matrix(town) @ counts, case["payoffs"], rtol=1e-9)
    assert counts[column("nights", 4)] == pytest.approx(case["nights"], rel=1e-9)
    # Published with workers that are independent exactly, while the engines round the threshold of every
    # number of workers by itself. Where many work and fires hardly ever survive, that can be seen.
    for name in ("safe", "ruined"):
        assert counts[column(name, 4)] == pytest.approx(case[name], rel=5e-9)
    worked = [counts[column("worked", 4, seat)] for seat in range(4)]
    np.testing.assert_allclose(worked, case["worked"], rtol=5e-9)


@pytest.mark.parametrize("case", EXACT, ids=IDS)
def test_published_best_responses(engine: ExactBackend, case: dict[str, Any]) -> None:
    town, program = compiled(case["scenario"], case["profile"])
    payoffs = price_matrix(town) @ engine.expect(program).counts[0]
    for seat, value in case["best_response"].items():
        request = OptimizeRequest(program, [int(seat)], price_matrix(town)[[int(seat)]], keep_policies=False)
        best = engine.best_responses(request)
        assert best.policies is None
        assert best.values[0] == pytest.approx(value, rel=1e-9)
        assert best.values[0] >= payoffs[int(seat)]


def assert_simulated(
    engine: ExactBackend, player: Backend, program: Program, prices: NDArray[np.float64], games: int
) -> None:
    """Priced expectations are within a few standard errors of the simulated means, for every entry."""
    expected = engine.expect(program)
    played = player.play(PlayRequest(program, seed=2026, games=games))
    assert played.products is not None
    means = mean_payoffs(played.sums, games, prices)
    covariance = covariance_of_mean(played.sums, played.products, games, prices)
    errors = np.sqrt(np.maximum(np.diagonal(covariance, axis1=-2, axis2=-1), 0.0))
    difference = expected.counts @ prices.T - means
    assert np.all(np.abs(difference) <= SE * errors + 1e-9 * np.abs(means))


@pytest.mark.parametrize("name", NAMES)
def test_payoffs_are_those_of_simulation(engine: ExactBackend, rust: Backend, name: str) -> None:
    town = get_scenario(name)
    strategies = [Heuristic(theta) for theta in (*ARCHETYPES.values(), *random_thetas(1, 3))]
    profiles = np.random.default_rng(2).integers(len(strategies), size=(3, town.num_agents))
    program = compile_program([town], strategies, profiles)
    assert_simulated(engine, rust, program, price_matrix(town), games=20_000)


@pytest.mark.parametrize("spread", ["before-burn-out", "after-burn-out"])
@pytest.mark.parametrize("ends_when", ["no-fires", "all-safe-or-all-ruined"])
def test_every_count_is_that_of_simulation(
    engine: ExactBackend, rust: Backend, spread: str, ends_when: str
) -> None:
    base = get_scenario("default-v2").replace(num_houses=6, num_agents=3, spread=spread, ends_when=ends_when)
    town = base.replace(homes=(5, 1, 1), max_nights=40, min_nights=3)
    strategies: list[Strategy] = [random_table(7, 6), random_table(8, 6), Heuristic(ARCHETYPES["liar"])]
    program = compile_program([town], strategies, [[0, 1, 2], [0, 0, 1], [2, 1, 2]])
    # A count is priced like a payoff: one unit each, nothing else.
    assert_simulated(engine, rust, program, np.eye(num_counts(3)), games=100_000)


@pytest.mark.parametrize("name", NAMES)
def test_sums(engine: ExactBackend, name: str) -> None:
    town = get_scenario(name)
    strategies = [Heuristic(theta) for theta in random_thetas(3, 4)]
    answer = engine.expect(compile_program([town], strategies, [[0, 1, 2, 3], [1, 1, 0, 0]]))
    shared = {
        name: answer.counts[:, column(name, 4)]
        for name in ("nights", "safe", "ruined", "saves", "terminated")
    }
    np.testing.assert_allclose(answer.final_ruined.sum(axis=1), 1.0, rtol=1e-14)
    assert (answer.final_ruined >= 0).all()
    assert (answer.final_ruined[:, town.num_houses + 1 :] == 0).all()
    np.testing.assert_allclose(shared["terminated"] + answer.truncated, 1.0, rtol=1e-14)
    assert ((shared["terminated"] >= 0) & (shared["terminated"] <= 1)).all()
    # Ruins stay: each is counted on every night from its own on, so there are at least as many as at the end.
    final = answer.final_ruined @ np.arange(17)
    assert (shared["ruined"] >= final * (1 - 1e-12)).all()
    for count, total in (("own_saves", "saves"), ("own_ruined", "ruined")):
        own = sum(answer.counts[:, column(count, 4, agent)] for agent in range(4))
        np.testing.assert_allclose(own, shared[total], rtol=1e-11)
    for agent in range(4):
        worked = answer.counts[:, column("worked", 4, agent)]
        assert ((worked >= 0) & (worked <= shared["nights"] * (1 + 1e-12))).all()


def test_a_heuristic_agent_works_its_share_of_nights(engine: ExactBackend) -> None:
    _, program = compiled("chain_reaction-v2", ["hero", "firefighter", "free_rider", "liar"])
    counts = engine.expect(program).counts[0]
    shares = program.chances[program.seats[0], 0] / 2**32
    worked = [counts[column("worked", 4, seat)] for seat in range(4)]
    np.testing.assert_allclose(worked, shares * counts[column("nights", 4)], rtol=1e-12)


def test_threads_do_not_matter(engine: ExactBackend) -> None:
    towns = [get_scenario(name) for name in ("default-v1", "default-v2", "two_houses-v2")]
    strategies = [Heuristic(theta) for theta in random_thetas(4, 5)]
    profiles = np.random.default_rng(5).integers(5, size=(24, 4))
    program = compile_program(towns, strategies, profiles, np.arange(24) % 3)
    alone = engine.expect(program, workers=1)
    for workers in (2, 3, None):
        answer = engine.expect(program, workers=workers)
        np.testing.assert_array_equal(answer.counts, alone.counts)
        np.testing.assert_array_equal(answer.final_ruined, alone.final_ruined)


def follow(
    backend: Backend, town: Scenario, team: list[Strategy], seat: int, policy: NDArray[np.uint8]
) -> Any:
    """Play `policy` on a seat, night by night; return the counts of the games."""
    games = 20_000
    program = compile_program([town], [*team[:seat], External(), *team[seat + 1 :]], [range(town.num_agents)])
    stepper = backend.stepper(program, 11, np.zeros(games, np.uint32), np.arange(games, dtype=np.uint64))
    digits = 3 ** np.arange(town.num_houses)
    for night in range(town.max_nights):
        if (stepper.finished != 0).all():
            break
        actions = stepper.decide()
        action = policy[night, stepper.houses @ digits]
        actions[:, seat] = np.stack([action // 2, action % 2, action % 2], axis=1)
        actions[stepper.finished != 0] = 0
        stepper.apply(actions)
    return stepper.counts


@pytest.mark.parametrize(
    ("name", "seat"), [("default-v1", 2), ("hard-v2", 0), ("overcrowding-v2", 3), ("two_houses-v1", 1)]
)
def test_a_policy_played_night_by_night_reaches_its_value(
    engine: ExactBackend, rust: Backend, name: str, seat: int
) -> None:
    town = get_scenario(name)
    team: list[Strategy] = [Heuristic(theta) for theta in random_thetas(6, town.num_agents)]
    program = compile_program([town], team, [range(town.num_agents)])
    prices = price_matrix(town)[[seat]]
    best = engine.best_responses(OptimizeRequest(program, [seat], prices))
    assert best.policies is not None and len(best.policies) == 1
    policy = best.policies[0]
    assert policy.shape == (town.max_nights, 3**town.num_houses) and policy.dtype == np.uint8
    assert policy.max() < 2 * town.num_houses
    payoffs = follow(rust, town, team, seat, policy) @ prices[0]
    error = payoffs.std(ddof=1) / np.sqrt(len(payoffs))
    assert abs(payoffs.mean() - best.values[0]) <= SE * error


def test_nothing_played_beats_a_best_response_and_no_response_beats_the_team(engine: ExactBackend) -> None:
    for name in ("mixed_motivation-v1", "mixed_motivation-v2"):
        town = get_scenario(name)
        strategies = [Heuristic(theta) for theta in (*ARCHETYPES.values(), *random_thetas(8, 4))]
        others = [0, 1, 4]
        profiles = [[*others[:2], own, others[2]] for own in range(len(strategies))]
        program = compile_program([town], strategies, profiles)
        prices = price_matrix(town)
        played = engine.expect(program).counts @ prices.T
        first = compile_program([town], strategies, profiles[:1])
        best = engine.best_responses(OptimizeRequest(first, [2], prices[[2]], keep_policies=False))
        assert best.values[0] >= played[:, 2].max() * (1 + 1e-12)
        together = engine.social_optimum(first, prices.sum(axis=0)[None])
        assert together[0] >= played.sum(axis=1).max()


def test_where_nothing_has_a_price_the_lowest_action_is_taken(engine: ExactBackend) -> None:
    town, program = compiled("two_houses-v2", "hero")
    best = engine.best_responses(OptimizeRequest(program, [1], np.zeros((1, num_counts(4)))))
    assert best.values[0] == 0.0 and best.policies is not None
    assert best.policies[0].shape == (town.max_nights, 9) and not best.policies[0].any()


def test_work_that_pays_for_itself_is_found(engine: ExactBackend) -> None:
    # Nobody can put a fire out, and only the distance walked pays: work at the far end, fire or not.
    town = get_scenario("default-v2").replace(prob_solo_agent_extinguishes_fire=0.0)
    program = compile_team(town, team_of(town, ["free_rider"] * 4))
    prices = np.zeros((1, num_counts(4)))
    prices[0, column("distance", 4, 1)] = 1.0
    best = engine.best_responses(OptimizeRequest(program, [1], prices))
    assert best.policies is not None
    assert (best.policies[0] == 2 * 6 + 1).all()
    nights = engine.expect(program).counts[0, column("nights", 4)]
    assert best.values[0] == pytest.approx(5 * nights, rel=1e-12)


def test_the_free_seat_may_hold_any_strategy(engine: ExactBackend) -> None:
    town, plain = compiled("default-v1", ["hero", "liar", "hero", "hero"])
    _, social = compiled("default-v1", ["hero", "social:liar", "hero", "hero"])
    assert engine.can_expect(plain)
    verdict = engine.can_expect(social)
    assert not verdict and "seat 1" in verdict.reason and "social" in verdict.reason  # type: ignore[union-attr]
    with pytest.raises(InvalidInput, match="No exact answer: seat 1 of entry 0"):
        engine.expect(social)
    prices = price_matrix(town)[[1]]
    requests = [OptimizeRequest(p, [1], prices, keep_policies=False) for p in (plain, social)]
    values = [engine.best_responses(request).values[0] for request in requests]
    assert values[0] == values[1]
    with pytest.raises(InvalidInput, match="seat 1 of entry 0"):
        engine.best_responses(OptimizeRequest(social, [0], prices))


def test_large_rings_are_declined(engine: ExactBackend) -> None:
    town = get_scenario("default-v2").replace(num_houses=13)
    program = compile_team(town, team_of(town, ["hero"] * 4))
    verdict = engine.can_expect(program)
    assert not verdict and "ring of 13 houses" in verdict.reason  # type: ignore[union-attr]
