"""The reference writes the Markov chain out and gets the exact expectations of two houses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.exact import ExactBackend, OptimizeRequest
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import column
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.registry import get_scenario
from bucket_brigade.simulation import compile_team, team_of
from tests.conformance.golden import EXACT

SMALL = [case for case in EXACT if get_scenario(case["scenario"]).num_houses <= 5]
IDS = [f"{case['scenario']}-{'+'.join(case['profile'])}" for case in SMALL]


@pytest.mark.parametrize("case", SMALL, ids=IDS)
def test_expectations(case: dict[str, Any]) -> None:
    town = get_scenario(case["scenario"])
    program = compile_team(town, team_of(town, case["profile"]))
    answer = PythonReference().expect(program)
    counts = answer.counts[0]
    np.testing.assert_allclose(price_matrix(town) @ counts, case["payoffs"], rtol=1e-12)
    for name in ("nights", "safe", "ruined"):
        assert counts[column(name, 4)] == pytest.approx(case[name], rel=1e-12)
    worked = [counts[column("worked", 4, seat)] for seat in range(4)]
    np.testing.assert_allclose(worked, case["worked"], rtol=1e-12)
    assert answer.final_ruined.sum() == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("case", SMALL, ids=IDS)
def test_best_responses(case: dict[str, Any]) -> None:
    town = get_scenario(case["scenario"])
    program = compile_team(town, team_of(town, case["profile"]))
    for seat, value in case["best_response"].items():
        prices = price_matrix(town)[[int(seat)]]
        answer = PythonReference().best_responses(OptimizeRequest(program, [int(seat)], prices))
        assert answer.values[0] == pytest.approx(value, rel=1e-12)


def test_what_cannot_be_written_out_is_declined() -> None:
    reference = PythonReference()
    large = get_scenario("default")
    verdict = reference.can_expect(compile_team(large, team_of(large, "hero,hero,hero,hero")))
    assert not verdict and "5 houses" in verdict.reason  # type: ignore[union-attr]
    small = get_scenario("two_houses")
    verdict = reference.can_expect(compile_team(small, team_of(small, "hero,hero,hero,social:hero")))
    assert not verdict and "nothing but the houses" in verdict.reason  # type: ignore[union-attr]
    assert isinstance(reference, ExactBackend)


@pytest.mark.parametrize(
    ("seat", "prices"), [([4], [[0.0] * 21]), ([0, 1], [[0.0] * 21]), ([0], [[np.nan] * 21])]
)
def test_bad_requests_are_refused(seat: list[int], prices: list[list[float]]) -> None:
    town = get_scenario("two_houses")
    program = compile_team(town, team_of(town, "hero,hero,hero,hero"))
    with pytest.raises(InvalidInput):
        OptimizeRequest(program, seat, prices)
