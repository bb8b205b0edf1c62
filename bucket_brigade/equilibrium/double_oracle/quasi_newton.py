"""From a nearby guess to an equilibrium in continuous strategies, by a quasi-Newton method.

In an equilibrium every heuristic strategy in use is a local maximum of its agent's payoff, so where it may move
within its face of the triangle the slope is 0; and strategies that are mixed do equally well. These are as
many equations as there are coordinates and probabilities. Their derivative is formed once by differences and
then updated: C. G. Broyden, "A class of methods for solving nonlinear simultaneous equations", Math. Comp. 19
(1965). What comes out is a candidate: only slopes and curvatures are looked at here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.equilibrium.double_oracle.deviators import Objective, SolutionConcept
from bucket_brigade.game.heuristic_simplex import barycentric, traits_at
from bucket_brigade.payoffs.exact_payoffs import PayoffRequests, Payoffs, mean_payoff
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.responses.trait_search import ROUNDING

__all__ = ["quasi_newton_candidate"]

Points = list[list[Floats]]
"""The strategies of each set, as (rest, any fire, home first)."""

_STEP = 2.0**-10
"""Of the differences that give slopes, good to `ROUNDING` over a step, 1e-8 of the payoff, and curvatures, to 1e-5."""
_STEP_OF_STEPS = 2.0**-7
"""Of the differences of slopes that give the first derivative of the equations: wider, since slopes are less exact
than payoffs, and what the width costs is mended by the updates."""
_SHARE_STEP = 2.0**-14
"""Of a difference between shares, in units of the smallest. Payoffs are polynomials in shares: any small step does."""
_ON_THE_FACE = 1e-7
"""Chances up to this are 0: above the 2**-32 to which engines round, below every step."""
_LARGEST_MOVE = 0.25
"""Of one unknown in one step: a derivative from one point says nothing about the other side of the triangle."""
_ITERATIONS = 12
"""A candidate with one strategy inside took 2 to 7 on the named scenarios; mixed ones have more unknowns."""


def quasi_newton_candidate(
    concept: SolutionConcept, payoffs: Payoffs, profile: MixedProfile, tolerance: float
) -> PayoffRequests[MixedProfile | None]:
    """Return an equilibrium candidate near a profile of heuristic strategies.

    It has as many strategies, each on its face of the triangle or on that face's border; nobody gains
    more than about `tolerance` by a small move, or by another share of what it mixes. None if no
    strategy can move, or the method leads nowhere.
    """
    system = _System(concept, payoffs, profile)
    for _ in range(3):
        if not system.directions:
            # Everything moved to corners; whether the shares still fit, others will find out.
            return system.profile(system.points, system.shares) if system.moved else None
        found = yield from _solve(system, tolerance)
        if found is not None:
            return found
        if not system.hit_border:
            return None
        system.restart()
    return None


@dataclass(frozen=True)
class _State:
    """The equations at one point: slopes first, then differences between what is mixed."""

    equations: Floats
    slopes: Floats
    curvatures: Floats
    noise: Floats
    """How large a curvature may look where there is none."""

    def is_convex(self) -> bool:
        """Whether a strategy is a local minimum in some direction, so that a mixture does better."""
        return bool((self.curvatures > self.noise).any())

    @property
    def predicted_gain(self) -> float:
        """About the most that one agent may gain by small changes."""
        # A strategy moves by 1 at most, so a slope is worth no more than itself.
        tops = np.abs(self.slopes) / np.maximum(-2.0 * self.curvatures, self.noise)
        moves = np.abs(self.slopes) * np.minimum(tops, 1.0)
        shares = np.abs(self.equations[len(self.slopes) :])
        return float(max(moves.max(initial=0.0), shares.max(initial=0.0)))


class _System:
    """The coordinates and shares that may move, and the equations there."""

    def __init__(self, concept: SolutionConcept, payoffs: Payoffs, profile: MixedProfile) -> None:
        self.concept, self.payoffs, self.agents = concept, payoffs, profile.agents
        self.moved = self.hit_border = False
        one_each = concept.name == "asymmetric"
        sets = profile.supports if one_each else profile.supports[:1]
        self.points: Points = [
            [barycentric(payoffs.pool.heuristic_traits(i)) for i in support] for support in sets
        ]
        self.shares = [np.array(shares) for shares in (profile.shares if one_each else profile.shares[:1])]
        self.restart()

    def restart(self) -> None:
        """Take the present points as a new start, on the faces on which they lie."""
        self.hit_border = False
        self.directions: list[tuple[int, int, Floats]] = []
        for s, support in enumerate(self.points):
            for i, point in enumerate(support):
                free = np.flatnonzero(point > _ON_THE_FACE)
                base = free[np.argmax(point[free])]
                for corner in free[free != base]:
                    direction = np.zeros(3)
                    direction[corner], direction[base] = 1.0, -1.0
                    self.directions.append((s, i, direction))

    @property
    def size(self) -> int:
        """The number of unknowns: coordinates first, then the shares of all but the first strategy of a set."""
        return len(self.directions) + sum(len(shares) - 1 for shares in self.shares)

    def moved_by(self, step: Floats) -> tuple[Points, list[Floats], bool]:
        """Return points and shares after a step, stopped at the border of the triangle, and whether it was.

        Shares stop short of 0 instead.
        """
        changes = [[np.zeros(3) for _ in support] for support in self.points]
        for size, (s, i, direction) in zip(step, self.directions, strict=False):
            changes[s][i] = changes[s][i] + size * direction
        share_changes, begin = [], len(self.directions)
        for shares in self.shares:
            rest = step[begin : begin + len(shares) - 1]
            share_changes.append(np.concatenate([[-rest.sum()], rest]))
            begin += len(shares) - 1
        part = 1.0
        for shares, change in zip(self.shares, share_changes, strict=True):
            part = min(part, _room(shares, 1.5 * change))
        border = part
        for support, ways in zip(self.points, changes, strict=True):
            for point, way in zip(support, ways, strict=True):
                border = min(border, _room(point, way))
        points = [
            [np.maximum(p + border * w, 0.0) for p, w in zip(support, ways, strict=True)]
            for support, ways in zip(self.points, changes, strict=True)
        ]
        shared = [x + border * d for x, d in zip(self.shares, share_changes, strict=True)]
        return points, shared, border < part

    def profile(self, points: Points, shares: list[Floats]) -> MixedProfile:
        """Return the profile of these strategies and shares."""
        sets = [[self.payoffs.pool.add_traits(traits_at(p)) for p in support] for support in points]
        times = self.agents if self.concept.name != "asymmetric" else 1
        return MixedProfile.of(sets * times, shares * times)

    def at(self, points: Points, shares: list[Floats]) -> PayoffRequests[_State | None]:
        """Return the equations at some points and shares, None where two strategies are the same."""
        profile = self.profile(points, shares)
        if any(len(set(s)) < len(s) for s in profile.supports):
            return None
        add, plans = self.payoffs.pool.add_traits, []
        for s, i, direction in self.directions:
            point = points[s][i]
            step = min(_STEP, float(point[direction != 0.0].min()) / 2)
            if step < _ON_THE_FACE:
                return None
            around = [add(traits_at(point + k * step * direction)) for k in (-1.0, 0.0, 1.0)]
            plans.append((self._objective(s), around, step))
        mixed = [(self._objective(s), profile.supports[s]) for s in range(len(shares))]
        wanted = [(o, entry) for o, around, _ in plans for entry in around]
        wanted += [(o, entry) for o, support in mixed if len(support) > 1 for entry in support]
        draws = {o: o.draws(profile) for o, _ in wanted}
        yield [draw.profile(entry) for o, entry in wanted for draw in draws[o]]
        values = {(o, entry): mean_payoff(self.payoffs, draws[o], entry) for o, entry in wanted}
        slopes, curvatures, noise = np.zeros((3, len(plans)))
        for k, (o, around, step) in enumerate(plans):
            low, middle, high = (values[o, entry] for entry in around)
            slopes[k] = (high - low) / (2 * step)
            curvatures[k] = (high - 2 * middle + low) / step**2
            noise[k] = ROUNDING * max(abs(middle), 1.0) / step**2
        ties = [values[o, e] - values[o, support[0]] for o, support in mixed for e in support[1:]]
        return _State(np.concatenate([slopes, ties]), slopes, curvatures, noise)

    def _objective(self, place: int) -> Objective:
        return self.concept.objectives[place if self.concept.name == "asymmetric" else 0]


def _solve(system: _System, tolerance: float) -> PayoffRequests[MixedProfile | None]:
    """Follow quasi-Newton steps until nobody is predicted to gain, a border is hit, or they fail."""
    here = yield from system.at(system.points, system.shares)
    if here is None or here.is_convex():
        return None
    derivative = yield from _differences(system, here)
    if derivative is None:
        return None
    for _ in range(_ITERATIONS):
        if here.predicted_gain <= tolerance:
            return None if here.is_convex() else system.profile(system.points, system.shares)
        step = np.asarray(np.linalg.lstsq(derivative, -here.equations, rcond=1e-10)[0], dtype=np.float64)
        step *= min(1.0, _LARGEST_MOVE / max(np.abs(step).max(), 1e-300))
        before = _unknowns(system)
        system.points, system.shares, system.hit_border = system.moved_by(step)
        system.moved = True
        if system.hit_border:
            return None
        there = yield from system.at(system.points, system.shares)
        if there is None:
            return None
        taken = _unknowns(system) - before
        missed = there.equations - here.equations - derivative @ taken
        derivative = derivative + np.outer(missed, taken) / max(float(taken @ taken), 1e-300)
        here = there
    return None


def _differences(system: _System, here: _State) -> PayoffRequests[Floats | None]:
    """Return the derivative of the equations by all unknowns, by one-sided differences inwards."""
    steps = []
    for s, i, direction in system.directions:
        point = system.points[s][i]
        room = {sign: float(point[sign * direction < 0.0].min()) for sign in (1.0, -1.0)}
        sign = max(room, key=lambda way: room[way])
        steps.append(sign * min(_STEP_OF_STEPS, room[sign] / 4))
    for shares in system.shares:
        steps += [_SHARE_STEP * float(shares.min())] * (len(shares) - 1)
    columns = []
    for k, size in enumerate(steps):
        points, shares_there, _ = system.moved_by(np.where(np.arange(system.size) == k, size, 0.0))
        there = yield from system.at(points, shares_there)
        if there is None:
            return None
        columns.append((there.equations - here.equations) / size)
    return np.stack(columns, axis=1)


def _unknowns(system: _System) -> Floats:
    """Return the values of all unknowns; a direction's is the coordinate that grows along it."""
    places = [system.points[s][i][direction > 0.0][0] for s, i, direction in system.directions]
    return np.concatenate([places, *[shares[1:] for shares in system.shares]])


def _room(present: Floats, change: Floats) -> float:
    """Return the largest share of a change, at most 1, that leaves no number negative."""
    falling = change < 0.0
    return min(1.0, float((present[falling] / -change[falling]).min(initial=1.0)))
