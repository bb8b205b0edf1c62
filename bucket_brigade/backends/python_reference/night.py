"""One night, the end of the game, and what is counted (rules.md, sections 4, 5 and 7)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.python_reference.games import (
    BURNING,
    RUINED,
    SAFE,
    TERMINATED,
    TRUNCATED,
    Games,
)
from bucket_brigade.game.counts import OWN_COUNTS, SHARED_COUNTS
from bucket_brigade.game.draws import Purpose
from bucket_brigade.game.program import Program

__all__ = ["play_night"]

Mask = NDArray[np.bool_]


def play_night(games: Games, program: Program, actions: NDArray[np.uint8]) -> None:
    """Advance every game of the batch by one night, in place. `actions` has shape (G, N, 3)."""
    before = games.houses
    still_burning = _extinguish(games, program, actions)
    games.houses = _spread_and_ignite(games, program, still_burning)
    games.night = games.night + np.uint32(1)
    games.actions = actions
    _count(games, program, before)
    _check_end(games, program)


def _extinguish(games: Games, program: Program, actions: NDArray[np.uint8]) -> Mask:
    """Section 4.2: return the houses F that are still burning."""
    count, houses = games.houses.shape
    workers = np.zeros((count, houses), dtype=np.intp)
    for agent in range(program.num_agents):
        workers[np.arange(count), actions[:, agent, 0]] += actions[:, agent, 1]
    chance = program.extinguish[games.town[:, None], workers]
    put_out = games.luck(Purpose.EXTINGUISH, houses) < chance
    return np.asarray((games.houses == BURNING) & ~put_out)


def _spread_and_ignite(games: Games, program: Program, still_burning: Mask) -> NDArray[np.uint8]:
    """Sections 4.3 and 4.4: return the houses at the night's end."""
    live = program.before_burn_out[games.town][:, None]
    spreading = (still_burning & live).astype(np.intp)
    near = np.roll(spreading, 1, axis=1) + np.roll(spreading, -1, axis=1)
    ruined = (games.houses == RUINED) | still_burning
    chance = program.ignite[games.town[:, None], near]
    ignites = games.luck(Purpose.IGNITE, games.houses.shape[1]) < chance
    burning_or_safe = np.where(ignites, np.uint8(BURNING), np.uint8(SAFE))
    return np.where(ruined, np.uint8(RUINED), burning_or_safe)


def _count(games: Games, program: Program, before: NDArray[np.uint8]) -> None:
    """Section 7, in the columns of `bucket_brigade.game.counts`."""
    agents, houses = program.num_agents, before.shape[1]
    saved = (before == BURNING) & (games.houses == SAFE)
    ruined = games.houses == RUINED
    homes = program.homes[games.town].astype(np.int32)
    tonight = np.zeros_like(games.counts)
    for agent in range(agents):
        place, mode = games.actions[:, agent, 0].astype(np.int32), games.actions[:, agent, 1]
        around = np.abs(place - homes[:, agent])
        distance = np.minimum(around, houses - around)
        own = [
            mode,
            distance * mode,
            saved[:, agent::agents].sum(axis=1),
            ruined[:, agent::agents].sum(axis=1),
        ]
        first = len(OWN_COUNTS) * agent
        tonight[:, first : first + len(OWN_COUNTS)] = np.stack(own, axis=1)
    safe = (games.houses == SAFE).sum(axis=1)
    shared = [np.ones_like(safe), safe, ruined.sum(axis=1), saved.sum(axis=1), np.zeros_like(safe)]
    tonight[:, -len(SHARED_COUNTS) :] = np.stack(shared, axis=1)
    games.counts = games.counts + tonight


def _check_end(games: Games, program: Program) -> None:
    """Section 5."""
    no_fires = (games.houses != BURNING).all(axis=1)
    all_safe = (games.houses == SAFE).all(axis=1)
    all_ruined = (games.houses == RUINED).all(axis=1)
    over = np.where(program.until_no_fires[games.town], no_fires, all_safe | all_ruined)
    terminated = over & (games.night >= program.min_nights[games.town])
    truncated = ~terminated & (games.night == program.max_nights[games.town])
    games.finished = np.select(
        [terminated, truncated], [np.uint8(TERMINATED), np.uint8(TRUNCATED)], default=games.finished
    )
    games.counts[:, -1] = terminated
