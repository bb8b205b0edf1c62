"""Nash equilibria of per-seat games: every player mixes over its own strategies.

Every finite game has one (J. Nash, "Non-cooperative games", 1951). The search takes out dominated
strategies, looks at all pure profiles, and goes through supports in the order of R. Porter, E. Nudelman,
Y. Shoham, "Simple search methods for finding a Nash equilibrium" (AAAI 2004): balanced and small ones
first. If that finds nothing, or if supports are left, it follows the logit path, and then starts of least
squares on the full supports. What is returned is judged by its regret in the whole game and by nothing else.
The list may be incomplete; it is never empty.
"""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form.normal_form_game import Mixtures, PerSeatGame
from bucket_brigade.normal_form.per_seat_logit import per_seat_logit_path
from bucket_brigade.normal_form.support import SeatSupports, uniform
from bucket_brigade.normal_form.symmetric_support import simplex_points

__all__ = ["SeatEquilibria", "SeatEquilibrium", "find_per_seat_equilibria"]


_SAME = 1e-6
"""Profiles closer than this in every probability are one equilibrium."""
_SMALLEST_PROBABILITY = 1e-8
"""A strategy below this is not part of a support; the smaller support has the equilibrium."""
_STARTS = 12
_WORK_PER_BATCH = 2e9
"""Multiplications that one batch of starts may cost: fewer starts on huge games."""


@dataclass(frozen=True, eq=False)
class SeatEquilibrium:
    """A profile of mixtures from which nobody gains by changing alone, as far as `regrets` say."""

    mixtures: Mixtures
    """N arrays of K_i probabilities; exactly 0 outside the supports."""
    payoffs: Floats
    """(N,) what each player expects, payoff units."""
    regrets: Floats
    """(N,) the most that each player could gain by another strategy, payoff units."""
    relative_regret: float
    """The largest regret in units of its player's span."""
    regular: bool
    """Whether it is isolated and keeps its supports under small changes of the payoffs."""
    found_by: str
    """`pure`, `support`, `logit path` or `least squares`."""

    @property
    def supports(self) -> tuple[tuple[int, ...], ...]:
        """For each player, the strategies with positive probability."""
        return tuple(tuple(map(int, np.flatnonzero(mixture))) for mixture in self.mixtures)


@dataclass(frozen=True, eq=False)
class SeatEquilibria(Sequence[SeatEquilibrium]):
    """A list of equilibria, the largest sum of payoffs first, and how far the search went.

    Never empty. If nothing within the tolerance was found, it holds the profile of least regret that was
    seen, and `within_tolerance` is False.
    """

    found: tuple[SeatEquilibrium, ...]
    tolerance: float
    """The largest relative regret accepted."""
    dominated: tuple[tuple[int, ...], ...]
    """For each player, strategies that strict dominance takes out; no equilibrium uses them."""
    supports_searched: int
    """Choices of supports of undominated strategies that were solved or ruled out, pure ones included."""
    supports_skipped: int
    stopped_early: bool
    """Whether the time limit ended the search; if so, another run may find more."""

    @overload
    def __getitem__(self, item: int) -> SeatEquilibrium: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[SeatEquilibrium, ...]: ...
    def __getitem__(self, item: int | slice) -> SeatEquilibrium | tuple[SeatEquilibrium, ...]:
        return self.found[item]

    def __len__(self) -> int:
        return len(self.found)

    @property
    def within_tolerance(self) -> bool:
        """Whether what was found is within the tolerance."""
        return all(e.relative_regret <= self.tolerance for e in self.found)


