"""Equilibria with given supports, by Levenberg-Marquardt from many starts at once.

On supports S_1 … S_N an equilibrium solves a square polynomial system: for each player i, ``u_i(s) = v_i`` for
s in S_i and probabilities that sum to 1. It also has no negative probability and no better strategy outside
a support. Violated inequalities enter as residuals of their own, so the residual is 0 exactly at the equilibria,
and starts end there rather than at solutions that another strategy upsets.

A symmetric equilibrium solves the same system with one block: one support, one mixture, one level v. So one class
has the equations, their polishing and their index, and its two children know the payoffs of their games.
"""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.levenberg_marquardt import ITERATIONS, near_roots
from bucket_brigade.normal_form.mixed_extension import MixedExtension
from bucket_brigade.normal_form.normal_form_game import NormalFormGame, contract_pairs
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["AsymmetricSupports", "SupportSystem", "SymmetricSupports", "whole_game"]


TIE = 1e-8
"""A strategy ties with a mixture if it gains more than minus this share of the span. Regrets are judged at 1e-9 by
default and gains of polished points are right to about 1e-13, so this calls neither a tie regular nor a gap a tie."""
_SINGULAR = 1e-7
"""Below this conditioning the equations do not pin an equilibrium down. Double precision leaves singular ones at about
1e-8, the root of its unit, since an iteration halves the digits at a double root."""
_POLISHING_STEPS = 8
"""Newton doubles the digits each time, so four lead from 1e-2 to the last bit; more only on singular systems."""
_LONGEST_STEP = 0.1
"""A probability that moves further than this is on its way to another equilibrium."""


