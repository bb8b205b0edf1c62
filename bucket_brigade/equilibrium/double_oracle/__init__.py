"""Double oracle: equilibria among infinitely many strategies, and certificates of what they are worth.

What it does and why is told in ``docs/explanation/double-oracle.md``. Payoffs of profiles come from
`bucket_brigade.payoffs`, and best deviations of one agent from `bucket_brigade.responses`; here is what
needs both and a solution concept. General layout, from the ground up:

    deviators                      symmetric or asymmetric: who deviates, restricted games and their equilibria
    candidates, behavioral, quasi_newton
                                   profiles worth judging that no restricted game offers
    certificate                    what is certain about a profile
    played_certificate             the same by playing games, against a list
    oracles, listed_oracle         deviations from a profile: all traits, all Markov policies, or a list
    iteration, restarts            the loop from one start, and from all
    result, settings, solve        from arguments to a result

The loop knows profiles, assessments and an `Oracle`, and no space of strategies; an oracle knows its space, and
no loop. So a third space is an oracle and a line in `solve`, and the loop is tested on payoffs in closed form.
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
