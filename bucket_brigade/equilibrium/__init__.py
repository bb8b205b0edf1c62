"""Equilibria: payoffs of strategies, exact or simulated, and Nash equilibria with a certificate.

General layout, from the ground up:

    compositions, mixed_extension     counting opponents, and expected payoffs when they mix
    symmetric_game                    a symmetric game of N players as an array, its regret
    dominance, bernstein, two_strategies, damped_least_squares, support_solver, dynamics, curve_following, logit_path
                                      ways to rule out or find equilibria
    symmetric_equilibria, equilibrium_list
                                      the search that joins them, and what it returns
    seating, profile_play             who sits where; which profiles are played for which payoffs
    estimates, payoff_table           numbers with errors; matrices and whole games of them
    expected_profiles, expected_plan  exact payoffs of the profiles that are wanted
    payoff_evaluator                  from a scenario and strategies to payoffs
    nash                              from a scenario and listed strategies to symmetric equilibria
    per_seat_game, per_seat_support, per_seat_logit, per_seat_equilibria
                                      games in which every seat has strategies of its own
    double_oracle                     from a scenario alone to a certified equilibrium

Nothing in the first two groups knows the game of the town; any symmetric game can be solved with them.
"""

from bucket_brigade.equilibrium.equilibrium_list import Equilibria, Equilibrium
from bucket_brigade.equilibrium.estimates import Estimate
from bucket_brigade.equilibrium.nash import (
    REGRET_MEANING,
    NashEquilibrium,
    NashResult,
    equilibria_of,
    solve_nash,
)
from bucket_brigade.equilibrium.payoff_evaluator import (
    PayoffEvaluator,
    PythonPayoffEvaluator,
    RustPayoffEvaluator,
    run_heuristic_episode,
)
from bucket_brigade.equilibrium.payoff_table import EmpiricalGame, PayoffMatrix, Regret
from bucket_brigade.equilibrium.symmetric_equilibria import find_symmetric_equilibria
from bucket_brigade.equilibrium.symmetric_game import SymmetricGame

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
