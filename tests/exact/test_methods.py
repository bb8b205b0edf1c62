"""Exact payoffs from evaluators, `solve_nash` and the command line, and when games are played instead."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.exact import Expectation
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.equilibrium import PayoffEvaluator, PythonPayoffEvaluator, equilibria_of, solve_nash
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.program import Program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.expected_profiles import count_arrangements, seat_profiles
from bucket_brigade.payoffs.profile_play import all_cells, plan_cells
from bucket_brigade.plugins import use_plugins
from bucket_brigade.registry import Member, get_scenario
from tests.cli.conftest import Cli, cli  # noqa: F401  the fixture
from tests.exact.test_dispatch import BLUNT, PLAYS_ONLY
from tests.exact.test_expected import exact_rust, tables  # noqa: F401  the fixture
from tests.strangers import Strangers, backends

NAMES = ["hero", "free_rider", "liar"]


class Watched(PythonReference):
    """Remembers the profiles of every call."""

    name = "watched"

    def __init__(self) -> None:
        self.calls: list[list[tuple[int, ...]]] = []

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        self.calls.append([tuple(row) for row in program.seats.tolist()])
        return super().expect(program, workers)


def exact(town: str | Scenario = "two_houses", **options: Any) -> PayoffEvaluator:
    return PayoffEvaluator(town, method="exact", **{"backend": "python", **options})


def mean_over_seatings(
    town: str | Scenario, focal: Member, others: list[Member], seating: str, backend: str = "python"
) -> float:
    """The focal agent's exact payoff over all N! seatings, or all (N-1)! with itself on seat 0."""
    team = [focal, *others]
    values: list[float] = []
    known: dict[tuple[int, ...], NDArray[np.float64]] = {}
    for seats in itertools.permutations(range(len(team))):
        if seating == "published" and seats[0] != 0:
            continue
        arranged: list[Member] = [""] * len(team)
        for member, seat in zip(team, seats, strict=True):
            arranged[seat] = member
        key = tuple(team.index(member) for member in arranged)
        if key not in known:
            known[key] = expect_team(town, arranged, backend=backend).payoffs
        values.append(known[key][seats[0]])
    return float(np.mean(values))


@pytest.mark.parametrize("seating", ["random", "published"])
def test_payoffs_are_averages_over_every_seating(seating: str) -> None:
    evaluator = exact(seating=seating)
    table = evaluator.evaluate_symmetric_game(NAMES)
    for own, (column, m) in itertools.product(range(3), enumerate(table.game.compositions.tolist())):
        others: list[Member] = [name for name, count in zip(NAMES, m, strict=True) for _ in range(count)]
        expected = mean_over_seatings("two_houses", NAMES[own], others, seating)
        assert table.game.payoffs[own, column] == pytest.approx(expected, rel=1e-12)
    matrix = evaluator.evaluate_payoff_matrix(NAMES)
    for own, other in itertools.product(range(3), repeat=2):
        pure = table.payoffs_against(np.eye(3)[other])[own]
        assert matrix[own, other] == pytest.approx(pure, rel=1e-12)
        alone = evaluator.evaluate_symmetric_payoff(NAMES[own], NAMES[other])
        assert alone == pytest.approx(pure, rel=1e-12)
        assert (alone.standard_error, alone.degrees_of_freedom) == (0.0, float("inf"))


def test_tabular_strategies_and_other_team_sizes() -> None:
    for agents in (1, 2, 3, 5):
        town = get_scenario("two_houses").replace(num_agents=agents)
        members = tables(2, seed=agents, count=2)
        value = exact(town).evaluate_symmetric_payoff(members[0], members[1])
        others: list[Member] = [members[1]] * (agents - 1)
        assert value == pytest.approx(mean_over_seatings(town, members[0], others, "random"), rel=1e-12)


