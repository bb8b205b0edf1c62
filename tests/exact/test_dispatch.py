"""Who gives an exact answer, who may stand in for whom, and what an answer must look like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, No
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import BackendCannotRun, InvalidInput, PluginError
from bucket_brigade.exact import expect_team, social_optimum
from bucket_brigade.exact.dispatch import ResolvedExactBackend, choose_exact_backend, merge_equal_entries
from bucket_brigade.exact.expected import can_expect
from bucket_brigade.execution import check_method
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program, compile_teams
from bucket_brigade.game.scenario import MAX_HOUSES
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy, Tabular, check_theta
from bucket_brigade.plugins import load_plugins, use_plugins
from bucket_brigade.registry import get_scenario, get_strategy, use_backend
from bucket_brigade.responses import best_markov_response
from tests.strangers import Strangers, backends

TEAM = ["hero", "free_rider", "liar", "hero"]

PLAYS_ONLY = """
from bucket_brigade.backends.loopback import Loopback

class Blunt(Loopback):
    name = "blunt"
"""
BLUNT = "'blunt', '', 'blunt_backend:Blunt', exact_stream=True, speed=1e9"


@pytest.fixture
def blunt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The fastest backend, chosen by auto, has no exact answers; only our own are there besides."""
    strangers = Strangers(tmp_path, monkeypatch)
    strangers.module("blunt_backend", PLAYS_ONLY)
    with use_plugins(strangers.load(backends(BLUNT))):
        yield


@pytest.mark.usefixtures("blunt")
def test_only_what_auto_chose_is_replaced_and_results_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found = expect_team("two_houses", TEAM).provenance
    rule = "auto: fastest ready backend with the exact stream, and 'blunt' has no exact answer"
    assert (found.backend, found.chosen_by, found.method) == ("python", rule, "exact")
    asked = expect_team("two_houses", TEAM, backend="auto").provenance
    assert (asked.backend, asked.chosen_by.startswith("argument: auto")) == ("python", True)
    with pytest.raises(
        BackendCannotRun, match=r"'blunt' \(from argument\) has no exact answer: it offers none"
    ):
        expect_team("two_houses", TEAM, backend="blunt")
    with use_backend("blunt"), pytest.raises(BackendCannotRun, match=r"\(from use_backend\)"):
        expect_team("two_houses", TEAM)
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "blunt")
    with pytest.raises(BackendCannotRun, match=r"\(from BUCKET_BRIGADE_BACKEND\)"):
        expect_team("two_houses", TEAM)
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "auto")
    assert expect_team("two_houses", TEAM).provenance.backend == "python"


@pytest.mark.usefixtures("blunt")
def test_every_backend_that_could_have_answered_is_named_with_its_reason() -> None:
    with pytest.raises(BackendCannotRun) as refused:
        expect_team("default", TEAM)
    said = str(refused.value)
    assert "'blunt'" in said
    assert (
        "backend 'python' has no exact answer: the reference writes chains out for rings of up to 5" in said
    )
    assert "method='simulate'" in said


def test_a_backend_outside_auto_never_stands_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    strangers = Strangers(tmp_path, monkeypatch)
    strangers.module("blunt_backend", PLAYS_ONLY)
    strangers.module(
        "slow_backend",
        "from bucket_brigade.backends.python_reference import PythonReference\n"
        "class Slow(PythonReference):\n    name = 'slow'\n    def can_expect(self, program): raise AssertionError\n",
    )
    slow = "'slow', '', 'slow_backend:Slow', exact_stream=True, speed=0.0"
    other = "'other', '', 'slow_backend:Slow', exact_stream=False, speed=1e8"
    with use_plugins(strangers.load(backends(BLUNT), backends(slow, other))):
        assert expect_team("two_houses", TEAM).provenance.backend == "python"


def test_a_given_backend_is_asked_itself(python: Backend) -> None:
    class Mine(PythonReference):
        name = "mine"

    assert expect_team("two_houses", TEAM, backend=Mine()).provenance.backend == "mine"
    with use_plugins(load_plugins(candidates=[])):
        assert expect_team("two_houses", TEAM, backend=python).provenance.chosen_by == "argument"


@pytest.mark.parametrize("team", ["hero,social:liar,hero,hero", "hero,hero,hero,social:liar"])
def test_strategies_that_see_more_than_houses_are_named(python: Backend, team: str) -> None:
    for call in (
        lambda: expect_team("two_houses", team, backend=python),
        lambda: best_markov_response("two_houses", team, 1, backend=python),
    ):
        with pytest.raises(BackendCannotRun, match="'social:liar' looks at more than the houses"):
            call()
    verdict = can_expect("two_houses", team, backend=python)
    assert isinstance(verdict, No)
    assert "social:liar" in verdict.reason


def test_can_expect_says_what_expect_team_would_do(python: Backend) -> None:
    assert can_expect("two_houses", TEAM, backend=python)
    assert not can_expect("default", TEAM, backend=python)