class SupportSystem(ABC):
    """The residuals of one choice of supports, in spans, and how to make them vanish.

    A *block* is one player's part; a symmetric game has one block for all. A *profile* has shape (K,), K the sum
    of the blocks' numbers of strategies: their mixtures one after the other. A *point* has shape (s,): the
    probabilities of a profile on the supports alone.
    """

    def __init__(
        self, sizes: Sequence[int], supports: Sequence[Sequence[int]], spans: Sequence[float]
    ) -> None:
        """Take the strategies, the supports and the span of each block, and lay out profiles and points."""
        self.supports = [np.array(support, dtype=np.intp) for support in supports]
        self.spans = [float(span) for span in spans]
        self.blocks = _slices(sizes)
        """Where each block's mixture is in a profile."""
        self.parts = _slices([len(support) for support in supports])
        """Where each block's probabilities are in a point."""
        self.support = np.concatenate(
            [support + block.start for support, block in zip(self.supports, self.blocks, strict=True)]
        )
        """(s,) the supports' places in a profile."""
        self._membership = np.zeros((len(supports), len(self.support)))
        for i, part in enumerate(self.parts):
            self._membership[i, part] = 1.0
        self._outside = [
            np.setdiff1d(np.arange(size), support) for size, support in zip(sizes, self.supports, strict=True)
        ]

    @property
    def sizes(self) -> list[int]:
        """How many strategies each support has."""
        return [len(support) for support in self.supports]

    @property
    def num_strategies(self) -> list[int]:
        """How many strategies each block has, in the support or not."""
        return [block.stop - block.start for block in self.blocks]

    @property
    @abstractmethod
    def num_players(self) -> int:
        """N."""

    @property
    @abstractmethod
    def work_per_start(self) -> float:
        """About how many multiplications one start costs."""

    @property
    @abstractmethod
    def tables(self) -> Sequence[Floats]:
        """Of each block, its payoffs less the best response's, in spans: own strategies × what the supports play."""

    @abstractmethod
    def on(self, supports: Sequence[Sequence[int]]) -> Self:
        """Return the system of other supports of the same game."""

    @abstractmethod
    def gains(self, profile: Floats) -> Floats:
        """Return what changing to each strategy gains its player, payoff units, shape (K,)."""

    @abstractmethod
    def values_and_slopes(self, points: Floats) -> list[tuple[Floats, Floats]]:
        """Return of each block the payoffs in spans, shape (B, K_i), and their derivatives by points of shape (B, s).

        The derivatives have shape (B, K_i, s).
        """

    @abstractmethod
    def levels(self, points: Floats) -> Floats:
        """Return what each block expects in spans at points of shape (B, s), shape (B, blocks)."""

    def relative_regret(self, profile: Floats) -> float:
        """Return the most that anybody gains by changing, in its span; who has no stakes has no regret."""
        gains = self.gains(profile)
        relative = [
            float(gains[block].max()) / span
            for block, span in zip(self.blocks, self.spans, strict=True)
            if span > 0.0
        ]
        return max([0.0, *relative])

    def is_ruled_out(self, margin: float) -> bool:
        """Whether a member is worse by `margin` spans than another strategy whatever the supports play.

        Conditional dominance: R. Porter, E. Nudelman, Y. Shoham, "Simple search methods for finding a Nash
        equilibrium", AAAI 2004.
        """
        for table, support in zip(self.tables, self.supports, strict=True):
            rows = table.reshape(len(table), -1)
            if any((rows - rows[member]).min(axis=1).max() > margin for member in support):
                return True
        return False

    def solve(self, starts: Floats) -> Floats:
        """Return the points, shape (P, s), that starts of shape (B, s) led to.

        Starts that ended in a local minimum of the residual are left out; the others are close to a root, to
        be polished and judged by their regret.
        """
        unknowns = np.column_stack([starts, self.levels(starts)])
        return near_roots(self._residuals, unknowns)[:, : len(self.support)]

    def polish(self, point: Floats) -> Floats:
        """Return a profile near a point of shape (s,), of no higher regret.

        Newton steps on the equations alone, by least squares, kept while they lower the regret.
        """
        best = self.embed(point)
        regret = self.relative_regret(best)
        for _ in range(_POLISHING_STEPS):
            current = best[self.support]
            equations, slopes = self._equations(current)
            # Directions below rcond are those of a continuum: no step along it.
            step = np.linalg.lstsq(slopes, -equations, rcond=1e-11)[0][: len(point)]
            if not np.isfinite(step).all() or np.abs(step).max() > _LONGEST_STEP:
                break
            trial = self.embed(current + step)
            improved = self.relative_regret(trial)
            if improved >= regret:
                break
            best, regret = trial, improved
        return best

    def index(self, profile: Floats) -> int | None:
        """Return the fixed-point index of an equilibrium with these very supports, None if it is not regular.

        It is regular if nothing outside the supports ties with it and the derivative of u along the simplices is
        not singular. The index is the sign of the determinant of minus that derivative: J. Hofbauer, K. Sigmund,
        "Evolutionary Games and Population Dynamics", 1998, chapter 13, up to their sign.
        """
        gains = self.gains(profile)
        for block, outside, span in zip(self.blocks, self._outside, self.spans, strict=True):
            if (gains[block][outside] >= -TIE * span).any():
                return None
        if len(self.support) == len(self.blocks):
            return 1
        jacobian = np.concatenate(
            [
                slopes[0][support]
                for (_, slopes), support in zip(
                    self.values_and_slopes(profile[self.support][None]), self.supports, strict=True
                )
            ]
        )
        directions = _along_simplices(self.sizes)
        along = -directions.T @ jacobian @ directions
        # One mixture is pinned down along its simplex; of several, the whole system with its levels is judged.
        judged = along if len(self.blocks) == 1 else self._equations(profile[self.support])[1]
        regular = np.linalg.svd(judged, compute_uv=False)[-1] > _SINGULAR
        return int(np.sign(np.linalg.det(along))) if regular else None

    def embed(self, point: Floats) -> Floats:
        """Return the profile with these probabilities on the supports, clipped at 0 and rescaled to sum to 1."""
        profile = np.zeros(self.blocks[-1].stop)
        profile[self.support] = np.maximum(point, 0.0)
        for block, support in zip(self.blocks, self.supports, strict=True):
            mixture = profile[block]
            if mixture.sum() <= 0.0:
                mixture[support] = 1.0
            mixture /= mixture.sum()
        return profile

    def _residuals(self, unknowns: Floats) -> tuple[Floats, Floats]:
        """Return the residuals, shape (B, K + blocks + s), and their derivatives by (point, levels)."""
        total, blocks = len(self.support), len(self.blocks)
        points, levels = unknowns[:, :total], unknowns[:, total:]
        residuals, rows = [], []
        for i, (values, slopes) in enumerate(self.values_and_slopes(points)):
            over = values - levels[:, i : i + 1]
            by_level = np.zeros((*over.shape, blocks))
            by_level[:, :, i] = -1.0
            fine = np.zeros(over.shape, dtype=bool)
            fine[:, self._outside[i]] = over[:, self._outside[i]] <= 0.0
            residuals.append(np.where(fine, 0.0, over))
            rows.append(np.where(fine[:, :, None], 0.0, np.concatenate([slopes, by_level], axis=2)))
        sums = np.zeros((blocks, total + blocks))
        sums[:, :total] = self._membership
        residuals.append(self._totals(points) - 1.0)
        rows.append(np.broadcast_to(sums, (len(points), *sums.shape)))
        residuals.append(np.minimum(points, 0.0))
        rows.append((points < 0.0)[:, :, None] * np.eye(total, total + blocks))
        return np.concatenate(residuals, axis=1), np.concatenate(rows, axis=1)

    def _totals(self, points: Floats) -> Floats:
        """Return the sum of each block's probabilities, shape (B, blocks)."""
        return points @ self._membership.T

    def _equations(self, point: Floats) -> tuple[Floats, Floats]:
        """Return the square system alone at a point: its values, shape (s + blocks,), and its derivative."""
        residuals, rows = self._residuals(np.column_stack([point[None], self.levels(point[None])]))
        strategies = self.blocks[-1].stop
        keep = np.append(self.support, np.arange(strategies, strategies + len(self.blocks)))
        return residuals[0, keep], rows[0, keep]


