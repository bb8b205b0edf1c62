"""Candidates between the heuristic strategies of a restricted game: the behavioural reduction, and simpler mixtures."""

from __future__ import annotations

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.equilibrium.double_oracle.deviators import SolutionConcept
from bucket_brigade.game.heuristic_simplex import barycentric, traits_at
from bucket_brigade.payoffs.exact_payoffs import Payoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile

__all__ = ["behavioral_reduction", "simplified"]


_NEAR = 0.05
"""Strategies nearer than this may stand for one, and one as near to the border for one on it. It need not be exact:
a guess that merges too much or too little costs one judgement and no more."""


def behavioral_reduction(payoffs: Payoffs, profile: MixedProfile) -> MixedProfile | None:
    """Return the behavioural reduction of a profile: each seat draws every night what it drew before the game.

    A mixture of heuristic strategies becomes the one strategy that rests, fights any fire and looks home
    first as often; None if nobody mixes or some strategy is not heuristic.
    """
    if profile.is_pure:
        return None
    entries = []
    for support, shares in zip(profile.supports, profile.shares, strict=True):
        points = _points(payoffs, support)
        if points is None:
            return None
        entries.append(payoffs.pool.add_traits(traits_at(np.array(shares) @ points)))
    return MixedProfile.pure(tuple(entries))


def simplified(concept: SolutionConcept, payoffs: Payoffs, profile: MixedProfile) -> MixedProfile | None:
    """Return the profile with near strategies merged and those near the border moved to it.

    The double oracle closes in on a strategy by a sequence of others; this guesses where it leads. None if
    nothing changes or some strategy is not heuristic.
    """
    sets = profile.supports if concept.name == "asymmetric" else profile.supports[:1]
    supports, mixtures = [], []
    for support, shares in zip(sets, profile.shares, strict=False):
        points = _points(payoffs, support)
        if points is None:
            return None
        entries: dict[int, float] = {}
        for share, point in _merged(np.array(shares), points):
            kept = np.where(point < _NEAR, 0.0, point)
            entry = payoffs.pool.add_traits(traits_at(kept / kept.sum()))
            entries[entry] = entries.get(entry, 0.0) + share
        supports.append(list(entries))
        mixtures.append(np.array(list(entries.values())))
    if concept.name != "asymmetric":
        supports, mixtures = supports * profile.agents, mixtures * profile.agents
    changed = MixedProfile.of(supports, mixtures)
    return None if set(changed.used) == set(profile.used) else changed


def _merged(shares: Floats, points: Floats) -> list[tuple[float, Floats]]:
    """Return points with their shares, near ones as their mean; the likeliest first."""
    merged: list[tuple[float, Floats]] = []
    for k in np.argsort(-shares, kind="stable"):
        near = next((m for m, (_, p) in enumerate(merged) if np.abs(p - points[k]).max() < _NEAR), None)
        if near is None:
            merged.append((float(shares[k]), points[k]))
        else:
            weight, other = merged[near]
            total = weight + float(shares[k])
            merged[near] = total, (weight * other + shares[k] * points[k]) / total
    return merged


def _points(payoffs: Payoffs, support: tuple[int, ...]) -> Floats | None:
    """Return (rest, any fire, home first) of each strategy, None if one is not heuristic."""
    traits = [payoffs.pool.traits(i) for i in support]
    return None if None in traits else np.array([barycentric(t) for t in traits if t is not None])
