"""Equilibria with a given support, by Levenberg-Marquardt from many starts at once.

On a support S an equilibrium solves a square polynomial system: ``u_i(x) = v`` for i in S and
``sum x = 1``; it also has ``x >= 0`` and ``u_k(x) <= v`` outside S. Violated inequalities enter as
residuals of their own, so the residual is 0 exactly at the equilibria, and starts end there rather than
at solutions that another strategy upsets.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.levenberg_marquardt import ITERATIONS, near_roots
from bucket_brigade.normal_form.mixed_extension import MixedExtension
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["SupportSystem", "simplex_points"]


class SupportSystem:
    """The residuals of one support of a game with a positive span, and how to make them vanish."""

    def __init__(self, game: SymmetricGame, support: Sequence[int]) -> None:
        """Take the support's columns of the game, scaled so that its span is 1."""
        self.game = game
        self.support = np.array(support, dtype=np.intp)
        self.outside = np.setdiff1d(np.arange(game.num_strategies), self.support)
        self.advantages = game.advantages[:, game.columns(support)] / game.span
        self._extension = MixedExtension(self.advantages, game.num_players - 1, len(support))

    @property
    def size(self) -> int:
        """The number s of strategies in the support."""
        return len(self.support)

    @property
    def work_per_start(self) -> float:
        """About how many multiplications one start costs."""
        return float(ITERATIONS * self.advantages.size * self.size)

    def is_ruled_out(self, margin: float) -> bool:
        """Whether some member is strictly worse than another strategy whatever the support plays.

        Conditional dominance: R. Porter, E. Nudelman, Y. Shoham, "Simple search methods for finding a
        Nash equilibrium", AAAI 2004. `margin` is in units of the span.
        """
        for member in self.support:
            others = np.delete(self.advantages, member, axis=0)
            if len(others) and (others - self.advantages[member]).min(axis=1).max() > margin:
                return True
        return False

    def solve(self, starts: Floats) -> Floats:
        """Return the points, shape (P, s), that starts of shape (B, s) in the simplex led to.

        Starts that ended in a local minimum of the residual are left out; what is returned is close to
        a root, to be judged by its regret.
        """
        values = self._extension.values(starts)[:, self.support]
        unknowns = np.column_stack([starts, np.einsum("bs,bs->b", starts, values)])
        return near_roots(self._residuals, unknowns)[:, :-1]

    def polish(self, point: Floats) -> tuple[Floats, float]:
        """Return a mixture over the whole game near a point of shape (s,), and its regret over the span.

        Newton steps on the equations alone, by least squares, kept while they lower the regret.
        """
        best = self._embed(point)
        regret = self.game.regret(best) / self.game.span
        current = best[self.support]
        for _ in range(8):
            values, jacobian = self._extension.values_and_jacobian(current[None])
            equations = values[0, self.support] - current @ values[0, self.support]
            system = _bordered(jacobian[0][self.support])
            step = np.linalg.lstsq(system, np.append(-equations, 0.0), rcond=1e-11)[0][:-1]
            if not np.isfinite(step).all() or np.abs(step).max() > 0.1:
                break
            mixture = self._embed(current + step)
            improved = self.game.regret(mixture) / self.game.span
            if improved >= regret:
                break
            best, regret, current = mixture, improved, mixture[self.support]
        return best, regret

    def sensitivity(self, mixture: Floats) -> tuple[float, int]:
        """Return (conditioning, index) at an equilibrium with exactly this support.

        The conditioning is the smallest over the largest singular value of the derivative of u along the
        simplex, 0 if the equations do not pin the mixture down. The index is the sign of the determinant of
        minus that derivative: J. Hofbauer, K. Sigmund, "Evolutionary Games and Population Dynamics",
        1998, chapter 13, up to their sign.
        """
        if self.size == 1:
            return 1.0, 1
        jacobian = self._extension.values_and_jacobian(mixture[self.support][None])[1][0][self.support]
        # An orthonormal basis of the directions that keep the sum of probabilities.
        basis = np.linalg.svd(np.ones((1, self.size)))[2][1:].T
        along = -basis.T @ jacobian @ basis
        scale = float(np.linalg.svd(along, compute_uv=False)[-1])
        return scale, int(np.sign(np.linalg.det(along)))

    def _embed(self, point: Floats) -> Floats:
        mixture = np.zeros(self.game.num_strategies)
        mixture[self.support] = np.maximum(point, 0.0)
        total = mixture.sum()
        if total <= 0.0:
            mixture[self.support] = 1.0
            total = float(self.size)
        return np.asarray(mixture / total)

    def _residuals(self, unknowns: Floats) -> tuple[Floats, Floats]:
        """Return the residuals, shape (B, K + 1 + s), and their derivatives by (x, v)."""
        x, v = unknowns[:, :-1], unknowns[:, -1]
        values, jacobian = self._extension.values_and_jacobian(x)
        over = values - v[:, None]
        slopes = np.concatenate([jacobian, np.full((*over.shape, 1), -1.0)], axis=2)
        fine = np.zeros(over.shape, dtype=bool)
        fine[:, self.outside] = over[:, self.outside] <= 0.0
        total = x.sum(axis=1, keepdims=True) - 1.0
        total_slope = np.append(np.ones(self.size), 0.0)
        below = np.minimum(x, 0.0)
        below_slope = (x < 0.0)[:, :, None] * np.eye(self.size, self.size + 1)
        residuals = np.concatenate([np.where(fine, 0.0, over), total, below], axis=1)
        everything = [
            np.where(fine[:, :, None], 0.0, slopes),
            np.broadcast_to(total_slope, (len(x), 1, self.size + 1)),
            below_slope,
        ]
        return residuals, np.concatenate(everything, axis=1)


def simplex_points(size: int, count: int, first: int = 0) -> Floats:
    """Return `count` points spread over the simplex of s strategies, shape (count, s), the same ones always.

    A Kronecker sequence on the roots of ``t**s = t + 1`` (M. Roberts, "The unreasonable effectiveness of
    quasirandom sequences", 2018), carried to the simplex by sorted spacings. `first` continues it.
    """
    if size == 1:
        return np.ones((count, 1))
    root = 2.0
    for _ in range(60):
        root = (1.0 + root) ** (1.0 / size)
    steps = root ** -np.arange(1.0, size)
    cube = (0.5 + np.outer(np.arange(first, first + count), steps)) % 1.0
    edges = np.concatenate([np.zeros((count, 1)), np.sort(cube, axis=1), np.ones((count, 1))], axis=1)
    return np.asarray(np.diff(edges, axis=1))


def _bordered(jacobian: Floats) -> Floats:
    """Return the derivative of (u_S - v, sum x) by (x_S, v), shape (s+1, s+1)."""
    size = len(jacobian)
    system = np.zeros((size + 1, size + 1))
    system[:size, :size] = jacobian
    system[:size, size] = -1.0
    system[size, :size] = 1.0
    return system
