"""Agents that look only at the houses, played as tables: by name, seat by seat, and in exact answers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.agents import Observations, actions, tabulated
from bucket_brigade.agents.library.nearest_fire import NearestFire
from bucket_brigade.backends.base import Backend, No
from bucket_brigade.equilibrium import PayoffEvaluator, solve_nash
from bucket_brigade.equilibrium.double_oracle import certify_profile
from bucket_brigade.errors import BackendCannotRun, CannotTabulate, InvalidInput, UnknownName
from bucket_brigade.evolution import FitnessEvaluator
from bucket_brigade.exact import can_expect, expect_team
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Scripted, Strategy, Tabulated
from bucket_brigade.payoffs import payoffs_against
from bucket_brigade.registry import Member, get_scenario, get_strategy, member_label
from bucket_brigade.responses import best_markov_response
from bucket_brigade.simulation import replay, simulate
from tests.cli.conftest import Cli, cli  # noqa: F401  the fixture

TOWN = get_scenario("two_houses").replace(num_houses=3, num_agents=3, max_nights=15)
TEAM = "nearest_fire,focal_point,own_house_specialist"
TABLES = "tabular:nearest_fire,tabular:focal_point,tabular:own_house_specialist"


class LooksAtNight(NearestFire):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(0 * observations.night, observations.night > 5)


WRONG = Scripted("wrong", LooksAtNight, claims=frozenset({"state_only"}))


def test_a_table_plays_the_games_of_its_agent(backend: Backend) -> None:
    """These agents draw no word, so all words that matter are the same."""
    agents, tables = (
        simulate(TOWN, team, games=200, backend=backend, keep_games=True).counts for team in (TEAM, TABLES)
    )
    np.testing.assert_array_equal(agents.per_game, tables.per_game)


@pytest.mark.parametrize("seating", ["random", "published"])
def test_evaluators_seat_every_table_where_it_belongs(python: Backend, seating: str) -> None:
    agents, tables = (
        PayoffEvaluator(
            TOWN, 100, backend=python, seating=seating, method="simulate"
        ).evaluate_symmetric_game(team.split(","))
        for team in (TEAM, TABLES)
    )
    np.testing.assert_array_equal(agents.game.payoffs, tables.game.payoffs)
    np.testing.assert_array_equal(agents.standard_errors, tables.standard_errors)


@pytest.mark.parametrize("fitness", ["against", "mixed"])
def test_evolution_seats_every_table_where_it_belongs(python: Backend, fitness: str) -> None:
    values = [
        FitnessEvaluator(TOWN, 20, fitness, opponents=opponents, method="simulate", backend=python).evaluate(
            [ARCHETYPES["hero"], ARCHETYPES["liar"]]
        )
        for opponents in (
            "focal_point,own_house_specialist",
            "tabular:focal_point,tabular:own_house_specialist",
        )
    ]
    np.testing.assert_array_equal(values[0].values, values[1].values)


def test_exact_answers_tabulate_who_claims_to_look_only_at_the_houses(python: Backend) -> None:
    members = ["random", "nearest_fire", "mixed_volunteer"]
    exact = expect_team(TOWN, members, backend=python)
    played = simulate(TOWN, members, games=4_000, backend=python)
    assert (np.abs(played.payoffs - exact.payoffs) < 4.5 * played.standard_errors).all()
    assert can_expect(TOWN, members, backend=python)
    found = PayoffEvaluator(TOWN, 1, backend=python).evaluate_payoff_matrix(members)
    assert found.method == "exact"


def test_tables_and_agents_have_the_same_exact_payoffs(python: Backend) -> None:
    exact = expect_team(TOWN, TABLES, backend=python)
    np.testing.assert_array_equal(expect_team(TOWN, TEAM, backend=python).counts, exact.counts)
    best = best_markov_response(TOWN, TEAM, 1, backend=python)
    assert best.present == pytest.approx(exact.payoffs[1], abs=1e-9)
    assert best.gain >= 0.0
    own = ["own_house_specialist"]
    focal = payoffs_against(TOWN, TEAM.split(","), np.eye(3), own, seats=[2], backend=python)
    assert focal[0] == pytest.approx(exact.payoffs[2], abs=1e-9)


def test_equilibria_among_agents(python: Backend) -> None:
    members: list[Member] = ["nearest_fire", "hero", "always_rest"]
    result = solve_nash(TOWN, members, backend=python)
    assert (result.method, result.labels) == ("exact", ("nearest_fire", "hero", "always_rest"))
    simulated = solve_nash(TOWN, [*members, "tit_for_tat"], games=1, backend=python)
    assert simulated.method == "simulate"
    assert (
        simulated.fallback_reason
        == "agent 'tit_for_tat' does not claim to look only at the houses (trait state_only)"
    )


def test_certificates_of_agents(python: Backend) -> None:
    """A profile of tables is certified exactly, against all traits and all Markov policies."""
    judged = certify_profile(TOWN, ["tabular:nearest_fire"], [1.0], backend=python)
    assert judged.exact and judged.exploitability_markov is not None
    assert judged.exploitability_markov >= judged.exploitability_traits >= 0.0


def test_names_labels_and_equality() -> None:
    strategy = get_strategy("tabular: nearest_fire")
    assert isinstance(strategy, Tabulated) and strategy.state_only
    assert (
        strategy
        == get_strategy("tabular:nearest_fire")
        == get_strategy("tabular:bucket-brigade/nearest_fire".replace("bucket-brigade/", ""))
    )
    assert member_label(strategy) == "tabular:nearest_fire"
    assert member_label(get_strategy("nearest_fire")) == "nearest_fire"
    assert get_strategy("nearest_fire") == get_strategy("nearest_fire") != get_strategy("firebreak")
    assert tabulated(WRONG) != tabulated(WRONG, any_signal=True)


@pytest.mark.parametrize(
    ("member", "error", "said"),
    [
        (
            "tabular:hero",
            InvalidInput,
            "Team member 'tabular:hero' cannot be tabulated. 'hero' is a native strategy already",
        ),
        (
            "tabular:tit_for_tat",
            CannotTabulate,
            "Team member 'tabular:tit_for_tat' cannot be tabulated. Agent 'tit_for_tat' does not claim to look",
        ),
        ("tabular:nearest_fir", UnknownName, "Unknown agent 'nearest_fir'. Did you mean 'nearest_fire'?"),
    ],
)
def test_who_cannot_be_a_table(member: str, error: type[Exception], said: str) -> None:
    with pytest.raises(error) as caught:
        get_strategy(member)
    assert str(caught.value).startswith(said)


def test_claims_that_are_wrong(python: Backend) -> None:
    team: list[Strategy] = [WRONG, get_strategy("hero"), get_strategy("hero")]
    verdict = can_expect(TOWN, team, backend=python)
    assert isinstance(verdict, No)
    assert verdict.reason.startswith(
        "agent 'wrong' cannot be tabulated: it does not look only at the houses. With"
    )
    with pytest.raises(CannotTabulate, match="Agent 'wrong' cannot be"):
        expect_team(TOWN, team, backend=python)
    evaluator = PayoffEvaluator(TOWN, 1, backend=python)
    assert evaluator.evaluate_symmetric_payoff(WRONG, "hero").standard_error > 0.0
    assert evaluator.evaluate_payoff_matrix([WRONG, "hero"]).fallback_reason == verdict.reason
    with pytest.raises(BackendCannotRun, match="Agent 'wrong' cannot be tabulated"):
        PayoffEvaluator(TOWN, 1, backend=python, method="exact").evaluate_payoff_matrix([WRONG, "hero"])
    # Liars cannot be tables where somebody may listen.
    with pytest.raises(CannotTabulate, match="its signal is not always its mode"):
        simulate(TOWN, "tabular:random,hero,hero", games=1, backend=python)


def test_agents_that_fail_in_some_state_are_played(python: Backend) -> None:
    class Fails(NearestFire):
        def act(self, observations: Observations) -> NDArray[np.int64]:
            if (observations.houses == 2).all(axis=1).any():
                raise ValueError("nothing is left")
            return super().act(observations)

    fails = Scripted("fails", Fails, claims=frozenset({"state_only"}))
    town = TOWN.replace(max_nights=1, min_nights=1)
    verdict = can_expect(town, [fails, "hero", "hero"], backend=python)
    assert isinstance(verdict, No)
    assert verdict.reason.endswith("failed while it was tabulated: ValueError: nothing is left")
    assert (
        PayoffEvaluator(town, 1, backend=python).evaluate_payoff_matrix([fails]).fallback_reason
        == verdict.reason
    )


def test_rings_that_are_too_large_for_tables(python: Backend) -> None:
    town: Scenario = TOWN.replace(num_houses=13)
    verdict = can_expect(town, "nearest_fire,hero,hero", backend=python)
    assert isinstance(verdict, No)
    assert "on a ring of 13 houses, which takes 1,594,323 rows: rings of up to 12" in verdict.reason


def test_replays_say_who_played() -> None:
    seats = replay(TOWN, "tit_for_tat,tabular:nearest_fire,hero", backend="python").to_json()["seats"]
    plugin = seats[0]["plugin"]
    assert plugin.startswith("bucket-brigade ")
    assert seats[0] == {"kind": "scripted", "agent": "tit_for_tat", "plugin": plugin}
    assert seats[1] == {"kind": "tabulated", "agent": "nearest_fire", "plugin": plugin}
    assert seats[2]["kind"] == "heuristic"


def test_on_the_command_line(cli: Cli) -> None:  # noqa: F811
    team = "two_houses", "--profile", "nearest_fire,hero,random,focal_point"
    shown = cli("payoffs", *team, "--backend", "python", "--json").json()
    assert (shown["method"], shown["profile"][0]) == ("exact", "nearest_fire")
    played = cli(
        "payoffs", "two_houses", "--profile", "tit_for_tat,hero,tabular:nearest_fire,cournot", "--games", "50"
    )
    assert played.code == 0 and "tabular:nearest_fire" in played.out
    assert "does not claim to look only at the houses" in played.err
    matrix = cli(
        "payoffs", "two_houses", "--strategies", "nearest_fire,hero", "--backend", "python", "--json"
    )
    assert matrix.json()["strategies"] == ["nearest_fire", "hero"]
    both = cli("payoffs", "two_houses", "--strategies", "hero", "--profile", "hero,hero,hero,hero")
    assert both.code == 2 and "--profile does not go with --strategies" in both.err
    refused = cli("payoffs", "two_houses", "--profile", "tit_for_tat,hero,hero,hero", "--method", "exact")
    assert refused.code == 1 and "does not claim to look only at the houses" in refused.err
    axes = "--x", "c=1,4", "--y", "kappa=0.2,0.6"
    swept = cli(
        "sweep", "two_houses", *axes, "--strategies", "nearest_fire,hero", "--backend", "python", "--json"
    )
    assert swept.json()["strategies"] == ["nearest_fire", "hero"]
