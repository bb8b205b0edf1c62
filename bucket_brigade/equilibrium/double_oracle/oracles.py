"""What can be gained over a profile, and the strategies that gain it: one oracle for each space of strategies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from bucket_brigade.equilibrium.double_oracle.behavioral import behavioral_tables
from bucket_brigade.equilibrium.double_oracle.candidates import behavioral_reduction, simplified
from bucket_brigade.equilibrium.double_oracle.certificate import SMALLEST_TOLERANCE, Certificate
from bucket_brigade.equilibrium.double_oracle.deviators import Objective, SolutionConcept
from bucket_brigade.equilibrium.double_oracle.quasi_newton import quasi_newton_candidate
from bucket_brigade.payoffs.exact_payoffs import ExactPayoffs, PayoffRequests, TooLarge, run_batched
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.pool import Entry
from bucket_brigade.responses.markov_bounds import SeatResponse, markov_responses
from bucket_brigade.responses.trait_search import (
    Surfaces,
    TraitDeviation,
    best_trait_deviation,
)

__all__ = ["Assessment", "MarkovOracle", "Oracle", "TraitOracle", "certify_exactly"]


_ROUGH = 1e-5
"""Share of the payoffs to which gains are found that nothing depends on: reports show four digits."""
_NEAR_PAIRS, _NEAR_MORE = 2e-2, 1e-3
"""Shares of the largest gain seen below which a mixed profile is near an equilibrium. Derivatives take
payoffs for every unknown, point and draw of the opponents: 8 draws with two strategies and four agents, 27 with three,
so those must be nearer. What misses the threshold is met again, nearer, as the restricted game grows."""
_MOST_DRAWS = 256
"""Draws of a seat's opponents, each of which takes a best policy: six strategies of four agents make 216."""


@dataclass(frozen=True)
class Assessment:
    """How good a profile is: the most that a deviator was seen to gain, and a bound; payoff units."""

    profile: MixedProfile
    gain: float
    upper: float
    improving: tuple[tuple[int, int], ...]
    """(place of the set, entry) of deviations that gain, the largest gain first."""
    rank: float
    """By which profiles are compared, the smallest first: the number of the two that says more."""


class Oracle(Protocol):
    """Finds deviations in one space of strategies."""

    def assess(self, profile: MixedProfile) -> Assessment:
        """Look for deviations from a profile; a quick one is enough if it gains much."""

    def before(self, profile: MixedProfile) -> list[MixedProfile]:
        """Return candidates to judge before an equilibrium of the restricted game, cheap ones near it; here none."""
        del profile
        return []

    def after(self, assessment: Assessment) -> list[MixedProfile]:
        """Return candidates to judge after it, worth their price since it is nearly good; here none."""
        del assessment
        return []


class TraitOracle(Oracle):
    """All heuristic strategies; candidates may move between those of the restricted game."""

    def __init__(
        self,
        concept: SolutionConcept,
        payoffs: ExactPayoffs,
        epsilon: float,
        surfaces: Surfaces | None = None,
    ) -> None:
        """Use fits that are there already, or start without."""
        self.concept, self.payoffs, self.epsilon = concept, payoffs, epsilon
        self.surfaces = surfaces or Surfaces(payoffs)
        self._largest_gain = 0.0

    def assess(self, profile: MixedProfile) -> Assessment:
        """Search until the profile is certified, or a deviation gains at least half of what any may gain."""
        # Half of epsilon for what gains, half for what the search leaves in doubt.
        half = self.epsilon / 2
        found = self.search(profile, self.concept.objectives, half, relative_gap=0.5, early=True)
        order = sorted(range(len(found)), key=lambda k: -found[k].gain)
        improving = tuple((k, found[k].entry) for k in order if found[k].gain > half)
        # A quick search has no bound, and where it is thorough, gain and bound are close.
        gain = max(0.0, *(d.gain for d in found))
        self._largest_gain = max(self._largest_gain, gain)
        return Assessment(profile, gain, max(d.upper for d in found), improving, rank=gain)

    def before(self, profile: MixedProfile) -> list[MixedProfile]:
        """Return the profile, or its behavioural reduction if somebody mixes, moved to where nobody gains nearby."""
        return self._by_quasi_newton(
            profile if profile.is_pure else behavioral_reduction(self.payoffs, profile)
        )

    def after(self, assessment: Assessment) -> list[MixedProfile]:
        """Return the mixed profile moved to where nobody gains nearby, if it is near enough for that to pay.

        With three strategies and more the price is high, so they must be nearer.
        """
        profile = assessment.profile
        near = _NEAR_PAIRS if max(map(len, profile.supports)) <= 2 else _NEAR_MORE
        if profile.is_pure or assessment.gain > near * self._largest_gain:
            return []
        return self._by_quasi_newton(profile) or self._by_quasi_newton(
            simplified(self.concept, self.payoffs, profile)
        )

    def _by_quasi_newton(self, start: MixedProfile | None) -> list[MixedProfile]:
        if start is None:
            return []
        search = quasi_newton_candidate(self.concept, self.payoffs, start, self.epsilon / 10)
        (moved,) = run_batched(self.payoffs, [search])
        return [] if moved is None else [moved]

    def search(
        self,
        profile: MixedProfile,
        objectives: Sequence[Objective],
        tolerance: float,
        *,
        relative_gap: float,
        early: bool,
    ) -> list[TraitDeviation]:
        """Return the best deviation for each objective, all of them searched side by side."""
        present = self.payoffs.expected(profile)
        searches: list[PayoffRequests[TraitDeviation]] = []
        for objective in objectives:
            known = {i for seat in objective.seats for i in profile.supports[seat]}
            searches.append(
                best_trait_deviation(
                    self.surfaces,
                    objective.draws(profile),
                    objective.level(present),
                    sorted(i for i in known if self.payoffs.pool.traits(i) is not None),
                    tolerance=tolerance,
                    relative_gap=relative_gap,
                    early=early,
                )
            )
        return run_batched(self.payoffs, searches)


