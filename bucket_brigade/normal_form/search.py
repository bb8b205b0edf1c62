"""The search for equilibria, support by support, that symmetric and asymmetric games share.

What is kept is judged by its regret in the whole game and by nothing else, so no step needs to be right, only
to lead somewhere. The game stands behind a `SupportSystem`, of which the search uses ``solve``, ``polish``,
``is_ruled_out`` and ``index`` (None of an equilibrium that is not regular).
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.equilibria import E, Equilibria
from bucket_brigade.normal_form.logit import logit_path
from bucket_brigade.normal_form.simplex_points import simplex_points
from bucket_brigade.normal_form.supports import SupportSystem
from bucket_brigade.validation import check_fraction, check_integer, check_number

__all__ = ["Candidate", "Effort", "SupportSearch", "all_supports", "check_limits"]


_SAME = 1e-6
"""Profiles closer than this in every probability are one equilibrium: double precision leaves copies of a singular one
about 1e-8 apart, and different ones of 60 random symmetric games were 1e-3 apart or more."""
_SMALLEST_PROBABILITY = 1e-8
"""A strategy below this is not part of a support; the smaller support has the equilibrium."""
_USED = (0.03, 1e-3, 1e-5)
"""On the way to an equilibrium, strategies above such a probability seem to be in use: the coarsest guess first."""
_FIRST_LOOK = 4.0
"""The precision at which it is first worth looking where a logit path leads; then at every doubling."""
_MOST = 10**9
"""Supports or equilibria that may be asked for: more than any search gets to."""


@dataclass(frozen=True)
class Effort:
    """How hard a support is tried. Changing a number changes the starts, and so what hard games give away."""

    starts: int
    """Starts in a batch, in games of three players and more."""
    fewest: int
    """Starts against one opponent, where the equations are linear, the residual is convex and any start will do."""
    batches: int
    """Batches at most: another one only after one that brought something new."""
    work: float
    """Multiplications that a batch may cost: fewer starts on huge supports, so that one of them cannot take
all the time. Never reached by games of less than about ten strategies."""
    follows_border: bool
    """Whether a root with a probability of 0 is pursued on the smaller support. Where smaller supports are all searched
    before, it need not be."""
    exact_sizes: int
    """Supports of up to so many strategies are solved exactly, so points of a continuum there are kept apart."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A profile within the tolerance."""

    profile: Floats
    index: int | None
    found_by: str