def test_exact_results_have_no_errors_and_say_so() -> None:
    table = exact(games=500, seed=3).evaluate_symmetric_game(NAMES)
    assert (table.method, table.fallback_reason, table.games) == ("exact", "", 0)
    assert not table.standard_errors.any()
    assert table.replicate_means.shape == (0, *table.game.payoffs.shape)
    assert table.regret([1.0, 0.0, 0.0]).standard_error == 0.0
    assert table.regret([1.0, 0.0, 0.0]).upper == table.regret([1.0, 0.0, 0.0]).value > 0.0
    data = table.to_json()
    assert (data["method"], data["provenance"]["method"], data["games"]) == ("exact", "exact", 0)
    matrix = exact().evaluate_payoff_matrix(NAMES)
    assert matrix.difference((0, 1), (2, 1)).standard_error == 0.0
    assert matrix.to_json()["standard_errors"] == np.zeros((3, 3)).tolist()
    small = table.restricted([0, 2])
    assert small.method == "exact"
    assert np.array_equal(small.game.payoffs, exact().evaluate_symmetric_game(["hero", "liar"]).game.payoffs)


def test_simulation_estimates_the_exact_payoffs(python: Backend) -> None:
    for seating in ("random", "published"):
        truth = exact(seating=seating).evaluate_symmetric_game(NAMES)
        played = PayoffEvaluator(
            "two_houses", 2_000, seed=5, backend=python, seating=seating, method="simulate"
        ).evaluate_symmetric_game(NAMES)
        assert (played.method, played.fallback_reason) == ("simulate", "")
        off = np.abs(played.game.payoffs - truth.game.payoffs)
        assert (off <= 4 * played.standard_errors).all()
        assert played.standard_errors.min() > 0.0


def test_every_different_seating_is_evaluated_once_in_one_call() -> None:
    backend = Watched()
    exact(backend=backend).evaluate_symmetric_game(NAMES)
    (profiles,) = backend.calls
    assert len(profiles) == len(set(profiles)) == 3**4
    exact(backend=backend, seating="published").evaluate_symmetric_game(NAMES)
    assert len(set(backend.calls[-1])) == len(backend.calls[-1]) == 3**4
    exact(backend=backend).evaluate_payoff_matrix(["hero", "hero", "liar"])
    # Two names for one strategy: 2 pure profiles, and 4 seatings of each of the 2 others.
    assert len(backend.calls[-1]) == 2 + 2 * 4
    assert len(backend.calls) == 3


@pytest.mark.parametrize("seating", ["random", "published"])
def test_ways_of_seating_are_counted_before_they_are_listed(seating: str) -> None:
    plan = plan_cells(seating, *all_cells(3, 4))
    arrangements = seat_profiles(plan, seating)
    assert count_arrangements(plan, seating, 10**9) == len(arrangements.place) == 81
    assert len(arrangements.seats) == len(np.unique(arrangements.seats, axis=0)) == 81
    assert 10 < count_arrangements(plan, seating, 10) <= 81


def test_progress_counts_expectations() -> None:
    reports: list[tuple[int, int]] = []
    whole = exact().evaluate_symmetric_game(NAMES)
    parts = exact().evaluate_symmetric_game(NAMES, progress=lambda done, total: reports.append((done, total)))
    assert np.array_equal(whole.game.payoffs, parts.game.payoffs)
    assert reports[0] == (0, 81) and reports[-1] == (81, 81) and len(reports) > 5


def test_other_rewards_price_exact_payoffs_again() -> None:
    rewards: dict[str, Any] = {
        "cost_to_work_one_night": 7.0,
        "reward_own_house_survives": (1.0, 2.0, 3.0, 4.0),
    }
    dear = get_scenario("two_houses").replace(**rewards)
    for seating in ("random", "published"):
        table = exact(seating=seating).evaluate_symmetric_game(NAMES).reprice(**rewards)
        fresh = exact(dear, seating=seating).evaluate_symmetric_game(NAMES)
        assert np.array_equal(table.game.payoffs, fresh.game.payoffs)
        assert (table.method, table.replicate_means.shape) == ("exact", fresh.replicate_means.shape)
        matrix = exact(seating=seating).evaluate_payoff_matrix(NAMES).reprice(**rewards)
        assert np.array_equal(matrix.payoffs, exact(dear, seating=seating).evaluate_payoff_matrix(NAMES))
    again, solved = equilibria_of(table), solve_nash(dear, NAMES, seating="published", backend="python")
    assert again.to_json() == solved.to_json()


