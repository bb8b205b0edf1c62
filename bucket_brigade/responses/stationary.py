"""Policies that do the same every night: which nights of a best policy to try, and what each is worth."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import Program, compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy, Tabular

__all__ = ["candidate_nights", "same_every_night", "values_of_tables"]

_MOST_CELLS_AT_ONCE = 1 << 22
"""Of the tables that one call evaluates: 32 MiB; one table of twelve houses is larger and goes alone."""


def candidate_nights(scenario: Scenario, most: int = 6) -> list[int]:
    """Return up to `most` different nights, ascending from 1, on which a best policy may differ.

    It changes where the rules of the end make it: games cannot end before `min_nights`, and near the night limit
    nothing lasts. The nights that matter most come first here, by how often their policy was the best of all when
    played every night; on all named scenarios that of the first night is, or nearly so.
    """
    least, last = scenario.min_nights, scenario.max_nights
    nights = (1, least, least // 2, least - 1, (least + last) // 2, 2 * least)
    return sorted({min(max(night, 1), last) for night in nights[:most]})


def same_every_night(scenario: Scenario, actions: NDArray[np.uint8]) -> Tabular:
    """Return the strategy that takes an action, house * 2 + mode, in each of the 3**H states, whatever the night."""
    table = np.zeros((len(actions), 2 * scenario.num_houses))
    table[np.arange(len(actions)), actions] = 1.0
    return Tabular(table)


def values_of_tables(
    scenario: Scenario,
    seat: int,
    tables: Sequence[Tabular],
    opponents: Sequence[tuple[tuple[Strategy, ...], float]],
    expect: Callable[[Program], Floats],
) -> Floats:
    """Return the expected payoff of each of T tables on a seat, (T,).

    `opponents` are the strategies that the other seats may play, in their order, each with its probability;
    `expect` returns expected counts of a program's entries.
    """
    chances = np.array([chance for _, chance in opponents])
    together = max(1, _MOST_CELLS_AT_ONCE // (2 * scenario.num_houses * 3**scenario.num_houses))
    values = [np.zeros(0)]
    for begin in range(0, len(tables), together):
        teams = [
            (*others[:seat], table, *others[seat:])
            for table in tables[begin : begin + together]
            for others, _ in opponents
        ]
        payoffs = expect(compile_teams(scenario, teams)) @ price_matrix(scenario)[seat]
        values.append(payoffs.reshape(-1, len(opponents)) @ chances)
    return np.concatenate(values)