def find_per_seat_equilibria(
    game: PerSeatGame,
    *,
    tolerance: float = 1e-9,
    max_supports: int = 500,
    enough: int | None = None,
    time_limit: float | None = None,
) -> SeatEquilibria:
    """Return Nash equilibria of a game; at least one profile of mixtures.

    `tolerance` is the largest regret accepted, in units of each player's span. `max_supports` bounds how many
    choices of supports beyond the pure ones are searched. `enough` ends the search once that many
    equilibria are found. The answer depends only on the arguments, unless `time_limit` (seconds) ends the
    search early, which it says. Raises `InvalidInput` for a tolerance outside (0, 1) or limits that are not
    positive.
    """
    if not 0.0 < tolerance < 1.0:
        raise InvalidInput(
            f"tolerance = {tolerance!r} is not allowed: it must be between 0 and 1, both excluded."
        )
    if (
        max_supports < 0
        or (enough is not None and enough < 1)
        or (time_limit is not None and time_limit <= 0)
    ):
        raise InvalidInput(
            f"max_supports = {max_supports!r}, enough = {enough!r}, time_limit = {time_limit!r}: none may be "
            "negative, and neither may enough or the time be zero."
        )
    left = game.undominated(tolerance)
    search = _Search(game.restricted(left), tolerance, enough, time_limit)
    search.run(max_supports)
    return search.result(game, left)


class _Search:
    """One search of a game without dominated strategies."""

    def __init__(
        self, game: PerSeatGame, tolerance: float, enough: int | None, time_limit: float | None
    ) -> None:
        self.game, self.tolerance = game, tolerance
        self.enough = math.inf if enough is None else enough
        self.deadline = math.inf if time_limit is None else time.monotonic() + time_limit
        self.found: list[tuple[Mixtures, bool, str]] = []
        even = tuple(np.full(size, 1.0 / size) for size in game.num_strategies)
        self.best: tuple[float, Mixtures] = (math.inf, even)
        self.searched = 0
        self.all_supports = math.prod(2**size - 1 for size in game.num_strategies)
        self.stopped_early = False

    def run(self, max_supports: int) -> None:
        """Fill `found`."""
        for place in self.game.pure_equilibria(self.tolerance):
            if self.done():
                return
            supports = SeatSupports(self.game, [[s] for s in place])
            self.accept(supports.embed(np.ones(len(place))), supports, "pure")
        self.searched = math.prod(self.game.num_strategies)
        for chosen in itertools.islice(_mixed_supports(self.game.num_strategies), max_supports):
            if self.done():
                return
            self.searched += 1
            system = SeatSupports(self.game, chosen)
            if not system.is_ruled_out(self.tolerance):
                self.solve(system, "support")
        if not self.done() and (not self.found or self.searched < self.all_supports):
            self.follow_path()
        if not self.found and not self.done():
            self.solve(SeatSupports(self.game, [range(k) for k in self.game.num_strategies]), "least squares")

    def solve(self, system: SeatSupports, found_by: str) -> None:
        """Try a batch of starts, and another one as long as it brings something new."""
        # Against one opponent the equations are linear and the residual convex: any start will do.
        wanted = _STARTS if self.game.num_players > 2 else 2
        count = max(2, min(wanted, int(_WORK_PER_BATCH / system.work_per_start)))
        for batch in range(4):
            parts = [
                simplex_points(size, count, first=batch * count + 7 * i)
                for i, size in enumerate(system.sizes)
            ]
            starts = np.concatenate(parts, axis=1)
            if batch == 0:
                starts[0] = uniform(system.sizes)
            before = len(self.found)
            for point in system.solve(starts):
                self.settle(point, found_by)
            if len(self.found) == before or self.done():
                return

    def follow_path(self) -> None:
        """Look where the logit path leads."""
        looked = 4.0
        for precision, mixtures in per_seat_logit_path(self.game):
            if self.done():
                return
            if abs(precision) >= looked:
                looked = 2.0 * abs(precision)
                if any(self.settle(mixtures, "logit path", bar) for bar in (0.03, 1e-3, 1e-5)):
                    return

    def settle(self, mixtures: Mixtures, found_by: str, bar: float = _SMALLEST_PROBABILITY) -> bool:
        """Polish a profile on the strategies it uses more than `bar`; True if that is an equilibrium."""
        supports = [list(map(int, np.flatnonzero(x >= min(bar, x.max())))) for x in mixtures]
        system = SeatSupports(self.game, supports)
        polished, _ = system.polish(mixtures)
        if self.accept(polished, system, found_by):
            return True
        if found_by != "logit path":
            return False
        start = np.concatenate([x[s] / x[s].sum() for x, s in zip(mixtures, supports, strict=True)])
        return any(self.accept(system.polish(p)[0], system, found_by) for p in system.solve(start[None]))

    def accept(self, mixtures: Mixtures, system: SeatSupports, found_by: str) -> bool:
        """Keep a profile if its regret is within the tolerance and it is new; True if it is within."""
        regret = self.game.relative_regret(mixtures)
        if regret < self.best[0]:
            self.best = regret, mixtures
        if regret > self.tolerance:
            return False
        used = [tuple(map(int, np.flatnonzero(x))) for x in mixtures]
        if used != [tuple(map(int, s)) for s in system.supports]:
            system = SeatSupports(self.game, used)
        regular = system.is_regular(mixtures)
        for known, known_regular, _ in self.found:
            if all(np.abs(a - b).max() < _SAME for a, b in zip(known, mixtures, strict=True)):
                return True
            # One point stands for all that a singular choice of supports holds.
            alike = all(((a > 0) == (b > 0)).all() for a, b in zip(known, mixtures, strict=True))
            if alike and not regular and not known_regular:
                return True
        self.found.append((mixtures, regular, found_by))
        return True

    def done(self) -> bool:
        """Whether enough was found or the time limit is reached."""
        if len(self.found) >= self.enough:
            return True
        self.stopped_early = self.stopped_early or (
            self.deadline < math.inf and time.monotonic() > self.deadline
        )
        return self.stopped_early

    def result(self, game: PerSeatGame, left: tuple[tuple[int, ...], ...]) -> SeatEquilibria:
        """Return what was found, as mixtures of the whole game."""
        found = self.found or [(self.best[1], False, "least regret")]
        return SeatEquilibria(
            found=tuple(sorted((_whole(game, left, *entry) for entry in found), key=_order)),
            tolerance=self.tolerance,
            dominated=tuple(
                tuple(s for s in range(size) if s not in mine)
                for size, mine in zip(game.num_strategies, left, strict=True)
            ),
            supports_searched=self.searched,
            supports_skipped=self.all_supports - self.searched,
            stopped_early=self.stopped_early,
        )


