"""What the kit asks of a backend: requests that are the same on every machine, without Hypothesis.

They are drawn by the generator of the game itself (rules.md, section 3), so they do not change with a
version of NumPy or Python, and a failure names the number of its request: ``sample_request(7)`` is that
request again. They reach every edge of the rules: rings of 2 and 16 houses, teams of 1 and 16, both
rules of spread and of the end, chances of 0 and 1, one night, seeds and games of 64 bits, several towns
of different sizes in one program, every kind of strategy.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.game.draws import words
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import ENDS_WHEN, SPREAD, Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social, Strategy, Tabular, Theta

__all__ = [
    "NUM_REQUESTS",
    "NUM_STEPS",
    "Luck",
    "Steps",
    "exact_program",
    "fresh_copy",
    "sample_request",
    "sample_scenario",
    "sample_steps",
    "sample_strategy",
]

NUM_REQUESTS = 30
"""How many requests for whole games there are."""
NUM_STEPS = 12
"""How many batches to be played night by night there are."""

T = TypeVar("T")

_LARGEST_TABLE_RING = 4


class Luck:
    """A stream of numbers that depends on its seed alone."""

    def __init__(self, seed: int) -> None:
        self._words = _stream(seed)

    def uniform(self) -> float:
        """Return a number in [0, 1)."""
        return float(next(self._words) * 2.0**-32)

    def below(self, options: int) -> int:
        """Return an integer from 0 to ``options - 1``."""
        return int(next(self._words) * options >> 32)

    def choice(self, options: Sequence[T]) -> T:
        """Return one of the options."""
        return options[self.below(len(options))]

    def probability(self) -> float:
        """Return a probability, 0 and 1 often."""
        return self.choice((0.0, 1.0, self.uniform(), self.uniform(), self.uniform()))


def _stream(seed: int) -> Iterator[int]:
    for block in itertools.count():
        games = np.arange(256 * block, 256 * (block + 1), dtype=np.uint64)
        yield from words(seed, games, 0, 63, 16).ravel().tolist()


@dataclass(frozen=True, eq=False)
class Steps:
    """A batch of G games to be played night by night: the arguments of `Backend.stepper`."""

    program: Program
    seed: int
    entries: NDArray[np.uint32]
    """(G,) the entry of each game."""
    games: NDArray[np.uint64]
    """(G,) the number of each game."""


def sample_scenario(luck: Luck, houses: int, agents: int, longest: int = 20) -> Scenario:
    """Return a scenario of this size whose games last up to `longest` nights."""
    max_nights = 1 + luck.below(longest)
    min_nights = luck.choice((1, max_nights, 1 + luck.below(max_nights)))
    homes = tuple(luck.below(houses) for _ in range(agents)) if luck.below(2) else ()
    # Small chances of catching fire make long, varied games; certain ones are over at once.
    ignition = (0.1 * luck.uniform(), 0.1 * luck.uniform(), luck.probability())
    return Scenario(
        prob_initial_fire=luck.choice((luck.uniform(), luck.probability())),
        prob_house_catches_fire=luck.choice(ignition),
        prob_fire_spreads_to_neighbor=luck.probability(),
        prob_solo_agent_extinguishes_fire=luck.probability(),
        min_nights=min_nights,
        max_nights=max_nights,
        num_houses=houses,
        num_agents=agents,
        spread=luck.choice(SPREAD),
        ends_when=luck.choice(ENDS_WHEN),
        cost_to_work_one_night=1.0,
        distance_cost=0.25,
        homes=homes,
        team_reward_house_survives=100.0,
        team_penalty_house_burns=100.0,
        reward_own_house_survives=2.0,
        reward_other_house_survives=1.0,
        penalty_own_house_burns=2.0,
        penalty_other_house_burns=1.0,
        name="sample",
    )


def sample_strategy(luck: Luck, houses: int, *, state_only: bool = False) -> Strategy:
    """Return a native strategy for a ring of this size; with `state_only`, one that looks only at the houses."""
    theta: Theta = (
        luck.choice(tuple(ARCHETYPES.values()))
        if luck.below(2)
        else tuple(luck.probability() for _ in range(10))  # type: ignore[assignment]
    )
    kinds = ["heuristic"] if state_only else ["heuristic", "social"]
    if houses <= _LARGEST_TABLE_RING:
        kinds.append("tabular")
    kind = luck.choice(kinds)
    if kind == "tabular":
        weights = np.array(
            [[luck.below(5) for _ in range(2 * houses)] for _ in range(3**houses)], dtype=float
        )
        weights[:, luck.below(2 * houses)] += 1.0
        return Tabular(weights / weights.sum(axis=1, keepdims=True))
    return Heuristic(theta) if kind == "heuristic" else Social(theta)


_SIZES = ((10, 4), (2, 1), (16, 16), (2, 16), (16, 1), (3, 3), (4, 5), (10, 10), (7, 2), (13, 6))
"""Houses and agents; the edges of both come first, so that even a few requests reach them."""

_FIRST_GAMES = (0, 1, 2**32 - 5, 2**32, 2**40 + 17, 2**64 - 60)
_SEEDS = (0, 1, 2**32 - 1, 2**32, 2**64 - 1, 0x0123456789ABCDEF)


@functools.cache
def sample_request(number: int) -> PlayRequest:
    """Return request `number`, from 0 to ``NUM_REQUESTS - 1``: whole games, the counts of every one kept."""
    luck = Luck(number)
    houses, agents = _SIZES[number % len(_SIZES)]
    rings = [houses, houses if number % 3 else 2 + luck.below(15)]
    towns = [sample_scenario(luck, ring, agents, longest=12) for ring in rings]
    program = _compile(luck, towns, agents, entries=3)
    first = [luck.choice(_FIRST_GAMES) for _ in range(program.num_entries)]
    seed = _SEEDS[number] if number < len(_SEEDS) else int(luck.uniform() * 2**53)
    return PlayRequest(program, seed=seed, games=8 + luck.below(17), first_game=first, keep_games=True)


@functools.cache
def sample_steps(number: int, *, external: bool = False) -> Steps:
    """Return batch `number`, from 0 to ``NUM_STEPS - 1``; with `external`, some seats are played from outside."""
    luck = Luck(1000 + number)
    houses, agents = _SIZES[number % len(_SIZES)]
    towns = [sample_scenario(luck, houses, agents, longest=12) for _ in range(2)]
    program = _compile(luck, towns, agents, entries=3, external=external)
    games = 12
    entries = np.array([luck.below(program.num_entries) for _ in range(games)], dtype=np.uint32)
    first = np.uint64(luck.choice(_FIRST_GAMES))
    numbers = first + np.array([luck.below(40) for _ in range(games)], dtype=np.uint64)
    return Steps(program, _SEEDS[number % len(_SEEDS)], _read_only(entries), _read_only(numbers))


@functools.cache
def exact_program(number: int) -> Program:
    """Return a program with two entries whose expectation can be written out: a small ring, state-only seats."""
    luck = Luck(2000 + number)
    houses, agents = ((2, 1), (3, 3), (3, 2), (2, 5), (3, 4), (4, 3))[number % 6]
    towns = [sample_scenario(luck, houses, agents, longest=10) for _ in range(2)]
    seats = [[sample_strategy(luck, houses, state_only=True) for _ in range(agents)] for _ in towns]
    profiles = np.arange(2 * agents).reshape(2, agents)
    return compile_program(towns, [s for team in seats for s in team], profiles, [0, 1])


def fresh_copy(value: T) -> T:
    """Return a copy of a request, a program or steps with arrays of its own, read-only as the contract has them.

    Every check gets one, so that a backend which writes into what it is given spoils no other check.
    """
    if isinstance(value, np.ndarray):
        return _read_only(value.copy())
    if isinstance(value, PlayRequest | Program | Steps):
        parts = {f.name: fresh_copy(getattr(value, f.name)) for f in fields(value)}
        return replace(value, **parts)
    return value


def _compile(
    luck: Luck, towns: list[Scenario], agents: int, *, entries: int, external: bool = False
) -> Program:
    strategies: list[Strategy] = []
    profiles, scenario_of = [], []
    for entry in range(entries):
        town = entry % len(towns)
        team = [sample_strategy(luck, towns[town].num_houses) for _ in range(agents)]
        if external:
            team = [External() if luck.below(2) else strategy for strategy in team]
        profiles.append(list(range(len(strategies), len(strategies) + agents)))
        strategies += team
        scenario_of.append(town)
    return compile_program(towns, strategies, profiles, scenario_of).for_engines()


def _read_only(array: T) -> T:
    assert isinstance(array, np.ndarray)
    array.flags.writeable = False
    return array
