"""What an agent is worth: to itself, to its teammates, to its team; and what two are worth together.

Payoffs of round r in scenario s are explained by who was there. Rows are means over a team's games, with an
intercept for every scenario and game block (so that luck which all teams of a round share falls out) and, for
payoffs of single seats, for every seat of a scenario:

    own_payoff        y[seat j] = … + a[agent on j] + sum over the other seats i of t[agent on i]
    teammate_payoff   the same regression; `t` is what an agent adds to the payoff of each teammate
    team_payoff       mean of y over the seats = … + sum over all seats i of v[agent on i]
    synergy           mean of y over the seats = … + sum_i v[agent on i] + sum_(i<j) S[agent on i, agent on j]

`a`, `t`, `v` sum to 0 over the agents: an effect says how much is gained when that agent takes one seat instead of
an average entrant, teammates being average too. In one scenario of N seats the unshrunk effects obey
``v = (a + (N-1) t) / N`` exactly. `S` is symmetric and its rows sum to 0: what a pair is worth beyond the values of
both; ``S[a, a]`` is for two seats held by the same agent. Over several scenarios every one has the same weight.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.statistics.estimates import t_quantile
from bucket_brigade.statistics.ridge import GroupRows, RidgeFit, fit_groups
from bucket_brigade.tournament.outcomes import ScenarioOutcomes

__all__ = ["EVERYWHERE", "RESPONSES", "Effect", "Shrinkage", "Synergy", "effects_of", "synergies_of"]


EVERYWHERE = "all"
"""Stands for all scenarios together."""
RESPONSES = ("own_payoff", "teammate_payoff", "team_payoff")


@dataclass(frozen=True)
class Effect:
    """What one agent adds to one response, in payoff units per game; None where data cannot tell."""

    scenario: str
    agent: str
    response: str
    value: float
    """Shrunk towards 0 by the ridge penalty."""
    unshrunk: float | None
    standard_error: float | None
    """Of `unshrunk`, clustered by round."""
    low: float | None
    high: float | None
    """The interval; its half-width is ``t * standard_error + |unshrunk - value|``, so it holds all of the
    classical interval around `unshrunk` and shrinkage never costs coverage."""


@dataclass(frozen=True)
class Synergy:
    """What two agents in one team add to its mean payoff beyond both values; fields as in `Effect`."""

    scenario: str
    agent: str
    partner: str
    value: float | None
    unshrunk: float | None
    standard_error: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Shrinkage:
    """How much one regression shrank."""

    scenario: str
    regression: str
    """``own_payoff`` (with teammate_payoff), ``team_payoff`` or ``synergy``."""
    ridge: float
    """Dimensionless: an average direction is multiplied by 1 / (1 + ridge)."""
    chosen_by: str
    parameters: int
    effective_parameters: float
    rows: int
    rounds: int

    @property
    def kept(self) -> float:
        """The mean factor that is left of coefficients, 1 without shrinkage."""
        return self.effective_parameters / self.parameters


@dataclass(frozen=True, eq=False)
class _Model:
    """One regression: its rows, and how agents' effects are read from its coefficients."""

    rows: GroupRows
    intercepts: int
    free: int = 0


def effects_of(
    outcomes: Sequence[ScenarioOutcomes],
    labels: Sequence[str],
    *,
    scenario: str,
    ridge: float | None = None,
    confidence: float = 0.95,
) -> tuple[list[Effect], list[Shrinkage]]:
    """Return the effects of all agents on all `RESPONSES` in these scenarios together, and the shrinkage.

    All outcomes have the same agents and the same number of rounds. `scenario` is what the rows are filed
    under. Without teammates (one seat) there is no ``teammate_payoff``.
    """
    basis = _contrasts(len(labels))
    alone = all(o.num_seats == 1 for o in outcomes)
    rounds = len(outcomes[0].teams)
    own = _own_model(outcomes, basis, alone=alone)
    team = _team_model(outcomes, basis)
    fits = [fit_groups(m.rows, rounds, intercepts=m.intercepts, ridge=ridge) for m in (own, team)]
    width = basis.shape[1]
    left, right = np.zeros((len(labels), len(fits[0].shrunk))), np.zeros((len(labels), len(fits[0].shrunk)))
    left[:, :width] = basis
    maps = {"own_payoff": (fits[0], left), "team_payoff": (fits[1], basis)}
    if not alone:
        right[:, width:] = basis
        maps["teammate_payoff"] = (fits[0], right)
    effects = [
        Effect(scenario, label, response, *numbers)
        for response in RESPONSES
        if response in maps
        for label, numbers in zip(labels, _with_intervals(*maps[response], confidence), strict=True)
    ]
    names = ("own_payoff", "team_payoff")
    return effects, [_shrinkage(scenario, n, fit, ridge) for n, fit in zip(names, fits, strict=True)]


def synergies_of(
    outcomes: Sequence[ScenarioOutcomes],
    labels: Sequence[str],
    *,
    scenario: str,
    distinct: bool,
    ridge: float | None = None,
    confidence: float = 0.95,
) -> tuple[list[Synergy], list[Shrinkage]]:
    """Return the synergy of every pair that can meet, and the shrinkage; nothing where no team has a pair.

    The values of single agents are not shrunk here, only synergies are.
    """
    teams = [o for o in outcomes if o.num_seats > 1]
    first, second = np.triu_indices(len(labels), 1 if distinct else 0)
    basis = _pair_contrasts(len(labels), first, second)
    if not teams or not basis.shape[1]:
        return [], []
    single = _contrasts(len(labels))
    model = _pair_model(teams, single, basis, (first, second))
    fit = fit_groups(
        model.rows, len(teams[0].teams), intercepts=model.intercepts, free=model.free, ridge=ridge
    )
    weights = np.concatenate([np.zeros((len(basis), single.shape[1])), basis], axis=1)
    found = [
        Synergy(scenario, labels[a], labels[b], *numbers)
        for a, b, numbers in zip(
            first.tolist(), second.tolist(), _with_intervals(fit, weights, confidence), strict=True
        )
    ]
    return found, [_shrinkage(scenario, "synergy", fit, ridge)]


