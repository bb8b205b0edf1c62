"""Numbers with their sampling error."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self, SupportsIndex

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.validation import check_fraction

__all__ = ["Estimate", "Replication"]


class Estimate(float):
    """A number with a standard error; in arithmetic and comparisons it is the number alone."""

    __slots__ = ("_degrees_of_freedom", "_standard_error")

    _standard_error: float
    _degrees_of_freedom: float

    def __new__(cls, value: float, standard_error: float, degrees_of_freedom: float = math.inf) -> Self:
        """Make an estimate; infinite degrees of freedom stand for a known standard error."""
        made = super().__new__(cls, value)
        made._standard_error = float(standard_error)
        made._degrees_of_freedom = float(degrees_of_freedom)
        return made

    @property
    def value(self) -> float:
        """The number as a plain float."""
        return float(self)

    @property
    def standard_error(self) -> float:
        """The standard deviation of the estimate over repeated samples; 0 if it is exact."""
        return self._standard_error

    @property
    def degrees_of_freedom(self) -> float:
        """How many independent differences the standard error rests on."""
        return self._degrees_of_freedom

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the two-sided interval of this confidence, by Student's t; `InvalidInput` unless in (0, 1)."""
        confidence = check_fraction("confidence", confidence)
        width = t_quantile((1.0 + confidence) / 2.0, self._degrees_of_freedom) * self._standard_error
        return float(self) - width, float(self) + width

    def __repr__(self) -> str:
        """Return ``value ± error``."""
        return f"{float(self):.6g} ± {self._standard_error:.2g}"

    def __str__(self) -> str:
        """Return ``value ± error``."""
        return repr(self)

    def __reduce_ex__(self, _protocol: SupportsIndex) -> tuple[type[Self], tuple[float, float, float]]:
        """Let copies and pickles keep the error."""
        return type(self), (float(self), self._standard_error, self._degrees_of_freedom)


@dataclass(frozen=True)
class Replication:
    """How Q = P * R replicate means are grouped: P strata of equal weight, R independent replicates each.

    Any linear function of payoffs has one value per replicate; its estimate is their mean, and its
    variance is ``sum_s s_s**2 / (P**2 * R)``, with ``s_s**2`` the sample variance within stratum s (W. G.
    Cochran, "Sampling Techniques", 3rd ed., 1977, section 5.4). As the replicates of all payoffs are of
    the same games, common random numbers are accounted for. No replicates at all (R = 0) stands for
    exact payoffs: every error is 0.
    """

    strata: int
    replicates: int

    @property
    def degrees_of_freedom(self) -> float:
        """P * (R - 1), infinite for exact payoffs."""
        return self.strata * (self.replicates - 1) if self.replicates else math.inf

    def standard_errors(self, values: Floats) -> Floats:
        """Return the standard error of the mean over replicates, for values of shape (Q, …)."""
        if not self.replicates:
            return np.zeros(values.shape[1:])
        squares = (self._deviations(values) ** 2).sum(axis=0)
        return np.asarray(np.sqrt(squares / self._divisor))

    def covariance(self, values: Floats) -> Floats:
        """Return the covariance of the means, shape (L, L), for values of shape (Q, L)."""
        if not self.replicates:
            return np.zeros((values.shape[1], values.shape[1]))
        deviations = self._deviations(values)
        return np.asarray(deviations.T @ deviations / self._divisor)

    @property
    def _divisor(self) -> float:
        return float(self.strata**2 * self.replicates * (self.replicates - 1))

    def _deviations(self, values: Floats) -> Floats:
        grouped = values.reshape(self.strata, self.replicates, *values.shape[1:])
        return np.asarray((grouped - grouped.mean(axis=1, keepdims=True)).reshape(values.shape))


def t_quantile(probability: float, degrees_of_freedom: float) -> float:
    """Return the quantile of Student's t, of the normal distribution for infinite degrees of freedom."""
    from scipy.special import ndtri, stdtrit

    if math.isinf(degrees_of_freedom):
        return float(ndtri(probability))
    return float(stdtrit(degrees_of_freedom, probability))
