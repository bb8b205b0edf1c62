"""The double oracle from one start: solve the restricted game, look for deviations, add them, again.

H. B. McMahan, G. J. Gordon, A. Blum, "Planning in the presence of cost functions controlled by an adversary", ICML
2003; for many players and empirical games M. Lanctot et al., "A unified game-theoretic approach to multiagent
reinforcement learning", NeurIPS 2017. A restricted game has several equilibria and the naive loop follows
one of them, which may lead round in circles. Here every equilibrium found is judged by what it can be exploited
for in the full game, and so are candidates between the strategies of the restricted game. The loop goes on
from the one that is exploited least; where its deviations are in the game already, from the next one; and
where none has anything new to add it says that it cycles.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bucket_brigade.equilibrium.double_oracle.deviators import Sets, SolutionConcept
from bucket_brigade.equilibrium.double_oracle.oracles import Assessment, Oracle
from bucket_brigade.game.heuristic_simplex import barycentric
from bucket_brigade.payoffs.exact_payoffs import Payoffs, TooLarge, run_batched
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.pool import Pool

_SAME = 1e-3
"""Chances that differ by less are the same in two certified profiles."""

__all__ = ["Callback", "Iteration", "Progress", "run_from"]


@dataclass(frozen=True)
class Iteration:
    """One round of the double oracle; what depends on the clock is not in it."""

    start: str
    """The strategy it started from."""
    number: int
    """Of this start, from 1."""
    exploitability: float
    """Of the best candidate of this round, as far as it was searched; payoff units."""
    best: float
    """The least of all rounds so far."""
    entries: tuple[int, ...]
    """How many strategies each set of the restricted game has; one set if the game is symmetric."""
    candidates: int
    """Profiles that were judged in this round."""
    evaluations: int
    """Profiles evaluated so far, over all starts."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {**asdict(self), "entries": list(self.entries)}


Callback = Callable[[Iteration], None]


class Progress:
    """The best profile so far and what happened on the way; it outlives an interrupted run."""

    def __init__(self, callback: Callback | None) -> None:
        """Start with nothing."""
        self.best: Assessment | None = None
        self.history: list[Iteration] = []
        self.certified: list[Assessment] = []
        """Profiles that nobody gains more than epsilon over, as each start found its first."""
        self.cycled = False
        self.assessed: dict[object, Assessment] = {}
        self._callback = callback

    def keep(self, assessment: Assessment) -> None:
        """Remember the assessment, and whether it is the best one so far."""
        self.assessed[assessment.profile.key] = assessment
        if self.best is None or _order(assessment) < _order(self.best):
            self.best = assessment

    def certify(self, pool: Pool, assessment: Assessment) -> None:
        """Remember a certified profile, once if starts come to the same one by different ways."""
        if not any(_alike(pool, assessment.profile, other.profile) for other in self.certified):
            self.certified.append(assessment)

    def report(self, iteration: Iteration) -> None:
        """Write the history and call back."""
        self.history.append(iteration)
        if self._callback is not None:
            self._callback(iteration)


def run_from(
    concept: SolutionConcept,
    oracle: Oracle,
    payoffs: Payoffs,
    progress: Progress,
    sets: Sets,
    *,
    name: str,
    epsilon: float,
    max_iterations: int,
) -> tuple[str, Sets]:
    """Run the double oracle from some sets of entries; return why it stopped, and the last sets.

    Reasons: ``converged``, ``cycled``, ``no new strategy`` (nothing that may enter the restricted game
    gains anything), ``too large`` or ``max_iterations``.
    """
    for number in range(1, max_iterations + 1):
        judged: list[Assessment] = []
        try:
            converged = _judge(concept, oracle, payoffs, progress, sets, epsilon, judged)
        except TooLarge:
            converged = False
        if not judged or progress.best is None:
            return "too large", sets
        judged.sort(key=_order)
        progress.report(
            Iteration(
                start=name,
                number=number,
                exploitability=judged[0].rank,
                best=progress.best.rank,
                entries=tuple(map(len, sets)),
                candidates=len(judged),
                evaluations=payoffs.evaluations,
            )
        )
        if converged:
            return "converged", sets
        grown = next((new for new in (_grown(sets, a) for a in judged) if new != sets), None)
        if grown is None:
            gaining = any(a.improving for a in judged)
            progress.cycled = progress.cycled or gaining
            return ("cycled" if gaining else "no new strategy"), sets
        sets = grown
    return "max_iterations", sets


def _judge(
    concept: SolutionConcept,
    oracle: Oracle,
    payoffs: Payoffs,
    progress: Progress,
    sets: Sets,
    epsilon: float,
    judged: list[Assessment],
) -> bool:
    """Judge the equilibria of the restricted game and candidates near them; True if one is certified."""
    (equilibria,) = run_batched(payoffs, [concept.equilibria(payoffs, sets)])
    for equilibrium in equilibria:
        moved = oracle.before(equilibrium)
        # A pure profile that could be moved to rest is worse than where it came to.
        candidates = moved if moved and equilibrium.is_pure else [*moved, equilibrium]
        while candidates:
            candidate, *candidates = candidates
            assessment = progress.assessed.get(candidate.key)
            if assessment is None:
                try:
                    assessment = oracle.assess(candidate)
                except TooLarge:
                    continue
            judged.append(assessment)
            progress.keep(assessment)
            if assessment.upper <= epsilon:
                progress.certify(payoffs.pool, assessment)
                return True
            if candidate is equilibrium:
                candidates += oracle.after(assessment)
    return False


def _grown(sets: Sets, assessment: Assessment) -> Sets:
    """Return the sets with the deviations of an assessment in them."""
    new = list(sets)
    for place, entry in assessment.improving:
        if entry not in new[place]:
            new[place] = (*new[place], entry)
    return tuple(new)


def _order(assessment: Assessment) -> tuple[float, float]:
    return assessment.rank, assessment.upper


def _alike(pool: Pool, a: MixedProfile, b: MixedProfile) -> bool:
    """Whether every seat plays the same, up to what a search leaves open."""

    def covered(one: MixedProfile, other: MixedProfile, seat: int) -> bool:
        return all(
            any(abs(p - q) < _SAME and _near(pool, i, j) for j, q in _drawn(other, seat))
            for i, p in _drawn(one, seat)
        )

    return all(covered(a, b, seat) and covered(b, a, seat) for seat in range(a.agents))


def _drawn(profile: MixedProfile, seat: int) -> list[tuple[int, float]]:
    return list(zip(profile.supports[seat], profile.shares[seat], strict=True))


def _near(pool: Pool, i: int, j: int) -> bool:
    first, second = pool.traits(i), pool.traits(j)
    if first is None or second is None:
        return i == j
    return bool(np.abs(barycentric(first) - barycentric(second)).max() < _SAME)
