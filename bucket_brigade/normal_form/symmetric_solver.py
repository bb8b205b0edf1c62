"""Symmetric Nash equilibria of symmetric games of N players.

In a symmetric equilibrium everybody mixes alike and nobody gains by changing: its regret is 0. Every finite
symmetric game has one (J. Nash, "Non-cooperative games", 1951). The search takes out dominated strategies,
then goes through the supports, the smallest first: pure ones by looking, two strategies by all roots of a
polynomial, more by many starts of a least-squares solver. If that finds nothing, or there are too many
supports, it follows the logit path and the replicator dynamics and polishes where they lead. What is
returned is judged by its regret in the whole game and by nothing else.

What it does not promise: that the list is complete. For one and two strategies it is, up to the
tolerance; with more, a root could be missed. As a check, if all equilibria are regular, their indices sum
to 1 (J. Hofbauer, K. Sigmund, "Evolutionary Games and Population Dynamics", 1998, chapter 13). Where they
do not, the search is widened, and `Equilibria.index_sum` says how it ended.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form.dominance import undominated
from bucket_brigade.normal_form.equilibria import Equilibria, Equilibrium
from bucket_brigade.normal_form.logit import logit_path
from bucket_brigade.normal_form.replicator import replicator_rest_points
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.normal_form.symmetric_support import SupportSystem, simplex_points
from bucket_brigade.normal_form.two_strategies import two_strategy_mixtures

__all__ = ["Equilibria", "Equilibrium", "find_symmetric_equilibria"]


_SAME = 1e-6
"""Mixtures closer than this in every probability are one equilibrium."""
_SMALLEST_PROBABILITY = 1e-8
"""A strategy below this is not part of a support; the smaller support has the equilibrium."""
_SINGULAR = 1e-7
"""Below this conditioning the equations do not pin a mixture down (double precision, squared once)."""
_BATCH = 24
_MOST_BATCHES = 8
_WORK_PER_BATCH = 4e9
"""Multiplications that one batch of starts may cost: fewer starts on huge supports."""


def find_symmetric_equilibria(
    game: SymmetricGame,
    *,
    tolerance: float = 1e-9,
    max_supports: int = 256,
    time_limit: float | None = None,
) -> Equilibria:
    """Return symmetric equilibria of a game, the highest payoff first; at least one mixture.

    `tolerance` is the largest regret accepted, relative to `SymmetricGame.span`. `max_supports` bounds how
    many supports of three strategies and more are searched; 256 covers all of eight strategies. The
    answer depends only on the arguments, unless `time_limit` (seconds) ends the search early, which it says.
    Raises `InvalidInput` for a tolerance outside (0, 1) or limits that are not positive.
    """
    if not 0.0 < tolerance < 1.0:
        raise InvalidInput(
            f"tolerance = {tolerance!r} is not allowed: it must be between 0 and 1, both excluded."
        )
    if max_supports < 0 or (time_limit is not None and not time_limit > 0.0):
        raise InvalidInput(
            f"max_supports = {max_supports!r}, time_limit = {time_limit!r}: neither may be negative or zero seconds."
        )
    left = undominated(game, tolerance * game.span)
    search = _Search(game.restricted(left), tolerance, time_limit)
    if search.game.span == 0.0:
        search.settle_for_ties()
    else:
        search.run(max_supports)
    return search.result(game, left)


def _equilibrium(game: SymmetricGame, mixture: Floats, index: int | None, found_by: str) -> Equilibrium:
    gains = game.gains(mixture)
    regret = max(0.0, float(gains.max()))
    level = -1e-8 * game.span
    return Equilibrium(
        mixture=mixture,
        payoff=game.payoff(mixture),
        regret=regret,
        relative_regret=regret / game.span if game.span else 0.0,
        support=tuple(map(int, np.flatnonzero(mixture))),
        ties=tuple(map(int, np.flatnonzero((mixture == 0.0) & (gains >= level)))),
        index=index,
        found_by=found_by,
    )


class _Search:
    """One search of a game without dominated strategies; collects mixtures and how they were found."""

    def __init__(self, game: SymmetricGame, tolerance: float, time_limit: float | None) -> None:
        self.game = game
        self.tolerance = tolerance
        self.deadline = math.inf if time_limit is None else time.monotonic() + time_limit
        self.found: list[tuple[Floats, int | None, str]] = []
        self.best: tuple[float, Floats] = (math.inf, np.full(game.num_strategies, 1.0 / game.num_strategies))
        self.searched = 0
        self.all_supports = 2**game.num_strategies - 1
        self.stopped_early = False
        self.solved: list[SupportSystem] = []

    def run(self, max_supports: int) -> None:
        """Fill `found`."""
        strategies = range(self.game.num_strategies)
        for i in strategies:
            self.accept(np.eye(self.game.num_strategies)[i], "pure")
            self.searched += 1
        for pair in itertools.combinations(strategies, 2):
            if self.out_of_time():
                break
            for mixture in two_strategy_mixtures(self.game, pair, self.tolerance):
                self.accept(mixture, "two strategies")
            self.searched += 1
        self.search_larger(max_supports)
        self.widen()
        if not self.found or self.searched < self.all_supports:
            self.follow_paths()

    def settle_for_ties(self) -> None:
        """No choice matters: every mixture is an equilibrium; the pure ones and the uniform one stand for them."""
        strategies = self.game.num_strategies
        self.searched = self.all_supports
        if strategies == 1:
            self.found = [(np.ones(1), 1, "pure")]
            return
        points = np.concatenate([np.eye(strategies), np.full((1, strategies), 1.0 / strategies)])
        self.found = [(point, None, "tie") for point in points]

    def search_larger(self, max_supports: int) -> None:
        """Solve supports of three strategies and more, the smallest first."""
        strategies = range(self.game.num_strategies)
        sizes = range(3, self.game.num_strategies + 1)
        supports = itertools.chain.from_iterable(itertools.combinations(strategies, size) for size in sizes)
        for support in itertools.islice(supports, max_supports):
            if self.out_of_time():
                return
            system = SupportSystem(self.game, support)
            if not system.is_ruled_out(self.tolerance):
                self.solve(system, first=0)
                self.solved.append(system)
            self.searched += 1

    def solve(self, system: SupportSystem, first: int, *, persistent: bool = False) -> None:
        """Try batches of starts, until one brings nothing new unless `persistent`."""
        # Against one opponent the equations are linear and the residual convex: any start will do.
        wanted = _BATCH if self.game.num_players > 2 else 4
        count = max(4, min(wanted, int(_WORK_PER_BATCH / system.work_per_start)))
        for batch in range(_MOST_BATCHES):
            starts = simplex_points(system.size, count, first + batch * count)
            if first == batch == 0:
                starts[0] = 1.0 / system.size
            before = len(self.found)
            for point in system.solve(starts):
                if point.min() >= _SMALLEST_PROBABILITY:
                    self.accept(system.polish(point)[0], "support", system)
            if self.out_of_time() or (len(self.found) == before and not persistent):
                return

    def widen(self) -> None:
        """Start from more points while the indices show that something is missing."""
        if self.searched < self.all_supports:
            return
        for round_ in range(1, 4):
            indices = [index for _, index, _ in self.found]
            if not self.found or None in indices or sum(i for i in indices if i is not None) == 1:
                return
            for system in self.solved:
                if self.out_of_time():
                    return
                self.solve(system, first=round_ * _BATCH * _MOST_BATCHES, persistent=True)

    def follow_paths(self) -> None:
        """Look where the logit path and the replicator dynamics lead."""
        looked = 4.0
        for precision, mixture in logit_path(self.game):
            if self.out_of_time():
                return
            if abs(precision) >= looked:
                looked = 2.0 * abs(precision)
                if self.settle(mixture, "logit path"):
                    break
        strategies = self.game.num_strategies
        starts = np.concatenate(
            [0.1 / strategies + 0.9 * np.eye(strategies), simplex_points(strategies, 3 * strategies)]
        )
        for mixture in replicator_rest_points(self.game, starts):
            if self.out_of_time():
                return
            self.settle(mixture, "replicator")

    def settle(self, mixture: Floats, found_by: str) -> bool:
        """Polish a mixture on the strategies it seems to use; True if that is an equilibrium."""
        tried = set()
        for threshold in (0.03, 1e-3, 1e-5):
            support = tuple(map(int, np.flatnonzero(mixture > threshold)))
            if support in tried:
                continue
            tried.add(support)
            system = SupportSystem(self.game, support)
            start = mixture[list(support)] / mixture[list(support)].sum()
            for point in (start, *system.solve(start[None])):
                if self.accept(system.polish(point)[0], found_by):
                    return True
        return False

    def accept(self, mixture: Floats, found_by: str, system: SupportSystem | None = None) -> bool:
        """Keep a mixture if its regret is within the tolerance and it is new; True if it is within."""
        regret = self.game.regret(mixture) / self.game.span
        self.best = min(self.best, (regret, mixture), key=lambda pair: pair[0])
        if regret > self.tolerance:
            return False
        index = self.index_of(mixture, system)
        for known, known_index, _ in self.found:
            if np.abs(known - mixture).max() < _SAME:
                return True
            # One point stands for all that a singular support of three strategies and more holds.
            same_support = bool(((known > 0) == (mixture > 0)).all())
            if index is None and known_index is None and same_support and (mixture > 0).sum() > 2:
                return True
        self.found.append((mixture, index, found_by))
        return True

    def index_of(self, mixture: Floats, system: SupportSystem | None) -> int | None:
        """Return the index of an equilibrium, None if it is not regular."""
        support = np.flatnonzero(mixture)
        gains = self.game.gains(mixture)
        if (np.delete(gains, support) >= -1e-8 * self.game.span).any():
            return None
        if system is None or not np.array_equal(system.support, support):
            system = SupportSystem(self.game, list(map(int, support)))
        conditioning, index = system.sensitivity(mixture)
        return index if conditioning > _SINGULAR else None

    def out_of_time(self) -> bool:
        """Whether the time limit is reached."""
        self.stopped_early = self.stopped_early or (
            self.deadline < math.inf and time.monotonic() > self.deadline
        )
        return self.stopped_early

    def result(self, game: SymmetricGame, left: tuple[int, ...]) -> Equilibria:
        """Return what was found, as mixtures of the whole game."""
        found = self.found or [(self.best[1], None, "least regret")]
        return Equilibria(
            found=tuple(sorted(self._embedded(game, left, found), key=_order)),
            tolerance=self.tolerance,
            span=game.span,
            dominated=tuple(i for i in range(game.num_strategies) if i not in left),
            supports_searched=self.searched,
            supports_skipped=self.all_supports - self.searched,
            stopped_early=self.stopped_early,
        )

    def _embedded(
        self, game: SymmetricGame, left: tuple[int, ...], found: list[tuple[Floats, int | None, str]]
    ) -> Iterator[Equilibrium]:
        for mixture, index, found_by in found:
            whole = np.zeros(game.num_strategies)
            whole[list(left)] = mixture
            yield _equilibrium(game, whole, index, found_by)


def _order(equilibrium: Equilibrium) -> tuple[float, tuple[float, ...]]:
    return -equilibrium.payoff, tuple(-equilibrium.mixture)
