"""The compiled program: scenarios and strategies as integers, the only thing an engine reads.

Floats live at the edge. This module turns every probability and weight into an integer threshold or
table, once, so that engines only compare, count and shift and all play the same games bit for bit.

A program has three parts: *towns* (one row a scenario), *policies* (one row for each strategy and
ring size it is played on) and *entries* (which town is played, and by which policy on each seat).
Every town of a program has the same number of agents; ring sizes may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.frozen import Frozen
from bucket_brigade.game.draws import CERTAIN, at_least_once, threshold
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Heuristic, Scripted, Social, Strategy, Tabular, Tabulated

__all__ = [
    "PolicyKind",
    "Program",
    "Sources",
    "compile_program",
    "compile_strategy",
    "compile_teams",
    "number_strategies",
]


class PolicyKind(IntEnum):
    """How a policy row is to be read."""

    HEURISTIC = 0
    SOCIAL = 1
    TABULAR = 2
    EXTERNAL = 3


@dataclass(frozen=True, eq=False)
class Sources:
    """What a program was compiled from. Engines never read it; agents written in Python are found in it."""

    scenarios: tuple[Scenario, ...]
    """(T,) the scenario of each town."""
    strategies: tuple[Strategy, ...]
    """(S,) the strategy of each policy."""


@dataclass(frozen=True, eq=False)
class Program(Frozen):
    """Scenarios, policies and entries as contiguous integer arrays; all thresholds are 0 … 2**32.

    T towns, S policies, E entries, N agents (the same in every town). Arrays are read-only.
    """

    num_agents: int
    # Towns.
    num_houses: NDArray[np.uint8]
    """(T,) ring size H."""
    before_burn_out: NDArray[np.bool_]
    """(T,) whether fires spread before they burn out; if not, no fire ever spreads."""
    until_no_fires: NDArray[np.bool_]
    """(T,) whether a game ends once no house burns; if not, once all are safe or all are ruined."""
    min_nights: NDArray[np.uint32]
    """(T,) no game ends earlier."""
    max_nights: NDArray[np.uint32]
    """(T,) every game ends here."""
    homes: NDArray[np.uint8]
    """(T, N) the house each agent lives at."""
    initial_fire: NDArray[np.uint64]
    """(T,) threshold of a house burning on night 0."""
    ignite: NDArray[np.uint64]
    """(T, 3) threshold of catching fire with k = 0, 1, 2 burning neighbours (rules.md, section 4.4)."""
    extinguish: NDArray[np.uint64]
    """(T, N+1) threshold of a fire being put out by n = 0 … N workers."""
    # Policies.
    kind: NDArray[np.uint8]
    """(S,) a `PolicyKind`."""
    policy_houses: NDArray[np.uint8]
    """(S,) the ring size this row was compiled for."""
    chances: NDArray[np.uint64]
    """(S, 3) thresholds: heuristic (work, home first, honesty); social (honesty, exploration,
    fatigue_memory); tabular and external unused, zero."""
    table_start: NDArray[np.int64]
    """(S+1,) row s owns ``tables[table_start[s]:table_start[s+1]]``."""
    tables: NDArray[np.uint64]
    """Heuristic, external: nothing.

    Social: first, for b = 0 … H burning houses and home burning 0, 1: the pair (intent above one half,
    threshold of intent * altruism), so 4*(H+1) numbers; then the integer weights of a house, shape
    (H//2 + 1, 2, 3, N+1), by ring distance from home, house burning, burning neighbours, and agents
    located there last night.

    Tabular: the running thresholds, shape (3**H, 2*H), the last of each row 2**32."""
    # Entries.
    town: NDArray[np.uint32]
    """(E,) the town of each entry."""
    seats: NDArray[np.uint32]
    """(E, N) the policy on each seat of each entry."""
    sources: Sources | None = None
    """What the towns and policies were compiled from, if that is known."""

    @property
    def num_entries(self) -> int:
        """The number of (scenario, profile) pairs to be played."""
        return len(self.town)

    def has_external_seats(self) -> bool:
        """Whether some entry has a seat that is played from outside."""
        return bool((self.kind[self.seats] == PolicyKind.EXTERNAL).any())

    def for_engines(self) -> Program:
        """Return the same program without its sources: integers only."""
        return replace(self, sources=None)

    def select(self, entries: NDArray[np.integer]) -> Program:
        """Return these entries, with only the towns that they are played in."""
        towns, town = np.unique(self.town[entries], return_inverse=True)
        parts: dict[str, Any] = {name: _frozen(getattr(self, name)[towns]) for name in _TOWN_ARRAYS}
        sources = self.sources
        if sources is not None:
            sources = replace(sources, scenarios=tuple(sources.scenarios[t] for t in towns))
        seats = _frozen(self.seats[entries])
        return replace(self, **parts, town=_frozen(town.astype(np.uint32)), seats=seats, sources=sources)


_TOWN_ARRAYS = (
    "num_houses",
    "before_burn_out",
    "until_no_fires",
    "min_nights",
    "max_nights",
    "homes",
    "initial_fire",
    "ignite",
    "extinguish",
)
"""The arrays of a program that have a row for each town."""


def compile_program(
    scenarios: Sequence[Scenario],
    strategies: Sequence[Strategy],
    profiles: ArrayLike,
    scenario_of: ArrayLike | None = None,
) -> Program:
    """Compile entries: profile ``e`` is played in scenario ``scenario_of[e]``.

    `profiles` is an integer array of shape (E, N) of indices into `strategies`; `scenario_of` has shape
    (E,) and may be left out when there is one scenario. Raises `InvalidInput` if a profile has the wrong
    size, an index points nowhere, scenarios differ in their number of agents, or a tabular strategy was
    made for another ring size; `CannotTabulate` if a tabulated agent is not what it claims.
    """
    if not scenarios or not strategies:
        raise InvalidInput("A program needs at least one scenario and one strategy.")
    agents = scenarios[0].num_agents
    for scenario in scenarios:
        if scenario.num_agents != agents:
            raise InvalidInput(
                f"Scenarios {scenarios[0].name!r} and {scenario.name!r} have {agents} and {scenario.num_agents} "
                "agents: one program holds one team size. Compile them separately."
            )
    seats = _indices(profiles, len(strategies), "profiles", "strategies")
    if seats.ndim != 2 or seats.shape[1] != agents:
        raise InvalidInput(
            f"profiles has shape {seats.shape}: it must be (entries, {agents}), one strategy for each of the "
            f"{agents} seats of scenario {scenarios[0].name!r}."
        )
    if scenario_of is None:
        if len(scenarios) != 1:
            raise InvalidInput(
                f"scenario_of is needed to tell which of {len(scenarios)} scenarios is played."
            )
        scenario_of = np.zeros(len(seats), dtype=np.uint32)
    town = _indices(scenario_of, len(scenarios), "scenario_of", "scenarios")
    if town.shape != (len(seats),):
        raise InvalidInput(
            f"scenario_of has shape {town.shape}: it must be ({len(seats)},), one per profile."
        )

    strategies, seats = _on_their_seats(scenarios, strategies, town, seats)
    houses = np.array([s.num_houses for s in scenarios], dtype=np.uint8)
    # One policy row for each strategy and ring size that some entry really plays.
    shapes = houses[town][:, None].astype(np.int64) * len(strategies) + seats
    used, policy = np.unique(shapes, return_inverse=True)
    rows = [
        compile_strategy(strategies[u % len(strategies)], int(u // len(strategies)), agents) for u in used
    ]
    tables = [row[2] for row in rows]
    return Program(
        num_agents=agents,
        num_houses=_frozen(houses),
        before_burn_out=_frozen(np.array([s.spread == "before-burn-out" for s in scenarios])),
        until_no_fires=_frozen(np.array([s.ends_when == "no-fires" for s in scenarios])),
        min_nights=_frozen(np.array([s.min_nights for s in scenarios], dtype=np.uint32)),
        max_nights=_frozen(np.array([s.max_nights for s in scenarios], dtype=np.uint32)),
        homes=_frozen(np.array([[s.home(i) for i in range(agents)] for s in scenarios], dtype=np.uint8)),
        initial_fire=_frozen(np.array([threshold(s.prob_initial_fire) for s in scenarios], dtype=np.uint64)),
        ignite=_frozen(np.array([_ignite(s) for s in scenarios], dtype=np.uint64)),
        extinguish=_frozen(np.array([_extinguish(s) for s in scenarios], dtype=np.uint64)),
        kind=_frozen(np.array([row[0] for row in rows], dtype=np.uint8)),
        policy_houses=_frozen((used // len(strategies)).astype(np.uint8)),
        chances=_frozen(np.array([row[1] for row in rows], dtype=np.uint64)),
        table_start=_frozen(np.cumsum([0, *map(len, tables)], dtype=np.int64)),
        tables=_frozen(np.concatenate(tables)),
        town=_frozen(town),
        seats=_frozen(policy.reshape(seats.shape).astype(np.uint32)),
        sources=Sources(tuple(scenarios), tuple(strategies[u % len(strategies)] for u in used)),
    )


def number_strategies(teams: Iterable[Sequence[Strategy]]) -> tuple[list[Strategy], list[list[int]]]:
    """Return the different strategies of some teams, in the order in which they occur, and the teams by number."""
    place: dict[Strategy, int] = {}
    numbered = [[place.setdefault(strategy, len(place)) for strategy in team] for team in teams]
    return list(place), numbered


def compile_teams(scenario: Scenario, teams: Iterable[Sequence[Strategy]]) -> Program:
    """Compile one entry a team, each different strategy once. Raises as `compile_program`."""
    return compile_program([scenario], *number_strategies(teams))


def compile_strategy(
    strategy: Strategy, houses: int, agents: int
) -> tuple[PolicyKind, tuple[int, int, int], NDArray[np.uint64]]:
    """Return (kind, chances, table) of one strategy on a ring of `houses`, as laid out in `Program`."""
    if isinstance(strategy, Heuristic):
        honesty, work, _, own, *_, rest, _ = strategy.theta
        return (
            PolicyKind.HEURISTIC,
            (threshold(work * (1 - rest)), threshold(own), threshold(honesty)),
            _NO_TABLE,
        )
    if isinstance(strategy, Social):
        honesty, *_, exploration, fatigue, _, _ = strategy.theta
        table = np.array([*_social_intents(strategy, houses), *_social_weights(strategy, houses, agents)])
        chances = threshold(honesty), threshold(exploration), threshold(fatigue)
        return PolicyKind.SOCIAL, chances, table.astype(np.uint64)
    if isinstance(strategy, Tabular):
        if strategy.num_houses != houses:
            raise InvalidInput(
                f"A tabular strategy for {strategy.num_houses} houses cannot be played on a ring of {houses}."
            )
        running = np.floor(np.cumsum(strategy.table, axis=1) * 4294967296.0 + 0.5)
        # Rounding may carry a running sum a hair above 1; no word can tell 2**32 from more.
        table = np.minimum(running, float(CERTAIN)).astype(np.uint64)
        table[:, -1] = CERTAIN
        return PolicyKind.TABULAR, (0, 0, 0), table.ravel()
    if isinstance(strategy, External | Scripted):
        return PolicyKind.EXTERNAL, (0, 0, 0), _NO_TABLE
    raise InvalidInput(
        f"{strategy!r} is not a strategy: use Heuristic, Social, Tabular, Scripted or External."
    )


def _on_their_seats(
    scenarios: Sequence[Scenario],
    strategies: Sequence[Strategy],
    town: NDArray[np.uint32],
    seats: NDArray[np.uint32],
) -> tuple[Sequence[Strategy], NDArray[np.uint32]]:
    """Return strategies and profiles with a table in the place of every tabulated agent.

    The table is another one in each scenario and on each seat, so a profile compiled here must not be seated
    otherwise afterwards.
    """
    known, places = list(strategies), seats.copy()
    for number, strategy in enumerate(strategies):
        if isinstance(strategy, Tabulated):
            rows, columns = np.nonzero(seats == number)
            for which, seat in np.unique(np.stack([town[rows], columns], axis=1), axis=0).tolist():
                here = rows[(town[rows] == which) & (columns == seat)]
                places[here, seat] = len(known)
                known.append(strategy.make_table(scenarios[which], seat))
    return known, places


_T = TypeVar("_T", bound=np.generic)
_NO_TABLE = np.zeros(0, dtype=np.uint64)


def _ignite(s: Scenario) -> list[int]:
    """Thresholds of ``1 - (1-p)(1-β)^k`` for k = 0, 1, 2."""
    thresholds, none = [], 1.0
    for _ in range(3):
        thresholds.append(threshold(1 - (1 - s.prob_house_catches_fire) * none))
        none = none * (1 - s.prob_fire_spreads_to_neighbor)
    return thresholds


def _extinguish(s: Scenario) -> list[int]:
    kappa = s.prob_solo_agent_extinguishes_fire
    return [threshold(at_least_once(kappa, workers)) for workers in range(s.num_agents + 1)]


def _social_intents(strategy: Social, houses: int) -> list[int]:
    _, work, _, own, risk, _, _, _, rest, altruism = strategy.theta
    pairs = []
    for burning in range(houses + 1):
        for home_burns in (0, 1):
            raw = (work + risk * (burning / houses) + 0.5 * own * home_burns) * (1 - rest)
            intent = min(max(raw, 0.0), 1.0)
            pairs += [int(intent > 0.5), threshold(intent * altruism)]
    return pairs


def _social_weights(strategy: Social, houses: int, agents: int) -> NDArray[np.int64]:
    _, _, help_, own, risk, coordination, *_ = strategy.theta
    distance, burns, near, located = _social_places(houses, agents)
    # Element by element these are the doubles of the rules' formula, in its order; a population has many of them.
    weight = (
        0.1 / (1 + distance)
        + own * (distance == 0)
        + 0.5 * burns
        + 0.3 * help_ * (near > 0)
        + 0.1 * coordination * located
        - 0.2 * risk * near
    )
    return np.asarray(np.floor(np.maximum(0.01, weight) * 1048576.0 + 0.5), dtype=np.int64)


@lru_cache(maxsize=32)
def _social_places(houses: int, agents: int) -> tuple[NDArray[np.int64], ...]:
    """Return distance, burning, burning neighbours and agents located there, of every weight in its order."""
    grid = np.indices((houses // 2 + 1, 2, 3, agents + 1), dtype=np.int64)
    return tuple(_frozen(axis.ravel()) for axis in grid)


def _indices(values: ArrayLike, count: int, name: str, of: str) -> NDArray[np.uint32]:
    array = np.asarray(values)
    if array.size == 0 or array.dtype.kind not in "iu":
        raise InvalidInput(f"{name} must be a non-empty array of integers, indices into {of}.")
    if array.min() < 0 or array.max() >= count:
        worst = array.min() if array.min() < 0 else array.max()
        raise InvalidInput(f"{name} holds {worst}: it must be an index into {of}, from 0 to {count - 1}.")
    return array.astype(np.uint32)


def _frozen(array: NDArray[_T]) -> NDArray[_T]:
    contiguous = np.ascontiguousarray(array)
    contiguous.flags.writeable = False
    return contiguous
