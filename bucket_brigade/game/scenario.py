"""Scenarios: the parameters of the game (rules.md, section 2), validated when they are made."""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from bucket_brigade.errors import InvalidInput, did_you_mean, explain

__all__ = [
    "ENDS_WHEN",
    "MAX_AGENTS",
    "MAX_HOUSES",
    "SPREAD",
    "Scenario",
    "Stake",
    "split_version",
]

MAX_HOUSES = 16
MAX_AGENTS = 16
MAX_NIGHTS = 10_000

SPREAD = ("before-burn-out", "after-burn-out")
ENDS_WHEN = ("no-fires", "all-safe-or-all-ruined")

Stake = float | tuple[float, ...]
"""A private stake: one number for every agent, or one number per agent."""

_PROBABILITY = {"rule": "probability"}
_NUMBER = {"rule": "number"}
_STAKE = {"rule": "stake"}


@dataclass(frozen=True)
class Scenario:
    """One town and its stakes.

    Probabilities are per night (or, for `prob_initial_fire`, at the start) in [0, 1]; rewards, costs and
    penalties are payoff units. Making a scenario validates it: a value that the rules do not allow raises
    `InvalidInput` naming the field, the value and the allowed range.
    """

    prob_initial_fire: float = field(metadata=_PROBABILITY)
    prob_house_catches_fire: float = field(metadata=_PROBABILITY)
    prob_fire_spreads_to_neighbor: float = field(metadata=_PROBABILITY)
    prob_solo_agent_extinguishes_fire: float = field(metadata=_PROBABILITY)
    min_nights: int = field(metadata={"rule": "integer", "low": 1, "high": MAX_NIGHTS})
    cost_to_work_one_night: float = field(metadata=_NUMBER)
    team_reward_house_survives: float = field(metadata=_NUMBER)
    team_penalty_house_burns: float = field(metadata=_NUMBER)
    reward_own_house_survives: Stake = field(metadata=_STAKE)
    reward_other_house_survives: Stake = field(metadata=_STAKE)
    penalty_own_house_burns: Stake = field(metadata=_STAKE)
    penalty_other_house_burns: Stake = field(metadata=_STAKE)
    num_houses: int = field(default=10, metadata={"rule": "integer", "low": 2, "high": MAX_HOUSES})
    num_agents: int = field(default=4, metadata={"rule": "integer", "low": 1, "high": MAX_AGENTS})
    spread: str = field(default=SPREAD[0], metadata={"rule": "choice", "choices": SPREAD})
    ends_when: str = field(default=ENDS_WHEN[0], metadata={"rule": "choice", "choices": ENDS_WHEN})
    max_nights: int = field(default=100, metadata={"rule": "integer", "low": 1, "high": MAX_NIGHTS})
    reward_rest: float = field(default=0.5, metadata=_NUMBER)
    distance_cost: float = field(default=0.0, metadata=_NUMBER)
    homes: tuple[int, ...] = field(default=(), metadata={"rule": "homes"})
    """The house each agent lives at, one per agent; left empty, agent ``i`` lives at ``i mod H``."""
    name: str = field(default="custom", metadata={"rule": "text"})
    about: str = field(default="", metadata={"rule": "text"})

    def __post_init__(self) -> None:
        # num_agents and num_houses size the per-agent fields, so they are checked first.
        sizes_first = sorted(dataclasses.fields(self), key=lambda f: not f.name.startswith("num_"))
        for spec in sizes_first:
            object.__setattr__(self, spec.name, _checked(self, spec))
        if self.min_nights > self.max_nights:
            raise self._refuse("min_nights", self.min_nights, f"at most max_nights = {self.max_nights}")

    @classmethod
    def from_mapping(cls, values: Mapping[str, Any], *, name: str = "custom", source: str = "") -> Self:
        """Make a scenario from plain data, such as a TOML table.

        `source` says where the data came from, for error messages. Raises `InvalidInput` for an unknown
        or missing field as well as for a value out of range.
        """
        where = f"Scenario {name!r}" + (f" (from {source})" if source else "")
        known = [f.name for f in dataclasses.fields(cls)]
        for key in values:
            if key not in known:
                raise InvalidInput(
                    explain(
                        f"{where}: unknown field {key!r}.{did_you_mean(str(key), known)}",
                        exists="Fields: " + ", ".join(known) + ".",
                    )
                )
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
        """Return a validated copy with some fields changed."""
        return type(self).from_mapping({**dataclasses.asdict(self), **changes}, name=self.name)

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

    def _refuse(self, field_name: str, value: object, allowed: str) -> InvalidInput:
        name = getattr(self, "name", "custom")
        return InvalidInput(
            f"Scenario {name!r}: {field_name} = {value!r} is not allowed: it must be {allowed}."
        )


def split_version(name: str) -> tuple[str, int | None]:
    """Split ``greedy_neighbor-v2`` into its base name and version; the version is None if there is none."""
    match = re.fullmatch(r"(.+)-v(\d+)", name)
    return (match[1], int(match[2])) if match else (name, None)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _plain(value: object) -> object:
    """Turn NumPy scalars and arrays into Python numbers and lists, so that they are checked alike."""
    return value.tolist() if hasattr(value, "tolist") else value


def _checked(scenario: Scenario, spec: dataclasses.Field[Any]) -> object:
    value = _plain(getattr(scenario, spec.name))
    rules = {
        "probability": _probability,
        "number": _number,
        "integer": _integer,
        "choice": _choice,
        "stake": _stake,
        "homes": _homes,
        "text": _text,
    }
    return rules[spec.metadata["rule"]](scenario, spec, value)


def _probability(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> float:
    if not _is_number(value) or not 0.0 <= value <= 1.0:
        raise scenario._refuse(spec.name, value, "a number in [0, 1]")
    return float(value)


def _number(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> float:
    if not _is_number(value) or not math.isfinite(value):
        raise scenario._refuse(spec.name, value, "a finite number")
    return float(value)


def _integer(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> int:
    low, high = spec.metadata["low"], spec.metadata["high"]
    if not _is_integer(value) or not low <= value <= high:
        raise scenario._refuse(spec.name, value, f"an integer from {low} to {high:,}")
    return int(value)


def _choice(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> str:
    choices = spec.metadata["choices"]
    if value not in choices:
        hint = did_you_mean(value, choices) if isinstance(value, str) else ""
        raise scenario._refuse(
            spec.name, value, " or ".join(map(repr, choices)) + ("." + hint if hint else "")
        )
    return str(value)


def _stake(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> Stake:
    agents = scenario.num_agents
    allowed = f"a finite number, or a list of {agents}, one per agent"
    if not isinstance(value, list | tuple):
        if not _is_number(value) or not math.isfinite(value):
            raise scenario._refuse(spec.name, value, allowed)
        return float(value)
    if len(value) != agents or not all(_is_number(v) and math.isfinite(v) for v in value):
        raise scenario._refuse(spec.name, value, allowed)
    return tuple(float(v) for v in value)


def _homes(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> tuple[int, ...]:
    agents, last = scenario.num_agents, scenario.num_houses - 1
    allowed = f"a list of {agents} houses from 0 to {last}, one per agent"
    if not isinstance(value, list | tuple) or len(value) not in (0, agents):
        raise scenario._refuse(spec.name, value, allowed)
    if not all(_is_integer(v) and 0 <= v <= last for v in value):
        raise scenario._refuse(spec.name, value, allowed)
    return tuple(value)


def _text(scenario: Scenario, spec: dataclasses.Field[Any], value: Any) -> str:
    if not isinstance(value, str):
        raise scenario._refuse(spec.name, value, "text")
    return value
