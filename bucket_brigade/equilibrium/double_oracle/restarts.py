"""One double oracle from several starts, to its result, whatever stops it."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bucket_brigade.equilibrium.double_oracle.certificate import Certificate
from bucket_brigade.equilibrium.double_oracle.deviators import Sets, SolutionConcept
from bucket_brigade.equilibrium.double_oracle.iteration import Progress, run_from
from bucket_brigade.equilibrium.double_oracle.oracles import Assessment, Oracle
from bucket_brigade.equilibrium.double_oracle.result import DoubleOracleResult, PlayedProfile
from bucket_brigade.payoffs.exact_payoffs import OutOfTime, Payoffs, TooLarge
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.pool import Entry

__all__ = ["Search"]


@dataclass(eq=False)
class Search:
    """What a call of `solve_double_oracle` works with, and where it has come to."""

    concept: SolutionConcept
    payoffs: Payoffs
    oracle: Oracle
    progress: Progress
    space: str
    epsilon: float
    certify: Callable[[MixedProfile], Certificate]
    """Makes the certificate of the best profile; may raise `OutOfTime` or `TooLarge`."""
    all_starts: bool = False
    """Whether to go on after the first certified profile, and return the one with the largest sum of payoffs."""
    sets: Sets = ()
    """Those of the restricted game that was solved last."""

    def run(self, starts: Sequence[int], max_iterations: int) -> DoubleOracleResult:
        """Run from each start until one is certified, then from all their sets together."""
        certificate = None
        try:
            reason = self._try_all(starts, max_iterations)
            self._prefer_the_largest()
            if self.progress.best is not None:
                certificate = self.certify(self.progress.best.profile)
                if reason == "converged" and not certificate.converged:
                    reason = "not certified"
        except OutOfTime:
            reason = "time limit"
        except TooLarge:
            reason = "too large"
        except KeyboardInterrupt:
            if self.progress.best is None:
                raise
            reason = "interrupted"
        self.payoffs.lift()
        best = self.progress.best or self._unknown(starts[0])
        return self._result(best, certificate or self._as_far_as_known(best), reason)

    def _try_all(self, starts: Sequence[int], max_iterations: int) -> str:
        """Return why the run stopped that led to the best profile."""
        ends: list[Sets] = []
        of_best = "max_iterations"
        for start in [*starts, None]:
            if start is not None:
                name, sets = self.payoffs.pool.entries[start].name, self.concept.start(start)
            else:
                name, sets = "all starts together", _union(ends)
                if len(ends) < 2 or sets in ends or self.progress.certified:
                    break
            before = self.progress.best
            reason, sets = run_from(
                self.concept,
                self.oracle,
                self.payoffs,
                self.progress,
                sets,
                name=name,
                epsilon=self.epsilon,
                max_iterations=max_iterations,
            )
            ends.append(sets)
            if self.progress.best is not before:
                of_best, self.sets = reason, sets
            solved = self.progress.best is not None and self.progress.best.rank <= self.epsilon
            if (reason == "converged" or solved) and not self.all_starts:
                break
        return "converged" if self.progress.certified else of_best

    def _prefer_the_largest(self) -> None:
        """Make the certified profile with the largest sum of payoffs the best; the others are kept as well."""
        if self.progress.certified:
            self.progress.best = max(
                self.progress.certified, key=lambda a: float(self.payoffs.expected(a.profile).sum())
            )

    def _unknown(self, start: int) -> Assessment:
        return Assessment(MixedProfile.pure((start,) * self.concept.agents), 0.0, math.inf, (), math.inf)

    def _as_far_as_known(self, best: Assessment) -> Certificate:
        """Return what the search knows of a profile that it could not certify any more."""
        unknown = np.full(self.concept.agents, np.nan)
        traits = self.space == "traits"
        return Certificate(
            space=self.space,
            epsilon=self.epsilon,
            trait_gains=unknown,
            trait_gains_upper=unknown,
            exploitability_traits=best.gain if traits else 0.0,
            exploitability_traits_upper=best.upper if traits else math.inf,
            exploitability_markov=None if traits else best.upper,
            exploitability_markov_lower=None if traits else best.gain,
        )

    def _result(self, best: Assessment, certificate: Certificate, reason: str) -> DoubleOracleResult:
        profile, pool = best.profile, self.payoffs.pool
        played = self._played(profile)
        nights, lost = self.payoffs.outcome(profile)
        others = [a.profile for a in self.progress.certified if a is not best]
        known = self.sets and all(self.payoffs.knows(p) for p in self.concept.pure_profiles(self.sets))
        return DoubleOracleResult(
            scenario=self.payoffs.scenario,
            concept=self.concept.name,
            seating=self.concept.seating,
            entries=played.entries,
            mixtures=played.mixtures,
            payoffs=played.payoffs,
            also=tuple(self._played(other) for other in others),
            certificate=certificate,
            cycled=self.progress.cycled,
            stop_reason=reason,
            history=tuple(self.progress.history),
            nights=nights,
            houses_lost=lost,
            evaluations=self.payoffs.evaluations,
            provenance=self.payoffs.provenance,
            game=self.concept.game(self.payoffs, self.sets) if known else None,
            game_entries=tuple(_with_different_names([pool.entries[i] for i in s]) for s in self.sets)
            if known
            else (),
        )

    def _played(self, profile: MixedProfile) -> PlayedProfile:
        """Return a profile as results show it."""
        used = list(profile.used)
        mixtures = np.zeros((self.concept.agents, len(used)))
        for row, support, shares in zip(mixtures, profile.supports, profile.shares, strict=True):
            row[[used.index(i) for i in support]] = shares
        return PlayedProfile(
            entries=_with_different_names([self.payoffs.pool.entries[i] for i in used]),
            mixtures=mixtures if self.concept.name == "asymmetric" else mixtures[0],
            payoffs=self.payoffs.expected(profile),
        )


def _with_different_names(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries, those whose names agree to the digits shown told apart by a number."""
    seen: dict[str, int] = {}
    named = []
    for entry in entries:
        seen[entry.name] = seen.get(entry.name, 0) + 1
        same = seen[entry.name]
        named.append(entry if same == 1 else replace(entry, name=f"{entry.name}#{same}"))
    return tuple(named)


def _union(ends: Sequence[Sets]) -> Sets:
    """Return everything that the sets hold, place by place."""
    return tuple(tuple(dict.fromkeys(i for s in place for i in s)) for place in zip(*ends, strict=True))
