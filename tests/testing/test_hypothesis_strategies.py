"""The public Hypothesis strategies give what the rules allow, reach the edges, and give nothing else."""

from __future__ import annotations

from functools import partial
from operator import eq

import numpy as np
import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.testing import hypothesis_strategies as strategies
from bucket_brigade.testing.hypothesis_strategies import (
    game_numbers,
    play_requests,
    profiles,
    scenarios,
    seeds,
    strategies_for,
    tables,
    teams,
)


def test_everything_public_is_told() -> None:
    for name in strategies.__all__:
        assert getattr(strategies, name).__doc__, name


@settings(max_examples=50)
@given(town=scenarios(longest=7), data=st.data())
def test_profiles_and_teams_fit_their_scenario(town: Scenario, data: st.DataObject) -> None:
    team = data.draw(teams(town))
    assert len(team) == town.num_agents
    pool = [data.draw(strategies_for(town)) for _ in range(3)]
    profile = data.draw(profiles(town, len(pool)))
    program = compile_program([town], pool, [profile])
    assert program.num_agents == town.num_agents
    assert town.max_nights <= 7


@settings(max_examples=10)
@given(town=scenarios(num_houses=5, num_agents=3))
def test_sizes_can_be_given(town: Scenario) -> None:
    assert (town.num_houses, town.num_agents) == (5, 3)


# Found is enough: making it small would take long.
FIND = settings(phases=[Phase.generate], derandomize=True, deadline=None, max_examples=500)


@pytest.mark.parametrize("edge", [0, 2**32, 2**64 - 1])
def test_edges_of_seeds_are_reached(edge: int) -> None:
    assert find(seeds(), partial(eq, edge), settings=FIND) == edge


def test_edges_are_reached() -> None:
    assert find(game_numbers(), lambda number: number >= 2**63, settings=FIND) >= 2**63
    assert find(scenarios(), lambda town: town.num_houses == 16, settings=FIND).num_houses == 16
    sure = find(scenarios(), lambda town: town.prob_fire_spreads_to_neighbor == 1.0, settings=FIND)
    assert sure.prob_fire_spreads_to_neighbor == 1.0


@settings(max_examples=20)
@given(table=tables(3))
def test_tables_are_chances(table: object) -> None:
    np.testing.assert_allclose(table.table.sum(axis=1), 1.0)  # type: ignore[attr-defined]


@settings(max_examples=30)
@given(request=play_requests(max_games=3, max_entries=2))
def test_requests_are_small_and_whole(request: PlayRequest) -> None:
    assert request.keep_games
    assert 1 <= request.games <= 3
    assert 1 <= request.program.num_entries <= 2
