"""Double oracle: equilibria among infinitely many strategies, and certificates of what they are worth.

What it does and why is told in ``docs/explanation/double-oracle.md``. General layout, from the ground up:

    strategies, mixed_profile      strategies by number, and who plays what
    exact_payoffs, played_payoffs  payoffs of pure profiles, exact or by playing games, each once
    triangle, trait_search         the best heuristic deviation from few evaluations
    markov_bounds, tables          what Markov policies gain; strategies as tables
    forms                          symmetric or per seat: deviators, restricted games and their equilibria
    guesses, polish                candidates between the strategies of a restricted game
    certificate                    what is certain about a profile
    oracles, listed_oracle, played_certificate
                                   deviations from a profile, and its certificate
    iteration, search              the loop from one start, and from all
    settings, solve, result        from arguments to a result
"""

from bucket_brigade.equilibrium.double_oracle.certificate import CERTIFICATE_MEANING, Certificate
from bucket_brigade.equilibrium.double_oracle.iteration import Iteration
from bucket_brigade.equilibrium.double_oracle.listed_oracle import default_deviations
from bucket_brigade.equilibrium.double_oracle.result import DoubleOracleResult, PlayedProfile
from bucket_brigade.equilibrium.double_oracle.settings import Sampling
from bucket_brigade.equilibrium.double_oracle.solve import (
    certify_profile,
    default_starts,
    solve_double_oracle,
)
from bucket_brigade.payoffs.pool import Entry

__all__ = [
    "CERTIFICATE_MEANING",
    "Certificate",
    "DoubleOracleResult",
    "Entry",
    "Iteration",
    "PlayedProfile",
    "Sampling",
    "certify_profile",
    "default_deviations",
    "default_starts",
    "solve_double_oracle",
]