class SupportSearch:
    """One search of a game without dominated strategies; `found` fills up."""

    def __init__(
        self,
        game: SupportSystem,
        effort: Effort,
        tolerance: float,
        enough: int | None = None,
        time_limit: float | None = None,
    ) -> None:
        """Take the system of the whole game; `enough` equilibria or `time_limit` seconds end the search."""
        self.game, self.effort, self.tolerance = game, effort, tolerance
        self.enough = enough
        self.deadline = math.inf if time_limit is None else time.monotonic() + time_limit
        self.found: list[Candidate] = []
        self.best: tuple[float, Floats] = (math.inf, game.embed(np.zeros(len(game.support))))
        self.searched = 0
        self.all_supports = math.prod(2**size - 1 for size in game.num_strategies)
        self.solved: list[SupportSystem] = []
        """Supports that were left to starts; all others searched are settled for good."""
        self.stopped_early = False

    def done(self) -> bool:
        """Whether enough was found or the time limit is reached."""
        if self.enough is not None and len(self.found) >= self.enough:
            return True
        self.stopped_early = self.stopped_early or (
            self.deadline < math.inf and time.monotonic() > self.deadline
        )
        return self.stopped_early

    def search_supports(self, supports: Iterator[list[tuple[int, ...]]]) -> None:
        """Solve supports one after the other."""
        for chosen in supports:
            if self.done():
                return
            self.searched += 1
            system = self.game.on(chosen)
            if not system.is_ruled_out(self.tolerance):
                self.solved.append(system)
                self.solve(system, "support")

    def solve(
        self, system: SupportSystem, found_by: str, *, first: int = 0, persistent: bool = False
    ) -> None:
        """Try batches of starts, until one brings nothing new unless `persistent`."""
        effort = self.effort
        wanted = effort.starts if system.num_players > 2 else effort.fewest
        count = max(effort.fewest, min(wanted, int(effort.work / system.work_per_start)))
        for batch in range(effort.batches):
            # Sequences of the players are set off against each other, or their starts would lie on a diagonal.
            starts = np.concatenate(
                [simplex_points(s, count, first + batch * count + 7 * i) for i, s in enumerate(system.sizes)],
                axis=1,
            )
            if first == batch == 0:
                starts[0] = np.concatenate([np.full(size, 1.0 / size) for size in system.sizes])
            before = len(self.found)
            for point in system.solve(starts):
                if effort.follows_border:
                    profile = system.embed(point)
                    used = self._in_use(profile, _SMALLEST_PROBABILITY)
                    self.accept(used.polish(profile[used.support]), found_by, used)
                elif point.min() >= _SMALLEST_PROBABILITY:
                    self.accept(system.polish(point), found_by, system)
            if self.done() or (len(self.found) == before and not persistent):
                return

    def follow_logit_path(self) -> None:
        """Look where the logit path leads."""
        look = _FIRST_LOOK
        for precision, profile in logit_path(self.game):
            if self.done():
                return
            if abs(precision) >= look:
                look = 2.0 * abs(precision)
                if self.settle(profile, "logit path"):
                    return

    def settle(self, profile: Floats, found_by: str) -> bool:
        """Polish a profile on the strategies that it seems to use; True if that is an equilibrium."""
        tried: list[list[int]] = []
        for bar in _USED:
            system = self._in_use(profile, bar)
            if system.support.tolist() in tried:
                continue
            tried.append(system.support.tolist())
            used = profile[system.support]
            start = np.concatenate([used[part] / used[part].sum() for part in system.parts])
            # Polishing rescales by itself: the two differ in last bits alone, and published results hold them.
            first = start if len(system.parts) == 1 else used
            for point in (first, *system.solve(start[None])):
                if self.accept(system.polish(point), found_by, system):
                    return True
        return False

    def accept(self, profile: Floats, found_by: str, system: SupportSystem | None = None) -> bool:
        """Keep a profile if its regret is within the tolerance and it is new; True if it is within."""
        regret = self.game.relative_regret(profile)
        if regret < self.best[0]:
            self.best = regret, profile
        if regret > self.tolerance:
            return False
        if system is None or not np.array_equal(system.support, np.flatnonzero(profile)):
            system = self._in_use(profile, 0.0)
        index = system.index(profile)
        singular = index is None and len(system.support) > self.effort.exact_sizes
        for known in self.found:
            if np.abs(known.profile - profile).max() < _SAME:
                return True
            # One point stands for all that a singular choice of supports holds.
            alike = bool(((known.profile > 0) == (profile > 0)).all())
            if alike and singular and known.index is None:
                return True
        self.found.append(Candidate(profile, index, found_by))
        return True

    def result(
        self, describe: Callable[[Candidate], E], *, concept: str, span: float, dominated: tuple[Any, ...]
    ) -> Equilibria[E]:
        """Return what was found, or the profile of least regret, each as `describe` tells it in the whole game."""
        found = self.found or [Candidate(self.best[1], None, "least regret")]
        return Equilibria(
            found=tuple(sorted(map(describe, found), key=lambda equilibrium: equilibrium.order)),
            concept=concept,
            method="support enumeration",
            tolerance=self.tolerance,
            span=span,
            dominated=dominated,
            supports_searched=self.searched,
            supports_skipped=self.all_supports - self.searched,
            supports_by_starts=len(self.solved),
            stopped_early=self.stopped_early,
            enough=self.enough,
        )

    def _in_use(self, profile: Floats, bar: float) -> SupportSystem:
        """Return the system of strategies that are used at least so much, in each block at least the likeliest."""
        mixtures = [profile[block] for block in self.game.blocks]
        if bar == 0.0:
            return self.game.on([np.flatnonzero(x).tolist() for x in mixtures])
        return self.game.on([np.flatnonzero(x >= min(bar, x.max())).tolist() for x in mixtures])


def all_supports(sizes: Sequence[int], smallest: int) -> Iterator[list[tuple[int, ...]]]:
    """Yield choices of supports in which some block has `smallest` strategies or more: small and balanced first.

    `sizes` are the blocks' numbers of strategies. The order is that of R. Porter, E. Nudelman, Y. Shoham, "Simple
    search methods for finding a Nash equilibrium", AAAI 2004.
    """
    shapes = itertools.product(*[range(1, size + 1) for size in sizes])
    ordered = sorted(shapes, key=lambda shape: (sum(shape), max(shape) - min(shape), shape))
    if len(sizes) == 2:
        # Two players mix over equally many strategies unless the game is degenerate: those come first.
        ordered.sort(key=lambda shape: (max(shape) - min(shape), sum(shape)))
    for shape in ordered:
        if max(shape) >= smallest:
            choices = [itertools.combinations(range(n), k) for n, k in zip(sizes, shape, strict=True)]
            yield from map(list, itertools.product(*choices))


def check_limits(
    tolerance: object, max_supports: object, time_limit: object, enough: object = None
) -> tuple[float, int, float | None, int | None]:
    """Return the limits of a search as plain numbers, or raise `InvalidInput` naming the first that is not allowed."""
    return (
        check_fraction("tolerance", tolerance),
        check_integer("max_supports", max_supports, 0, _MOST),
        None if time_limit is None else check_number("time_limit", time_limit, above=0.0),
        None if enough is None else check_integer("enough", enough, 1, _MOST),
    )