def test_methods_are_checked() -> None:
    assert check_method("exact") == "exact"
    with pytest.raises(InvalidInput, match="Did you mean 'simulate'"):
        check_method("simulated")


class Broken(PythonReference):
    """Answers wrongly in one way or another."""

    name = "broken"

    def __init__(self, fault: str) -> None:
        self.fault = fault

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        answer = super().expect(program, workers)
        if self.fault == "shape":
            return replace(answer, counts=answer.counts[:, :-1])
        if self.fault == "nan":
            return replace(answer, counts=np.full_like(answer.counts, np.nan))
        return answer

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        answer = super().best_responses(request)
        if self.fault == "policies":
            return replace(answer, policies=None)
        if self.fault == "short":
            assert answer.policies is not None
            return replace(answer, policies=tuple(p[:-1] for p in answer.policies))
        return answer

    def social_optimum(
        self,
        program: Program,
        prices: NDArray[np.float64],
        workers: int | None = None,
    ) -> NDArray[np.float64]:
        answer = super().social_optimum(program, prices, workers)
        return np.stack([answer, answer], axis=1)


def test_answers_that_break_the_contract_are_blamed_on_the_backend() -> None:
    with pytest.raises(PluginError, match=r"'broken' answered counts with shape \(1, 20\)"):
        expect_team("two_houses", TEAM, backend=Broken("shape"))
    with pytest.raises(PluginError, match="not finite"):
        expect_team("two_houses", TEAM, backend=Broken("nan"))
    with pytest.raises(PluginError, match="without the policies"):
        best_markov_response("two_houses", TEAM, 0, backend=Broken("policies"))
    with pytest.raises(PluginError, match=r"policies\[0\] with shape \(99, 9\)"):
        best_markov_response("two_houses", TEAM, 0, backend=Broken("short"))
    with pytest.raises(PluginError, match=r"shape \(1, 2\)"):
        social_optimum(get_scenario("two_houses").replace(num_agents=1), backend=Broken(""))


def test_policies_that_choose_alike_are_one() -> None:
    town = get_scenario("two_houses")
    liar = ARCHETYPES["liar"]
    outspoken = check_theta([1.0, *liar[1:]])
    # Works with 0.7 * 0.6 = 0.42, whatever the rest says.
    same = check_theta([0.5, 0.42, 0.1, 0.9, *[0.3] * 4, 0.0, 0.9])
    strategies: list[Strategy] = [
        Heuristic(liar),
        Heuristic(outspoken),
        Heuristic(same),
        Tabular(np.full((9, 4), 0.25)),
        get_strategy("hero"),
    ]
    profiles = [[0, 4, 4, 3], [1, 4, 4, 3], [2, 4, 4, 3], [4, 0, 4, 3], [0, 4, 4, 3]]
    distinct, which = merge_equal_entries(compile_program([town], strategies, profiles))
    assert distinct.num_entries == 2
    assert len({*which[[0, 1, 2, 4]]}) == 1
    assert which[3] != which[0]
    again, _ = merge_equal_entries(distinct)
    assert again.num_entries == 2


class Counting(PythonReference):
    """Remembers how many entries each call had, and the workers."""

    name = "counting"

    def __init__(self) -> None:
        self.calls: list[tuple[int, int | None]] = []

    def expect(self, program: Program, workers: int | None = None) -> Expectation:
        self.calls.append((program.num_entries, workers))
        return super().expect(program, workers)


def test_progress_divides_the_work_and_changes_nothing() -> None:
    town = get_scenario("two_houses")
    strategies = [Heuristic(check_theta([1.0, i / 20, *[0.5] * 6, 0.0, 0.5])) for i in range(20)]
    program = compile_teams(town, [[s, s, s, strategies[0]] for s in strategies] * 2)
    backend = Counting()
    exact_backend = choose_exact_backend(program, strategies, backend)
    assert isinstance(exact_backend, ResolvedExactBackend)
    whole = exact_backend.expect(program, workers=2)
    assert backend.calls == [(20, 2)]
    reports: list[tuple[int, int]] = []
    parts = exact_backend.expect(program, progress=lambda done, total: reports.append((done, total)))
    assert backend.calls[1:] == [(8, None), (8, None), (4, None)]
    assert reports == [(0, 20), (8, 20), (16, 20), (20, 20)]
    assert np.array_equal(whole.counts, parts.counts)
    assert np.array_equal(whole.final_ruined, parts.final_ruined)
    assert whole.counts.shape == (40, num_counts(4))
    assert whole.final_ruined.shape == (40, MAX_HOUSES + 1)
    assert np.array_equal(whole.counts[:20], whole.counts[20:])


def test_the_first_name_of_the_choice_still_works() -> None:
    from bucket_brigade.exact import exact_backend

    assert exact_backend is choose_exact_backend
