"""On small rings Rust's exact answers are those of the chain written out, to twelve digits."""

from __future__ import annotations

from typing import TypeGuard

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.exact import ExactBackend, OptimizeRequest
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic
from bucket_brigade.testing.hypothesis_strategies import scenarios, tables, thetas


@st.composite
def state_only_teams(
    draw: st.DrawFn, largest_ring: int, largest_team: int, longest: int
) -> tuple[Scenario, Program]:
    houses, agents = draw(st.integers(2, largest_ring)), draw(st.integers(1, largest_team))
    town = draw(scenarios(num_houses=houses, num_agents=agents, longest=longest))
    kinds = st.one_of(st.builds(Heuristic, thetas()), tables(houses))
    team = [draw(kinds) for _ in range(agents)]
    return town, compile_program([town], team, [list(range(agents))])


def exact(backend: Backend) -> TypeGuard[ExactBackend]:
    return isinstance(backend, ExactBackend)


@settings(max_examples=60)
@given(case=state_only_teams(largest_ring=4, largest_team=5, longest=25))
def test_expectations_agree(python: Backend, rust: Backend, case: tuple[Scenario, Program]) -> None:
    assert exact(python) and exact(rust)
    _, program = case
    ours, theirs = python.expect(program), rust.expect(program)
    np.testing.assert_allclose(theirs.counts, ours.counts, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(theirs.final_ruined, ours.final_ruined, rtol=1e-12, atol=1e-12)


@settings(max_examples=25)
@given(case=state_only_teams(largest_ring=3, largest_team=3, longest=12), data=st.data())
def test_best_responses_agree(
    python: Backend, rust: Backend, case: tuple[Scenario, Program], data: st.DataObject
) -> None:
    assert exact(python) and exact(rust)
    town, program = case
    seat = data.draw(st.integers(0, town.num_agents - 1))
    request = OptimizeRequest(program, [seat], price_matrix(town)[[seat]])
    ours, theirs = python.best_responses(request), rust.best_responses(request)
    scale = max(1.0, float(np.abs(price_matrix(town)).sum()) * town.max_nights)
    assert theirs.values[0] == pytest.approx(ours.values[0], abs=1e-12 * scale)


@settings(max_examples=15)
@given(case=state_only_teams(largest_ring=3, largest_team=2, longest=8))
def test_social_optima_agree(python: Backend, rust: Backend, case: tuple[Scenario, Program]) -> None:
    assert exact(python) and exact(rust)
    town, program = case
    prices = price_matrix(town).sum(axis=0)[None]
    scale = max(1.0, float(np.abs(prices).sum()) * town.max_nights)
    ours, theirs = python.social_optimum(program, prices), rust.social_optimum(program, prices)
    np.testing.assert_allclose(theirs, ours, rtol=0.0, atol=1e-12 * scale)
