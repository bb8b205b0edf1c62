"""What native strategies do (rules.md, section 6), each rule for a batch of games at once.

A seat may hold different policies in different games, so every threshold is looked up per game.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.python_reference.games import BURNING, Games
from bucket_brigade.game.draws import Purpose
from bucket_brigade.game.program import PolicyKind, Program

__all__ = ["decide"]

Words = NDArray[np.uint32]
Action = tuple[NDArray[np.integer], NDArray[np.bool_], NDArray[np.bool_]]
"""House, mode and signal, each of shape (G,)."""


def decide(games: Games, program: Program) -> NDArray[np.uint8]:
    """Return the actions of tonight, uint8 of shape (G, N, 3); zeros on seats played from outside."""
    actions = np.zeros_like(games.actions)
    rules = {
        PolicyKind.HEURISTIC: _heuristic,
        PolicyKind.SOCIAL: _social,
        PolicyKind.TABULAR: _tabular,
    }
    kinds = program.kind[games.policy]
    for kind, rule in rules.items():
        # Games in which some seat plays this kind share one draw of each purpose.
        rows = (kinds == kind).any(axis=1)
        if not rows.any():
            continue
        some = games if rows.all() else games.select(rows)
        luck = _Luck(some, program.num_agents)
        for agent in range(program.num_agents):
            mine = kinds[rows, agent] == kind
            if mine.any():
                chosen = np.stack(rule(some, program, agent, luck), axis=1).astype(np.uint8)
                seat = actions[rows, agent]
                seat[mine] = chosen[mine]
                actions[rows, agent] = seat
    return actions


class _Luck:
    """Tonight's words of the agents, drawn once a purpose."""

    def __init__(self, games: Games, agents: int) -> None:
        self._games, self._agents = games, agents
        self._drawn: dict[Purpose, Words] = {}

    def __call__(self, purpose: Purpose, agent: int) -> Words:
        if purpose not in self._drawn:
            self._drawn[purpose] = self._games.luck(purpose, self._agents)
        return self._drawn[purpose][:, agent]


def _heuristic(games: Games, program: Program, agent: int, luck: _Luck) -> Action:
    work, own, honesty = _chances(games, program, agent)
    home = program.homes[games.town, agent].astype(np.intp)
    burning = games.houses == BURNING
    fires = burning.sum(axis=1)

    works = luck(Purpose.WORK, agent) < work
    home_first = burning[np.arange(len(games)), home] & (luck(Purpose.HOME, agent) < own)
    # The house of the pick-th fire: where the running number of fires first exceeds pick.
    pick = _scaled(luck(Purpose.PICK, agent), fires)
    picked = (np.cumsum(burning, axis=1) > pick[:, None]).argmax(axis=1)
    away = works & ~home_first & (fires > 0)
    house = np.where(away, picked, home)

    honest = luck(Purpose.SIGNAL, agent) < honesty
    return house, works, works == honest


def _social(games: Games, program: Program, agent: int, luck: _Luck) -> Action:
    honesty, exploration, fatigue = _chances(games, program, agent)
    count, houses = games.houses.shape
    agents = program.num_agents
    home = program.homes[games.town, agent].astype(np.intp)
    burning = (games.houses == BURNING).astype(np.intp)
    start = program.table_start[games.policy[:, agent]]
    # In games where another kind of strategy sits here the table is not ours; any valid row will do.
    mine = program.kind[games.policy[:, agent]] == PolicyKind.SOCIAL
    start = np.where(mine, start, start[mine][0])

    intent = start + 2 * (2 * burning.sum(axis=1) + burning[np.arange(count), home])
    signal = (program.tables[intent] == 1) == (luck(Purpose.SIGNAL, agent) < honesty)

    around = np.abs(np.arange(houses)[None, :] - home[:, None])
    distance = np.minimum(around, houses - around)
    near = np.roll(burning, 1, axis=1) + np.roll(burning, -1, axis=1)
    located = np.zeros((count, houses), dtype=np.intp)
    for other in range(agents):
        located[np.arange(count), games.actions[:, other, 0]] += games.night > 0
    cell = ((distance * 2 + burning) * 3 + near) * (agents + 1) + located
    weights = program.tables[(start + 4 * (houses + 1))[:, None] + cell]
    total = np.cumsum(weights, axis=1)
    pick = _scaled(luck(Purpose.PICK, agent), total[:, -1])
    house = (total > pick[:, None]).argmax(axis=1)

    works_after_rest = luck(Purpose.WORK, agent) < program.tables[intent + 1]
    works = np.where(signal, luck(Purpose.WORK, agent) < honesty, works_after_rest)

    strays = luck(Purpose.STRAY, agent) < exploration
    house = np.where(strays, _scaled(luck(Purpose.STRAY_HOUSE, agent), houses).astype(np.intp), house)
    works = np.where(strays, luck(Purpose.STRAY_MODE, agent) >> np.uint32(31) == 1, works)

    repeats = (games.night > 0) & (luck(Purpose.HABIT, agent) < fatigue)
    house = np.where(repeats, games.actions[:, agent, 0], house)
    works = np.where(repeats, games.actions[:, agent, 1] == 1, works)
    return house, works, signal


def _tabular(games: Games, program: Program, agent: int, luck: _Luck) -> Action:
    houses = games.houses.shape[1]
    mine = program.kind[games.policy[:, agent]] == PolicyKind.TABULAR
    start = program.table_start[games.policy[:, agent]]
    start = np.where(mine, start, start[mine][0])
    state = games.houses.astype(np.int64) @ 3 ** np.arange(houses, dtype=np.int64)
    row = start + state * (2 * houses)
    thresholds = program.tables[row[:, None] + np.arange(2 * houses)]
    action = (thresholds > luck(Purpose.WORK, agent)[:, None]).argmax(axis=1)
    works = action % 2 == 1
    return action // 2, works, works


def _chances(games: Games, program: Program, agent: int) -> NDArray[np.uint64]:
    return program.chances[games.policy[:, agent]].T


def _scaled(words: Words, size: NDArray[np.integer] | int) -> NDArray[np.uint64]:
    """Return ``(word * size) div 2**32``."""
    return (words.astype(np.uint64) * np.asarray(size).astype(np.uint64)) >> np.uint64(32)
