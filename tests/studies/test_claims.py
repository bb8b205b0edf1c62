"""What the scenarios claim: the numbers are right, and the predicates tell yes from no."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.heuristic_simplex import HOME_FIRST, REST
from bucket_brigade.registry import Member, get_scenario, list_scenarios
from bucket_brigade.responses import best_markov_response
from bucket_brigade.studies.claims import (
    CLAIMS,
    HEURISTIC,
    MARKOV,
    ClaimReport,
    Facts,
    Finding,
    check_claim,
    cooperation,
    dilemmas,
    town,
)

SMALL = get_scenario("default-v2").replace(num_houses=3, num_agents=2, min_nights=3, max_nights=8)
TINY = SMALL.replace(num_houses=2)
NONE: frozenset[int] = frozenset()


@pytest.fixture(scope="module")
def facts() -> Facts:
    return Facts(SMALL, backend="python")


def at_cost(cost: float, **changes: object) -> Facts:
    return Facts(TINY.replace(cost_to_work_one_night=cost, **changes), backend="python")


def holds(findings: Iterator[Finding], among: str) -> list[bool]:
    return [finding.holds for finding in findings if finding.among == among]


def test_every_second_version_has_a_claim() -> None:
    assert list(CLAIMS) == [name for name in list_scenarios() if name.endswith("-v2") and "/" not in name]
    with pytest.raises(InvalidInput, match="Did you mean 'easy-v2'"):
        check_claim("easy-v1")


def test_facts_are_exact_payoffs_of_volunteers(facts: Facts) -> None:
    for team, volunteers in (
        ([REST, REST], NONE),
        ([REST, HOME_FIRST], frozenset({1})),
        ([HOME_FIRST, HOME_FIRST], facts.everyone),
    ):
        expected = expect_team(SMALL, team, backend="python")
        assert facts.payoffs[volunteers] == pytest.approx(expected.payoffs)
        assert facts.welfare(volunteers) == pytest.approx(expected.welfare)
        assert facts.lost(volunteers) == pytest.approx(float(expected.final_ruined @ np.arange(4)))
    assert facts.gain(frozenset({1}), 0) == pytest.approx(
        facts.payoffs[facts.everyone][0] - facts.payoffs[frozenset({1})][0]
    )
    assert len(facts.sets) == 4 and len(facts.joining) == 4
    one = (facts.welfare(frozenset({0})) + facts.welfare(frozenset({1}))) / 2
    assert facts.mean_welfare(1) == pytest.approx(one)


def test_houses_are_lost_night_by_night(facts: Facts) -> None:
    by_night = [facts.lost_by(night, NONE) for night in (1, 2, 3, 8)]
    assert by_night == sorted(by_night)
    # Until min_nights no game ends, so no house is spared by an early end.
    assert by_night[2] <= facts.lost(NONE) <= by_night[3]


def test_stakes_and_costs_are_all_that_changes(facts: Facts) -> None:
    everyone = facts.everyone
    private, public = facts.stakes(everyone)
    tallies = {s: facts.outcomes[s].tallies for s in (NONE, everyone)}
    rest = sum(float(tallies[everyone]["rested"][i] - tallies[NONE]["rested"][i]) for i in range(2))
    work = sum(float(tallies[everyone]["worked"][i] - tallies[NONE]["worked"][i]) for i in range(2))
    other = SMALL.reward_rest * rest - SMALL.cost_to_work_one_night * work
    assert private + public + other == pytest.approx(facts.welfare(everyone) - facts.welfare(NONE))


def test_replies_are_best_responses(facts: Facts) -> None:
    (reply,) = facts.replies([(facts.team({1}), 0)])
    best = best_markov_response(SMALL, [REST, HOME_FIRST], 0, backend="python")
    assert reply.gain == pytest.approx(best.gain)
    team: list[Member] = [best.stationary.strategy, HOME_FIRST]
    after = expect_team(SMALL, team, backend="python").payoffs
    assert reply.payoffs == pytest.approx(after)
    assert reply.others == pytest.approx(after[1] - facts.payoffs[frozenset({1})][1])
    assert reply.kept == pytest.approx(after[0] - facts.payoffs[frozenset({1})][0])


def test_a_ranked_team_takes_other_fires_or_all_the_same(facts: Facts) -> None:
    state = 1 + 9  # houses 0 and 2 burn
    apart, together = facts.ranked_team(True), facts.ranked_team(False)
    assert [int(s.table[state].argmax()) for s in apart] == [2 * 0 + 1, 2 * 2 + 1]  # type: ignore[union-attr]
    assert [int(s.table[state].argmax()) for s in together] == [1, 1]  # type: ignore[union-attr]
    assert [int(s.table[0].argmax()) for s in apart] == [0, 0]  # type: ignore[union-attr]


CHEAP, DEAR = -50.0, 5_000.0


@pytest.mark.parametrize(
    ("predicate", "yes", "no"),
    [
        (cooperation.one_more_helps, CHEAP, DEAR),
        (cooperation.everyone_gains_by_helping, CHEAP, DEAR),
        (cooperation.cooperation_holds, CHEAP, DEAR),
        (cooperation.each_would_rather_it_were_another, DEAR, -5_000.0),
        (dilemmas.all_rest, DEAR, CHEAP),
        (dilemmas.together_better, CHEAP, DEAR),
        (dilemmas.half_would_be_better, CHEAP, DEAR),
        (dilemmas.all_at_once_is_waste, DEAR, CHEAP),
        (dilemmas.work_is_dear, DEAR, CHEAP),
    ],
)
def test_predicates_tell_cheap_work_from_dear_work(
    predicate: Callable[[Facts], Iterator[Finding]], yes: float, no: float
) -> None:
    assert all(holds(predicate(at_cost(yes)), HEURISTIC))
    assert not any(holds(predicate(at_cost(no)), HEURISTIC))


def test_where_work_costs_more_than_the_town_nobody_has_a_better_reply() -> None:
    assert holds(dilemmas.all_rest(at_cost(DEAR)), MARKOV) == [True]
    assert holds(dilemmas.all_rest(at_cost(CHEAP)), MARKOV) == [False]
    assert holds(dilemmas.acting_as_one_pays(at_cost(DEAR)), MARKOV) == [False]
    assert holds(dilemmas.acting_as_one_pays(at_cost(CHEAP)), MARKOV) == [True]


STRONG = {"prob_solo_agent_extinguishes_fire": 0.95, "prob_initial_fire": 0.1}
PRICES = (5.0, 10.0, 20.0, 30.0, 40.0)


def test_one_volunteer_pays_only_at_some_prices() -> None:
    def verdicts(cost: float) -> list[bool]:
        return holds(dilemmas.one_volunteer_pays(at_cost(cost, **STRONG)), HEURISTIC)

    assert verdicts(CHEAP) == [True, False]
    assert verdicts(DEAR)[0] is False
    assert [True, True] in [verdicts(cost) for cost in PRICES]


def test_few_suffice_where_hands_are_strong_and_the_town_is_calm() -> None:
    assert holds(town.few_suffice(at_cost(5.0, **STRONG)), HEURISTIC) == [True]
    weak = at_cost(0.5, prob_solo_agent_extinguishes_fire=0.1, prob_initial_fire=0.9)
    assert holds(town.few_suffice(weak), HEURISTIC) == [False]
    assert holds(town.few_suffice(at_cost(DEAR)), HEURISTIC) == [False]


def test_own_interest_is_against_the_town_only_in_between() -> None:
    assert holds(dilemmas.own_interest_against_the_town(at_cost(CHEAP)), HEURISTIC) == [False]
    assert holds(dilemmas.own_interest_against_the_town(at_cost(DEAR)), HEURISTIC) == [False]
    public = {"reward_own_house_survives": 0.0, "penalty_own_house_burns": 0.0}
    between = [
        holds(dilemmas.own_interest_against_the_town(at_cost(cost, **public)), HEURISTIC)[0]
        for cost in PRICES
    ]
    assert any(between)


def test_private_and_public_stakes_are_told_apart() -> None:
    alone = {"team_reward_house_survives": 0.001, "team_penalty_house_burns": 0.001}
    assert holds(town.private_against_public(at_cost(1.0, **alone), 1.0, np.inf), HEURISTIC) == [True]
    town_only = {"reward_own_house_survives": 0.0, "penalty_own_house_burns": 0.001}
    assert holds(town.private_against_public(at_cost(1.0, **town_only), 1.0, np.inf), HEURISTIC) == [False]


def test_first_nights_decide_where_nothing_ignites_later() -> None:
    early = Facts(SMALL.replace(prob_house_catches_fire=0.0, min_nights=8), backend="python")
    assert all(holds(town.first_nights_decide(early), HEURISTIC))
    slow = {"prob_initial_fire": 0.0, "prob_house_catches_fire": 0.02, "min_nights": 40, "max_nights": 40}
    late = Facts(SMALL.replace(**slow), backend="python")
    assert not all(holds(town.first_nights_decide(late), HEURISTIC))


def test_quiet_towns_and_barely_saved_ones() -> None:
    quiet = {"prob_initial_fire": 0.0, "prob_house_catches_fire": 0.01, "min_nights": 20, "max_nights": 20}
    assert holds(town.long_and_quiet(Facts(SMALL.replace(**quiet), backend="python")), HEURISTIC) == [True]
    assert holds(town.long_and_quiet(Facts(SMALL, backend="python")), HEURISTIC) == [False]
    assert holds(town.barely_enough(at_cost(0.0, prob_initial_fire=0.0)), HEURISTIC) == [False]


def test_volunteers_apart_do_better_where_fires_are_many() -> None:
    burning = Facts(
        SMALL.replace(num_houses=4, prob_initial_fire=0.6, prob_solo_agent_extinguishes_fire=0.9),
        backend="python",
    )
    assert holds(town.volunteers_apart(burning), MARKOV) == [True]


def test_distance_makes_volunteering_dearer() -> None:
    far = Facts(SMALL.replace(distance_cost=3.0), backend="python")
    plain = Facts(SMALL, backend="python")
    assert holds(town.dearer_than(far, plain), HEURISTIC) == [True]
    assert holds(town.dearer_than(plain, plain), HEURISTIC) == [False]


def test_a_claim_that_fits_the_reference_is_judged_whole() -> None:
    report = check_claim("two_houses-v2", backend="python")
    assert report.verdict(HEURISTIC) == report.verdict(MARKOV) == "yes"
    assert report.claim == get_scenario("two_houses-v2").about
    assert ClaimReport.from_json(json.loads(json.dumps(report.to_json(), allow_nan=False))) == report


def test_verdicts() -> None:
    parts = [Finding("a", HEURISTIC, True, {}), Finding("b", HEURISTIC, False, {})]
    assert ClaimReport("x", "y", tuple(parts)).verdict(HEURISTIC) == "in part"
    assert ClaimReport("x", "y", tuple(parts[1:])).verdict(HEURISTIC) == "no"
    assert ClaimReport("x", "y", tuple(parts)).verdict(MARKOV) == "–"
    assert ClaimReport("x", "y", tuple(parts)).holds(MARKOV) is None


@pytest.mark.usefixtures("rust")
def test_a_dilemma_among_heuristics_is_none_among_policies() -> None:
    greedy = Facts(get_scenario("greedy_neighbor-v2"), backend="rust")
    assert max(greedy.gain(s, i) for s, i in greedy.joining) < 0
    (reply,) = greedy.replies([(greedy.team(()), 0)])
    assert reply.gain > 0
