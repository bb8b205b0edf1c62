"""The best that one agent can do against the others, exactly: by its traits, or by any strategy at all.

General layout, from the ground up:

    focal_payoff                 one agent's payoff as a function of its strategy, the others fixed or mixing
    markov, response_play        the best any strategy can do against fixed opponents, night by night; playing it
    markov_bounds                the same against mixing ones: bounds
    simplex_polynomials, trait_search
                                 the best heuristic strategy from few evaluations
    chebyshev, unit_square, trait_response
                                 the best heuristic strategy, on the square of effective traits
"""

from bucket_brigade.responses.focal_payoff import FocalPayoff
from bucket_brigade.responses.markov import (
    MarkovResponse,
    StationaryResponse,
    best_markov_response,
    best_markov_responses,
)
from bucket_brigade.responses.response_play import simulate_response
from bucket_brigade.responses.trait_response import (
    TraitResponse,
    best_trait_response,
    best_trait_response_to_mixture,
    best_traits,
)

__all__ = [
    "FocalPayoff",
    "MarkovResponse",
    "StationaryResponse",
    "TraitResponse",
    "best_markov_response",
    "best_markov_responses",
    "best_trait_response",
    "best_trait_response_to_mixture",
    "best_traits",
    "simulate_response",
]
