"""Equilibria of scenarios, with a certificate of what anybody could still gain.

General layout, from the ground up:

    nash           from a scenario and listed strategies to symmetric equilibria
    double_oracle  from a scenario alone to a certified equilibrium
"""

from bucket_brigade._lazy import lazy_names
from bucket_brigade.equilibrium.nash import (
    REGRET_MEANING,
    NashEquilibrium,
    NashResult,
    equilibria_of,
    solve_nash,
)
from bucket_brigade.normal_form import Equilibria, Equilibrium, SymmetricGame, find_symmetric_equilibria
from bucket_brigade.payoffs import (
    EmpiricalGame,
    PayoffEvaluator,
    PayoffMatrix,
    Regret,
    run_heuristic_episode,
)
from bucket_brigade.statistics import Estimate

__all__ = [
    "REGRET_MEANING",
    "EmpiricalGame",
    "Equilibria",
    "Equilibrium",
    "Estimate",
    "NashEquilibrium",
    "NashResult",
    "PayoffEvaluator",
    "PayoffMatrix",
    "PythonPayoffEvaluator",
    "Regret",
    "RustPayoffEvaluator",
    "SymmetricGame",
    "equilibria_of",
    "find_symmetric_equilibria",
    "run_heuristic_episode",
    "solve_nash",
]

__getattr__ = lazy_names(
    __name__, dict.fromkeys(("PythonPayoffEvaluator", "RustPayoffEvaluator"), "bucket_brigade.promised")
)
