"""Strategies refuse what the rules do not allow."""

from __future__ import annotations

import math

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput, UnknownName
from bucket_brigade.game.strategy import ARCHETYPES, TRAITS, Heuristic, Social, Tabular, archetype

HERO = ARCHETYPES["hero"]


@pytest.mark.parametrize("value", [-0.01, 1.01, math.nan, math.inf])
@pytest.mark.parametrize("kind", [Heuristic, Social])
def test_traits_outside_the_unit_interval_are_refused(kind: type[Heuristic | Social], value: float) -> None:
    theta = (*HERO[:4], value, *HERO[5:])
    with pytest.raises(InvalidInput, match=r"risk_aversion = .*must be a number in \[0, 1\]"):
        kind(theta)


@pytest.mark.parametrize("theta", [HERO[:9], (*HERO, 0.5), (), 0.5, "hero", np.zeros((10, 2))[:9]])
def test_the_wrong_number_of_traits_is_refused(theta: object) -> None:
    with pytest.raises(InvalidInput, match="has 10 traits"):
        Heuristic(theta)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "theta", [np.zeros((10, 2)), [*HERO[:9], [0.5]], [*HERO[:9], "0.5"], [*HERO[:9], True]]
)
def test_traits_that_are_not_numbers_are_refused(theta: object) -> None:
    with pytest.raises(InvalidInput, match=r"must be a number in \[0, 1\]"):
        Heuristic(theta)  # type: ignore[arg-type]


def test_arrays_and_lists_become_tuples() -> None:
    assert Heuristic(list(HERO)) == Heuristic(np.array(HERO)) == Heuristic(HERO)  # type: ignore[arg-type]
    assert len(TRAITS) == 10


def test_unknown_archetype_gets_a_suggestion() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'hero'"):
        archetype("heroe")


def test_tabular_accepts_rows_that_sum_to_one() -> None:
    table = np.full((9, 4), 0.25)
    assert Tabular(table).num_houses == 2
    assert Tabular(table) == Tabular(table.copy())
    assert hash(Tabular(table)) == hash(Tabular(table.tolist()))


def test_tabular_is_a_copy_that_cannot_change() -> None:
    table = np.full((9, 4), 0.25)
    strategy = Tabular(table)
    table[0] = 0
    assert strategy.table[0].sum() == 1
    with pytest.raises(ValueError, match="read-only"):
        strategy.table[0] = 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ((0, 0.25 + 2e-9), "sums to"),
        ((0, -0.25), r"table\[4, 0\]"),
        ((0, math.nan), r"table\[4, 0\]"),
    ],
)
def test_tabular_refuses_bad_rows(change: tuple[int, float], message: str) -> None:
    table = np.full((9, 4), 0.25)
    table[4, change[0]] = change[1]
    with pytest.raises(InvalidInput, match=message):
        Tabular(table)


@pytest.mark.parametrize("shape", [(9, 6), (27, 4), (3, 2), (9,), (0, 0)])
def test_tabular_refuses_other_shapes(shape: tuple[int, ...]) -> None:
    with pytest.raises(InvalidInput, match="must be"):
        Tabular(np.zeros(shape))
