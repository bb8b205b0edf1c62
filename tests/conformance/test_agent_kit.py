"""The kit passes agents that are right, and each fault fails exactly the checks that should see it."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from bucket_brigade.agents.base import TRAIT_CLAIMS, AgentSpec
from bucket_brigade.errors import InvalidInput, UnknownName
from bucket_brigade.game.strategy import Heuristic, Tabular
from bucket_brigade.registry import list_agents
from bucket_brigade.testing import agent_checks, check_agent
from bucket_brigade.testing.agent.kit import AGENT_CHECKS
from tests.conformance.wrong_agents import WRONG, Case, Right, right_function


@pytest.mark.parametrize("name", [*list_agents(), "social:liar"])
def test_ours_pass(name: str) -> None:
    check_agent(name).raise_if_failed()


@pytest.mark.parametrize("right", [Right, right_function], ids=["class", "function"])
def test_what_is_right_passes(right: Any) -> None:
    report = check_agent(right)
    report.raise_if_failed()
    assert {r.check for r in report.results if r.status == "skipped"} == {f"trait_{t}" for t in TRAIT_CLAIMS}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.name)
def test_each_fault_fails_exactly_its_checks(wrong: Case) -> None:
    report = check_agent(wrong.factory, traits=wrong.traits)
    assert {result.check for result in report.failed} == set(wrong.caught_by), str(report)


def test_every_check_is_proved_by_a_fault() -> None:
    assert {check.name for check in AGENT_CHECKS} == {name for wrong in WRONG for name in wrong.caught_by}


def test_every_claim_has_its_check() -> None:
    assert {f"trait_{trait}" for trait in TRAIT_CLAIMS} == {
        c.name for c in AGENT_CHECKS if c.name[:6] == "trait_"
    }


def test_true_claims_pass() -> None:
    resting = Heuristic((1.0, 0.0, 0, 0, 0, 0, 0, 0, 0, 0))
    report = check_agent(resting, traits=dict.fromkeys(TRAIT_CLAIMS, True))
    report.raise_if_failed()
    assert all(result.status == "ran" for result in report.results if result.check[:6] == "trait_")


def test_a_table_is_watched_on_its_ring() -> None:
    table = np.zeros((27, 6))
    table[:, 3] = 1.0
    claims = {"native": True, "state_only": True, "honest": True, "deterministic": True}
    check_agent(Tabular(table), traits=claims).raise_if_failed()


def test_global_generators_are_left_as_they_were() -> None:
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    check_agent(Right)
    drawn = random.random(), np.random.random()  # noqa: NPY002
    random.seed(5)
    np.random.seed(5)  # noqa: NPY002
    assert drawn == (random.random(), np.random.random())  # noqa: NPY002


def test_an_agent_for_one_town_is_checked_there() -> None:
    from tests.conformance.wrong_agents import MadeForTen

    check_agent(MadeForTen, scenarios=["default-v2", "hard-v1"]).raise_if_failed()


def test_specs_speak_for_themselves() -> None:
    module = "tests.conformance.wrong_agents"
    wrong = AgentSpec("liar", "claims too much", f"{module}:ClaimsToBeHonest", traits={"honest": True})
    report = check_agent(wrong)
    assert [result.check for result in report.failed] == ["trait_honest"]
    assert report.name == "liar"
    missing = check_agent(AgentSpec("gone", "is not there", f"{module}:Gone"))
    assert [result.check for result in missing.failed] == ["made_anew"]


def test_what_cannot_be_checked_is_refused() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'hero'"):
        check_agent("heroo")
    with pytest.raises(InvalidInput, match="give a registered name"):
        check_agent(3)
    with pytest.raises(InvalidInput, match="Did you mean 'honest'"):
        check_agent(Right, traits={"honets": True})
    with pytest.raises(InvalidInput, match="Did you mean 'row_order'"):
        check_agent(Right, only=["row_ordr"])


@pytest.mark.parametrize("check", agent_checks(Right), ids=str)
def test_one_test_for_each_check(check: Any) -> None:
    # One that does not apply skips its test, with a reason; in this suite nothing is to be skipped.
    with suppress(pytest.skip.Exception):
        check()


def test_nothing_is_made_before_the_first_check() -> None:
    checks = agent_checks("nobody has this name")
    assert [str(check) for check in checks] == [check.name for check in AGENT_CHECKS]
    with pytest.raises(UnknownName):
        checks[0]()
