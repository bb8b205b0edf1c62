"""What native strategies do on one night (docs/reference/rules.md, section 6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backend_starter.rules import BURNING, Action, Game, Word
from bucket_brigade.game.draws import Purpose
from bucket_brigade.game.program import PolicyKind, Program


@dataclass(frozen=True)
class Policy:
    """One policy of a program: a strategy as thresholds and a table (`Program.chances`, `Program.tables`)."""

    kind: PolicyKind
    chances: list[int]
    table: NDArray[np.uint64]

    @classmethod
    def of(cls, program: Program, policy: int) -> Policy:
        """Read a row of every array of policies."""
        table = program.tables[program.table_start[policy] : program.table_start[policy + 1]]
        return cls(PolicyKind(program.kind[policy]), program.chances[policy].tolist(), table)


def decide(game: Game, agent: int, policy: Policy, word: Word) -> Action:
    """Return tonight's house, mode and signal; zeros on a seat that is played from outside."""
    if policy.kind == PolicyKind.HEURISTIC:
        return _heuristic(game, agent, policy, word)
    if policy.kind == PolicyKind.SOCIAL:
        return _social(game, agent, policy, word)
    if policy.kind == PolicyKind.TABULAR:
        return _tabular(game, agent, policy, word)
    return 0, 0, 0


def _heuristic(game: Game, agent: int, policy: Policy, word: Word) -> Action:
    work, own, honesty = policy.chances
    house = home = game.town.homes[agent]
    fires = [h for h, state in enumerate(game.houses) if state == BURNING]
    mode = int(word(Purpose.WORK, agent) < work)
    if mode and fires and not (home in fires and word(Purpose.HOME, agent) < own):
        house = fires[word(Purpose.PICK, agent) * len(fires) >> 32]
    honest = word(Purpose.SIGNAL, agent) < honesty
    return house, mode, mode if honest else 1 - mode


def _social(game: Game, agent: int, policy: Policy, word: Word) -> Action:
    honesty, exploration, fatigue = policy.chances
    town, home = game.town, game.town.homes[agent]
    burning = [int(state == BURNING) for state in game.houses]

    intent = 2 * (2 * sum(burning) + burning[home])
    honest = word(Purpose.SIGNAL, agent) < honesty
    signal = int(bool(policy.table[intent]) == honest)

    located = [0] * town.num_houses
    if game.night > 0:
        for house, _, _ in game.actions:
            located[house] += 1
    # The table of weights: by distance from home, burning, burning neighbours, and agents there last night.
    first, others = 4 * (town.num_houses + 1), town.num_agents + 1
    weights = []
    for h in range(town.num_houses):
        near = burning[h - 1] + burning[(h + 1) % town.num_houses]
        cell = ((town.distance(h, home) * 2 + burning[h]) * 3 + near) * others + located[h]
        weights.append(int(policy.table[first + cell]))
    pick = word(Purpose.PICK, agent) * sum(weights) >> 32
    house, running = 0, weights[0]
    while running <= pick:
        house += 1
        running += weights[house]

    mode = int(word(Purpose.WORK, agent) < (honesty if signal else int(policy.table[intent + 1])))
    if word(Purpose.STRAY, agent) < exploration:
        house = word(Purpose.STRAY_HOUSE, agent) * town.num_houses >> 32
        mode = word(Purpose.STRAY_MODE, agent) >> 31
    if game.night > 0 and word(Purpose.HABIT, agent) < fatigue:
        house, mode, _ = game.actions[agent]
    return house, mode, signal


def _tabular(game: Game, agent: int, policy: Policy, word: Word) -> Action:
    actions = 2 * game.town.num_houses
    row = actions * sum(state * 3**h for h, state in enumerate(game.houses))
    thresholds: list[int] = policy.table[row : row + actions].tolist()
    drawn = word(Purpose.WORK, agent)
    house, mode = divmod(next(a for a, limit in enumerate(thresholds) if limit > drawn), 2)
    return house, mode, mode
