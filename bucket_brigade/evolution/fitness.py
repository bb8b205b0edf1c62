"""What a population's fitness is said with, and how payoffs in several scenarios become one number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bucket_brigade._lazy import lazy_names
from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance

__all__ = ["COMBINE", "SCALES", "FitnessResult", "combined"]

# The promised dotted names of the evaluators; `evaluator` imports this module.
__getattr__ = lazy_names(
    __name__,
    {
        "FitnessEvaluator": "bucket_brigade.evolution.evaluator",
        **dict.fromkeys(("PythonFitnessEvaluator", "RustFitnessEvaluator"), "bucket_brigade.promised"),
    },
)

COMBINE = ("mean", "worst")
"""How payoffs in several scenarios become one fitness."""
SCALES = ("payoff", "archetypes")
"""What fitness is measured in: payoff units, or the way from the worst to the best archetype."""


@dataclass(frozen=True, eq=False)
class FitnessResult:
    """Fitness of B genomes in T scenarios."""

    values: Floats
    """(B,) what evolution makes large."""
    standard_errors: Floats
    """(B,) of `values`; 0 where nothing was sampled, NaN after a single game."""
    by_scenario: Floats
    """(T, B) payoff in each scenario, always in payoff units."""
    by_scenario_errors: Floats
    """(T, B) their standard errors."""
    method: str
    """`exact` or `simulate`."""
    fallback_reason: str
    """Why games were played although exact payoffs would have been welcome."""
    games: int
    """Games played for each genome, all scenarios together; 0 if exact."""
    provenance: Provenance

    def __len__(self) -> int:
        """Return B."""
        return len(self.values)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "values": self.values.tolist(),
            "standard_errors": self.standard_errors.tolist(),
            "by_scenario": self.by_scenario.tolist(),
            "by_scenario_errors": self.by_scenario_errors.tolist(),
            "method": self.method,
            "fallback_reason": self.fallback_reason,
            "games": self.games,
            "provenance": self.provenance.to_json(),
        }


def combined(payoffs: Floats, errors: Floats, combine: str) -> tuple[Floats, Floats]:
    """Return the fitness of each genome and its standard error, (B,) each, from T scenarios, (T, B) each.

    Scenarios play different games, so their errors are independent.
    """
    if combine == "worst":
        worst = np.argmin(payoffs, axis=0)[None]
        return np.take_along_axis(payoffs, worst, 0)[0], np.take_along_axis(errors, worst, 0)[0]
    values = np.cumsum(payoffs, axis=0)[-1] / len(payoffs)
    return values, np.sqrt(np.cumsum(errors**2, axis=0)[-1]) / len(payoffs)
