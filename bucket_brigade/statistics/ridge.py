"""Ridge regression on rows that come in independent groups, with errors that rest on the groups alone.

The rows of a group may depend on each other in any way, as the teams of a round do that play the same games;
groups are independent and alike. Two estimates are made of the same coefficients:

- *unshrunk*, by least squares. Its covariance is the delete-one-group jackknife, ``(R-1)/R * sum_r d_r d_r'``
  with ``d_r`` what leaving out group r changes, and R - 1 degrees of freedom (R. M. Bell, D. F. McCaffrey, "Bias
  reduction in standard errors for linear regression with multi-stage samples", Survey Methodology 28, 2002,
  where it is CR3). It holds for any dependence within groups.
- *shrunk*, with the penalty ``ridge * m * |theta|**2`` on the squared residuals, where ``m`` is the mean information
  on a penalized coefficient (mean diagonal of X'X, after what the free coefficients explain), so that `ridge` has no
  unit and shrinks an average direction by the factor 1 / (1 + ridge). It is chosen among the values of `GRID` by
  generalized cross-validation, ``n * RSS / (n - df)**2`` (G. H. Golub, M. Heath, G. Wahba, "Generalized
  cross-validation as a method for choosing a good ridge parameter", Technometrics 21, 1979); ties go to the smallest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput

__all__ = ["GRID", "GroupRows", "RidgeFit", "check_ridge", "fit_groups"]


GroupRows = Callable[[slice], tuple[Floats, Floats]]
"""The rows of C groups that follow each other: regressors (C, M, p) and responses (C, M), both with all intercepts
taken out. All groups have M rows."""

GRID = (0.0, *(10.0 ** (exponent / 8) for exponent in range(-48, 25)))
"""No penalty, and 1e-6 to 1e3 in steps of an eighth of a decade."""

_ROWS_AT_ONCE = 5_000
"""Groups are taken together up to about so many rows: few calls of linear algebra, each large, in little memory."""

_SINGULAR = 1e-9
"""Smallest eigenvalue of X'X, relative to the largest, below which coefficients are not told apart."""


@dataclass(frozen=True, eq=False)
class RidgeFit:
    """Coefficients of p regressors; where data cannot tell them apart, `unshrunk` and `covariance` are NaN."""

    shrunk: Floats
    """(p,)"""
    unshrunk: Floats
    """(p,)"""
    covariance: Floats
    """(p, p) of `unshrunk`."""
    groups: int
    rows: int
    ridge: float
    """The penalty that was used."""
    effective_parameters: float
    """Trace of the matrix that maps responses to fitted values, intercepts left out; p without shrinkage."""

    def combined(self, weights: Floats) -> tuple[Floats, Floats, Floats]:
        """Return shrunk and unshrunk linear combinations (L,) and standard errors, for weights (L, p)."""
        variances = np.einsum("li,ij,lj->l", weights, self.covariance, weights)
        return weights @ self.shrunk, weights @ self.unshrunk, np.sqrt(np.maximum(variances, 0.0))


def check_ridge(ridge: object) -> float | None:
    """Return a penalty, or None for the word ``gcv``; raises `InvalidInput` for anything else."""
    if ridge == "gcv":
        return None
    try:
        value = float(ridge)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = -1.0
    if isinstance(ridge, bool) or not 0.0 <= value < np.inf:
        raise InvalidInput(
            f"ridge = {ridge!r} is not allowed: it must be 'gcv' (generalized cross-validation) or a number, 0 or "
            "more; 0 shrinks nothing, 0.01 shrinks by about one per cent."
        )
    return value


def fit_groups(
    rows: GroupRows, groups: int, *, intercepts: int, free: int = 0, ridge: float | None = None
) -> RidgeFit:
    """Fit the rows of `groups` groups, R of them; all are asked for twice, so that none has to be kept.

    `intercepts` is how many parameters were taken out of the rows beforehand. The first `free` coefficients
    are not penalized. `ridge` is the penalty, None for the one of generalized cross-validation.
    """
    total, squares = 0, 0.0
    gram, moment = np.zeros((0, 0)), np.zeros(0)
    for part in _parts(rows, groups):
        x, y = (block.reshape(-1, *block.shape[2:]) for block in rows(part))
        if not total:
            gram, moment = np.zeros((x.shape[1], x.shape[1])), np.zeros(x.shape[1])
        gram += x.T @ x
        moment += x.T @ y
        squares += float(y @ y)
        total += len(y)
    told_apart = _told_apart(gram)
    shrunk, penalty, effective = _shrunk(
        gram, moment, squares, total - intercepts, total, free=free, ridge=ridge, singular=not told_apart
    )
    unshrunk = np.full(len(gram), np.nan)
    covariance = np.full(gram.shape, np.nan)
    if told_apart:
        unshrunk = np.asarray(np.linalg.solve(gram, moment), dtype=np.float64)
        covariance = _jackknife(rows, groups, gram, moment, unshrunk)
    return RidgeFit(shrunk, unshrunk, covariance, groups, total, penalty, effective)


