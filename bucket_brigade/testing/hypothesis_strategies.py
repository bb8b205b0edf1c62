"""Hypothesis strategies for everything a backend can be asked (needs ``hypothesis``).

They cover the ranges of rules.md, edges included: rings of 2 to 16 houses, 1 to 16 agents, certain and
impossible chances, seeds and game numbers of 64 bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import ENDS_WHEN, MAX_AGENTS, MAX_HOUSES, SPREAD, Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social, Strategy, Tabular

__all__ = [
    "game_numbers",
    "play_requests",
    "probabilities",
    "profiles",
    "scenarios",
    "seeds",
    "strategies_for",
    "tables",
    "teams",
    "thetas",
]

LARGEST_TABLE_RING = 4
"""Tables have 3**H rows; rings up to this size keep examples small."""


def seeds() -> st.SearchStrategy[int]:
    """Seeds of 64 bits, small ones and the edges of both halves often."""
    edges = st.sampled_from([0, 1, 2**32 - 1, 2**32, 2**64 - 1])
    return st.one_of(edges, st.integers(0, 2**64 - 1))


def game_numbers(room: int = 1000) -> st.SearchStrategy[int]:
    """First game numbers that leave `room` games before 2**64, across the 32-bit border often."""
    border = st.integers(2**32 - room, 2**32 + room)
    return st.one_of(st.integers(0, room), border, st.integers(0, 2**64 - 1 - room))


def probabilities() -> st.SearchStrategy[float]:
    """Probabilities, with 0 and 1 often."""
    return st.one_of(st.sampled_from([0.0, 1.0, 0.5]), st.floats(0.0, 1.0))


def thetas() -> st.SearchStrategy[tuple[float, ...]]:
    """Strategy vectors: archetypes and arbitrary ones."""
    return st.one_of(st.sampled_from(list(ARCHETYPES.values())), st.tuples(*[probabilities()] * 10))


@st.composite
def scenarios(
    draw: st.DrawFn,
    *,
    num_houses: int | None = None,
    num_agents: int | None = None,
    longest: int = 30,
) -> Scenario:
    """Scenarios of any size and any rules, at most `longest` nights long."""
    houses = draw(st.integers(2, MAX_HOUSES)) if num_houses is None else num_houses
    agents = draw(st.integers(1, MAX_AGENTS)) if num_agents is None else num_agents
    max_nights = draw(st.integers(1, longest))
    money = st.floats(-100.0, 100.0)
    stake = st.one_of(money, st.tuples(*[money] * agents))
    homes = st.one_of(st.just(()), st.tuples(*[st.integers(0, houses - 1)] * agents))
    # Small chances of catching fire make long, varied games; certain ones are over at once.
    ignition = st.one_of(st.floats(0.0, 0.2), probabilities())
    return Scenario(
        prob_initial_fire=draw(ignition),
        prob_house_catches_fire=draw(ignition),
        prob_fire_spreads_to_neighbor=draw(probabilities()),
        prob_solo_agent_extinguishes_fire=draw(probabilities()),
        min_nights=draw(st.integers(1, max_nights)),
        max_nights=max_nights,
        num_houses=houses,
        num_agents=agents,
        spread=draw(st.sampled_from(SPREAD)),
        ends_when=draw(st.sampled_from(ENDS_WHEN)),
        cost_to_work_one_night=draw(money),
        reward_rest=draw(money),
        distance_cost=draw(money),
        homes=draw(homes),
        team_reward_house_survives=draw(money),
        team_penalty_house_burns=draw(money),
        reward_own_house_survives=draw(stake),
        reward_other_house_survives=draw(stake),
        penalty_own_house_burns=draw(stake),
        penalty_other_house_burns=draw(stake),
    )


@st.composite
def tables(draw: st.DrawFn, num_houses: int) -> Tabular:
    """Tabular strategies: random rows, many of them with actions that are never or always taken."""
    shape = (3**num_houses, 2 * num_houses)
    # One drawn integer and a mixing function fill the table: drawing every cell would be slow.
    salt = draw(st.integers(0, 2**32 - 1))
    cells = (np.arange(shape[0] * shape[1], dtype=np.uint64) + np.uint64(salt)) * np.uint64(
        0x9E3779B97F4A7C15
    )
    weights = ((cells >> np.uint64(40)) % np.uint64(7)).reshape(shape).astype(np.float64)
    weights[:, draw(st.integers(0, shape[1] - 1))] += 0.5
    return Tabular(weights / weights.sum(axis=1, keepdims=True))


def strategies_for(scenario: Scenario) -> st.SearchStrategy[Strategy]:
    """Native strategies that can be played in `scenario`."""
    kinds: list[Any] = [st.builds(Heuristic, thetas()), st.builds(Social, thetas())]
    if scenario.num_houses <= LARGEST_TABLE_RING:
        kinds.append(tables(scenario.num_houses))
    return st.one_of(kinds)


def profiles(scenario: Scenario, strategies: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Profiles: for every seat of `scenario` the index of one of so many strategies (see `compile_program`)."""
    return st.tuples(*[st.integers(0, strategies - 1)] * scenario.num_agents)


def teams(scenario: Scenario) -> st.SearchStrategy[tuple[Strategy, ...]]:
    """A strategy for every seat of `scenario`."""
    return st.tuples(*[strategies_for(scenario)] * scenario.num_agents)


@st.composite
def play_requests(
    draw: st.DrawFn, *, max_games: int = 12, max_entries: int = 4, one_ring_size: bool = False
) -> PlayRequest:
    """Requests of several entries over several scenarios that share a team size; counts of games kept.

    With `one_ring_size` the scenarios share their number of houses too, as a stepper asks.
    """
    agents = draw(st.one_of(st.just(4), st.integers(1, MAX_AGENTS)))
    houses = draw(st.integers(2, MAX_HOUSES)) if one_ring_size else None
    towns = draw(st.lists(scenarios(num_houses=houses, num_agents=agents), min_size=1, max_size=2))
    entries = draw(st.integers(1, max_entries))
    scenario_of = [draw(st.integers(0, len(towns) - 1)) for _ in range(entries)]
    strategies: list[Strategy] = []
    profiles = []
    for town in scenario_of:
        team = draw(teams(towns[town]))
        profiles.append(list(range(len(strategies), len(strategies) + agents)))
        strategies += team
    program = compile_program(towns, strategies, profiles, scenario_of)
    return PlayRequest(
        program,
        seed=draw(seeds()),
        games=draw(st.integers(1, max_games)),
        first_game=[draw(game_numbers()) for _ in range(entries)],
        keep_games=True,
    )
