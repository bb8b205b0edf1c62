"""All equilibria that mix two strategies."""

from __future__ import annotations

import itertools

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.bernstein import zeros_in_unit_interval
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["two_strategy_mixtures"]


_INTERIOR = 1e-8
"""Nearer to 0 or 1 than this, a mixture is the pure strategy, which was looked at; as in the search of supports."""
_WIDE = 1e-2
"""A stretch of ties this wide is a continuum, and not a root of high multiplicity: within 1e-10 of the span, a root of
multiplicity m is about 1e-10 to the power 1/m wide, so 1e-5 for a double and 5e-4 for a triple one."""


def two_strategy_mixtures(game: SymmetricGame, pair: tuple[int, int], tolerance: float) -> list[Floats]:
    """Return mixtures of shape (K,) of two strategies a, b that do equally well, candidates for equilibria.

    With probability t for b, ``u_a - u_b`` is a polynomial of degree N-1 in t whose Bernstein
    coefficients are the payoff differences against k players of b and N-1-k of a. All its roots inside
    (0, 1) are returned. Where a and b tie all along, so do middles of the stretches on which no third
    strategy crosses them, and the crossings: representatives of a continuum. `tolerance` is relative to
    the span of the game.
    """
    a, b = pair
    table = game.advantages[:, game.columns(pair)]
    close = 0.1 * tolerance * game.span
    places: list[float] = []
    for low, high in zeros_in_unit_interval(table[a] - table[b], close):
        if high - low < _WIDE:
            places.append((low + high) / 2)
        else:
            places += _representatives(game, pair, table, (low, high), tolerance)
    return [_mixture(game, pair, t) for t in places if _INTERIOR < t < 1 - _INTERIOR]


def _representatives(
    game: SymmetricGame, pair: tuple[int, int], table: Floats, stretch: tuple[float, float], tolerance: float
) -> list[float]:
    """Return the middle of each stretch of equilibria within a tie, and isolated ones at crossings."""
    low, high = stretch
    crossings = {low, high}
    for other in range(game.num_strategies):
        if other not in pair:
            for ends in zeros_in_unit_interval(table[other] - table[pair[0]], 0.1 * tolerance * game.span):
                crossings |= {t for t in ends if low < t < high}
    places = sorted(crossings)

    def holds(t: float) -> bool:
        return game.regret(_mixture(game, pair, t)) <= tolerance * game.span

    kept: list[float] = []
    begin: float | None = None
    for left, right in itertools.pairwise(places):
        if holds((left + right) / 2):
            begin = left if begin is None else begin
            continue
        if begin is not None:
            kept.append((begin + left) / 2)
        elif holds(left):
            kept.append(left)
        begin = None
    last = places[-1]
    if begin is not None:
        kept.append((begin + last) / 2)
    elif holds(last):
        kept.append(last)
    return kept


def _mixture(game: SymmetricGame, pair: tuple[int, int], t: float) -> Floats:
    mixture = np.zeros(game.num_strategies)
    mixture[list(pair)] = 1.0 - t, t
    return mixture