def _told_apart(gram: Floats) -> bool:
    """Return whether no direction of the coefficients is without information, scales of regressors aside."""
    information = np.diag(gram)
    if not (information > _SINGULAR * information.max()).all():
        return False
    scale = np.sqrt(information)
    values = np.linalg.eigvalsh(gram / scale[:, None] / scale)
    return bool(values[0] > _SINGULAR * values[-1])


def _parts(rows: GroupRows, groups: int) -> Iterator[slice]:
    size = max(1, _ROWS_AT_ONCE // rows(slice(0, 1))[1].shape[1])
    for begin in range(0, groups, size):
        yield slice(begin, min(begin + size, groups))


def _jackknife(rows: GroupRows, groups: int, gram: Floats, moment: Floats, whole: Floats) -> Floats:
    inverse = np.linalg.inv(gram)
    changes = np.empty((groups, len(whole)))
    nothing = np.full(gram.shape, np.nan)
    for part in _parts(rows, groups):
        x, y = rows(part)
        across = np.swapaxes(x, 1, 2)
        # The smaller of two equal problems: without the group, or seen from its residuals.
        if y.shape[1] < len(whole):
            reach = (x.reshape(-1, len(whole)) @ inverse).reshape(x.shape)
            kept = np.eye(y.shape[1]) - reach @ across
            if not _positive(kept):
                return nothing
            left = np.linalg.solve(kept, (x @ whole - y)[..., None])
            changes[part] = (np.swapaxes(reach, 1, 2) @ left)[..., 0]
        else:
            rest = gram - across @ x
            if not _positive(rest):
                return nothing
            target = moment - (across @ y[..., None])[..., 0]
            changes[part] = np.linalg.solve(rest, target[..., None])[..., 0] - whole
    return np.asarray((groups - 1) / groups * changes.T @ changes)


def _positive(matrices: Floats) -> bool:
    """Return whether symmetric matrices (C, n, n) are all positive definite, scales aside, with some margin."""
    diagonal = np.diagonal(matrices, axis1=1, axis2=2)
    if not (diagonal > _SINGULAR * diagonal.max()).all():
        return False
    scale = np.sqrt(diagonal)
    try:
        factors = np.linalg.cholesky(matrices / scale[:, :, None] / scale[:, None, :])
    except np.linalg.LinAlgError:
        return False
    return bool((np.diagonal(factors, axis1=1, axis2=2) ** 2).min() > _SINGULAR)


def _shrunk(
    gram: Floats,
    moment: Floats,
    squares: float,
    freedom: int,
    total: int,
    *,
    free: int,
    ridge: float | None,
    singular: bool,
) -> tuple[Floats, float, float]:
    """Return the shrunk coefficients, the penalty, and the effective number of parameters."""
    # Free coefficients are projected out, so that the penalty meets a plain ridge problem.
    across = gram[:free, free:]
    inverse = np.linalg.pinv(gram[:free, :free], hermitian=True) if free else np.zeros((0, 0))
    inner = gram[free:, free:] - across.T @ inverse @ across
    target = moment[free:] - across.T @ inverse @ moment[:free]
    left = squares - float(moment[:free] @ inverse @ moment[:free])
    values, vectors = np.linalg.eigh((inner + inner.T) / 2)
    # Directions that the free coefficients explain, all but rounding, hold no information.
    known = values > _SINGULAR * np.diag(gram).max()
    values = np.where(known, values, 0.0)
    if not known.any():
        return np.full(len(gram), np.nan), 0.0 if ridge is None else ridge, float(free)
    scale = float(values.mean())
    turned = np.where(known, vectors.T @ target, 0.0)

    def fitted(penalty: float) -> tuple[float, float]:
        """Return residual squares and effective parameters."""
        weight = values + penalty * scale
        explained = float((turned**2 * (values + 2 * penalty * scale) / weight**2).sum())
        return max(left - explained, 0.0), free + float((values / weight).sum())

    def score(penalty: float) -> float:
        residual, parameters = fitted(penalty)
        spare = freedom - parameters
        return total * residual / spare**2 if spare > 0 else np.inf

    options = GRID[1:] if singular else GRID
    penalty = min(options, key=score) if ridge is None else ridge
    weight = values + penalty * scale
    solution = vectors @ np.divide(turned, weight, out=np.zeros_like(turned), where=weight > 0)
    base = inverse @ (moment[:free] - across @ solution)
    effective = free + float(np.divide(values, weight, out=np.zeros_like(values), where=weight > 0).sum())
    return np.concatenate([base, solution]), penalty, effective
