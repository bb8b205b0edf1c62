"""The scenarios are found by name, can be played, and pose what their `about` lines say.

Their rings are small, so that payoffs are exact and a claim is a comparison of two numbers.
"""

from __future__ import annotations

import pytest

import bucket_brigade as bb
from bucket_brigade.exact import expect_team

WORKER = bb.Heuristic((1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
"""Works every night, at home if it burns there."""
RESTER = bb.Heuristic((1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))


def payoff(scenario: str, mine: bb.Heuristic, others: bb.Heuristic) -> float:
    """Return what the agent on seat 0 earns when the two others play alike."""
    return float(expect_team(scenario, [mine, others, others]).payoffs[0])


@pytest.mark.parametrize("name", ["harbour", "lighthouse"])
def test_it_is_found_by_name_and_can_be_played(name: str) -> None:
    scenario = bb.get_scenario(name)
    assert scenario.name == f"{name}-v1"
    result = bb.simulate(name, "hero,free_rider,liar", games=20, seed=1)
    assert result.payoffs.shape == (3,)


def test_in_the_harbour_all_gain_by_work_and_each_gains_by_rest() -> None:
    work, rest = WORKER, RESTER
    assert payoff("harbour", work, work) > payoff("harbour", rest, rest)
    assert payoff("harbour", rest, work) > payoff("harbour", work, work)
    assert payoff("harbour", rest, rest) > payoff("harbour", work, rest)


@pytest.mark.parametrize("others", [WORKER, RESTER], ids=["others work", "others rest"])
def test_at_the_lighthouse_work_pays_whatever_the_others_do(others: bb.Heuristic) -> None:
    assert payoff("lighthouse", WORKER, others) > payoff("lighthouse", RESTER, others)
