"""Checks that no game of a batch depends on another: a batch is only a way to play many games at once."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bucket_brigade.testing.agent.play import FEW
from bucket_brigade.testing.agent.scenes import ask, observe, same_actions
from bucket_brigade.testing.agent.subject import AgentSubject
from bucket_brigade.testing.report import Skip
from bucket_brigade.testing.samples import Luck

__all__ = ["finished_rows_ignored", "one_by_one", "row_order"]


def finished_rows_ignored(s: AgentSubject) -> str:
    """What stands in the rows of games that are over changes nothing in the others."""
    s.is_scripted()
    luck, rested = Luck(1), 0
    for scene, nights in s.recordings:
        agent = s.fresh(scene)
        for night in nights:
            over = ~night.active
            rested += int(over.sum())
            houses, last = night.houses.copy(), night.last.copy()
            houses[over], last[over] = luck.below(3), luck.below(2)
            seen = observe(scene, replace(night, houses=houses, last=last))
            same_actions("With other things in games that are over", scene, night, ask(agent, seen))
    if not rested:
        raise Skip("no game ended before the others in these scenes")
    return f"{rested} rows of games that are over"


def row_order(s: AgentSubject) -> str:
    """The order of the games in a batch does not matter."""
    s.is_scripted()
    for scene, nights in s.recordings[:FEW]:
        order = np.roll(np.arange(len(scene.games))[::-1], 2)
        agent = s.fresh(scene)
        for night in nights:
            found = ask(agent, observe(scene, night, order))
            same_actions("With the games in another order", scene, night, found, rows=order)
    return f"{len(s.recordings[:FEW])} scenes, their games in another order"


def one_by_one(s: AgentSubject) -> str:
    """A game played alone is the game it is in a batch."""
    s.is_scripted()
    games = 0
    for scene, nights in s.recordings[:FEW]:
        for row in range(0, len(scene.games), 2):
            agent, one = s.fresh(scene, 1), slice(row, row + 1)
            games += 1
            for night in nights:
                if not night.active[row]:
                    break
                found = ask(agent, observe(scene, night, one))
                same_actions("In a game played alone", scene, night, found, rows=one)
    return f"{games} games"
