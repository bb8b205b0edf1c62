"""From strategies and matchups to fitness: one program, one call of the backend, prices.

Floating-point sums are formed element by element in a fixed order, or in integers first. So the fitness of a genome
is the same to the last bit whoever else is evaluated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.evolution.matchups import GENOME, Matchups
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.payoffs import covariance_of_counts, price_matrix
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.payoffs.source import ExactSource, PlayedSource

__all__ = ["Played", "expect_genomes", "play_genomes"]


_MOST_COUNTS_PER_CALL = 1 << 25
"""Counts that one call may answer (256 MiB); larger populations take several calls."""


@dataclass(frozen=True, eq=False)
class Played:
    """Payoffs of B genomes in T scenarios."""

    values: Floats
    """(T, B)."""
    standard_errors: Floats
    """(T, B); NaN where one game was played, 0 where nothing was."""


def play_genomes(
    towns: Sequence[Scenario],
    genomes: Sequence[Strategy],
    pool: Sequence[Strategy],
    by_town: Sequence[Matchups],
    source: PlayedSource,
    *,
    first_games: Sequence[int],
) -> Played:
    """Play every genome in every town, with the teams of its matchups from its first game on.

    All towns have the same number of seats, and their matchups the same shape. One call of the backend plays
    everything up to 2**25 counts.
    """
    matchups = by_town[0]
    between = matchups.replicates > 1
    first = np.stack(
        [np.uint64(start) + cast.first_games for start, cast in zip(first_games, by_town, strict=True)]
    )
    size = num_counts(towns[0].num_agents)
    part = _part(len(towns) * len(matchups.teams), size if between else size * size)
    begins = range(0, len(genomes), part)

    def request(begin: int) -> PlayRequest:
        here = genomes[begin : begin + part]
        return PlayRequest(
            _program(towns, here, pool, by_town),
            seed=source.execution.seed,
            games=matchups.games,
            first_game=np.repeat(first[:, None, :], len(here), axis=1).ravel(),
            second_moments=not between,
        )

    parts: list[Played] = []
    for begin, counts in zip(begins, source.play(map(request, begins)), strict=True):
        here = genomes[begin : begin + part]
        shape = len(towns), len(here), matchups.strata, matchups.replicates
        sums = counts.sums.reshape(*shape, size)
        products = None if counts.products is None else counts.products.reshape(*shape, size, size)
        parts.append(_priced(towns, matchups, sums, products))
    return _joined(parts)


def expect_genomes(
    towns: Sequence[Scenario],
    genomes: Sequence[Strategy],
    pool: Sequence[Strategy],
    matchups: Matchups,
    source: ExactSource,
) -> Played:
    """Return the exact payoff of every genome in every town; one call up to 2**25 counts."""
    size = num_counts(towns[0].num_agents)
    part = _part(len(towns) * len(matchups.teams), size)
    parts: list[Played] = []
    for begin in range(0, len(genomes), part):
        here = genomes[begin : begin + part]
        counts = source.expect(_program(towns, here, pool, [matchups] * len(towns))).counts
        sums = counts.reshape(len(towns), len(here), matchups.strata, matchups.replicates, size)
        values = [_mean(_payoffs(sums[t], _prices(town, matchups))) for t, town in enumerate(towns)]
        parts.append(Played(np.stack(values), np.zeros((len(towns), len(here)))))
    return _joined(parts)


def _part(entries: int, counts: int) -> int:
    return max(1, _MOST_COUNTS_PER_CALL // (entries * counts))


def _joined(parts: Sequence[Played]) -> Played:
    return Played(
        np.concatenate([part.values for part in parts], axis=1),
        np.concatenate([part.standard_errors for part in parts], axis=1),
    )


def _program(
    towns: Sequence[Scenario],
    genomes: Sequence[Strategy],
    pool: Sequence[Strategy],
    by_town: Sequence[Matchups],
) -> Program:
    """Return the program whose entries are (town, genome, team), teams fastest."""
    known = [*genomes, *pool]
    agents = towns[0].num_agents
    # Every strategy once in every town; the entries that are wanted are then a matter of indices.
    profiles = np.tile(np.repeat(np.arange(len(known))[:, None], agents, axis=1), (len(towns), 1))
    program = compile_program(towns, known, profiles, np.repeat(np.arange(len(towns)), len(known)))
    # A strategy may be another policy on each seat: a tabulated agent is.
    policy = program.seats.reshape(len(towns), len(known), agents)
    seats = np.empty((len(towns), len(genomes), *by_town[0].teams.shape), dtype=np.uint32)
    for t, matchups in enumerate(by_town):
        others = len(genomes) + np.maximum(matchups.teams, 0)
        seats[t] = policy[t, others, np.arange(agents)] if len(pool) else 0
        mine = matchups.teams == GENOME
        seats[t][:, mine] = policy[t, : len(genomes)][:, np.nonzero(mine)[-1]]
    town = np.repeat(np.arange(len(towns), dtype=np.uint32), seats[0, :, :, 0].size)
    return replace(program, seats=seats.reshape(-1, agents), town=town)


def _prices(town: Scenario, matchups: Matchups) -> Floats:
    """Return the price of each count in each stratum, (S, D)."""
    prices, priced = price_matrix(town), np.zeros((matchups.strata, num_counts(town.num_agents)))
    for seat in range(town.num_agents):
        priced = priced + matchups.share[:, seat, None] * prices[seat]
    return priced


def _payoffs(counts: NDArray[np.int64] | Floats, prices: Floats) -> Floats:
    """Return payoffs, (B, S, R), of counts, (B, S, R, D), at prices (S, D)."""
    total = np.zeros(counts.shape[:-1])
    for d in range(counts.shape[-1]):
        total += counts[..., d] * prices[None, :, None, d]
    return total


def _mean(payoffs: Floats) -> Floats:
    """Return the mean over strata and replicates, (B,)."""
    flat = payoffs.reshape(len(payoffs), -1)
    # A running sum has one order, whatever the shape of the array.
    return np.asarray(np.cumsum(flat, axis=1)[:, -1] / flat.shape[1])


def _priced(
    towns: Sequence[Scenario],
    matchups: Matchups,
    sums: NDArray[np.int64],
    products: NDArray[np.int64] | None,
) -> Played:
    values, errors = [], []
    for t, town in enumerate(towns):
        prices = _prices(town, matchups)
        # Integers are added up first: that has no order.
        totals = sums[t].sum(axis=2, keepdims=True)
        values.append(_mean(_payoffs(totals, prices)) / (matchups.replicates * matchups.games))
        if products is None:
            errors.append(_error_between(_payoffs(sums[t], prices) / matchups.games))
        else:
            errors.append(_error_within(sums[t], products[t], matchups.games, prices))
    return Played(np.stack(values), np.stack(errors))


def _error_between(payoffs: Floats) -> Floats:
    """Standard error of a stratified mean from independent replicates, (B,); Cochran 1977, section 5.4."""
    replicates = payoffs.shape[2]
    mean = np.cumsum(payoffs, axis=2)[:, :, -1:] / replicates
    squares = np.cumsum((payoffs - mean) ** 2, axis=2)[:, :, -1]
    variance = np.cumsum(squares, axis=1)[:, -1] / (replicates * (replicates - 1))
    return np.asarray(np.sqrt(variance) / payoffs.shape[1])


def _error_within(sums: NDArray[np.int64], products: NDArray[np.int64], games: int, prices: Floats) -> Floats:
    """Standard error where each stratum is one team, from the second moments of its games, (B,)."""
    variance = np.zeros(len(sums))
    for s, priced in enumerate(prices):
        columns = np.flatnonzero(priced)
        own, pairs = sums[:, s, 0][:, columns], products[:, s, 0][:, columns[:, None], columns]
        covariance = covariance_of_counts(own, pairs, games)
        terms = (covariance * np.outer(priced[columns], priced[columns])).reshape(len(sums), -1)
        variance += np.cumsum(terms, axis=1)[:, -1]
    return np.sqrt(np.maximum(variance, 0.0)) / len(prices)
