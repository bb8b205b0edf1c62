"""Exact answers: expected payoffs, best responses and the best for all, without sampling.

They exist for strategies that look only at the houses, on rings that some backend can write out; what is
exact, why, and where it ends is told in ``docs/explanation/exact.md``. General layout, from the ground up:

    methods          exact or simulated: what may be asked for, and what rules exactness out
    dispatch         which backend answers; asking it, and checking what came back
    expected         expected payoffs and tallies of a team, or of many
    best_response    the best any strategy can do against fixed opponents, night by night
    response_play    playing such an answer, as the engines would
    focal_payoff     one agent's payoff as a function of its strategy, the others fixed or mixing
    chebyshev, unit_square
                     the largest value of a smooth function of two numbers, from few evaluations
    trait_response   the best heuristic strategy against fixed or mixing opponents
    social_optimum   the best that all seats can do together; the price of anarchy
"""

from bucket_brigade.exact.best_response import (
    MarkovResponse,
    StationaryResponse,
    best_markov_response,
    best_markov_responses,
)
from bucket_brigade.exact.dispatch import exact_backend
from bucket_brigade.exact.expected import ExactResult, ExactResults, can_expect, expect_team, expect_teams
from bucket_brigade.exact.focal_payoff import FocalPayoff
from bucket_brigade.exact.response_play import simulate_response
from bucket_brigade.exact.social_optimum import (
    PriceOfAnarchy,
    SocialOptimum,
    price_of_anarchy,
    social_optimum,
)
from bucket_brigade.exact.trait_response import (
    TraitResponse,
    best_trait_response,
    best_trait_response_to_mixture,
    best_traits,
    canonical_theta,
    effective_traits,
)

__all__ = [
    "ExactResult",
    "ExactResults",
    "FocalPayoff",
    "MarkovResponse",
    "PriceOfAnarchy",
    "SocialOptimum",
    "StationaryResponse",
    "TraitResponse",
    "best_markov_response",
    "best_markov_responses",
    "best_trait_response",
    "best_trait_response_to_mixture",
    "best_traits",
    "can_expect",
    "canonical_theta",
    "effective_traits",
    "exact_backend",
    "expect_team",
    "expect_teams",
    "price_of_anarchy",
    "simulate_response",
    "social_optimum",
]
