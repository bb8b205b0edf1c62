"""Teams of a tournament: balanced exactly, random, and a function of the seed."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.errors import InvalidInput
from bucket_brigade.tournament.design import design_teams, rounds_and_games, teams_per_round


@settings(max_examples=60)
@given(
    agents=st.integers(2, 24),
    seats=st.integers(1, 16),
    rounds=st.integers(1, 12),
    seed=st.integers(0, 2**64 - 1),
    distinct=st.booleans(),
)
def test_in_every_round_every_agent_sits_on_every_seat_equally_often(
    agents: int, seats: int, rounds: int, seed: int, distinct: bool
) -> None:
    distinct = distinct and agents > seats
    teams = design_teams(agents, seats, rounds, seed, distinct=distinct)
    often = 2 if agents <= 3 else 1
    assert teams.shape == (rounds, often * agents, seats)
    # So over any number of rounds, too.
    assert (np.sort(teams, axis=1) == np.repeat(np.arange(agents), often)[None, :, None]).all()
    if distinct:
        assert (np.diff(np.sort(teams, axis=2), axis=2) > 0).all()


@pytest.mark.parametrize("distinct", [False, True])
def test_who_sits_beside_whom_is_random(distinct: bool) -> None:
    agents, seats, rounds = 5, 3, 4000
    teams = design_teams(agents, seats, rounds, seed=3, distinct=distinct)
    meetings = rounds * agents
    chance = 1 / (agents * (agents - 1)) if distinct else 1 / agents**2
    # Seats of one round exclude each other, which only narrows the spread of a binomial count; six times it
    # is passed with a probability below 1e-7 over all of these counts.
    allowed = 6 * np.sqrt(meetings * chance)
    for first, second in itertools.permutations(range(seats), 2):
        met = np.zeros((agents, agents))
        np.add.at(met, (teams[..., first], teams[..., second]), 1)
        expected = np.full((agents, agents), meetings * chance)
        if distinct:
            np.fill_diagonal(expected, 0.0)
        assert np.abs(met - expected).max() <= allowed


def test_teams_depend_on_the_seed_and_grow_by_rounds_and_seats() -> None:
    teams = design_teams(6, 4, 20, seed=1)
    assert np.array_equal(teams, design_teams(6, 4, 20, seed=1))
    assert not np.array_equal(teams, design_teams(6, 4, 20, seed=2))
    assert np.array_equal(teams, design_teams(6, 4, 50, seed=1)[:20])
    # Scenarios of other team sizes share the seats that they have in common.
    assert np.array_equal(teams[..., :2], design_teams(6, 2, 20, seed=1))
    assert len(np.unique(teams[:, 0], axis=0)) > 15


@pytest.mark.parametrize(
    ("agents", "games", "rounds", "each"),
    [
        (5, 1, 30, 1),
        (5, 200, 40, 1),
        (5, 1000, 200, 1),
        (5, 1001, 200, 2),
        (2, 10**6, 200, 1250),
        (300, 9, 30, 1),
    ],
)
def test_games_are_rounded_up_to_whole_rounds(agents: int, games: int, rounds: int, each: int) -> None:
    assert rounds_and_games(agents, games) == (rounds, each)
    assert teams_per_round(agents) * rounds * each >= games


def test_teams_that_tell_nothing_are_refused() -> None:
    with pytest.raises(InvalidInput, match="two agents or more"):
        design_teams(1, 4, 10, seed=0)
    with pytest.raises(InvalidInput, match="more than 4 agents, got 4"):
        design_teams(4, 4, 10, seed=0, distinct=True)
