"""Marginal values and synergies: known answers are recovered, and intervals hold what they promise."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import binom, chi2

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact import expect_teams
from bucket_brigade.game.draws import words
from bucket_brigade.registry import get_scenario, get_strategy
from bucket_brigade.statistics.ridge import GRID, check_ridge, fit_groups
from bucket_brigade.tournament import run_tournament
from bucket_brigade.tournament.design import design_teams
from bucket_brigade.tournament.effects import Effect, Synergy, effects_of, synergies_of
from bucket_brigade.tournament.outcomes import ScenarioOutcomes

LABELS = ("a", "b", "c", "d")


def noise(seed: int, *shape: int) -> Floats:
    """Normal noise of a shape, from the generator of the rules under a purpose that nothing else uses."""
    count = int(np.prod(shape))
    blocks = np.arange(-(-count // 8), dtype=np.uint64)
    uniform = (words(seed, blocks, 0, 1000, 16).astype(np.float64) + 0.5) / 2.0**32
    radius, angle = np.sqrt(-2 * np.log(uniform[:, :8])), 2 * np.pi * uniform[:, 8:]
    return np.asarray((radius * np.cos(angle)).ravel()[:count].reshape(shape))


def given_payoffs(teams: NDArray[np.intp], payoffs: Floats) -> ScenarioOutcomes:
    """Outcomes whose payoffs (R, K, N) are what a test says."""
    town = replace(get_scenario("two_houses"), num_agents=teams.shape[2])
    made = ScenarioOutcomes(town, teams, np.zeros((*teams.shape[:2], 1), dtype=np.int64), 1)
    made.__dict__["payoffs"] = np.asarray(payoffs, dtype=np.float64)
    return made


def additive(teams: NDArray[np.intp], own: Floats, others: Floats) -> Floats:
    """Payoffs in which every agent adds `own` to itself and `others` to each teammate."""
    given_to_all = others[teams].sum(axis=2, keepdims=True)
    return np.asarray(own[teams] + given_to_all - others[teams])


def centred(values: Sequence[float]) -> Floats:
    array = np.array(values, dtype=np.float64)
    return np.asarray(array - array.mean())


def column(effects: Sequence[Effect], response: str, field: str = "value") -> Floats:
    return np.array([getattr(e, field) for e in effects if e.response == response], dtype=np.float64)


OWN, OTHERS = centred([3.0, -1.0, 0.5, 8.0]), centred([-2.0, 4.0, 1.0, 0.0])


@pytest.mark.parametrize("distinct", [False, True])
def test_additive_payoffs_without_noise_are_recovered_exactly(distinct: bool) -> None:
    teams = design_teams(4, 3, 30, seed=4, distinct=distinct)
    # The levels of seats and game blocks are no effects of agents.
    payoffs = additive(teams, OWN, OTHERS) + [100.0, 0.0, -50.0] + 40 * noise(1, 30, 1, 1)
    effects, shrinkage = effects_of([given_payoffs(teams, payoffs)], LABELS, scenario="s")
    assert column(effects, "own_payoff") == pytest.approx(OWN, abs=1e-5)
    assert column(effects, "teammate_payoff") == pytest.approx(OTHERS, abs=1e-5)
    assert column(effects, "team_payoff") == pytest.approx((OWN + 2 * OTHERS) / 3, abs=1e-5)
    assert column(effects, "own_payoff", "standard_error") == pytest.approx(np.zeros(4), abs=1e-8)
    assert [row.regression for row in shrinkage] == ["own_payoff", "team_payoff"]
    # Nothing is uncertain, so next to nothing is shrunk.
    assert all(row.kept > 1 - 1e-5 for row in shrinkage)


def test_scenarios_with_different_team_sizes_are_joined() -> None:
    outcomes = []
    for seats in (2, 5):
        teams = design_teams(4, seats, 30, seed=4)
        outcomes.append(given_payoffs(teams, additive(teams, OWN, OTHERS) + 1000.0 * seats))
    effects, _ = effects_of(outcomes, LABELS, scenario="all", ridge=0.0)
    assert column(effects, "own_payoff") == pytest.approx(OWN, abs=1e-8)
    assert column(effects, "teammate_payoff") == pytest.approx(OTHERS, abs=1e-8)


def test_an_agent_alone_has_no_teammates() -> None:
    teams = design_teams(4, 1, 30, seed=0)
    outcomes = [given_payoffs(teams, OWN[teams])]
    effects, _ = effects_of(outcomes, LABELS, scenario="s", ridge=0.0)
    assert {e.response for e in effects} == {"own_payoff", "team_payoff"}
    assert column(effects, "own_payoff") == pytest.approx(OWN)
    assert column(effects, "team_payoff") == pytest.approx(OWN)
    assert synergies_of(outcomes, LABELS, scenario="s", distinct=False) == ([], [])


def test_values_to_the_team_are_made_of_values_to_its_members() -> None:
    teams = design_teams(4, 3, 40, seed=9)
    effects, _ = effects_of([given_payoffs(teams, noise(5, 40, 4, 3))], LABELS, scenario="s")
    own, others, team = (
        column(effects, r, "unshrunk") for r in ("own_payoff", "teammate_payoff", "team_payoff")
    )
    assert team == pytest.approx((own + 2 * others) / 3)
    assert [part.sum() for part in (own, others, team)] == pytest.approx([0, 0, 0], abs=1e-12)


def pair_table(agents: int, *, distinct: bool) -> Floats:
    """A symmetric matrix whose rows sum to 0, the diagonal left out for `distinct`."""
    raw = noise(7, agents, agents)
    table = raw + raw.T
    for _ in range(200):
        if distinct:
            np.fill_diagonal(table, 0.0)
        share = table.sum(axis=1) / (agents - 1 if distinct else agents)
        table = table - (share[:, None] + share[None, :]) / (2 if not distinct else 1.5)
    if distinct:
        np.fill_diagonal(table, 0.0)
    return np.asarray(table)


@pytest.mark.parametrize("distinct", [False, True])
def test_synergies_without_noise_are_recovered_exactly(distinct: bool) -> None:
    labels = (*LABELS, "e", "f")
    table = pair_table(6, distinct=distinct)
    assert table.sum(axis=1) == pytest.approx(np.zeros(6), abs=1e-9)
    teams = design_teams(6, 3, 40, seed=2, distinct=distinct)
    value = noise(8, 6)[teams].sum(axis=2)
    for i, j in itertools.combinations(range(3), 2):
        value = value + table[teams[..., i], teams[..., j]]
    payoffs = np.repeat(value[..., None], 3, axis=2) + 40 * noise(1, 40, 1, 1)
    found, _ = synergies_of(
        [given_payoffs(teams, payoffs)], labels, scenario="s", distinct=distinct, ridge=0.0
    )
    assert len(found) == (15 if distinct else 21)
    for s in found:
        assert s.value == pytest.approx(table[labels.index(s.agent), labels.index(s.partner)], abs=1e-8)


def test_pairs_that_cannot_be_told_apart_have_no_interval() -> None:
    # With four agents on three seats and nobody twice, a team is known by who is missing.
    teams = design_teams(4, 3, 30, seed=2, distinct=True)
    found, _ = synergies_of([given_payoffs(teams, noise(3, 30, 4, 3))], LABELS, scenario="s", distinct=True)
    assert found
    assert all(s.value is None and s.low is None and s.standard_error is None for s in found)


def test_pairs_of_two_agents_can_be_told() -> None:
    """Both teams of a complementary pair hold the same pairs: rounds need more teams than that."""
    teams = design_teams(2, 3, 40, seed=2)
    table = np.array([[1.5, -1.5], [-1.5, 1.5]])
    pairs = [table[teams[..., i], teams[..., j]] for i, j in itertools.combinations(range(3), 2)]
    payoffs = np.repeat(np.sum(pairs, axis=0)[..., None], 3, axis=2) + 40 * noise(1, 40, 1, 1)
    found, _ = synergies_of(
        [given_payoffs(teams, payoffs)], ("a", "b"), scenario="s", distinct=False, ridge=0.0
    )
    assert [s.value for s in found] == pytest.approx([1.5, -1.5, 1.5])


REPETITIONS, BUDGET = 300, 1e-6


def test_intervals_hold_the_truth_as_often_as_they_promise() -> None:
    """With luck that all teams of a round share, and luck that favours an agent for a whole round."""
    held = dict.fromkeys(("own_payoff", "teammate_payoff", "team_payoff", "synergy"), 0)
    truth = {"own_payoff": OWN, "teammate_payoff": OTHERS, "team_payoff": (OWN + 2 * OTHERS) / 3}
    missed: dict[str, list[float]] = {response: [] for response in truth}
    errors: dict[str, list[float]] = {response: [] for response in truth}
    for repetition in range(REPETITIONS):
        teams = design_teams(4, 3, 30, seed=repetition)
        shared = 50 * noise(repetition, 30, 1, 1)
        favour = 10 * noise(10_000 + repetition, 30, 4)
        favoured = np.take_along_axis(favour[:, None, :].repeat(4, axis=1), teams, axis=2)
        single = 5 * noise(20_000 + repetition, 30, 4, 3)
        outcomes = [given_payoffs(teams, additive(teams, OWN, OTHERS) + shared + favoured + single)]
        effects, _ = effects_of(outcomes, LABELS, scenario="s")
        for effect in effects:
            # Intervals of one repetition depend on each other: one agent's is counted.
            if effect.agent == "d":
                assert effect.low is not None and effect.high is not None
                held[effect.response] += effect.low <= truth[effect.response][3] <= effect.high
                assert effect.unshrunk is not None and effect.standard_error is not None
                missed[effect.response].append(effect.unshrunk - truth[effect.response][3])
                errors[effect.response].append(effect.standard_error)
        if repetition < REPETITIONS // 3:
            pair = synergies_of(outcomes, LABELS, scenario="s", distinct=False)[0][1]
            assert pair.low is not None and pair.high is not None
            held["synergy"] += pair.low <= 0.0 <= pair.high
    for response, count in held.items():
        tries = REPETITIONS // 3 if response == "synergy" else REPETITIONS
        assert count >= binom.ppf(BUDGET / 4, tries, 0.95), (response, count)
    # Standard errors are what estimates really miss by: neither less, nor so much that intervals say nothing.
    low, high = (float(chi2.ppf(q, REPETITIONS)) / REPETITIONS for q in (BUDGET / 6, 1 - BUDGET / 6))
    for response, misses in missed.items():
        assert low < np.mean(np.square(misses)) / np.mean(np.square(errors[response])) < high, response


def test_luck_of_whole_rounds_widens_intervals() -> None:
    """An analysis that took teams of a round for independent would not see this."""
    teams = design_teams(4, 3, 200, seed=0)
    single = 5 * noise(1, 200, 4, 3)
    favour = np.take_along_axis((20 * noise(2, 200, 4))[:, None, :].repeat(4, axis=1), teams, axis=2)
    calm, _ = effects_of([given_payoffs(teams, single)], LABELS, scenario="s")
    moved, _ = effects_of([given_payoffs(teams, single + favour)], LABELS, scenario="s")
    errors = column(moved, "own_payoff", "standard_error")
    assert (errors > 3 * column(calm, "own_payoff", "standard_error")).all()
    # The mean of 200 favours of deviation 20, against the mean of four agents.
    assert errors == pytest.approx(np.full(4, 20 * np.sqrt(3 / 4) / np.sqrt(200)), rel=0.3)


def test_estimates_agree_with_exact_payoffs_of_all_teams() -> None:
    """What the regressions estimate follows from the exact payoff of each of the 81 teams."""
    town = get_scenario("two_houses")
    names = ("hero", "free_rider", "liar")
    seats = town.num_agents
    profiles = list(itertools.product(range(3), repeat=seats))
    exact = expect_teams(town, [[get_strategy(names[k]) for k in p] for p in profiles])
    payoffs = np.asarray(exact.payoffs).reshape(*[3] * seats, seats)

    def mean_given(values: Floats, fixed: Sequence[int]) -> Floats:
        """Mean over all seats but these, which come first in the answer, in this order."""
        others = tuple(i for i in range(seats) if i not in fixed)
        kept = values.mean(axis=others)
        return np.asarray(np.transpose(kept, np.argsort(np.argsort(fixed))))

    own = np.mean([mean_given(payoffs[..., j], [j]) for j in range(seats)], axis=0)
    pairs = list(itertools.permutations(range(seats), 2))
    others = np.mean([mean_given(payoffs[..., j], [i]) for i, j in pairs], axis=0)
    value = payoffs.mean(axis=-1)
    team = np.mean([mean_given(value, [i]) for i in range(seats)], axis=0)
    both = np.mean([mean_given(value, [i, j]) for i, j in pairs], axis=0)
    synergy = both - both.mean(axis=0) - both.mean(axis=1)[:, None] + both.mean()

    result = run_tournament(names, town, games=60_000, seed=11, confidence=1 - 1e-8)
    for response, truth in (("own_payoff", own), ("teammate_payoff", others), ("team_payoff", team)):
        for e in result.effects:
            if e.response == response:
                _assert_holds(e, truth[names.index(e.agent)] - truth.mean())
    for s in result.synergies:
        _assert_holds(s, synergy[names.index(s.agent), names.index(s.partner)])
    for standing in result.standings:
        assert standing.low < own[names.index(standing.agent)] < standing.high
    # The errors are small enough to see something.
    assert max(column(result.effects, "own_payoff", "standard_error")) < np.ptp(own) / 6


def _assert_holds(row: Effect | Synergy, truth: float) -> None:
    assert row.low is not None and row.high is not None
    assert row.low <= truth <= row.high, (row, truth)


def regression(seed: int, groups: int = 12) -> tuple[list[Floats], list[Floats]]:
    x = noise(seed, groups, 5, 4)
    y = x @ np.array([2.0, 0.0, -1.0, 0.3]) + 2 * noise(seed + 1, groups, 5) + noise(seed + 2, groups, 1)
    return list(x), list(y)


@pytest.mark.parametrize("free", [0, 2])
def test_ridge_is_the_minimum_of_its_penalized_squares(free: int) -> None:
    xs, ys = regression(1)
    fit = fit_groups(
        lambda part: (np.stack(xs[part]), np.stack(ys[part])), 12, intercepts=0, free=free, ridge=0.7
    )
    x, y = np.concatenate(xs), np.concatenate(ys)
    base, rest = x[:, :free], x[:, free:]
    projected = rest - base @ np.linalg.lstsq(base, rest)[0] if free else rest
    penalty = np.zeros(4)
    penalty[free:] = 0.7 * np.trace(projected.T @ projected) / (4 - free)
    expected = np.linalg.solve(x.T @ x + np.diag(penalty), x.T @ y)
    assert fit.shrunk == pytest.approx(expected)
    hat = x @ np.linalg.solve(x.T @ x + np.diag(penalty), x.T)
    assert fit.effective_parameters == pytest.approx(np.trace(hat))
    assert fit.unshrunk == pytest.approx(np.linalg.lstsq(x, y)[0])


def test_the_penalty_is_the_best_of_the_grid_by_generalized_cross_validation() -> None:
    xs, ys = regression(4)
    x, y = np.concatenate(xs), np.concatenate(ys)
    scale = np.trace(x.T @ x) / 4

    def score(ridge: float) -> float:
        hat = x @ np.linalg.solve(x.T @ x + ridge * scale * np.eye(4), x.T)
        left = y - hat @ y
        return float(60 * (left @ left) / (60 - 3 - np.trace(hat)) ** 2)

    fit = fit_groups(lambda part: (np.stack(xs[part]), np.stack(ys[part])), 12, intercepts=3)
    assert fit.ridge == min(GRID, key=score)
    assert 0.0 < fit.ridge < GRID[-1]


@pytest.mark.parametrize("size", [3, 5])
def test_errors_are_those_of_leaving_out_one_group_after_the_other(size: int) -> None:
    # Groups of fewer rows than coefficients are worked out in another way than larger ones.
    xs, ys = ([part[:size] for part in parts] for parts in regression(7))
    fit = fit_groups(lambda part: (np.stack(xs[part]), np.stack(ys[part])), 12, intercepts=0, ridge=0.0)
    without = [
        np.linalg.lstsq(
            np.concatenate([x for i, x in enumerate(xs) if i != g]),
            np.concatenate([y for i, y in enumerate(ys) if i != g]),
        )[0]
        for g in range(12)
    ]
    changes = np.array(without) - fit.unshrunk
    assert fit.covariance == pytest.approx(11 / 12 * changes.T @ changes)
    assert fit.shrunk == pytest.approx(fit.unshrunk)


def test_noise_alone_is_shrunk_and_the_interval_pays_for_it() -> None:
    teams = design_teams(4, 3, 60, seed=1)
    effects, shrinkage = effects_of([given_payoffs(teams, noise(6, 60, 4, 3))], LABELS, scenario="s")
    assert min(row.kept for row in shrinkage) < 0.9
    for e in effects:
        assert e.unshrunk is not None and e.low is not None and e.high is not None
        assert abs(e.value) <= abs(e.unshrunk) + 1e-12
        assert e.low <= min(e.value, e.unshrunk) and max(e.value, e.unshrunk) <= e.high


@pytest.mark.parametrize("wrong", [-1.0, float("nan"), float("inf"), "gvc", None, True])
def test_penalties_that_mean_nothing_are_refused(wrong: object) -> None:
    with pytest.raises(InvalidInput, match="ridge"):
        check_ridge(wrong)


def test_penalties_can_be_typed() -> None:
    assert check_ridge("gcv") is None
    assert check_ridge("0.5") == 0.5
