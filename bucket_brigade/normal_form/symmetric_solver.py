"""Symmetric Nash equilibria of symmetric games of N players.

In a symmetric equilibrium everybody mixes alike and nobody gains by changing: its regret is 0. Every finite
symmetric game has one (J. Nash, "Non-cooperative games", 1951). The search takes out dominated strategies,
then goes through the supports, the smallest first: pure ones by looking, two strategies by all roots of a
polynomial, more by many starts of a least-squares solver. If that finds nothing, or there are too many
supports, it follows the logit path and the replicator dynamics and polishes where they lead.

What it does not promise: that the list is complete. For one and two strategies it is, up to the
tolerance; with more, a root could be missed, and `Equilibria.complete` says so. As a check, if all equilibria are
regular, their indices sum to 1 (J. Hofbauer, K. Sigmund, "Evolutionary Games and Population Dynamics", 1998, chapter
13). Where they do not, the search is widened, and `Equilibria.index_sum` says how it ended.
"""

from __future__ import annotations

import itertools

import numpy as np

from bucket_brigade.normal_form.dominance import undominated
from bucket_brigade.normal_form.equilibria import Equilibria, Equilibrium
from bucket_brigade.normal_form.replicator import replicator_rest_points
from bucket_brigade.normal_form.search import Candidate, Effort, SupportSearch, all_supports, check_limits
from bucket_brigade.normal_form.simplex_points import simplex_points
from bucket_brigade.normal_form.supports import TIE, SymmetricSupports
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.normal_form.two_strategies import two_strategy_mixtures

__all__ = ["find_symmetric_equilibria"]


_EFFORT = Effort(starts=24, fewest=4, batches=8, work=4e9, follows_border=False, exact_sizes=2)
"""Tried on random games of 2 to 6 strategies and 2 to 16 players: with these starts the indices of every list sum to 1
(`test_random_games_have_a_list_whose_indices_sum_to_one`)."""
_ROUNDS = 3
"""Times that the search is widened, each with eight batches for every support."""


def find_symmetric_equilibria(
    game: SymmetricGame,
    *,
    tolerance: float = 1e-9,
    max_supports: int = 256,
    time_limit: float | None = None,
) -> Equilibria[Equilibrium]:
    """Return symmetric equilibria of a game, the highest payoff first; at least one mixture.

    `tolerance` is the largest regret accepted, relative to `SymmetricGame.span`. `max_supports` bounds how
    many supports of three strategies and more are searched; 256 covers all of eight strategies. The
    answer depends only on the arguments, unless `time_limit` (seconds) ends the search early, which it says.
    Raises `InvalidInput` for a tolerance outside (0, 1), a negative number of supports or a time that is not positive.
    """
    tolerance, max_supports, time_limit, _ = check_limits(tolerance, max_supports, time_limit)
    left = undominated(game, tolerance * game.span)
    small = game.restricted(left)

    def describe(candidate: Candidate) -> Equilibrium:
        mixture = np.zeros(game.num_strategies)
        mixture[list(left)] = candidate.profile
        gains = game.gains(mixture)
        regret = max(0.0, float(gains.max()))
        return Equilibrium(
            mixture=mixture,
            payoff=game.payoff(mixture),
            regret=regret,
            relative_regret=regret / game.span if game.span else 0.0,
            support=tuple(map(int, np.flatnonzero(mixture))),
            ties=tuple(map(int, np.flatnonzero((mixture == 0.0) & (gains >= -TIE * game.span)))),
            index=candidate.index,
            found_by=candidate.found_by,
        )

    search = SupportSearch(
        SymmetricSupports(small, [range(small.num_strategies)]), _EFFORT, tolerance, time_limit=time_limit
    )
    if small.span == 0.0:
        _settle_for_ties(search)
    else:
        _run(search, small, max_supports)
    dominated = tuple(i for i in range(game.num_strategies) if i not in left)
    return search.result(describe, concept="symmetric", span=game.span, dominated=dominated)


def _run(search: SupportSearch, game: SymmetricGame, max_supports: int) -> None:
    strategies = game.num_strategies
    for pure in np.eye(strategies):
        search.accept(pure, "pure")
        search.searched += 1
    for pair in itertools.combinations(range(strategies), 2):
        if search.done():
            break
        for mixture in two_strategy_mixtures(game, pair, search.tolerance):
            search.accept(mixture, "two strategies")
        search.searched += 1
    search.search_supports(itertools.islice(all_supports([strategies], smallest=3), max_supports))
    _widen(search)
    if not search.found or search.searched < search.all_supports:
        search.follow_logit_path()
        _follow_replicator(search, game)


def _settle_for_ties(search: SupportSearch) -> None:
    """No choice matters: every mixture is an equilibrium; the pure ones and the uniform one stand for them."""
    (strategies,) = search.game.num_strategies
    search.searched = search.all_supports
    if strategies == 1:
        search.found = [Candidate(np.ones(1), 1, "pure")]
        return
    points = [*np.eye(strategies), np.full(strategies, 1.0 / strategies)]
    search.found = [Candidate(point, None, "tie") for point in points]


def _widen(search: SupportSearch) -> None:
    """Start from more points while the indices show that something is missing."""
    if search.searched < search.all_supports:
        return
    for round_ in range(1, _ROUNDS + 1):
        indices = [candidate.index for candidate in search.found]
        if not indices or None in indices or sum(i for i in indices if i is not None) == 1:
            return
        for system in search.solved:
            if search.done():
                return
            first = round_ * _EFFORT.starts * _EFFORT.batches  # Behind all points that were starts before.
            search.solve(system, "support", first=first, persistent=True)


def _follow_replicator(search: SupportSearch, game: SymmetricGame) -> None:
    """Look where the replicator dynamics lead: from near each strategy, and from all over the simplex."""
    if search.done():
        return
    strategies = game.num_strategies
    near_pure = 0.1 / strategies + 0.9 * np.eye(strategies)
    starts = np.concatenate([near_pure, simplex_points(strategies, 3 * strategies)])
    for mixture in replicator_rest_points(game, starts):
        if search.done():
            return
        search.settle(mixture, "replicator")
