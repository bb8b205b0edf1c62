"""Which profiles must be played for which payoffs, and playing them: programs in, counts out.

A *cell* is a payoff that is wanted: of a focal strategy against a composition of opponents. With random
seating one profile, a multiset of N strategies, serves the cells of every strategy in it; with
published seating each cell has its own profile, the focal agent in slot 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.payoffs import mean_payoffs, price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.normal_form.compositions import compositions
from bucket_brigade.payoffs.seating import SeatingDesign
from bucket_brigade.payoffs.source import PlayedSource

__all__ = ["Plan", "Progress", "all_cells", "plan_cells", "play_plan", "price_plan"]

Progress = Callable[[int, int], None]
"""Called with (games played, games in all) after every part of the work."""

_MOST_COUNTS_PER_CALL = 1 << 24
"""Counts that one call of a backend may answer (128 MiB); larger tensors take several calls."""
_PARTS_WITH_PROGRESS = 20


@dataclass(frozen=True, eq=False)
class Plan:
    """P profiles to play, N slots each, and the T cells to read from them."""

    slots: NDArray[np.intp]
    """(P, N) the strategy in each slot."""
    profile_of: NDArray[np.intp]
    """(T,) the profile that each cell is read from."""
    weights: NDArray[np.float64]
    """(T, N) the cell is this mean over the slots of its profile."""


def plan_cells(seating: str, focal: NDArray[np.intp], opponents: NDArray[np.intp]) -> Plan:
    """Plan the cells of focal strategies, shape (T,), against compositions of opponents, shape (T, K)."""
    members = opponents.copy()
    if seating == "published":
        slots = np.column_stack([focal, _expanded(members)])
        used, profile_of = np.unique(slots, axis=0, return_inverse=True)
        weights = np.zeros(slots.shape)
        weights[:, 0] = 1.0
        return Plan(used, profile_of.ravel(), weights)
    members[np.arange(len(focal)), focal] += 1
    slots = _expanded(members)
    used, profile_of = np.unique(slots, axis=0, return_inverse=True)
    mine = slots == focal[:, None]
    return Plan(used, profile_of.ravel(), mine / mine.sum(axis=1, keepdims=True))


def all_cells(strategies: int, agents: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return focal strategies and compositions of every payoff of a symmetric game, K * M cells, row by row."""
    table = compositions(agents - 1, strategies)
    return np.repeat(np.arange(strategies), len(table)), np.tile(table, (strategies, 1))


def play_plan(
    plan: Plan,
    design: SeatingDesign,
    scenario: Scenario,
    source: PlayedSource,
    *,
    first_game: int,
    progress: Progress | None,
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    """Yield (profiles, sums of their counts, shape (profiles, B, D)) until all profiles are played.

    One call of the backend plays everything, unless progress is wanted, an executor shares the work or the
    answer would be too large; what is played does not depend on how it is divided.
    """
    profiles, blocks = len(plan.slots), design.num_blocks
    size = num_counts(scenario.num_agents)
    part = max(1, _MOST_COUNTS_PER_CALL // (blocks * size))
    if progress is not None or source.execution.executor is not None:
        part = min(part, -(-profiles // _PARTS_WITH_PROGRESS))
    if progress is not None:
        progress(0, profiles * design.games)
    first_games = np.array(design.first_games(first_game), dtype=np.uint64)

    def request(here: slice) -> PlayRequest:
        seats = design.profiles(plan.slots[here]).reshape(-1, scenario.num_agents)
        return PlayRequest(
            compile_program([scenario], source.strategies, seats),
            seed=source.execution.seed,
            games=design.games_per_block,
            first_game=np.tile(first_games, here.stop - here.start),
            second_moments=False,
        )

    places = [slice(begin, min(begin + part, profiles)) for begin in range(0, profiles, part)]
    for here, counts in zip(places, source.play(map(request, places)), strict=True):
        yield here, counts.sums.reshape(-1, blocks, size)
        if progress is not None:
            progress(here.stop * design.games, profiles * design.games)


def price_plan(
    plan: Plan,
    design: SeatingDesign,
    scenario: Scenario,
    played: Iterator[tuple[slice, NDArray[np.int64]]],
) -> NDArray[np.float64]:
    """Return the mean payoff of every cell in every replicate, shape (Q, T), from the counts of profiles."""
    prices = price_matrix(scenario)
    cells = np.argsort(plan.profile_of, kind="stable")
    profile_of = plan.profile_of[cells]
    means = np.empty((design.strata * design.replicates, len(cells)))
    for here, sums in played:
        of_slots = design.replicate_means(mean_payoffs(sums, design.games_per_block, prices))
        mine = cells[slice(*np.searchsorted(profile_of, [here.start, here.stop]))]
        local = plan.profile_of[mine] - here.start
        means[:, mine] = np.einsum("tqn,tn->qt", of_slots[local], plan.weights[mine])
    return means


def _expanded(members: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the slots of compositions, ascending: [2, 0, 1] becomes 0, 0, 2."""
    rows, strategies = members.shape
    size = int(members[0].sum())
    return np.repeat(np.tile(np.arange(strategies), rows), members.ravel()).reshape(rows, size)
