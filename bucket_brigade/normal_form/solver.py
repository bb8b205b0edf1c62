"""Nash equilibria of games in normal form: every player mixes over its own strategies.

Every finite game has one (J. Nash, "Non-cooperative games", 1951). The search takes out dominated
strategies, looks at all pure profiles, and goes through supports in the order of R. Porter, E. Nudelman,
Y. Shoham, "Simple search methods for finding a Nash equilibrium" (AAAI 2004): balanced and small ones
first. If that finds nothing, or if supports are left, it follows the logit path, and then starts of least
squares on the full supports. The list may be incomplete; it is never empty.
"""

from __future__ import annotations

import itertools
import math

import numpy as np

from bucket_brigade.normal_form.equilibria import AsymmetricEquilibrium, Equilibria
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.search import Candidate, Effort, SupportSearch, all_supports, check_limits
from bucket_brigade.normal_form.supports import AsymmetricSupports

__all__ = ["find_equilibria"]


_EFFORT = Effort(starts=12, fewest=2, batches=4, work=2e9, follows_border=True, exact_sizes=0)
"""Half of what symmetric games get, since there are far more choices of supports; tried on random games of 2 to 4
players and up to 5 strategies, where the indices of all lists sum to 1 if all supports are searched."""


def find_equilibria(
    game: NormalFormGame,
    *,
    tolerance: float = 1e-9,
    max_supports: int = 500,
    enough: int | None = None,
    time_limit: float | None = None,
) -> Equilibria[AsymmetricEquilibrium]:
    """Return Nash equilibria of a game, the largest sum of payoffs first; at least one profile of mixtures.

    `tolerance` is the largest regret accepted, in units of each player's span. `max_supports` bounds how many
    choices of supports beyond the pure ones are searched. `enough` ends the search once that many
    equilibria are found. The answer depends only on the arguments, unless `time_limit` (seconds) ends the
    search early, which it says. Raises `InvalidInput` for a tolerance outside (0, 1), a negative number of supports,
    or an `enough` or a time that is not positive.
    """
    tolerance, max_supports, time_limit, enough = check_limits(tolerance, max_supports, time_limit, enough)
    left = game.undominated(tolerance)
    small = game.restricted(left)
    whole = AsymmetricSupports(small, [range(size) for size in small.num_strategies])

    def describe(candidate: Candidate) -> AsymmetricEquilibrium:
        mixtures = tuple(np.zeros(size) for size in game.num_strategies)
        for mixture, places, block in zip(mixtures, left, whole.blocks, strict=True):
            mixture[list(places)] = candidate.profile[block]
        return AsymmetricEquilibrium(
            mixtures=mixtures,
            payoffs=game.expected(mixtures),
            regrets=game.regrets(mixtures),
            relative_regret=game.relative_regret(mixtures),
            index=candidate.index,
            found_by=candidate.found_by,
        )

    search = SupportSearch(whole, _EFFORT, tolerance, enough, time_limit)
    _run(search, small, max_supports)
    dominated = tuple(
        tuple(s for s in range(size) if s not in mine)
        for size, mine in zip(game.num_strategies, left, strict=True)
    )
    return search.result(describe, concept="asymmetric", span=float(game.spans.max()), dominated=dominated)


def _run(search: SupportSearch, game: NormalFormGame, max_supports: int) -> None:
    for place in game.pure_equilibria(search.tolerance):
        if search.done():
            return
        supports = search.game.on([[s] for s in place])
        search.accept(supports.embed(np.ones(len(place))), "pure", supports)
    search.searched = math.prod(game.num_strategies)
    search.search_supports(itertools.islice(all_supports(game.num_strategies, smallest=2), max_supports))
    if search.done():
        return
    if not search.found or search.searched < search.all_supports:
        search.follow_logit_path()
    if not search.found and not search.done():
        search.solve(search.game, "least squares")
