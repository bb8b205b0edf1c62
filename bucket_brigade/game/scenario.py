"""Scenarios: the parameters of the game (rules.md, section 2), validated when they are made."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.validation import (
    Rule,
    check_fields,
    check_keys,
    choice,
    integer,
    list_of,
    number,
    shown,
    text,
)

__all__ = [
    "ENDS_WHEN",
    "MAX_AGENTS",
    "MAX_HOUSES",
    "SPREAD",
    "SYMBOLS",
    "Scenario",
    "Stake",
    "split_version",
]

MAX_HOUSES = 16
MAX_AGENTS = 16
MAX_NIGHTS = 10_000
MAX_PRICE = 1e30
"""Far beyond any payoff, and so small that no sum, square or fourth power of payoffs leaves the doubles."""

SPREAD = ("before-burn-out", "after-burn-out")
ENDS_WHEN = ("no-fires", "all-safe-or-all-ruined")

SYMBOLS = {
    "p0": "prob_initial_fire",
    "p": "prob_house_catches_fire",
    "beta": "prob_fire_spreads_to_neighbor",
    "β": "prob_fire_spreads_to_neighbor",
    "kappa": "prob_solo_agent_extinguishes_fire",
    "κ": "prob_solo_agent_extinguishes_fire",
    "c": "cost_to_work_one_night",
    "A": "team_reward_house_survives",
    "L": "team_penalty_house_burns",
}
"""The symbols of rules.md, section 2, and the fields they stand for."""

_PRICE = number(
    -MAX_PRICE,
    MAX_PRICE,
    allowed=f"a finite number, at most {MAX_PRICE:g} in size: payoffs must not overflow",
)


def _one_or_per_agent(scenario: Scenario) -> Rule:
    agents = scenario.num_agents
    allowed = f"{_PRICE.allowed}; or a list of {agents} such numbers, one per agent"
    several = list_of(_PRICE, [agents], allowed)
    return Rule(allowed, lambda value: (several if isinstance(value, list | tuple) else _PRICE).read(value))


def _house_per_agent(scenario: Scenario) -> Rule:
    agents, last = scenario.num_agents, scenario.num_houses - 1
    allowed = f"a list of {agents} houses from 0 to {last}, one per agent"
    return list_of(integer(0, last), [0, agents], allowed)


Stake = float | tuple[float, ...]
"""A private stake: one number for every agent, or one number per agent."""

_Probability = Annotated[float, number(0, 1, allowed="a number in [0, 1]")]
_Price = Annotated[float, _PRICE]
_Stake = Annotated[Stake, _one_or_per_agent]
_Nights = Annotated[int, integer(1, MAX_NIGHTS)]


@dataclass(frozen=True)
class Scenario:
    """One town and its stakes.

    Probabilities are per night (or, for `prob_initial_fire`, at the start) in [0, 1]; rewards, costs and
    penalties are payoff units. Making a scenario validates it: a value that the rules do not allow raises
    `InvalidInput` naming the field, the value and the allowed range.
    """

    prob_initial_fire: _Probability
    prob_house_catches_fire: _Probability
    prob_fire_spreads_to_neighbor: _Probability
    prob_solo_agent_extinguishes_fire: _Probability
    min_nights: _Nights
    cost_to_work_one_night: _Price
    team_reward_house_survives: _Price
    team_penalty_house_burns: _Price
    reward_own_house_survives: _Stake
    reward_other_house_survives: _Stake
    penalty_own_house_burns: _Stake
    penalty_other_house_burns: _Stake
    num_houses: Annotated[int, integer(2, MAX_HOUSES)] = 10
    num_agents: Annotated[int, integer(1, MAX_AGENTS)] = 4
    spread: Annotated[str, choice(*SPREAD)] = SPREAD[0]
    ends_when: Annotated[str, choice(*ENDS_WHEN)] = ENDS_WHEN[0]
    max_nights: _Nights = 100
    reward_rest: _Price = 0.5
    distance_cost: _Price = 0.0
    homes: Annotated[tuple[int, ...], _house_per_agent] = ()
    """The house each agent lives at, one per agent; left empty, agent ``i`` lives at ``i mod H``."""
    name: Annotated[str, text(1, 100)] = "custom"
    about: Annotated[str, text()] = ""

    def __post_init__(self) -> None:
        where = f"Scenario {shown(self.name)}: "
        check_fields(self, where=where)
        if self.min_nights > self.max_nights:
            raise InvalidInput(
                f"{where}min_nights = {self.min_nights} is not allowed: "
                f"it must be at most max_nights = {self.max_nights}."
            )

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, name: str = "custom", source: str = "") -> Self:
        """Make a scenario from plain data, such as a TOML table.

        `source` says where the data came from, for error messages. Raises `InvalidInput` for an unknown
        or missing field as well as for a value out of range.
        """
        where = f"Scenario {shown(name)}" + (f" (from {source})" if source else "")
        check_keys(values, _field_names(), where, word="field")
        required = (f for f in dataclasses.fields(cls) if f.default is dataclasses.MISSING)
        missing = [f.name for f in required if f.name not in values]
        if missing:
            raise InvalidInput(
                explain(
                    f"{where}: missing field{'s' * (len(missing) > 1)} {', '.join(missing)}.",
                    why="They have no default." if len(missing) > 1 else "It has no default.",
                )
            )
        try:
            return cls(**{"name": name, **values})
        except InvalidInput as error:
            raise InvalidInput(f"{error} (from {source})") if source else error from None

    def to_mapping(self) -> dict[str, Any]:
        """Return every field as plain data that `from_mapping` accepts, lists for tuples."""
        values = dataclasses.asdict(self)
        return {key: list(v) if isinstance(v, tuple) else v for key, v in values.items()}

    def replace(self, **changes: Any) -> Self:
        """Return a validated copy with some fields changed; `SYMBOLS` of the rules stand for their fields."""
        check_keys(changes, [*_field_names(), *SYMBOLS], f"Scenario {self.name!r}", word="field")
        named = {SYMBOLS.get(key, key): value for key, value in changes.items()}
        if len(named) < len(changes):
            raise InvalidInput(f"Of {', '.join(changes)}, two are the same field: change it by one name.")
        return type(self).from_mapping({**dataclasses.asdict(self), **named}, name=self.name)

    def home(self, agent: int) -> int:
        """Return the house where `agent` lives."""
        return self.homes[agent] if self.homes else agent % self.num_houses

    def owner(self, house: int) -> int:
        """Return the agent who owns `house`."""
        return house % self.num_agents

    def ring_distance(self, a: int, b: int) -> int:
        """Return the number of steps between two houses, the shorter way round."""
        around = abs(a - b)
        return min(around, self.num_houses - around)

    def stake(self, field_name: str, agent: int) -> float:
        """Return the private stake `field_name` of one agent."""
        value: Stake = getattr(self, field_name)
        return value[agent] if isinstance(value, tuple) else value


def _field_names() -> list[str]:
    return [f.name for f in dataclasses.fields(Scenario)]


def split_version(name: str) -> tuple[str, int | None]:
    """Split ``greedy_neighbor-v2`` into its base name and version; the version is None if there is none."""
    match = re.fullmatch(r"(.+)-v(\d{1,9})", name)  # Python reads no integer of thousands of digits.
    return (match[1], int(match[2])) if match else (name, None)
