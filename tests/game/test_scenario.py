"""Scenarios refuse what the rules do not allow, naming field, value and range."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario, split_version

VALID: dict[str, Any] = {
    "prob_initial_fire": 0.2,
    "prob_house_catches_fire": 0.02,
    "prob_fire_spreads_to_neighbor": 0.25,
    "prob_solo_agent_extinguishes_fire": 0.5,
    "min_nights": 12,
    "cost_to_work_one_night": 0.5,
    "team_reward_house_survives": 100.0,
    "team_penalty_house_burns": 100.0,
    "reward_own_house_survives": 1.0,
    "reward_other_house_survives": 0.0,
    "penalty_own_house_burns": 2.0,
    "penalty_other_house_burns": 0.0,
}


LONG = "a-v" + "9" * 5_000


def test_defaults_are_those_of_the_rules() -> None:
    s = Scenario(**VALID)
    assert (s.num_houses, s.num_agents, s.max_nights, s.reward_rest, s.distance_cost) == (
        10,
        4,
        100,
        0.5,
        0.0,
    )
    assert (s.spread, s.ends_when) == ("before-burn-out", "no-fires")
    assert [s.home(i) for i in range(4)] == [0, 1, 2, 3]
    assert [s.owner(h) for h in range(10)] == [0, 1, 2, 3, 0, 1, 2, 3, 0, 1]


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("prob_initial_fire", 1.5, "[0, 1]"),
        ("prob_initial_fire", math.nan, "[0, 1]"),
        ("prob_house_catches_fire", -0.1, "[0, 1]"),
        ("prob_solo_agent_extinguishes_fire", "half", "[0, 1]"),
        ("prob_fire_spreads_to_neighbor", True, "[0, 1]"),
        ("cost_to_work_one_night", math.inf, "a finite number"),
        ("reward_rest", math.nan, "a finite number"),
        ("num_houses", 1, "an integer from 2 to 16"),
        ("num_houses", 17, "an integer from 2 to 16"),
        ("num_houses", 10.0, "an integer from 2 to 16"),
        ("num_agents", 0, "an integer from 1 to 16"),
        ("min_nights", 0, "an integer from 1 to 10,000"),
        ("min_nights", 101, "at most max_nights = 100"),
        ("max_nights", 10_001, "an integer from 1 to 10,000"),
        ("spread", "before-burnout", "'before-burn-out'"),
        ("ends_when", "never", "'no-fires'"),
        ("reward_own_house_survives", [1.0, 2.0], "a list of 4"),
        ("reward_own_house_survives", [1.0, 2.0, 3.0, math.nan], "a list of 4"),
        ("penalty_own_house_burns", math.nan, "a finite number"),
        ("homes", [0, 1, 2], "a list of 4 houses from 0 to 9"),
        ("homes", [0, 1, 2, 10], "a list of 4 houses from 0 to 9"),
        ("homes", 3, "a list of 4 houses"),
        ("about", 3, "text"),
    ],
)
def test_out_of_range_is_refused(field: str, value: object, allowed: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Scenario.from_mapping({**VALID, field: value}, name="mine", source="town.toml")
    message = str(caught.value)
    assert field in message and repr(value) in message and allowed in message
    assert "'mine'" in message and "town.toml" in message


def test_unknown_field_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InvalidInput, match=r"unknown field 'min_night'\. Did you mean 'min_nights'\?"):
        Scenario.from_mapping({**VALID, "min_night": 3})


def test_missing_fields_are_named() -> None:
    values = {k: v for k, v in VALID.items() if k not in ("min_nights", "prob_initial_fire")}
    with pytest.raises(InvalidInput, match="missing fields prob_initial_fire, min_nights"):
        Scenario.from_mapping(values)


def test_numpy_values_are_plain_after_validation() -> None:
    s = Scenario.from_mapping(
        {**VALID, "min_nights": np.int64(3), "reward_own_house_survives": np.arange(4.0)}
    )
    assert s.min_nights == 3 and type(s.min_nights) is int
    assert s.reward_own_house_survives == (0.0, 1.0, 2.0, 3.0)


def test_a_mapping_makes_the_same_scenario_again() -> None:
    s = Scenario(**VALID, homes=(0, 3, 5, 8), reward_rest=0.25, name="mine")
    assert Scenario.from_mapping(s.to_mapping()) == s


def test_replace_validates() -> None:
    s = Scenario(**VALID)
    assert s.replace(num_agents=3).num_agents == 3
    with pytest.raises(InvalidInput, match="homes"):
        Scenario(**VALID, homes=(0, 1, 2, 3)).replace(num_agents=3)
    with pytest.raises(InvalidInput, match="unknown field"):
        s.replace(agents=3)


@pytest.mark.parametrize(
    ("name", "parts"),
    [("easy-v2", ("easy", 2)), ("easy", ("easy", None)), ("a-v1-v12", ("a-v1", 12)), (LONG, (LONG, None))],
)
def test_versions(name: str, parts: tuple[str, int | None]) -> None:
    assert split_version(name) == parts


def test_distance_goes_the_shorter_way_round() -> None:
    s = Scenario(**VALID)
    assert [s.ring_distance(1, h) for h in range(10)] == [1, 0, 1, 2, 3, 4, 5, 4, 3, 2]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("cost_to_work_one_night", 1e308),
        ("team_reward_house_survives", 10**400),
        ("reward_own_house_survives", [1.0, 2.0, 3.0, -1e308]),
    ],
)
def test_prices_that_payoffs_would_overflow_with_are_refused(field: str, value: object) -> None:
    with pytest.raises(InvalidInput, match=f"{field} = .* payoffs must not overflow"):
        Scenario(**{**VALID, field: value})


@pytest.mark.parametrize("text", ["a\nb", "a\x1b[31m", "a\0", "\ud800", "a\u2028b", "x" * 10_000_000])
def test_texts_fit_on_one_short_line(text: str) -> None:
    for field in ("name", "about"):
        with pytest.raises(InvalidInput, match=f"{field} = .* characters, all on one line") as caught:
            Scenario(**{**VALID, field: text})
        assert len(str(caught.value)) < 1_000
    assert Scenario(**VALID, about="x" * 1_000).about


def test_replace_takes_the_symbols_of_the_rules() -> None:
    s = Scenario(**VALID).replace(kappa=0.75, c=2, A=7.0, β=0.125)
    assert (s.prob_solo_agent_extinguishes_fire, s.cost_to_work_one_night) == (0.75, 2.0)
    assert (s.team_reward_house_survives, s.prob_fire_spreads_to_neighbor) == (7.0, 0.125)
    with pytest.raises(InvalidInput, match=r"unknown field 'kapa'\. Did you mean 'kappa'\?"):
        s.replace(kapa=0.5)
    with pytest.raises(InvalidInput, match="two are the same field"):
        s.replace(c=1.0, cost_to_work_one_night=2.0)