class SymmetricSupports(SupportSystem):
    """The support of a symmetric game."""

    def __init__(self, game: SymmetricGame, supports: Sequence[Sequence[int]]) -> None:
        """Take the support's columns of the game, in spans."""
        super().__init__([game.num_strategies], supports, [game.span])
        self.game = game
        scale = game.span if game.span > 0.0 else np.inf
        self._table = game.advantages[:, game.columns(self.supports[0].tolist())] / scale
        self._extension = MixedExtension(self._table, game.num_players - 1, len(self.support))

    @property
    def num_players(self) -> int:
        """N."""
        return self.game.num_players

    @property
    def work_per_start(self) -> float:
        """About how many multiplications one start costs."""
        return float(ITERATIONS * self._table.size * len(self.support))

    @property
    def tables(self) -> Sequence[Floats]:
        """Own strategies × compositions of the support."""
        return [self._table]

    def on(self, supports: Sequence[Sequence[int]]) -> Self:
        """Return the system of another support."""
        return type(self)(self.game, supports)

    def gains(self, profile: Floats) -> Floats:
        """Return what changing to each strategy gains."""
        return self.game.gains(profile)

    def values_and_slopes(self, points: Floats) -> list[tuple[Floats, Floats]]:
        """Return the payoffs while everybody else plays the point, and their derivatives."""
        return [self._extension.values_and_jacobian(points)]

    def levels(self, points: Floats) -> Floats:
        """Return what everybody expects, at half the price of derivatives."""
        values = self._extension.values(points)[:, self.supports[0]]
        return np.asarray(np.einsum("bs,bs->b", points, values)[:, None])

    def _totals(self, points: Floats) -> Floats:
        """Return the sum of probabilities, added up one by one: a product with ones rounds otherwise."""
        return np.asarray(points.sum(axis=1, keepdims=True))

    def _equations(self, point: Floats) -> tuple[Floats, Floats]:
        """Return the system with the level put in, so that it moves with the point and is no source of rounding."""
        values, slopes = (of_one[0, self.supports[0]] for of_one in self.values_and_slopes(point[None])[0])
        size = len(point)
        system = np.zeros((size + 1, size + 1))
        system[:size, :size] = slopes
        system[:size, size] = -1.0
        system[size, :size] = 1.0
        return np.append(values - point @ values, 0.0), system


