"""The best that one agent can do against the others, exactly: by its traits, or by any strategy at all.

General layout, from the ground up:

    stationary                   policies that do the same every night, and what each is worth
    markov, response_play        the best any strategy can do against fixed opponents, night by night; playing it
    markov_bounds                the same against mixing ones: bounds
    simplex_polynomials, trait_search
                                 the best heuristic strategy from few evaluations
    trait_response               the same, from a scenario and a team or mixtures to a result
"""

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
