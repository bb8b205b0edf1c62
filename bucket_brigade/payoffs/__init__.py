"""Where payoffs of many profiles come from: exact expectations, or games played.

General layout, from the ground up:

    source                            exact or played: chosen once
    seating, profile_play             who sits where; which profiles are played for which payoffs
    expected_profiles, expected_plan  exact payoffs of the profiles that are wanted
    payoff_table                      matrices and whole games of payoffs, with errors
    payoff_evaluator                  from a scenario and strategies to payoffs
    pool, mixed_profile               strategies by number, and who plays what
    exact_payoffs, played_payoffs     payoffs of pure profiles, each once
    mixing_opponents                  what one agent gets with each of its strategies while the others mix
"""

from bucket_brigade.payoffs.mixing_opponents import payoffs_against
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator, run_heuristic_episode
from bucket_brigade.payoffs.payoff_table import EmpiricalGame, PayoffMatrix, Regret

__all__ = [
    "EmpiricalGame",
    "PayoffEvaluator",
    "PayoffMatrix",
    "Regret",
    "payoffs_against",
    "run_heuristic_episode",
]
