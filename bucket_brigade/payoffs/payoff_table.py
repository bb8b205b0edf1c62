"""Payoffs of whole games, exact or simulated, with errors of anything linear in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.errors import InvalidInput
from bucket_brigade.execution import SIMULATE
from bucket_brigade.game.payoffs import reprice
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.normal_form.mixed_extension import composition_probabilities
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.payoffs.expected_profiles import ExpectedProfiles
from bucket_brigade.payoffs.profile_play import Plan, price_plan
from bucket_brigade.payoffs.seating import SeatingDesign
from bucket_brigade.statistics.estimates import Estimate, Replication, t_quantile
from bucket_brigade.validation import check_fraction

__all__ = ["EmpiricalGame", "PayoffMatrix", "PlayedProfiles", "Regret"]


@dataclass(frozen=True, eq=False)
class PlayedProfiles:
    """The counts behind payoffs, kept so that they can be priced again."""

    plan: Plan
    design: SeatingDesign
    sums: NDArray[np.int64] | None
    """(P, B, D) sums of counts; None where they were too many to keep."""

    def priced(self, scenario: Scenario) -> Floats:
        """Return the mean payoff of each cell in each replicate, (Q, T), at the rewards of `scenario`."""
        if self.sums is None:
            raise InvalidInput(
                "The counts of this game were too many to keep, so it cannot be re-priced: play it again."
            )
        return price_plan(self.plan, self.design, scenario, iter([(slice(0, len(self.sums)), self.sums)]))


@dataclass(frozen=True, eq=False)
class PayoffTable:
    """What payoffs of K strategies have in common, exact or not. They are per game, in payoff units."""

    scenario: Scenario
    labels: tuple[str, ...]
    """A name for each strategy."""
    seating: str
    """`random` or `published`."""
    replicate_means: Floats
    """(Q, K, C) each payoff in each replicate; the payoffs are their means. Q = 0 if they are exact."""
    replication: Replication
    provenance: Provenance
    played: PlayedProfiles | ExpectedProfiles | None = field(default=None, repr=False)
    method: str = SIMULATE
    """How the payoffs were found: `exact` or `simulate`."""
    fallback_reason: str = ""
    """Why games were played although exact payoffs would have been welcome; empty otherwise."""

    @property
    def games(self) -> int:
        """Games played for each profile, rounded up from what was asked for; 0 if payoffs are exact."""
        return self.provenance.games

    def _repriced(self, rewards: dict[str, object]) -> dict[str, Any]:
        if self.played is None:
            raise InvalidInput("These payoffs do not come with counts, so they cannot be re-priced.")
        scenario = reprice(self.scenario, rewards)
        means = self.played.priced(scenario).reshape(-1, *self.replicate_means.shape[1:])
        return {
            "scenario": scenario,
            "payoffs": means.mean(axis=0),
            "replicate_means": means[: len(self.replicate_means)],
        }

    def _head(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario.name,
            "strategies": list(self.labels),
            "seating": self.seating,
            "method": self.method,
            "games": self.games,
            "backend": self.provenance.backend,
            "provenance": self.provenance.to_json(),
        }


@dataclass(frozen=True, eq=False)
class PayoffMatrix(PayoffTable):
    """Payoff of strategy i among N-1 opponents who all play strategy j, K x K.

    With more than two agents this does not define the game: for equilibria, see `EmpiricalGame`. It is
    an array wherever one is wanted (``np.asarray``), and ``matrix[i, j]`` is an `Estimate`.
    """

    payoffs: Floats = field(kw_only=True)
    """(K, K)."""

    @property
    def standard_errors(self) -> Floats:
        """(K, K) standard error of each payoff."""
        return self.replication.standard_errors(self.replicate_means)

    def difference(self, first: tuple[int, int], second: tuple[int, int]) -> Estimate:
        """Return the payoff at one place minus that at another; the games they share cancel out."""
        differences = (self.replicate_means[:, *first] - self.replicate_means[:, *second])[:, None]
        error = float(self.replication.standard_errors(differences)[0])
        value = float(self.payoffs[first] - self.payoffs[second])
        return Estimate(value, error, self.replication.degrees_of_freedom)

    def reprice(self, **rewards: object) -> PayoffMatrix:
        """Return the matrix of the same games under other rewards.

        Raises `InvalidInput` for a field that is not a reward.
        """
        return replace(self, **self._repriced(rewards))

    def __getitem__(self, place: tuple[int, int]) -> Estimate:
        """Return one payoff with its error."""
        error = float(self.standard_errors[place])
        return Estimate(float(self.payoffs[place]), error, self.replication.degrees_of_freedom)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        """Return the payoffs."""
        return np.array(self.payoffs, dtype=dtype, copy=copy)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            **self._head(),
            "payoffs": self.payoffs.tolist(),
            "standard_errors": self.standard_errors.tolist(),
        }


@dataclass(frozen=True)
class Regret:
    """What one player could gain by leaving a mixture for one of the given strategies, payoff units."""

    value: float
    """The largest gain at the estimated payoffs, or 0 if every change loses."""
    standard_error: float
    """That of the gain of the best deviation."""
    upper: float
    """With probability `confidence` or more, no gain at the true payoffs is larger than this."""
    confidence: float
    best_deviation: int | None
    """The strategy that gains most (or loses least), other than the mixture; None if there is none."""
    gain: float
    """What it gains; negative if it loses."""


@dataclass(frozen=True, eq=False)
class EmpiricalGame(PayoffTable):
    """A symmetric N-player game over K strategies and all M compositions, its payoffs estimates or exact.

    `replicate_means` has shape (Q, K, M). Everything below is linear in the payoffs at a fixed mixture,
    so its standard error follows from the replicates with common random numbers accounted for.
    """

    game: SymmetricGame = field(kw_only=True)
    """The payoffs, as estimated if they are not exact."""

    @property
    def standard_errors(self) -> Floats:
        """(K, M) standard error of each payoff."""
        return self.replication.standard_errors(self.replicate_means)

    def payoffs_against(self, mixture: ArrayLike) -> tuple[Estimate, ...]:
        """Return the payoff of each strategy when all opponents mix."""
        values = self.game.payoffs_against(mixture)
        return self._estimates(values, self.replicates_against(mixture))

    def gains(self, mixture: ArrayLike) -> tuple[Estimate, ...]:
        """Return what changing from the mixture to each strategy gains."""
        x = np.asarray(mixture, dtype=np.float64)
        replicates = self.replicates_against(x)
        return self._estimates(self.game.gains(x), replicates - (replicates @ x)[:, None])

    def payoff(self, mixture: ArrayLike) -> Estimate:
        """Return what each player expects when everybody mixes."""
        x = np.asarray(mixture, dtype=np.float64)
        return self._estimates(np.array([self.game.payoff(x)]), (self.replicates_against(x) @ x)[:, None])[0]

    def regret(self, mixture: ArrayLike, confidence: float = 0.95) -> Regret:
        """Return the regret of a mixture, and a bound on its true regret among these strategies.

        The bound is the largest, over all deviations, of the gain plus a one-sided t-quantile of its
        standard error at a confidence shared among the deviations (Bonferroni), so it holds for all
        of them at once. For a mixture that was itself computed from these payoffs it holds to first order in
        the errors.
        """
        confidence = check_fraction("confidence", confidence)
        gains = self.gains(mixture)
        deviations = [i for i, share in enumerate(np.asarray(mixture)) if share < 1.0]
        if not deviations:
            return Regret(0.0, 0.0, 0.0, confidence, None, 0.0)
        best = max(deviations, key=lambda i: gains[i])
        uncertain = sum(gains[i].standard_error > 0.0 for i in deviations)
        shared = 1.0 - (1.0 - confidence) / max(1, uncertain)
        factor = t_quantile(shared, self.replication.degrees_of_freedom)
        upper = max(gains[i] + factor * gains[i].standard_error for i in deviations)
        return Regret(
            value=max(0.0, float(gains[best])),
            standard_error=gains[best].standard_error,
            upper=max(0.0, float(upper)),
            confidence=confidence,
            best_deviation=best,
            gain=float(gains[best]),
        )

    def replicates_against(self, mixture: ArrayLike) -> Floats:
        """Return the payoff of each strategy against a mixture in each replicate, shape (Q, K)."""
        x = np.asarray(mixture, dtype=np.float64)
        probabilities = composition_probabilities(x[None], self.game.num_players - 1)[0]
        return np.asarray(self.replicate_means @ probabilities)

    def restricted(self, strategies: Sequence[int]) -> EmpiricalGame:
        """Return the game of some of the strategies, from the same games; it cannot be re-priced."""
        rows, columns = list(strategies), self.game.columns(strategies)
        return replace(
            self,
            labels=tuple(self.labels[i] for i in rows),
            replicate_means=self.replicate_means[:, rows][:, :, columns],
            game=self.game.restricted(strategies),
            played=None,
        )

    def reprice(self, **rewards: object) -> EmpiricalGame:
        """Return the same games under other rewards.

        Raises `InvalidInput` for a field that is not a reward, or if the counts were not kept.
        """
        changes = self._repriced(rewards)
        game = SymmetricGame(self.game.num_players, changes.pop("payoffs"))
        return replace(self, game=game, **changes)

    def to_json(self) -> dict[str, Any]:
        """Return plain data: compositions, payoffs and standard errors column by column."""
        return {
            **self._head(),
            "compositions": self.game.compositions.tolist(),
            "payoffs": self.game.payoffs.tolist(),
            "standard_errors": self.standard_errors.tolist(),
        }

    def _estimates(self, values: Floats, replicates: Floats) -> tuple[Estimate, ...]:
        errors = self.replication.standard_errors(replicates)
        degrees = self.replication.degrees_of_freedom
        return tuple(Estimate(float(v), float(e), degrees) for v, e in zip(values, errors, strict=True))
