"""Equilibria of per-seat games with given supports, by Levenberg-Marquardt from many starts at once.

On supports S_1 … S_N an equilibrium solves a square polynomial system: for each player i, ``u_i(s) = v_i``
for s in S_i and probabilities that sum to 1. It also has no negative probability and no better strategy
outside a support; where violated, these enter as residuals of their own, so that the residual is 0 exactly
at the equilibria.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.levenberg_marquardt import ITERATIONS, near_roots
from bucket_brigade.normal_form.normal_form_game import Mixtures, PerSeatGame, contract_pairs

__all__ = ["SeatSupports", "uniform"]


class SeatSupports:
    """The residuals of one choice of supports, and how to make them vanish; every player's span is 1.

    A player whose choice never matters has advantages of 0, and so no residual but its sum.
    """

    def __init__(self, game: PerSeatGame, supports: Sequence[Sequence[int]]) -> None:
        """Take the supports' part of the game."""
        self.game = game
        self.supports = [np.array(support, dtype=np.intp) for support in supports]
        self.sizes = [len(support) for support in supports]
        self._ends = np.cumsum([0, *self.sizes])
        self._tables = []
        for i, table in enumerate(game.advantages):
            others = [supports[j] for j in range(game.num_players) if j != i]
            scale = game.spans[i] if game.spans[i] > 0.0 else np.inf
            self._tables.append(table[np.ix_(range(game.num_strategies[i]), *others)] / scale)
        self._outside = [
            np.setdiff1d(np.arange(size), support)
            for size, support in zip(game.num_strategies, self.supports, strict=True)
        ]

    @property
    def total(self) -> int:
        """The number of probabilities, s_1 + … + s_N."""
        return int(self._ends[-1])

    @property
    def work_per_start(self) -> float:
        """About how many multiplications one start costs."""
        return float(ITERATIONS * sum(t.size for t in self._tables) * max(1, self.game.num_players - 1))

    def is_ruled_out(self, margin: float) -> bool:
        """Whether a member is worse by `margin` spans than another strategy whatever the supports play.

        Conditional dominance: R. Porter, E. Nudelman, Y. Shoham, "Simple search methods for finding a Nash
        equilibrium", AAAI 2004.
        """
        for table, support in zip(self._tables, self.supports, strict=True):
            rows = table.reshape(len(table), -1)
            for member in support:
                better = rows - rows[member]
                if len(rows) > 1 and better.min(axis=1).max() > margin:
                    return True
        return False

    def solve(self, starts: Floats) -> list[Mixtures]:
        """Return profiles of mixtures that starts of shape (B, s_1 + … + s_N) led to.

        Starts that ended in a local minimum of the residual are left out; the others are close to a
        root, to be polished and judged by their regret.
        """
        unknowns = np.column_stack([starts, self._values(starts)])
        return [self.embed(point[: self.total]) for point in near_roots(self._residuals, unknowns)]

    def polish(self, mixtures: Mixtures) -> tuple[Mixtures, float]:
        """Return a profile near `mixtures` of lower regret, and its largest regret in spans.

        Newton steps on the equations alone, by least squares, kept while they lower the regret.
        """
        best = self.embed(np.concatenate([x[s] for x, s in zip(mixtures, self.supports, strict=True)]))
        regret = self.game.relative_regret(best)
        for _ in range(8):
            current = np.concatenate([x[s] for x, s in zip(best, self.supports, strict=True)])[None]
            unknowns = np.column_stack([current, self._values(current)])
            equations, system = self._equations(unknowns)
            step = np.linalg.lstsq(system, -equations, rcond=1e-11)[0][: self.total]
            if not np.isfinite(step).all() or np.abs(step).max() > 0.1:
                break
            trial = self.embed(current[0] + step)
            improved = self.game.relative_regret(trial)
            if improved >= regret:
                break
            best, regret = trial, improved
        return best, regret

    def is_regular(self, mixtures: Mixtures) -> bool:
        """Whether the equations pin this equilibrium down, and nothing outside the supports ties with it."""
        for gain, outside, span in zip(
            self.game.gains(mixtures), self._outside, self.game.spans, strict=True
        ):
            if (gain[outside] >= -1e-8 * span).any():
                return False
        current = np.concatenate([x[s] for x, s in zip(mixtures, self.supports, strict=True)])[None]
        system = self._equations(np.column_stack([current, self._values(current)]))[1]
        return bool(np.linalg.svd(system, compute_uv=False)[-1] > 1e-7)

    def embed(self, point: Floats) -> Mixtures:
        """Return the profile of mixtures over the whole game with these probabilities on the supports."""
        profile = []
        for i, (size, support) in enumerate(zip(self.game.num_strategies, self.supports, strict=True)):
            mixture = np.zeros(size)
            mixture[support] = np.maximum(point[self._ends[i] : self._ends[i + 1]], 0.0)
            if mixture.sum() <= 0.0:
                mixture[support] = 1.0
            profile.append(mixture / mixture.sum())
        return tuple(profile)

    def _payoffs(self, points: Floats) -> tuple[list[Floats], list[list[Floats]]]:
        """Return each player's payoffs (K_i, B), and their derivatives by each opponent (K_i, s_j, B)."""
        players = range(self.game.num_players)
        parts = [points[:, self._ends[i] : self._ends[i + 1]].T for i in players]
        values, slopes = [], []
        for i, table in enumerate(self._tables):
            others = [parts[j] for j in players if j != i]
            pairs = contract_pairs(table, others)
            values.append(
                np.einsum("ksb,sb->kb", pairs[0], others[0])
                if others
                else np.repeat(table[:, None], len(points), axis=1)
            )
            slopes.append(pairs)
        return values, slopes

    def _values(self, points: Floats) -> Floats:
        """Return what each player expects, shape (B, N)."""
        values, _ = self._payoffs(points)
        parts = [points[:, self._ends[i] : self._ends[i + 1]] for i in range(self.game.num_players)]
        return np.column_stack(
            [
                np.einsum("bs,sb->b", x, u[support])
                for x, u, support in zip(parts, values, self.supports, strict=True)
            ]
        )

    def _residuals(self, unknowns: Floats) -> tuple[Floats, Floats]:
        """Return the residuals, shape (B, R), and their derivatives, shape (B, R, s + N)."""
        batch, players = len(unknowns), self.game.num_players
        points, levels = unknowns[:, : self.total], unknowns[:, self.total :]
        values, slopes = self._payoffs(points)
        residuals, rows = [], []
        for i in range(players):
            over = values[i].T - levels[:, i : i + 1]
            slope = np.zeros((batch, over.shape[1], self.total + players))
            opponents = [j for j in range(players) if j != i]
            for pair, j in zip(slopes[i], opponents, strict=True):
                slope[:, :, self._ends[j] : self._ends[j + 1]] = pair.transpose(2, 0, 1)
            slope[:, :, self.total + i] = -1.0
            fine = np.zeros(over.shape, dtype=bool)
            fine[:, self._outside[i]] = over[:, self._outside[i]] <= 0.0
            residuals.append(np.where(fine, 0.0, over))
            rows.append(np.where(fine[:, :, None], 0.0, slope))
        sums, sum_rows = self._sums(points)
        residuals += [sums, np.minimum(points, 0.0)]
        rows.append(np.broadcast_to(sum_rows, (batch, *sum_rows.shape)))
        rows.append((points < 0.0)[:, :, None] * np.eye(self.total, self.total + players))
        return np.concatenate(residuals, axis=1), np.concatenate(rows, axis=1)

    def _equations(self, unknowns: Floats) -> tuple[Floats, Floats]:
        """Return the square system alone at one point: its values (s + N,), its derivative."""
        residuals, rows = self._residuals(unknowns)
        offsets = np.cumsum([0, *self.game.num_strategies])
        inside = np.concatenate([support + offsets[i] for i, support in enumerate(self.supports)])
        keep = np.concatenate([inside, np.arange(offsets[-1], offsets[-1] + self.game.num_players)])
        return residuals[0, keep], rows[0, keep]

    def _sums(self, points: Floats) -> tuple[Floats, Floats]:
        players = self.game.num_players
        rows = np.zeros((players, self.total + players))
        for i in range(players):
            rows[i, self._ends[i] : self._ends[i + 1]] = 1.0
        return points @ rows[:, : self.total].T - 1.0, rows


def uniform(sizes: Sequence[int]) -> Floats:
    """Return the probabilities of everybody mixing evenly, one after the other, shape (s_1 + … + s_N,)."""
    return np.concatenate([np.full(size, 1.0 / size) for size in sizes])
