"""Symmetric games of N players: every player has the same strategies and nobody's number matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.frozen import Frozen
from bucket_brigade.normal_form.compositions import (
    composition_index,
    compositions,
    count_compositions,
)
from bucket_brigade.normal_form.mixed_extension import MixedExtension, composition_probabilities

__all__ = ["ROUNDING", "SymmetricGame"]


ROUNDING = 1e-12
"""Payoff differences below this share of the largest payoff are rounding, not stakes: sums of some thousand products of
doubles are off by up to 1e-13 of the largest."""


@dataclass(frozen=True, eq=False)
class SymmetricGame(Frozen):
    """K strategies, N players, and the payoff of one of them against each composition of the others.

    `payoffs` is float64 of shape (K, M), in payoff units: row i is the focal player's strategy, column m
    the composition ``compositions[m]`` of the N-1 opponents; M = C(N-1+K-1, K-1). Mixtures are arrays of
    K probabilities, or of shape (B, K) for a batch of B; opponents draw from them independently. Sources:
    see `bucket_brigade.normal_form.mixed_extension`. Raises `InvalidInput` for a wrong shape or a payoff
    that is not finite.
    """

    num_players: int
    payoffs: Floats

    def __post_init__(self) -> None:
        payoffs = np.array(self.payoffs, dtype=np.float64, order="C")
        if self.num_players < 1 or payoffs.ndim != 2 or payoffs.shape[0] < 1:
            raise InvalidInput(
                f"A symmetric game needs a player and a strategy: got {self.num_players} players and payoffs of "
                f"shape {payoffs.shape}, which must be (K, M)."
            )
        expected = count_compositions(self.num_players - 1, payoffs.shape[0])
        if payoffs.shape[1] != expected:
            raise InvalidInput(
                f"Payoffs of shape {payoffs.shape} do not fit {self.num_players} players: with {payoffs.shape[0]} "
                f"strategies they must have {expected} columns, one per composition of the opponents."
            )
        if not np.isfinite(payoffs).all():
            row, column = np.argwhere(~np.isfinite(payoffs))[0]
            raise InvalidInput(f"Payoff [{row}, {column}] is {payoffs[row, column]}: it must be finite.")
        payoffs.flags.writeable = False
        object.__setattr__(self, "payoffs", payoffs)

    @classmethod
    def from_matrix(cls, matrix: ArrayLike) -> SymmetricGame:
        """Make a two-player game from the row player's payoffs, shape (K, K)."""
        return cls(2, np.asarray(matrix, dtype=np.float64))

    @classmethod
    def from_function(
        cls, strategies: int, players: int, payoff: Callable[[int, tuple[int, ...]], float]
    ) -> SymmetricGame:
        """Make a game from ``payoff(own strategy, counts of the opponents' strategies)``."""
        table = [tuple(map(int, row)) for row in compositions(players - 1, strategies)]
        return cls(players, np.array([[payoff(own, m) for m in table] for own in range(strategies)]))

    @property
    def num_strategies(self) -> int:
        """K."""
        return int(self.payoffs.shape[0])

    @property
    def compositions(self) -> NDArray[np.intp]:
        """(M, K) how many opponents use each strategy, one row per column of `payoffs`."""
        return compositions(self.num_players - 1, self.num_strategies)

    @cached_property
    def advantages(self) -> Floats:
        """(K, M) payoffs minus the best response's payoff against the same composition, none positive.

        What only the opponents decide is taken away: it changes no equilibrium and no regret, and would
        cost precision.
        """
        return np.asarray(self.payoffs - self.payoffs.max(axis=0))

    @cached_property
    def span(self) -> float:
        """The most that a player's own choice can change its payoff; 0 if it never matters.

        Regret is judged relative to this. Differences within rounding of the largest payoff count as none.
        """
        span = float(-self.advantages.min())
        return span if span > ROUNDING * float(np.abs(self.payoffs).max()) else 0.0

    def payoffs_against(self, mixture: ArrayLike) -> Floats:
        """Return u: the expected payoff of each strategy when all opponents mix; shape (K,) or (B, K)."""
        points, single = self._points(mixture)
        values = self._extension.values(points)
        return values[0] if single else values

    def jacobian(self, mixture: ArrayLike) -> Floats:
        """Return ``du_i/dx_j``, u taken as the polynomial it is; shape (K, K) or (B, K, K)."""
        points, single = self._points(mixture)
        jacobian = self._extension.values_and_jacobian(points)[1]
        return jacobian[0] if single else jacobian

    def gains(self, mixture: ArrayLike) -> Floats:
        """Return ``u_i - x·u``: what changing to each strategy gains over the mixture; (K,) or (B, K)."""
        points, single = self._points(mixture)
        values = composition_probabilities(points, self.num_players - 1) @ self.advantages.T
        gains = values - np.einsum("bk,bk->b", points, values)[:, None]
        return np.asarray(gains[0] if single else gains)

    def regret(self, mixture: ArrayLike) -> float:
        """Return ``max_i u_i - x·u``, payoff units: 0 exactly at a symmetric equilibrium, else positive."""
        return max(0.0, float(self.gains(mixture).max()))

    def payoff(self, mixture: ArrayLike) -> float:
        """Return ``x·u``: the expected payoff of every player when all of them mix."""
        x = np.asarray(mixture, dtype=np.float64)
        return float(x @ self.payoffs_against(x))

    def columns(self, strategies: Sequence[int]) -> NDArray[np.intp]:
        """Return the columns in which all opponents are among `strategies`, in the order of their game."""
        inside = compositions(self.num_players - 1, len(strategies))
        counts = np.zeros((len(inside), self.num_strategies), dtype=np.intp)
        counts[:, list(strategies)] = inside
        return composition_index(counts)

    def restricted(self, strategies: Sequence[int]) -> SymmetricGame:
        """Return the game in which every player has only these strategies, in this order."""
        rows = np.array(strategies, dtype=np.intp)
        return SymmetricGame(self.num_players, self.payoffs[rows[:, None], self.columns(strategies)])

    @cached_property
    def _extension(self) -> MixedExtension:
        return MixedExtension(self.payoffs, self.num_players - 1, self.num_strategies)

    def _points(self, mixture: ArrayLike) -> tuple[Floats, bool]:
        points = np.asarray(mixture, dtype=np.float64)
        if points.ndim not in (1, 2) or points.shape[-1] != self.num_strategies:
            raise InvalidInput(
                f"A mixture has one probability for each of the {self.num_strategies} strategies: "
                f"got an array of shape {points.shape}."
            )
        return np.atleast_2d(points), points.ndim == 1
