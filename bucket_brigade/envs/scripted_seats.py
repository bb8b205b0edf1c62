"""Opponents written in Python, in rows whose games begin and end at different times.

An agent is reset for a number of games that begin together, and may remember what each of them has shown. So
rows that start together get an agent of their own, and lose it when their next games start.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.scripted import GuardedAgent
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.envs.seating import Seating
from bucket_brigade.errors import InvalidInput

__all__ = ["ScriptedSeats"]


@dataclass(eq=False)
class _Cohort:
    """Rows that started together, and their agents by seat."""

    agents: dict[int, GuardedAgent]
    rows: NDArray[np.intp]
    mine: NDArray[np.bool_]
    """Which of the rows still play the game that they started with."""


class ScriptedSeats:
    """Who acts on the scripted seats of a batch."""

    def __init__(self, seating: Seating) -> None:
        self._seating = seating
        self._cohorts: list[_Cohort] = []

    def start(self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]) -> None:
        """Seat new agents in the rows whose games start; all of shape (G,)."""
        for cohort in self._cohorts:
            cohort.mine &= ~mask[cohort.rows]
        self._cohorts = [cohort for cohort in self._cohorts if cohort.mine.any()]
        rows = np.flatnonzero(mask)
        agents = {
            seat: GuardedAgent(scripted, seat, self._seating.scenario, games[rows], seeds[rows])
            for seat, scripted in self._seating.scripted.items()
        }
        self._cohorts.append(_Cohort(agents, rows, np.ones(len(rows), dtype=np.bool_)))

    def fill_in(
        self, actions: NDArray[np.integer], states: GameStates, external: tuple[int, ...]
    ) -> NDArray[np.integer]:
        """Return the actions of all `external` seats, (G, S, 3), from those of the learners, (G, L, 3).

        Raises `InvalidInput` for actions of another shape and `AgentError` if an agent fails.
        """
        learners = self._seating.learners
        shape, given = (len(states), len(learners), 3), np.asarray(actions)
        if given.shape != shape or given.dtype.kind not in "iu":
            raise InvalidInput(
                f"actions has shape {given.shape} and dtype {given.dtype}: it must be integers of shape {shape}."
            )
        everybody = np.zeros((len(states), len(external), 3), dtype=np.int64)
        everybody[:, [external.index(seat) for seat in learners]] = given
        running = states.finished == 0
        for cohort in self._cohorts:
            rows = cohort.rows
            active = running[rows] & cohort.mine
            if not active.any():
                continue
            for seat, agent in cohort.agents.items():
                night = states.nights[rows] + np.uint32(1)
                acted = agent.act(night, states.houses[rows], states.actions[rows], active.copy())
                everybody[rows[active], external.index(seat)] = acted[active]
        return everybody
