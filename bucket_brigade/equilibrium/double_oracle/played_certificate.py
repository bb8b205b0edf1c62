"""What listed deviations gain over a profile, by playing: an interval, and as many games as it takes.

Every deviation plays the very games of the profile (common random numbers), so differences are far less noisy than
payoffs. After each look at the games played so far, their number is doubled. At every look each deviation's gain has
an interval by Student's t on the means of 61 independent blocks; the chance of failure is shared out
beforehand among all looks and deviations (Bonferroni), so that all intervals of all looks hold together with the
stated confidence, up to block means not being quite normal. Therefore it is allowed to stop whenever the answer is
precise enough, and to drop a deviation as soon as another one is sure to gain more.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.equilibrium.double_oracle.certificate import Certificate
from bucket_brigade.equilibrium.double_oracle.deviators import Objective, SolutionConcept
from bucket_brigade.payoffs.mixed_profile import MixedProfile, OpponentDraw
from bucket_brigade.payoffs.played_payoffs import BLOCKS, PlayedPayoffs
from bucket_brigade.statistics.estimates import t_quantile

__all__ = ["Precision", "certify_by_playing", "gains_of"]


_FEWEST_GAMES = 4096
"""At the first look: 67 a block, so that block means are nearly normal, and cheaper than asking whether they are."""


@dataclass(frozen=True)
class Precision:
    """When to stop playing."""

    width: float = 1.0
    """Of the interval for the exploitability, payoff units."""
    confidence: float = 0.95
    max_games: int = 1_000_000
    """For each profile."""

    @property
    def looks(self) -> int:
        """How often the games are looked at, at most."""
        return 1 + max(0, math.ceil(math.log2(self.max_games / _FEWEST_GAMES)))


def gains_of(payoffs: PlayedPayoffs, profile: MixedProfile, objective: Objective, entry: int) -> Floats:
    """Return what playing an entry gains a deviator, block by block, (blocks,)."""
    gains = np.zeros(BLOCKS)
    for draw in objective.draws(profile):
        mine = zip(profile.supports[draw.seat], profile.shares[draw.seat], strict=True)
        present = sum(p * _values(payoffs, draw, i) for i, p in mine)
        gains += draw.weight * (_values(payoffs, draw, entry) - present)
    return gains


def certify_by_playing(
    concept: SolutionConcept,
    profile: MixedProfile,
    deviations: Sequence[int],
    play: Callable[[int, int], PlayedPayoffs],
    *,
    epsilon: float,
    precision: Precision,
    first_game: int,
) -> Certificate:
    """Return the certificate of a profile against listed entries.

    ``play(first game, games)`` returns payoffs by playing those games; none from `first_game` on may have had a
    part in choosing the profile. It stops once the exploitability is known to be at most epsilon, its
    interval is narrow enough, or `max_games` are played.
    """
    contests = [(k, entry) for k in range(len(concept.objectives)) for entry in deviations]
    shared = (1.0 - precision.confidence) / (precision.looks * len(contests))
    factor = t_quantile(1.0 - shared / 2.0, BLOCKS - 1)
    sums = {contest: np.zeros(BLOCKS) for contest in contests}
    bounds = dict.fromkeys(contests, (-math.inf, math.inf))
    alive, games = list(contests), 0
    for _ in range(precision.looks):
        wanted = min(max(_FEWEST_GAMES, 2 * games), precision.max_games)
        payoffs = play(first_game + games, wanted - games)
        payoffs.require(_profiles(concept, profile, alive))
        for k, entry in alive:
            # Blocks grow alike, so a sum over looks weights every game the same.
            sums[k, entry] += payoffs.per_block * gains_of(payoffs, profile, concept.objectives[k], entry)
        games += payoffs.games
        for contest in alive:
            means = sums[contest] * (BLOCKS / games)
            centre, half = float(means.mean()), factor * float(means.std(ddof=1)) / math.sqrt(BLOCKS)
            bounds[contest] = centre - half, centre + half
        lower = max(0.0, *(low for low, _ in bounds.values()))
        upper = max(0.0, *(bounds[contest][1] for contest in alive))
        if upper <= epsilon or upper - lower <= precision.width or games >= precision.max_games:
            break
        alive = [contest for contest in alive if bounds[contest][1] >= max(lower, 0.0)] or alive
    return _certificate(concept, payoffs, bounds, alive, epsilon, precision, games)


def _certificate(
    concept: SolutionConcept,
    payoffs: PlayedPayoffs,
    bounds: dict[tuple[int, int], tuple[float, float]],
    alive: list[tuple[int, int]],
    epsilon: float,
    precision: Precision,
    games: int,
) -> Certificate:
    lower, upper = np.full(concept.agents, np.nan), np.full(concept.agents, np.nan)
    for k, objective in enumerate(concept.objectives):
        if len(objective.seats) == 1:
            mine = [interval for (other, _), interval in bounds.items() if other == k]
            lower[objective.seats[0]] = max(0.0, *(low for low, _ in mine))
            upper[objective.seats[0]] = max(0.0, *(high for _, high in mine))
    best = max(bounds, key=lambda contest: bounds[contest][0])
    entries = payoffs.pool.entries
    names = ", ".join(entries[i].name for i in dict.fromkeys(entry for _, entry in bounds))
    return Certificate(
        space="traits",
        epsilon=epsilon,
        trait_gains=lower,
        trait_gains_upper=upper,
        exploitability_traits=max(0.0, bounds[best][0]),
        exploitability_traits_upper=max(0.0, *(bounds[contest][1] for contest in alive)),
        best_deviation=entries[best[1]].name if bounds[best][0] > 0.0 else None,
        exact=False,
        confidence=precision.confidence,
        deviations=names,
        games=games,
    )


def _profiles(
    concept: SolutionConcept, profile: MixedProfile, contests: Sequence[tuple[int, int]]
) -> list[tuple[int, ...]]:
    """Return every pure profile that the gains of these deviations are made of."""
    wanted = []
    for k, entry in contests:
        for draw in concept.objectives[k].draws(profile):
            wanted += [draw.profile(i) for i in (entry, *profile.supports[draw.seat])]
    return wanted


def _values(payoffs: PlayedPayoffs, draw: OpponentDraw, entry: int) -> Floats:
    return np.asarray(payoffs.blocks(draw.profile(entry))[:, draw.seat])
