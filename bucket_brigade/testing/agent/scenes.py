"""Towns, seats and games in which an agent is watched, and what it saw and did there.

A scene is played once on the Python reference, the other seats by native strategies. Most checks then show
the recorded nights again, to other instances or in another arrangement, and compare what is done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import WORDS_A_NIGHT, Observations
from bucket_brigade.agents.scripted import GuardedAgent, ScriptedAgent
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import ENDS_WHEN, SPREAD, Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Scripted, Social, Strategy
from bucket_brigade.testing.backend.whole_games import PLAIN_TOWN
from bucket_brigade.testing.report import fail
from bucket_brigade.testing.samples import Luck

__all__ = [
    "Night",
    "Scene",
    "SealedObservations",
    "ask",
    "observe",
    "record",
    "same_actions",
    "scenes_in",
    "standard_scenes",
]

NIGHTS = 10
"""How many nights of a scene are recorded, at most."""

_SIZES = (
    (10, 4, 1), (2, 1, 0), (16, 16, 15), (3, 3, 2), (10, 4, 3), (2, 16, 9), (16, 1, 0), (5, 7, 6), (7, 2, 1),
    (12, 5, 0), (4, 4, 2), (10, 10, 7), (13, 6, 4), (9, 3, 0),
)  # fmt: skip
"""Houses, agents and the seat that is watched."""

_OTHERS: tuple[Strategy, ...] = (
    Heuristic(ARCHETYPES["firefighter"]),
    Social(ARCHETYPES["liar"]),
    Heuristic(ARCHETYPES["free_rider"]),
    Heuristic(ARCHETYPES["liar"]),
)
_SMALL_TEAM = 6
"""Larger teams have no social strategies, which take long: an agent sees as much of the others without."""


@dataclass(frozen=True, eq=False)
class Scene:
    """One seat in G games of one scenario."""

    number: int
    scenario: Scenario
    seat: int
    seed: int
    games: NDArray[np.uint64]

    def __str__(self) -> str:
        town = self.scenario
        return f"scene {self.number} ({town.num_houses} houses, {town.num_agents} agents, seat {self.seat})"

    @property
    def see(self) -> str:
        """How to make it again."""
        how = f"seat {self.seat} of {self.scenario!r}"
        if self.scenario.name == f"scene {self.number}":
            ring = self.scenario.num_houses
            houses = ring if ring != _SIZES[self.number][0] else ""
            module = "bucket_brigade.testing.agent.scenes"
            how = f"from {module} import standard_scenes; standard_scenes({houses})[{self.number}]"
        return f"{how}; seed {self.seed}, games {self.games[0]} to {self.games[-1]}"

    def program(self, strategy: Strategy) -> Program:
        """Return the program in which this strategy sits on the seat; a scripted one as played from outside."""
        agents = self.scenario.num_agents
        others = _OTHERS if agents <= _SMALL_TEAM else _OTHERS[2:]
        team = [others[seat % len(others)] for seat in range(agents)]
        team[self.seat] = External() if isinstance(strategy, Scripted) else strategy
        return compile_program([self.scenario], team, [list(range(len(team)))]).for_engines()


@dataclass(frozen=True, eq=False)
class Night:
    """What was seen on one night, G games, and what was done."""

    night: NDArray[np.uint32]
    houses: NDArray[np.uint8]
    last: NDArray[np.uint8]
    """(G, N, 3) house, mode and signal of the night before."""
    active: NDArray[np.bool_]
    actions: NDArray[np.uint8]
    """(G, 3) what the agent did; zeros in games that were over."""


def standard_scenes(houses: int | None = None) -> tuple[Scene, ...]:
    """Return the scenes of the kit, on rings of all sizes or of one."""
    return tuple(_scene(number, houses) for number in range(len(_SIZES)))


def scenes_in(towns: Sequence[Scenario]) -> tuple[Scene, ...]:
    """Return scenes in these scenarios: on the first, a middle and the last seat of each."""
    seats = [
        (town, seat) for town in towns for seat in sorted({0, town.num_agents // 2, town.num_agents - 1})
    ]
    return tuple(Scene(n, town, seat, 100 + n, _games(n)) for n, (town, seat) in enumerate(seats))


def _scene(number: int, houses: int | None) -> Scene:
    ring, agents, seat = _SIZES[number]
    ring = ring if houses is None else houses
    luck = Luck(3000 + number)
    town = replace(
        PLAIN_TOWN,
        name=f"scene {number}",
        num_houses=ring,
        num_agents=agents,
        prob_initial_fire=(0.3, 0.15, 0.6)[number % 3],
        prob_house_catches_fire=(0.05, 0.15)[number % 2],
        min_nights=1 + number % 4,
        # One scene is over after a night; the others end at different nights, game by game.
        max_nights=1 if number == 4 else 40,
        spread=SPREAD[number // 2 % 2],
        ends_when=ENDS_WHEN[number // 4 % 2],
        homes=tuple(luck.below(ring) for _ in range(agents)) if number % 3 == 2 else (),
    )
    return Scene(number, town, seat, 100 + number, _games(number))


def _games(number: int) -> NDArray[np.uint64]:
    # Not in order, and across the border of 32 bits, so that nobody can take a row for a number.
    return np.uint64(2**32 - 4 + number) + np.array([0, 7, 3, 12, 5, 1, 20, 4, 9], dtype=np.uint64)


def record(strategy: Strategy, scene: Scene) -> tuple[Night, ...]:
    """Play a scene and return its nights. Raises `AgentError` for whatever a scripted agent gets wrong."""
    guard = _guard(strategy, scene) if isinstance(strategy, Scripted) else None
    program, zeros = scene.program(strategy), np.zeros(len(scene.games), dtype=np.uint32)
    stepper = PythonReference().stepper(program, scene.seed, zeros, scene.games)
    nights: list[Night] = []
    while len(nights) < NIGHTS and not stepper.finished.all():
        night, active = stepper.nights + np.uint32(1), stepper.finished == 0
        tonight = stepper.decide()
        if guard is not None:
            tonight[:, scene.seat] = guard.act(night, stepper.houses, stepper.last_actions, active.copy())
        done = tonight[:, scene.seat].copy()
        nights.append(Night(night, stepper.houses, stepper.last_actions, active, done))
        stepper.apply(tonight)
    return tuple(nights)


def _guard(scripted: Scripted, scene: Scene) -> GuardedAgent:
    handing = Scripted(scripted.name, lambda: _Handing(scripted.factory()))
    return GuardedAgent(handing, scene.seat, scene.scenario, scene.games, scene.seed)


class _Handing:
    """Hands an agent arrays of its own, so that writing into them is found by the check that looks for it."""

    def __init__(self, agent: Any) -> None:
        self._agent: ScriptedAgent = agent

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self._agent.reset(seat, scenario, num_games)

    def act(self, observations: Observations) -> NDArray[np.integer]:
        seen = observations
        parts = ("night", "houses", "last_signals", "last_locations", "last_modes", "active")
        return self._agent.act(replace(seen, **{part: getattr(seen, part).copy() for part in parts}))


@dataclass(frozen=True, eq=False)
class SealedObservations(Observations):
    """Observations whose words come from elsewhere, so that seed and game numbers can be anything."""

    _source: Callable[[int], NDArray[np.uint32]] = field(default=lambda _: np.zeros(0, np.uint32), repr=False)

    def words(self, k: int) -> NDArray[np.uint32]:
        """Return word `k` of every game, shape (G,)."""
        if not 0 <= k < WORDS_A_NIGHT:
            raise InvalidInput(f"word k = {k!r} is not there.")
        return self._source(k)


def observe(scene: Scene, night: Night, rows: Any = slice(None)) -> Observations:
    """Return what the seat sees on a night in some rows, in arrays of its own."""
    last = night.last[rows]
    return Observations(
        scene.seat,
        night.night[rows].copy(),
        night.houses[rows].copy(),
        last[..., 2].copy(),
        last[..., 0].copy(),
        last[..., 1].copy(),
        night.active[rows].copy(),
        scene.seed,
        scene.games[rows].copy(),
    )


def ask(agent: ScriptedAgent, seen: Observations) -> NDArray[np.int64]:
    """Return what the agent does, shape (G, 3)."""
    games = len(seen.active)
    answer = np.asarray(agent.act(seen))
    if answer.shape != (games, 3):
        fail(f"act answered with shape {answer.shape}", expected=f"shape {(games, 3)}")
    return answer.astype(np.int64)


def same_actions(
    how: str,
    scene: Scene,
    night: Night,
    found: NDArray[np.int64],
    expected: NDArray[Any] | None = None,
    rows: Any = slice(None),
) -> None:
    """Fail the check unless these are the recorded actions of the rows, in games that still run."""
    wanted, active = (night.actions if expected is None else expected)[rows], night.active[rows]
    wrong = (found != wanted).any(axis=1) & active
    if wrong.any():
        row = int(np.argmax(wrong))
        game, when = scene.games[rows][row], night.night[rows][row]
        fail(
            f"{how}, the agent chose {_action(found[row])} in {scene}, night {when} of game {game}",
            expected=f"{_action(wanted[row])}, as it did before",
            see=scene.see,
        )


def _action(action: NDArray[Any]) -> str:
    house, mode, signal = (int(part) for part in action)
    return f"house {house}, mode {mode}, signal {signal}"
