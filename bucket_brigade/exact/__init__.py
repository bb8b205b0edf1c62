"""Exact answers: expected payoffs and the best for all, without sampling.

They exist for strategies that look only at the houses, on rings that some backend can write out; what is
exact, why, and where it ends is told in ``docs/explanation/exact.md``. General layout, from the ground up:

    methods          exact or simulated: what may be asked for, and what rules exactness out
    dispatch         which backend answers; asking it, and checking what came back
    expected         expected payoffs and tallies of a team, or of many
    social_optimum   the best that all seats can do together; the price of anarchy
"""

from bucket_brigade.exact.dispatch import choose_exact_backend
from bucket_brigade.exact.expected import ExactResult, ExactResults, can_expect, expect_team, expect_teams
from bucket_brigade.exact.social_optimum import (
    PriceOfAnarchy,
    SocialOptimum,
    price_of_anarchy,
    social_optimum,
)

exact_backend = choose_exact_backend
"""The name under which `choose_exact_backend` was published first."""

__all__ = [
    "ExactResult",
    "ExactResults",
    "PriceOfAnarchy",
    "SocialOptimum",
    "can_expect",
    "choose_exact_backend",
    "exact_backend",
    "expect_team",
    "expect_teams",
    "price_of_anarchy",
    "social_optimum",
]
