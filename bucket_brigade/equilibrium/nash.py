"""Symmetric equilibria of a scenario among given strategies, from exact or simulated payoffs, with errors."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.execution import EXACT, Execution
from bucket_brigade.game.heuristic_simplex import traits_of
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy
from bucket_brigade.normal_form import Equilibria, Equilibrium, find_symmetric_equilibria
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from bucket_brigade.payoffs.payoff_table import EmpiricalGame, Regret
from bucket_brigade.payoffs.profile_play import Progress
from bucket_brigade.registry import Member, get_strategy, member_label
from bucket_brigade.statistics.estimates import Estimate

__all__ = [
    "REGRET_MEANING",
    "REGRET_MEANING_EXACT",
    "NashEquilibrium",
    "NashResult",
    "check_distinct",
    "equilibria_of",
    "solve_nash",
]

_REGRET = (
    "Regret is the most that one agent gains by changing to another of the strategies given here while all "
    "others keep mixing independently; strategies not given are not considered. "
)

REGRET_MEANING = _REGRET + (
    "It is computed at the "
    "estimated payoffs, which have sampling errors. Its standard error is that of the best deviation's gain. "
    "The upper bound holds at the true payoffs for all given strategies at once, with 95 % confidence to "
    "first order in the errors."
)

REGRET_MEANING_EXACT = _REGRET + "It is computed at exact payoffs: nothing was sampled, and all errors are 0."


@dataclass(frozen=True, eq=False)
class NashEquilibrium:
    """One equilibrium of the game at hand; K strategies, payoffs per game in payoff units."""

    point: Equilibrium
    """The mixture, its support, and how it was found."""
    payoff: Estimate
    """What an agent expects when all play this very mixture."""
    regret: Regret
    """With its error and a bound on the true one, both 0 off if payoffs are exact; see `REGRET_MEANING`."""
    payoffs: tuple[Estimate, ...]
    """Of each strategy, against opponents who all play this mixture."""
    gains: tuple[Estimate, ...]
    """What changing from the mixture to each strategy gains."""
    mixture_errors: NDArray[np.float64] | None
    """(K,) standard errors of the mixture as an estimate of that of the true game; None if it is not regular.

    By the implicit function theorem on the support: they do not say how likely another support is.
    """

    @property
    def mixture(self) -> NDArray[np.float64]:
        """(K,) the probability of each strategy."""
        return self.point.mixture

    def to_json(self, labels: Sequence[str]) -> dict[str, Any]:
        """Return plain data; `labels` names the strategies."""
        errors = self.mixture_errors
        deviation = self.regret.best_deviation
        return {
            "mixture": dict(zip(labels, self.mixture.tolist(), strict=True)),
            "mixture_standard_errors": None
            if errors is None
            else dict(zip(labels, errors.tolist(), strict=True)),
            "support": [labels[i] for i in self.point.support],
            "payoff": self.payoff.value,
            "payoff_standard_error": self.payoff.standard_error,
            "regret": self.regret.value,
            "regret_standard_error": self.regret.standard_error,
            "regret_upper_95": self.regret.upper,
            "best_deviation": None if deviation is None else labels[deviation],
            "best_deviation_gain": self.regret.gain,
            "payoffs": {label: p.value for label, p in zip(labels, self.payoffs, strict=True)},
            "payoff_standard_errors": {
                label: p.standard_error for label, p in zip(labels, self.payoffs, strict=True)
            },
            "gains": {label: g.value for label, g in zip(labels, self.gains, strict=True)},
            "gain_standard_errors": {
                label: g.standard_error for label, g in zip(labels, self.gains, strict=True)
            },
            "regular": self.point.regular,
            "index": self.point.index,
            "found_by": self.point.found_by,
        }


@dataclass(frozen=True, eq=False)
class NashResult:
    """The symmetric equilibria that were found, the highest payoff first, and the game they belong to."""

    equilibria: tuple[NashEquilibrium, ...]
    empirical: EmpiricalGame
    """All payoffs, with errors."""
    search: Equilibria[Equilibrium]
    """What the search says of itself: dominated strategies, completeness."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that was played."""
        return self.empirical.scenario

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the strategies, in the order of every mixture."""
        return self.empirical.labels

    @property
    def seating(self) -> str:
        """`random` or `published`."""
        return self.empirical.seating

    @property
    def method(self) -> str:
        """How payoffs were found: `exact` or `simulate`."""
        return self.empirical.method

    @property
    def fallback_reason(self) -> str:
        """Why games were played although exact payoffs would have been welcome; empty otherwise."""
        return self.empirical.fallback_reason

    @property
    def provenance(self) -> Provenance:
        """Who played or answered, why that backend, the seed and the games per profile."""
        return self.empirical.provenance

    @property
    def dominated(self) -> tuple[str, ...]:
        """Strategies that others beat whatever the opponents play, at these payoffs."""
        return tuple(self.labels[i] for i in self.search.dominated)

    @property
    def notes(self) -> list[str]:
        """What a reader must know besides, in plain sentences."""
        return self.search.notes

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "scenario": self.scenario.name,
            "strategies": list(self.labels),
            "seating": self.seating,
            "method": self.method,
            "games": self.provenance.games,
            "backend": self.provenance.backend,
            "equilibria": [equilibrium.to_json(self.labels) for equilibrium in self.equilibria],
            "dominated": list(self.dominated),
            "span": self.search.span,
            "tolerance": self.search.tolerance,
            "index_sum": self.search.index_sum,
            "supports_skipped": self.search.supports_skipped,
            "stopped_early": self.search.stopped_early,
            "notes": self.notes,
            "regret_meaning": REGRET_MEANING_EXACT if self.method == EXACT else REGRET_MEANING,
            "provenance": self.provenance.to_json(),
        }


def solve_nash(
    scenario: str | os.PathLike[str] | Scenario,
    strategies: Sequence[Member] | None = None,
    *,
    games: int = 10_000,
    seed: int | None = None,
    backend: str | Backend | None = None,
    workers: int | None = None,
    seating: str = "random",
    method: str | None = None,
    execution: Execution | None = None,
    tolerance: float = 1e-9,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> NashResult:
    """Evaluate the N-player game among some strategies and return its symmetric equilibria.

    `strategies` are the archetypes if left out. All compositions of opponents are evaluated, exactly where
    that is possible and not forbidden by `method`, so mixing opponents may meet in any combination.
    `tolerance` and `time_limit` (seconds, for solving) are those of `find_symmetric_equilibria`, the others
    those of `PayoffEvaluator`; `progress` is called with (games played, games in all), or (expectations
    done, expectations in all). What the regret of the result means is said in `REGRET_MEANING`. Raises
    `InvalidInput` as `check_distinct`.
    """
    evaluator = PayoffEvaluator(
        scenario,
        games=games,
        seed=seed,
        backend=backend,
        workers=workers,
        seating=seating,
        method=method,
        execution=execution,
    )
    members = list(ARCHETYPES) if strategies is None else strategies
    check_distinct(members)
    empirical = evaluator.evaluate_symmetric_game(members, progress=progress)
    return equilibria_of(empirical, tolerance=tolerance, time_limit=time_limit)


def check_distinct(strategies: Sequence[Member]) -> None:
    """Raise `InvalidInput` if one strategy is given twice, under one name or two.

    Any mixture among copies of an equilibrium's strategy would be an equilibrium: a continuum where there is one
    point. Heuristic strategies are the same if they agree in the four traits that the rule reads.
    """
    seen: dict[object, str] = {}
    for member in strategies:
        strategy, label = get_strategy(member), member_label(member)
        first = seen.setdefault(_identity(strategy), label)
        if first is not label:
            again = (
                f"{label!r} is given twice" if first == label else f"{first!r} and {label!r} are one strategy"
            )
            raise InvalidInput(
                explain(
                    f"strategies: {again}.",
                    why="Every mixture of copies is an equilibrium if one is, so there would be no end of them.",
                    do="Name each strategy once.",
                )
            )


def _identity(strategy: Strategy) -> object:
    if isinstance(strategy, Heuristic):
        return "heuristic", strategy.theta[0], traits_of(strategy)
    return strategy


def equilibria_of(
    empirical: EmpiricalGame, *, tolerance: float = 1e-9, time_limit: float | None = None
) -> NashResult:
    """Return the symmetric equilibria of a game that was evaluated already, or re-priced."""
    search = find_symmetric_equilibria(empirical.game, tolerance=tolerance, time_limit=time_limit)
    equilibria = tuple(
        NashEquilibrium(
            point=point,
            payoff=empirical.payoff(point.mixture),
            regret=empirical.regret(point.mixture),
            payoffs=empirical.payoffs_against(point.mixture),
            gains=empirical.gains(point.mixture),
            mixture_errors=_mixture_errors(empirical, point),
        )
        for point in search
    )
    return NashResult(equilibria, empirical, search)


def _mixture_errors(empirical: EmpiricalGame, point: Equilibrium) -> NDArray[np.float64] | None:
    """Return how far errors in the payoffs move a regular equilibrium on its support.

    Payoffs off by e(x) move the solution of ``u_S(x) = v, sum x = 1`` by d with ``J d - w = -e`` and ``sum d =
    0``, w the change of v: linear in the payoffs, so each replicate has its own d.
    """
    if not point.regular:
        return None
    support = list(point.support)
    size = len(support)
    errors = np.zeros(len(point.mixture))
    if size == 1:
        return errors
    system = np.zeros((size + 1, size + 1))
    system[:size, :size] = empirical.game.jacobian(point.mixture)[np.ix_(support, support)]
    system[:size, size] = -1.0
    system[size, :size] = 1.0
    replicates = empirical.replicates_against(point.mixture)[:, support]
    off = np.concatenate([replicates, np.zeros((len(replicates), 1))], axis=1)
    moved = np.linalg.solve(system, -off.T).T[:, :size]
    errors[support] = empirical.replication.standard_errors(moved)
    return errors