class MarkovOracle(Oracle):
    """All Markov policies; those that do the same every night enter the restricted game."""

    def __init__(self, concept: SolutionConcept, payoffs: ExactPayoffs, epsilon: float) -> None:
        """Keep the arguments."""
        self.concept, self.payoffs, self.epsilon = concept, payoffs, epsilon

    def assess(self, profile: MixedProfile) -> Assessment:
        """Return bounds on what any policy gains, and the best stationary ones found."""
        if max(map(profile.num_opponents, range(self.concept.agents))) > _MOST_DRAWS:
            raise TooLarge(f"the opponents of one seat may draw more than {_MOST_DRAWS} things")
        responses = markov_responses(self.payoffs, profile, range(self.concept.agents), stationary=True)
        lower, upper = markov_exploitability(self.concept, responses)
        sets = [[response] for response in responses] if self.concept.name == "asymmetric" else [responses]
        improving = []
        for place, (mine, objective) in enumerate(zip(sets, self.concept.objectives, strict=True)):
            gains = {r.seat: r.stationary_gain for r in mine}
            gain = sum(gains[seat] for seat in objective.seats) / len(objective.seats)
            if gain > self.epsilon:
                improving.append((gain, place, self._entry(mine)))
        improving.sort(key=lambda one: -one[0])
        added = tuple((place, entry) for _, place, entry in improving)
        return Assessment(profile, lower, upper, added, rank=upper)

    def before(self, profile: MixedProfile) -> list[MixedProfile]:
        """Return the behavioural reduction of the profile: against it, bounds are exact."""
        even = behavioral_tables(self.payoffs, profile, symmetric=self.concept.name == "symmetric")
        return [] if even is None else [even]

    def _entry(self, responses: Sequence[SeatResponse]) -> int:
        """Return the entry that plays each seat's stationary policy; for one seat, the same on all."""
        tables = {r.seat: r.stationary for r in responses}
        seats = [tables.get(seat, responses[0].stationary) for seat in range(self.concept.agents)]
        played = tuple(table for table in seats if table is not None)
        return self.payoffs.pool.add_numbered(Entry(played), "markov")


def markov_exploitability(concept: SolutionConcept, responses: Sequence[SeatResponse]) -> tuple[float, float]:
    """Return (lower, upper): the largest mean gain over the seats of an objective."""
    of_seat = {r.seat: r for r in responses}
    lower = [np.mean([of_seat[s].lower for s in o.seats]) for o in concept.objectives]
    upper = [np.mean([of_seat[s].upper for s in o.seats]) for o in concept.objectives]
    return float(max(lower)), float(max(upper))


def certify_exactly(
    concept: SolutionConcept,
    payoffs: ExactPayoffs,
    profile: MixedProfile,
    *,
    space: str,
    epsilon: float,
    markov: bool,
    surfaces: Surfaces | None = None,
) -> Certificate:
    """Return the certificate of a profile of entries that look only at the houses.

    Gains of single seats are found to a tenth of themselves where they are not what is judged.
    """
    oracle = TraitOracle(concept, payoffs, epsilon, surfaces)
    rough = max(epsilon, _ROUGH * float(np.abs(payoffs.expected(profile)).max()))
    tolerance = max(epsilon, SMALLEST_TOLERANCE) / 2 if space == "traits" else rough
    best = oracle.search(profile, concept.objectives, tolerance, relative_gap=0.001, early=False)
    gains, uppers = np.full(concept.agents, np.nan), np.full(concept.agents, np.nan)
    each = best
    if len(concept.objectives) < len(concept.focal):
        alone = [Objective((seat,)) for seat in concept.focal]
        each = oracle.search(profile, alone, rough, relative_gap=0.1, early=False)
    for seat, deviation in zip(concept.focal, each, strict=True):
        gains[seat], uppers[seat] = max(0.0, deviation.gain), deviation.upper
    top = max(best, key=lambda d: d.gain)
    certificate = Certificate(
        space=space,
        epsilon=epsilon,
        trait_gains=gains,
        trait_gains_upper=uppers,
        exploitability_traits=max(0.0, top.gain),
        exploitability_traits_upper=max(d.upper for d in best),
        best_deviation=payoffs.pool.entries[top.entry].name if top.gain > 0.0 else None,
    )
    return _with_markov(certificate, concept, payoffs, profile) if markov else certificate


def _with_markov(
    certificate: Certificate, concept: SolutionConcept, payoffs: ExactPayoffs, profile: MixedProfile
) -> Certificate:
    responses = markov_responses(payoffs, profile, concept.focal, stationary=False)
    upper, lower = np.full(concept.agents, np.nan), np.full(concept.agents, np.nan)
    for r in responses:
        # A heuristic strategy is a Markov policy too, so what it gains is a bound from below.
        low = max(r.lower, float(certificate.trait_gains[r.seat]))
        upper[r.seat], lower[r.seat] = max(r.upper, low), low
    improved = [replace(r, upper=float(upper[r.seat]), lower=float(lower[r.seat])) for r in responses]
    low, high = markov_exploitability(concept, improved)
    return replace(
        certificate,
        markov_gains=upper,
        markov_gains_lower=lower,
        exploitability_markov=high,
        exploitability_markov_lower=max(low, certificate.exploitability_traits),
    )