class AsymmetricSupports(SupportSystem):
    """Everybody's support; a player whose choice never matters has payoffs of 0, so no residual but its sum."""

    def __init__(self, game: NormalFormGame, supports: Sequence[Sequence[int]]) -> None:
        """Take the supports' part of the game, in each player's span."""
        super().__init__(game.num_strategies, supports, game.spans.tolist())
        self.game = game
        self._tables = []
        for i, (table, span) in enumerate(zip(game.advantages, self.spans, strict=True)):
            others = [support for j, support in enumerate(self.supports) if j != i]
            scale = span if span > 0.0 else np.inf
            self._tables.append(table[np.ix_(np.arange(len(table)), *others)] / scale)

    @property
    def num_players(self) -> int:
        """N."""
        return self.game.num_players

    @property
    def work_per_start(self) -> float:
        """About how many multiplications one start costs."""
        return float(ITERATIONS * sum(table.size for table in self._tables) * max(1, self.num_players - 1))

    @property
    def tables(self) -> Sequence[Floats]:
        """Own strategies × everybody else's, shape (K_i, s_1, …, s_N without s_i)."""
        return self._tables

    def on(self, supports: Sequence[Sequence[int]]) -> Self:
        """Return the system of other supports."""
        return type(self)(self.game, supports)

    def gains(self, profile: Floats) -> Floats:
        """Return what changing to each strategy gains its player."""
        return np.concatenate(self.game.gains([profile[block] for block in self.blocks]))

    def values_and_slopes(self, points: Floats) -> list[tuple[Floats, Floats]]:
        """Return everybody's payoffs while the others play the point, and their derivatives."""
        by_player = [points[:, part].T for part in self.parts]
        answers = []
        for i, table in enumerate(self._tables):
            opponents = [j for j in range(self.num_players) if j != i]
            others = [by_player[j] for j in opponents]
            pairs = contract_pairs(table, others)
            if not others:
                values = np.repeat(table[None], len(points), axis=0)
            else:
                values = np.einsum("ksb,sb->kb", pairs[0], others[0]).T
            slopes = np.zeros((*values.shape, len(self.support)))
            for j, pair in zip(opponents, pairs, strict=True):
                slopes[:, :, self.parts[j]] = pair.transpose(2, 0, 1)
            answers.append((values, slopes))
        return answers

    def levels(self, points: Floats) -> Floats:
        """Return what each player expects."""
        return np.column_stack(
            [
                np.einsum("bs,sb->b", points[:, part], values.T[support])
                for (values, _), part, support in zip(
                    self.values_and_slopes(points), self.parts, self.supports, strict=True
                )
            ]
        )


def whole_game(game: SymmetricGame | NormalFormGame) -> SupportSystem:
    """Return the system in which every strategy is in a support."""
    if isinstance(game, SymmetricGame):
        return SymmetricSupports(game, [range(game.num_strategies)])
    return AsymmetricSupports(game, [range(size) for size in game.num_strategies])


def _slices(sizes: Sequence[int]) -> list[slice]:
    ends = [0, *itertools.accumulate(sizes)]
    return [slice(a, b) for a, b in itertools.pairwise(ends)]


def _along_simplices(sizes: Sequence[int]) -> Floats:
    """Return an orthonormal basis, shape (s, s - blocks), of directions that keep every sum of probabilities."""
    parts = _slices(sizes)
    directions = np.zeros((parts[-1].stop, parts[-1].stop - len(parts)))
    for i, part in enumerate(parts):
        keeps_sum = np.linalg.svd(np.ones((1, sizes[i])))[2][1:].T
        directions[part, part.start - i : part.stop - i - 1] = keeps_sum
    return directions
