"""Agents that look only at the houses become tables with exactly their chances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.agents import Observations, actions, tabulate
from bucket_brigade.agents.tabulation import house_states
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario
from bucket_brigade.simulation import simulate

TOWN = get_scenario("default-v2")


class Base:
    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.home, self.nights = scenario.home(seat), 0


class Rule(Base):
    """The heuristic rule that works with chance 3/4 and sees to its home first with chance 1/2."""

    def act(self, observations: Observations) -> NDArray[np.int64]:
        works = observations.chance(0, 0.75)
        fire = observations.pick(2, observations.burning)
        at_home = observations.burning[:, self.home] & observations.chance(1, 0.5)
        return actions(np.where(works & ~at_home & (fire >= 0), fire, self.home), works)


class SameWordTwice(Base):
    """The second draw is decided by the first, since both use word 0."""

    def act(self, observations: Observations) -> NDArray[np.int64]:
        rare, often = observations.chance(0, 0.25), observations.chance(0, 0.5)
        return actions(np.where(rare, 1, np.where(often, 2, 3)), 1)


class Weighted(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(observations.weighted(0, 1.0 + observations.houses), 1)


class LooksAtNight(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(0 * observations.night, observations.night > 5)


class LooksAtOthers(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(observations.last_locations[:, 0], 1)


class Remembers(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        self.nights += 1
        return actions(np.zeros(observations.num_games, dtype=int), self.nights % 2)


class Raw(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(np.zeros(observations.num_games, dtype=int), observations.uniform(0) < 0.5)


class Lies(Base):
    def act(self, observations: Observations) -> NDArray[np.int64]:
        return actions(np.zeros(observations.num_games, dtype=int), 1, 0)


def test_the_table_of_the_heuristic_rule_is_its_formula() -> None:
    table = tabulate(Rule, TOWN, 1).table
    states = house_states(10)
    burning = states == 1
    number = burning.sum(axis=1)
    home = burning[:, 1]
    expected = np.zeros((len(states), 10, 2))
    expected[:, 1, 0] = 0.25
    share = 0.75 / np.maximum(number, 1) * np.where(home, 0.5, 1.0)
    expected[:, :, 1] = burning * share[:, None]
    expected[:, 1, 1] += np.where(home, 0.375, np.where(number == 0, 0.75, 0.0))
    np.testing.assert_allclose(table, expected.reshape(len(states), 20), atol=2e-9)


def test_a_word_that_is_used_twice_means_the_same_both_times() -> None:
    row = tabulate(SameWordTwice, get_scenario("two_houses").replace(num_houses=4), 0).table[0]
    np.testing.assert_array_equal(row, [0, 0, 0, 0.25, 0, 0.25, 0, 0.5])


def test_weights_become_chances() -> None:
    town = get_scenario("two_houses")
    table = tabulate(Weighted, town, 0).table
    np.testing.assert_allclose(table[1], [0, 2 / 3, 0, 1 / 3], atol=1e-9)


def test_the_table_earns_what_the_agent_does(rust: Backend) -> None:
    table = tabulate(Rule, TOWN, 0)
    exact = expect_team(TOWN, [table, "hero", "liar", "coordinator"], backend=rust).payoffs
    played = simulate(TOWN, [Rule, "hero", "liar", "coordinator"], games=20_000, backend=rust)
    assert (np.abs(played.payoffs - exact) < 4.5 * played.standard_errors).all()


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        (LooksAtNight, "it does not look only at the houses. With the houses"),
        (LooksAtOthers, "it does not look only at the houses"),
        (Remembers, "it does not look only at the houses"),
        (Raw, "word 0 is used as a number"),
        (Lies, "its signal is not always its mode. Give its signals up with any_signal=True"),
    ],
)
def test_what_cannot_be_a_table_is_refused(agent: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=agent.__name__) as caught:
        tabulate(agent, TOWN, 0)
    assert said in str(caught.value)


def test_signals_can_be_given_up() -> None:
    assert tabulate(Lies, TOWN, 0, any_signal=True).table[0, 1] == 1.0


def test_seats_and_rings_that_are_not_there() -> None:
    with pytest.raises(InvalidInput, match="seat = 4 is not there"):
        tabulate(Rule, TOWN, 4)
    with pytest.raises(InvalidInput, match="rings of up to 12 houses"):
        tabulate(Rule, TOWN.replace(num_houses=13), 0)
