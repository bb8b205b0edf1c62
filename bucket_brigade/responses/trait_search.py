"""The best heuristic deviation from a mixed profile: exact payoffs at few points, polynomials between them.

A deviator's payoff is a mean over *terms*, one for each draw of its opponents. Each term is a smooth function on
the triangle of heuristic strategies, and is fitted by polynomials of growing degree (`simplex_polynomials`). How
far a fit may be off, its *error bound*, is judged by the points that its last degree added: by how much the fit of
the degree before missed them. From this follows an upper bound on what any deviation may gain; where that is
highest, the payoff is evaluated exactly, or the terms that add most to the error bound are fitted more finely. The
search ends when the best exact gain and the upper bound agree. Gains are exact; the upper bound rests on the
estimated error of the fits, and no proof stands behind it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.game.heuristic_simplex import Traits, traits_at
from bucket_brigade.payoffs.exact_payoffs import PayoffRequests, PurePayoffs, mean_payoff
from bucket_brigade.payoffs.mixed_profile import OpponentDraw, Profile
from bucket_brigade.responses.simplex_polynomials import (
    HIGHEST_DEGREE,
    evaluate,
    fit,
    highest,
    node_traits,
    num_nodes,
    place_of,
)

__all__ = ["ROUNDING", "Surfaces", "TraitDeviation", "best_trait_deviation"]


ROUNDING = 1e-11
"""Share of the payoffs that rounding may cost: two-power thresholds and double precision."""
_EARLY = 0.02
"""Share of the spread between the corners that a corner must gain to be good enough at once: less may be the fault of
where the profile stands, and a point inside may gain several times as much."""
_ON_THE_BORDER = 1e-6
"""Chances below this come of the search's finite steps and stand for 0: a payoff differs by less than the tolerance
there, and results name a corner, not a point beside it."""
_WORST = 0.2
"""Share of the largest term's error bound from which a term is fitted more finely in the same round."""
_MARKOV = 1.0
"""How steep the error of a fit of degree d may be: this times (d+1)**2 times its size, as A. A. Markov's inequality has
it on an interval. On the `-v1` scenarios, three teams each: with 0 a best response misses 5 % of the spread of payoffs,
with 0.1 none misses more than 1e-6; 1 takes a third more evaluations and leaves a margin, 3 finds nothing else."""


@dataclass(frozen=True)
class TraitDeviation:
    """The best heuristic deviation that was found, and a bound on what any may gain; payoff units."""

    entry: int
    """Its number in the pool."""
    gain: float
    """What it gains, exactly; not positive if nothing gains."""
    upper: float
    """What no heuristic deviation gains more than, as far as the fits' estimated errors hold."""


class Surfaces:
    """Fits of terms, kept so that profiles with equal opponents share them."""

    def __init__(self, payoffs: PurePayoffs) -> None:
        """Start without any."""
        self.payoffs = payoffs
        self._degree: dict[tuple[int, Profile], int] = {}
        self._fits: dict[tuple[int, Profile], tuple[Floats, float]] = {}

    def degree(self, term: OpponentDraw) -> int:
        """Return the degree of a term's fit, 0 if there is none."""
        return self._degree.get((term.seat, term.others), 0)

    def nodes_of(self, term: OpponentDraw, degree: int) -> list[Profile]:
        """Return the profiles behind a fit of this degree."""
        places = [self.payoffs.pool.add_traits(t) for t in node_traits()[: num_nodes(degree)]]
        return [term.profile(place) for place in places]

    def refine(self, terms: Sequence[OpponentDraw], degrees: Sequence[int]) -> PayoffRequests[None]:
        """Fit terms with polynomials of these degrees, one degree after the other."""
        yield [p for term, degree in zip(terms, degrees, strict=True) for p in self.nodes_of(term, degree)]
        for term, wanted in zip(terms, degrees, strict=True):
            values = np.array([self.payoffs.of(p)[term.seat] for p in self.nodes_of(term, wanted)])
            for degree in range(self.degree(term) + 1, wanted + 1):
                self._fits[term.seat, term.others] = (
                    fit(values, degree),
                    self._error_bound(term, values, degree),
                )
                self._degree[term.seat, term.others] = degree

    def fit_of(self, term: OpponentDraw) -> tuple[Floats, float]:
        """Return the coefficients of a term's fit, and by how much it may be off."""
        return self._fits[term.seat, term.others]

    def _error_bound(self, term: OpponentDraw, values: Floats, degree: int) -> float:
        """Return by how much the fit of the degree before missed the nodes that this degree adds."""
        if degree == 1:
            return np.inf
        before, after = num_nodes(degree - 1), num_nodes(degree)
        places = np.array([place_of(t) for t in node_traits()[before:after]])
        missed = np.abs(evaluate(self.fit_of(term)[0], places) - values[before:after]).max()
        return float(missed + ROUNDING * np.abs(values).max())