@pytest.fixture
def blunt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fastest backend, chosen by auto, only plays."""
    strangers = Strangers(tmp_path, monkeypatch)
    strangers.module("blunt_backend", PLAYS_ONLY)
    with use_plugins(strangers.load(backends(BLUNT))):
        yield


@pytest.mark.usefixtures("blunt")
def test_auto_is_exact_wherever_somebody_can() -> None:
    members: list[Member] = [*NAMES, "social:hero"]
    found = PayoffEvaluator("two_houses", 1).evaluate_payoff_matrix(NAMES)
    assert (found.method, found.provenance.backend) == ("exact", "python")
    seen = PayoffEvaluator("two_houses", 1).evaluate_payoff_matrix(members)
    assert (seen.method, seen.provenance.backend) == ("simulate", "blunt")
    assert seen.fallback_reason == "strategy 'social:hero' looks at more than the houses"
    large = PayoffEvaluator("easy", 1).evaluate_symmetric_payoff("hero", "liar")
    assert large.standard_error > 0.0
    named = PayoffEvaluator("two_houses", 1, backend="blunt").evaluate_payoff_matrix(NAMES)
    assert named.method == "simulate"
    assert named.fallback_reason == "backend 'blunt' (from argument) has no exact answer: it offers none"
    forced = PayoffEvaluator("two_houses", 1, method="simulate").evaluate_payoff_matrix(NAMES)
    assert (forced.method, forced.fallback_reason) == ("simulate", "")


@pytest.mark.usefixtures("blunt")
def test_exact_or_nothing() -> None:
    for town, members, backend, said in (
        ("two_houses", [*NAMES, "social:hero"], None, "'social:hero' looks at more than the houses"),
        ("easy", NAMES, None, "up to 5 houses only"),
        ("two_houses", NAMES, "blunt", r"'blunt' \(from argument\) has no exact answer"),
    ):
        evaluator = PayoffEvaluator(town, backend=backend, method="exact")
        with pytest.raises(BackendCannotRun, match=said):
            evaluator.evaluate_payoff_matrix(members)
        with pytest.raises(BackendCannotRun, match=said):
            evaluator.evaluate_symmetric_game(members)
    with pytest.raises(InvalidInput, match="Did you mean 'exact'"):
        PayoffEvaluator("easy", method="exakt")


def test_games_are_played_if_seatings_are_too_many() -> None:
    town = get_scenario("two_houses").replace(num_agents=9, min_nights=1, max_nights=2)
    with pytest.raises(BackendCannotRun, match="more than 16,384 different ways"):
        exact(town).evaluate_symmetric_game(NAMES)
    played = PayoffEvaluator(town, 1, backend="python").evaluate_symmetric_game(NAMES)
    assert played.method == "simulate"
    assert "seated in more than 16,384" in played.fallback_reason


def test_a_pinned_evaluator_is_exact_on_its_own_backend_only() -> None:
    small = PythonPayoffEvaluator("two_houses").evaluate_payoff_matrix(NAMES)
    assert (small.method, small.provenance.chosen_by) == ("exact", "PythonPayoffEvaluator")
    large = PythonPayoffEvaluator("easy", 1).evaluate_payoff_matrix(["hero", "liar"])
    assert (large.method, large.provenance.backend) == ("simulate", "python")


def test_bad_arguments_are_refused_whatever_the_method() -> None:
    with pytest.raises(InvalidInput, match="first_game"):
        exact().evaluate_payoff_matrix(NAMES, first_game=2**64 - 10)
    with pytest.raises(InvalidInput, match="games"):
        exact(games=0)


def test_equilibria_at_exact_payoffs_have_no_errors() -> None:
    result = solve_nash("two_houses", NAMES, backend="python", seed=8)
    assert (result.method, result.fallback_reason) == ("exact", "")
    assert len(result.equilibria)
    for equilibrium in result.equilibria:
        assert equilibrium.regret.value <= 1e-9 * result.search.span
        assert equilibrium.regret.upper == equilibrium.regret.value
        assert equilibrium.payoff.standard_error == 0.0
        if equilibrium.mixture_errors is not None:
            assert not equilibrium.mixture_errors.any()
    data = result.to_json()
    assert (data["method"], data["games"]) == ("exact", 0)
    assert "exact payoffs" in data["regret_meaning"]
    played = solve_nash("two_houses", NAMES, backend="python", games=1, method="simulate").to_json()
    assert (played["method"], played["games"]) == ("simulate", 96)
    assert "sampling errors" in played["regret_meaning"]
    assert set(played) == set(data)


def test_backends_solve_exactly_the_same_game(exact_rust: Backend) -> None:  # noqa: F811
    slow, fast = (
        PayoffEvaluator("two_houses", backend=backend).evaluate_symmetric_game(NAMES)
        for backend in ("python", exact_rust)
    )
    assert slow.method == fast.method == "exact"
    assert fast.game.payoffs == pytest.approx(slow.game.payoffs, rel=1e-12)


def test_ten_houses_are_exact_by_default(exact_rust: Backend) -> None:  # noqa: F811
    table = PayoffEvaluator("rest_trap-v1", backend=exact_rust).evaluate_symmetric_game(
        ["hero", "free_rider"]
    )
    assert table.method == "exact"
    expected = mean_over_seatings("rest_trap-v1", "hero", ["hero", "hero", "free_rider"], "random", "rust")
    assert table.game.payoffs[0, 1] == pytest.approx(expected, rel=1e-12)


TEAM = "hero,free_rider,liar,firefighter"


def test_the_command_prints_exact_payoffs_of_a_team(cli: Cli) -> None:  # noqa: F811
    arguments = ("payoffs", "two_houses", "--profile", TEAM, "--backend", "python")
    shown = cli(*arguments, "--games", "7", "--json").json()
    expected = expect_team("two_houses", TEAM, backend="python")
    assert shown["payoffs"] == expected.payoffs.tolist()
    assert shown["standard_errors"] == [0.0] * 4
    assert shown["covariance"] == [[0.0] * 4] * 4
    assert (shown["method"], shown["provenance"]["method"]) == ("exact", "exact")
    played = cli(*arguments, "--method", "simulate", "--games", "7", "--json").json()
    assert set(played) == set(shown)
    assert (played["method"], played["provenance"]["games"]) == ("simulate", 7)
    printed = cli(*arguments)
    assert "exact · backend python" in printed.err
    assert "±" not in printed.out


def test_the_command_says_why_games_were_played(cli: Cli) -> None:  # noqa: F811
    arguments = ("payoffs", "two_houses", "--backend", "python", "--games", "24")
    shown = cli(*arguments, "--profile", "social:hero,hero,hero,hero")
    assert "simulated, as strategy 'social:hero' looks at more than the houses · backend python" in shown.err
    assert "±" in shown.out
    refused = cli("payoffs", "easy", "--profile", TEAM, "--method", "exact", "--backend", "python")
    assert refused.code == 1
    assert "up to 5 houses" in refused.err and "--method simulate" in refused.err
    assert cli("payoffs", "easy", "--method", "guess").code == 2


@pytest.mark.parametrize("method", ["auto", "exact", "simulate"])
def test_nash_and_the_matrix_take_a_method(cli: Cli, method: str) -> None:  # noqa: F811
    common = ("two_houses", "--backend", "python", "--games", "24", "--method", method)
    word = "simulate" if method == "simulate" else "exact"
    found = cli("nash", *common, "--strategies", "hero,free_rider", "--json").json()
    assert found["method"] == word
    assert (found["equilibria"][0]["payoff_standard_error"] == 0.0) == (word == "exact")
    printed = cli("nash", *common, "--strategies", "hero,free_rider")
    assert ("confidence" in printed.out) == ("±" in printed.out) == (word == "simulate")
    assert cli("payoffs", *common, "--json").json()["method"] == word
    assert ("±" in cli("payoffs", *common).out) == (word == "simulate")
