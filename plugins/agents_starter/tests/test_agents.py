"""The agents keep the contract and do what their summaries say."""

from __future__ import annotations

import numpy as np
import pytest

import bucket_brigade as bb
from bucket_brigade.simulation import replay
from bucket_brigade.testing import BoundCheck, agent_checks

AGENTS = ("watchman", "patrol", "grudger")
TOWN = bb.get_scenario("chain_reaction").replace(prob_initial_fire=0.5, min_nights=15)
"""Fires enough to have something to do."""
BURNING = 1


CHECKS = [pytest.param(check, id=f"{agent}-{check}") for agent in AGENTS for check in agent_checks(agent)]


@pytest.mark.parametrize("check", CHECKS)
def test_it_keeps_the_contract(check: BoundCheck) -> None:
    check()


@pytest.mark.parametrize("agent", AGENTS)
def test_it_sits_beside_native_agents(agent: str) -> None:
    result = bb.simulate("default", f"{agent},hero,free_rider,{agent}", games=50, seed=1)
    assert result.payoffs.shape == (4,)


def test_a_patrol_works_only_where_it_burns_and_is_lazy_now_and_then() -> None:
    worked = rested = 0
    for game in range(20):
        played = replay(TOWN, ["patrol"] * 4, seed=3, game=game)
        # One row for each night and seat: the house it chose, and whether that burned when it chose.
        houses, modes = played.actions[:, :, 0], played.actions[:, :, 1]
        burned = np.take_along_axis(played.houses[:-1], houses, axis=1) == BURNING
        assert not (modes[~burned] == 1).any()
        worked, rested = worked + (modes == 1).sum(), rested + (modes[burned] == 0).sum()
    assert 0.05 < rested / (worked + rested) < 0.15


def test_a_grudger_is_let_down_by_free_riders_only() -> None:
    loyal, let_down = (
        bb.simulate(TOWN, f"grudger,{others}", games=200, seed=5).tallies["worked"][0]
        for others in ("grudger,grudger,grudger", "free_rider,free_rider,free_rider")
    )
    assert loyal > let_down
