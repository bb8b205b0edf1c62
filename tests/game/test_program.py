"""Floats become integers once, as rules.md says, and bad programs are refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import CERTAIN, at_least_once, threshold
from bucket_brigade.game.program import PolicyKind, compile_program, compile_strategy
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social, Tabular, Theta
from tests.game.test_scenario import VALID

TOWN = Scenario(**VALID)
HERO = Heuristic(ARCHETYPES["hero"])


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, 0),
        (1.0, CERTAIN),
        (0.5, 2**31),
        (2**-33, 1),
        (2**-34, 0),
        (1 - 2**-34, CERTAIN),
        (0.02, 85899346),
    ],
)
def test_threshold_rounds_half_up(probability: float, expected: int) -> None:
    assert threshold(probability) == expected


def test_powers_are_products_from_the_left() -> None:
    kappa, none = 0.3, 1.0
    for workers in range(17):
        assert at_least_once(kappa, workers) == 1.0 - none
        none = none * (1 - kappa)


def test_town_thresholds() -> None:
    program = compile_program([TOWN], [HERO], [[0] * 4])
    p, beta = 0.02, 0.25
    q = 1.0 - beta
    expected = [threshold(1 - (1 - p)), threshold(1 - (1 - p) * q), threshold(1 - (1 - p) * (q * q))]
    assert program.ignite.tolist() == [expected]
    assert program.extinguish.tolist() == [[threshold(v) for v in (0.0, 0.5, 0.75, 0.875, 0.9375)]]
    assert program.homes.tolist() == [[0, 1, 2, 3]]


def test_tabular_ends_every_row_at_certainty() -> None:
    kind, _, table = compile_strategy(Tabular(np.full((9, 4), 0.25 - 1e-11)), 2, 4)
    assert kind is PolicyKind.TABULAR
    assert table.reshape(9, 4)[:, -1].tolist() == [CERTAIN] * 9
    assert table.reshape(9, 4)[0, :3].tolist() == [2**30, 2**31, 3 * 2**30]


def test_social_table_has_the_stated_size() -> None:
    _, _, table = compile_strategy(Social(ARCHETYPES["liar"]), 10, 4)
    assert len(table) == 4 * 11 + 6 * 2 * 3 * 5


@settings(max_examples=60)
@given(theta=st.tuples(*[st.floats(0, 1)] * 10), houses=st.integers(2, 16), agents=st.integers(1, 16))
def test_social_weights_are_those_of_the_rules_one_by_one(theta: Theta, houses: int, agents: int) -> None:
    _, _, help_, own, risk, coordination, *_ = theta
    expected = []
    for distance in range(houses // 2 + 1):
        for burns in (0, 1):
            for near in (0, 1, 2):
                for located in range(agents + 1):
                    weight = (
                        0.1 / (1 + distance)
                        + own * (distance == 0)
                        + 0.5 * burns
                        + 0.3 * help_ * (near > 0)
                        + 0.1 * coordination * located
                        - 0.2 * risk * near
                    )
                    expected.append(int(max(0.01, weight) * 1048576.0 + 0.5))
    _, _, table = compile_strategy(Social(theta), houses, agents)
    assert table[4 * (houses + 1) :].tolist() == expected


def test_one_row_for_each_strategy_and_ring_size() -> None:
    small = TOWN.replace(num_houses=5)
    program = compile_program([TOWN, small], [HERO, External()], [[0] * 4, [0, 0, 0, 1], [0] * 4], [0, 1, 0])
    assert sorted(program.policy_houses.tolist()) == [5, 5, 10]
    assert program.has_external_seats()
    assert program.num_entries == 3


def test_arrays_cannot_change() -> None:
    program = compile_program([TOWN], [HERO], [[0] * 4])
    with pytest.raises(ValueError, match="read-only"):
        program.seats[0, 0] = 1


@pytest.mark.parametrize(
    ("profiles", "scenario_of", "message"),
    [
        ([[0, 0, 0]], None, "one strategy for each of the 4 seats"),
        ([[0, 0, 0, 1]], None, "profiles holds 1"),
        ([[0, 0, 0, -1]], None, "profiles holds -1"),
        ([[0.0] * 4], None, "integers"),
        ([[0] * 4], [1], "scenario_of holds 1"),
        ([[0] * 4], [0, 0], "one per profile"),
    ],
)
def test_bad_profiles_are_refused(profiles: object, scenario_of: object, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        compile_program([TOWN], [HERO], profiles, scenario_of)  # type: ignore[arg-type]


def test_other_mistakes_are_refused() -> None:
    with pytest.raises(InvalidInput, match="one program holds one team size"):
        compile_program([TOWN, TOWN.replace(num_agents=3)], [HERO], [[0] * 4])
    with pytest.raises(InvalidInput, match="2 houses cannot be played on a ring of 10"):
        compile_program([TOWN], [Tabular(np.full((9, 4), 0.25))], [[0] * 4])
    with pytest.raises(InvalidInput, match="scenario_of is needed"):
        compile_program([TOWN, TOWN], [HERO], [[0] * 4])
    with pytest.raises(InvalidInput, match="not a strategy"):
        compile_program([TOWN], ["hero"], [[0] * 4])  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("seed", -1),
        ("seed", 2**64),
        ("seed", 1.0),
        ("seed", True),
        ("games", 0),
        ("games", 2.5),
        ("workers", 0),
        ("first_game", -1),
        ("first_game", 2**64),
        ("first_game", [0, 1]),
    ],
)
def test_bad_requests_are_refused(field: str, value: object) -> None:
    program = compile_program([TOWN], [HERO], [[0] * 4])
    with pytest.raises(InvalidInput, match=field):
        PlayRequest(program, **{"seed": 0, "games": 1, field: value})  # type: ignore[arg-type]


def test_the_last_game_is_the_last_number() -> None:
    program = compile_program([TOWN], [HERO], [[0] * 4])
    assert PlayRequest(program, seed=2**64 - 1, games=5, first_game=2**64 - 5).games == 5
    with pytest.raises(InvalidInput, match="first_game"):
        PlayRequest(program, seed=0, games=5, first_game=2**64 - 4)