def _own_model(outcomes: Sequence[ScenarioOutcomes], basis: Floats, *, alone: bool) -> _Model:
    """Rows are seats. Agents are balanced on every seat of every round, so only payoffs need centring."""
    responses = [_centred_seats(o.payoffs) for o in outcomes]

    def rows(rounds: slice) -> tuple[Floats, Floats]:
        xs, ys = [], []
        for o, y in zip(outcomes, responses, strict=True):
            weight = 1.0 / math.sqrt(o.num_seats)
            own = basis[o.teams[rounds]]
            others = own.sum(axis=2, keepdims=True) - own
            x = own if alone else np.concatenate([own, others], axis=3)
            xs.append(x.reshape(len(x), -1, x.shape[3]) * weight)
            ys.append(y[rounds].reshape(len(x), -1) * weight)
        return np.concatenate(xs, axis=1), np.concatenate(ys, axis=1)

    return _Model(rows, sum(len(o.teams) + o.num_seats - 1 for o in outcomes))


def _team_model(outcomes: Sequence[ScenarioOutcomes], basis: Floats) -> _Model:
    responses = [_centred_teams(o.team_payoffs) for o in outcomes]

    def rows(rounds: slice) -> tuple[Floats, Floats]:
        x = np.concatenate([basis[o.teams[rounds]].sum(axis=2) for o in outcomes], axis=1)
        return x, np.concatenate([y[rounds] for y in responses], axis=1)

    return _Model(rows, sum(len(o.teams) for o in outcomes))


def _pair_model(
    outcomes: Sequence[ScenarioOutcomes],
    single: Floats,
    basis: Floats,
    pairs: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> _Model:
    responses = [_centred_teams(o.team_payoffs) for o in outcomes]
    first, second = pairs
    same = first == second

    def rows(rounds: slice) -> tuple[Floats, Floats]:
        xs = []
        for o in outcomes:
            teams = o.teams[rounds]
            seats = np.zeros((*teams.shape[:2], len(single)))
            each, team = np.indices(teams.shape)[:2]
            np.add.at(seats, (each, team, teams), 1.0)
            met = seats[..., first] * (seats[..., second] - same) / np.where(same, 2.0, 1.0)
            met -= met.mean(axis=1, keepdims=True)
            xs.append(np.concatenate([_times(seats, single), _times(met, basis)], axis=2))
        return np.concatenate(xs, axis=1), np.concatenate([y[rounds] for y in responses], axis=1)

    return _Model(rows, sum(len(o.teams) for o in outcomes), single.shape[1])


def _times(stack: Floats, matrix: Floats) -> Floats:
    """Return ``stack @ matrix`` by one multiplication."""
    flat = stack.reshape(-1, stack.shape[-1]) @ matrix
    return np.asarray(flat.reshape(*stack.shape[:-1], -1))


def _centred_seats(payoffs: Floats) -> Floats:
    """Take out the mean of every round and of every seat, (R, T, N)."""
    inside = payoffs - payoffs.mean(axis=(1, 2), keepdims=True)
    return np.asarray(inside - inside.mean(axis=(0, 1), keepdims=True))


def _centred_teams(payoffs: Floats) -> Floats:
    return np.asarray(payoffs - payoffs.mean(axis=1, keepdims=True))


def _contrasts(agents: int) -> Floats:
    """Return an orthonormal basis of the vectors that sum to 0, (K, K-1): F. R. Helmert's."""
    from scipy.linalg import helmert

    # In C order, in which products of matrices are summed as they always were.
    return np.ascontiguousarray(helmert(agents).T)


def _pair_contrasts(agents: int, first: NDArray[np.intp], second: NDArray[np.intp]) -> Floats:
    """Return an orthonormal basis of the pair values whose sum over the partners of each agent is 0."""
    from scipy.linalg import null_space

    met = np.zeros((agents, len(first)))
    met[first, np.arange(len(first))] = 1.0
    met[second, np.arange(len(first))] = 1.0
    return np.asarray(null_space(met), dtype=np.float64)


Numbers = tuple[float, float | None, float | None, float | None, float | None]


def _with_intervals(fit: RidgeFit, weights: Floats, confidence: float) -> Iterator[Numbers]:
    """Yield (value, unshrunk, standard error, low, high) of each combination of coefficients."""
    quantile = t_quantile((1.0 + confidence) / 2.0, fit.groups - 1)
    for value, unshrunk, error in zip(*(part.tolist() for part in fit.combined(weights)), strict=True):
        if not math.isfinite(error):
            yield (value if math.isfinite(value) else None), None, None, None, None  # type: ignore[misc]
            continue
        half = quantile * error + abs(unshrunk - value)
        yield value, unshrunk, error, value - half, value + half


def _shrinkage(scenario: str, name: str, fit: RidgeFit, ridge: float | None) -> Shrinkage:
    how = "generalized cross-validation" if ridge is None else "argument"
    return Shrinkage(
        scenario, name, fit.ridge, how, len(fit.shrunk), fit.effective_parameters, fit.rows, fit.groups
    )