def best_trait_deviation(
    surfaces: Surfaces,
    terms: Sequence[OpponentDraw],
    level: float,
    known: Sequence[int],
    *,
    tolerance: float,
    relative_gap: float,
    early: bool,
) -> PayoffRequests[TraitDeviation]:
    """Look for the heuristic strategy that gains most over `level`.

    `terms` have weights that sum to 1; `known` are heuristic entries whose payoffs against these terms are
    known or worth knowing. The search ends once the bound is within `tolerance` of the best gain (or of 0),
    or, if the best gain exceeds `tolerance`, within the share `relative_gap` of the bound. With `early`, a
    corner that gains much is enough.
    """
    search = _Search(surfaces, list(terms), level)
    yield from search.look_at(list(known))
    yield from surfaces.refine(search.terms, [max(1, surfaces.degree(t)) for t in search.terms])
    corners = search.nodes(1)
    yield from search.look_at(corners)
    spread = np.ptp([search.seen[c] for c in corners])
    if early and search.gain > max(tolerance, _EARLY * spread):
        return search.result(np.inf)
    while True:
        if min(map(surfaces.degree, search.terms)) < 2:
            yield from search.refine()
            continue
        upper, place = search.bound()
        gain = search.gain
        close = upper - max(gain, 0.0) <= tolerance
        if close or (gain > tolerance and gain >= (1.0 - relative_gap) * upper):
            return search.result(upper)
        entry = surfaces.payoffs.pool.add_traits(_snapped(place))
        predicted = search.predicted_gain(place) - max(gain, 0.0)
        # Where the fits themselves see most of what is missing, a look settles it; else only finer fits do.
        if entry not in search.seen and predicted > 0.5 * (upper - max(gain, 0.0)):
            yield from search.look_at([entry])
        elif search.can_refine:
            yield from search.refine()
        elif entry not in search.seen:
            yield from search.look_at([entry])
        else:
            return search.result(upper)


class _Search:
    """What is known of one objective: exact values of entries, and the sum of the terms' fits."""

    def __init__(self, surfaces: Surfaces, terms: list[OpponentDraw], level: float) -> None:
        self.surfaces, self.terms, self.level = surfaces, terms, level
        self.seen: dict[int, float] = {}
        self.best: tuple[float, int] = (-np.inf, -1)

    @property
    def gain(self) -> float:
        """The most that a strategy seen gains."""
        return self.best[0] - self.level

    def result(self, upper: float) -> TraitDeviation:
        """Return what was found; rounding never makes the bound less than the gain."""
        return TraitDeviation(self.best[1], self.gain, max(upper, self.gain, 0.0))

    def look_at(self, entries: Sequence[int]) -> PayoffRequests[None]:
        """Evaluate entries exactly."""
        new = [e for e in entries if e not in self.seen]
        yield [term.profile(e) for e in new for term in self.terms]
        for e in new:
            value = mean_payoff(self.surfaces.payoffs, self.terms, e)
            self.seen[e] = value
            if value > self.best[0]:
                self.best = value, e

    def nodes(self, degree: int) -> list[int]:
        """Return the entries at the nodes of this degree."""
        return [self.surfaces.payoffs.pool.add_traits(t) for t in node_traits()[: num_nodes(degree)]]

    @property
    def can_refine(self) -> bool:
        """Whether some term can be fitted more finely."""
        return any(self.surfaces.degree(term) < HIGHEST_DEGREE for term in self.terms)

    def refine(self) -> PayoffRequests[None]:
        """Fit the terms that add most to the error bound by one degree more, then see what that evaluated."""
        free = [t for t in self.terms if self.surfaces.degree(t) < HIGHEST_DEGREE]
        errors = np.array([t.weight * self.surfaces.fit_of(t)[1] for t in free])
        worst = [t for t, error in zip(free, errors, strict=True) if error >= _WORST * errors.max()]
        yield from self.surfaces.refine(worst, [self.surfaces.degree(t) + 1 for t in worst])
        yield from self.look_at(self.nodes(min(map(self.surfaces.degree, self.terms))))

    def bound(self) -> tuple[float, Floats]:
        """Return the most that any point may gain, and where."""
        coefficients, error, steepness = self._sum()
        places = np.array([place_of(self.surfaces.payoffs.pool.heuristic_traits(e)) for e in self.seen])
        offsets = np.array(list(self.seen.values())) - evaluate(coefficients, places)
        height, place = highest(coefficients, error, steepness, places, offsets)
        return height - self.level, place

    def predicted_gain(self, place: Floats) -> float:
        """Return what a point gains by the fits alone."""
        return float(evaluate(self._sum()[0], place[None])[0]) - self.level

    def _sum(self) -> tuple[Floats, float, float]:
        degrees = [self.surfaces.degree(term) for term in self.terms]
        coefficients = np.zeros(num_nodes(max(degrees)))
        error = steepness = 0.0
        for term, degree in zip(self.terms, degrees, strict=True):
            own, off = self.surfaces.fit_of(term)
            coefficients[: len(own)] += term.weight * own
            error += term.weight * off
            steepness += term.weight * off * _MARKOV * (degree + 1) ** 2
        return coefficients, error, steepness


def _snapped(place: Floats) -> Traits:
    """Return the strategy at a point (any fire, home first), on the border if it is that near."""
    point = np.array([1.0 - place.sum(), *place])
    kept = np.where(point < _ON_THE_BORDER, 0.0, point)
    return traits_at(kept / kept.sum())
