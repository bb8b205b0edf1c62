"""Who sits where: learners, and the opponents on the other seats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Scripted, Strategy
from bucket_brigade.registry import Member, get_strategy, parse_team
from bucket_brigade.validation import check_integer

__all__ = ["DEFAULT_OPPONENT", "Opponents", "Seating", "seat_team"]

DEFAULT_OPPONENT = "firefighter"
"""Who sits on the other seats if nobody is named."""

Opponents = Member | Sequence[Member] | None
"""One member for every other seat; or one for each of them, in the order of the seats; or the default."""


@dataclass(frozen=True)
class Seating:
    """A team of N seats, some of which learn."""

    scenario: Scenario
    learners: tuple[int, ...]
    """The seats that learn, ascending."""
    team: tuple[Strategy, ...]
    """(N,) the strategy of every seat; `External` where a learner sits."""

    @property
    def program(self) -> Program:
        """The program of one entry: this team in this scenario; scripted agents are played from outside."""
        return compile_program([self.scenario], list(self.team), [np.arange(len(self.team))]).for_engines()

    @property
    def scripted(self) -> dict[int, Scripted]:
        """The agents written in Python, by seat."""
        return {seat: member for seat, member in enumerate(self.team) if isinstance(member, Scripted)}


def seat_team(scenario: Scenario, learners: Sequence[int] | int, opponents: Opponents = None) -> Seating:
    """Seat learners and their opponents.

    Raises `InvalidInput` for a seat that is not there or is named twice, or for another number of opponents
    than there are seats left; and what `bucket_brigade.registry.get_strategy` raises for a member.
    """
    try:
        seats: tuple[Any, ...] = tuple(learners)  # type: ignore[arg-type]
    except TypeError:  # One seat, or what `check_integer` refuses below.
        seats = (learners,)
    agents = scenario.num_agents
    for seat in seats:
        check_integer("seat", seat, 0, agents - 1)
    if len(set(seats)) != len(seats) or not seats:
        raise InvalidInput(f"seats = {list(seats)} is not allowed: name at least one, and none twice.")
    members = _members(opponents, agents - len(seats), scenario)
    others = iter(get_strategy(member) for member in members)
    team = tuple(External() if seat in seats else next(others) for seat in range(agents))
    return Seating(scenario, tuple(sorted(int(seat) for seat in seats)), team)


def _members(opponents: Opponents, count: int, scenario: Scenario) -> list[Member]:
    if opponents is None:
        return [DEFAULT_OPPONENT] * count
    if isinstance(opponents, str):
        named: list[Member] = list(parse_team(opponents))
    elif _is_one(opponents):
        named = [opponents]  # type: ignore[list-item]
    else:
        named = list(opponents)  # type: ignore[arg-type]
    if len(named) == 1 and count != 1:
        return named * count
    if len(named) != count:
        raise InvalidInput(
            explain(
                f"There are {len(named)} opponents for {count} seats of scenario {scenario.name!r}.",
                do="Name one for each seat that does not learn, or one for all of them.",
            )
        )
    return named


def _is_one(opponents: object) -> bool:
    """Whether this is one member and not several: a strategy, an agent, or ten numbers."""
    if isinstance(opponents, np.ndarray):
        return opponents.ndim == 1
    if isinstance(opponents, Sequence):
        return len(opponents) > 0 and all(isinstance(x, int | float | np.number) for x in opponents)
    return True