def _mixed_supports(sizes: Sequence[int]) -> Iterator[list[tuple[int, ...]]]:
    """Yield all choices of supports but the pure ones: small and balanced ones first."""
    shapes = itertools.product(*[range(1, size + 1) for size in sizes])
    ordered = sorted(shapes, key=lambda shape: (sum(shape), max(shape) - min(shape), shape))
    if len(sizes) == 2:
        # Two players mix over equally many strategies unless the game is degenerate: those come first.
        ordered.sort(key=lambda shape: (max(shape) - min(shape), sum(shape)))
    for shape in ordered:
        if max(shape) > 1:
            choices = [itertools.combinations(range(n), k) for n, k in zip(sizes, shape, strict=True)]
            yield from map(list, itertools.product(*choices))


def _whole(
    game: PerSeatGame, left: tuple[tuple[int, ...], ...], mixtures: Mixtures, regular: bool, found_by: str
) -> SeatEquilibrium:
    whole = tuple(np.zeros(size) for size in game.num_strategies)
    for mixture, places, inside in zip(whole, left, mixtures, strict=True):
        mixture[list(places)] = inside
    return SeatEquilibrium(
        mixtures=whole,
        payoffs=game.expected(whole),
        regrets=game.regrets(whole),
        relative_regret=game.relative_regret(whole),
        regular=regular,
        found_by=found_by,
    )


def _order(equilibrium: SeatEquilibrium) -> tuple[float, tuple[float, ...]]:
    return -float(equilibrium.payoffs.sum()), tuple(-np.concatenate(equilibrium.mixtures))
