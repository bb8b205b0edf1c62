"""Which game is solved: symmetric with random or published seating, or every seat for itself.

A solution concept says who may deviate and what that gains, builds the restricted game of given entries from payoffs of
pure profiles, and returns its equilibria as mixed profiles.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.compositions import composition_index, count_compositions
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.solver import find_equilibria
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.normal_form.symmetric_solver import find_symmetric_equilibria
from bucket_brigade.payoffs.exact_payoffs import PayoffRequests, Payoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile, OpponentDraw, Profile
from bucket_brigade.payoffs.seating import check_seating
from bucket_brigade.validation import check_choice

__all__ = ["CONCEPTS", "AsymmetricConcept", "SolutionConcept", "SymmetricConcept", "concept_of"]

Sets = tuple[tuple[int, ...], ...]
"""The entries of each strategy set: one set for all if the game is symmetric, else one a seat."""

CONCEPTS = ("symmetric", "asymmetric")

_MOST_EQUILIBRIA = 8
_MOST_SUPPORTS = 200


@dataclass(frozen=True)
class Objective:
    """What one deviator maximises: the mean payoff over the seats it may find itself on."""

    seats: tuple[int, ...]

    def draws(self, profile: MixedProfile) -> list[OpponentDraw]:
        """Return what may happen to the deviator, weights summing to 1."""
        return profile.draws_against(self.seats)

    def level(self, payoffs: Floats) -> float:
        """Return what it has now, from everybody's expected payoffs."""
        return float(payoffs[list(self.seats)].mean())


class SolutionConcept:
    """What both concepts share; N agents."""

    name: str
    seating: str | None = None
    objectives: tuple[Objective, ...]
    """The deviators. The exploitability of a profile is the largest gain among them."""

    def __init__(self, agents: int, tolerance: float) -> None:
        """Keep the number of agents and the largest regret, in payoff units, to accept in restricted games."""
        self.agents, self.tolerance = agents, tolerance

    @property
    def focal(self) -> tuple[int, ...]:
        """The seats on which somebody may deviate."""
        return tuple(dict.fromkeys(seat for objective in self.objectives for seat in objective.seats))

    def start(self, entry: int) -> Sets:
        """Return the sets that hold one entry only."""
        raise NotImplementedError

    def pure_profiles(self, sets: Sets) -> list[Profile]:
        """Return every pure profile of the restricted game, the last seat fastest."""
        raise NotImplementedError

    def game(self, payoffs: Payoffs, sets: Sets) -> SymmetricGame | NormalFormGame:
        """Return the restricted game, from payoffs that were required."""
        raise NotImplementedError

    def equilibria(self, payoffs: Payoffs, sets: Sets) -> PayoffRequests[list[MixedProfile]]:
        """Return equilibria of the restricted game: few entries first, then high payoffs."""
        raise NotImplementedError


class SymmetricConcept(SolutionConcept):
    """Everybody draws from one mixture; a deviator does not know its seat before it has drawn.

    Its gain is a mean over all seats (random seating) or that of seat 0 (published seating).
    """

    name = "symmetric"

    def __init__(self, agents: int, tolerance: float, seating: str) -> None:
        """Refuse an unknown seating with `InvalidInput`."""
        super().__init__(agents, tolerance)
        self.seating = check_seating(seating)
        self.objectives = (Objective(tuple(range(agents)) if seating == "random" else (0,)),)

    def start(self, entry: int) -> Sets:
        """Return one set of one entry."""
        return ((entry,),)

    def pure_profiles(self, sets: Sets) -> list[Profile]:
        """Return every way to seat entries of the set."""
        return list(itertools.product(sets[0], repeat=self.agents))

    def game(self, payoffs: Payoffs, sets: Sets) -> SymmetricGame:
        """Return the restricted game, from payoffs that were required.

        The payoff of a strategy against a composition is a mean over focal seats and over who of the
        opponents sits where.
        """
        size, players = len(sets[0]), self.agents
        table = np.array([payoffs.of(p) for p in self.pure_profiles(sets)])
        places = np.array(list(itertools.product(range(size), repeat=players)))
        sums = np.zeros((size, count_compositions(players - 1, size)))
        ways = np.zeros_like(sums)
        for seat in self.focal:
            others = np.delete(places, seat, axis=1)
            counts = np.stack([(others == i).sum(axis=1) for i in range(size)], axis=1)
            cells = places[:, seat], composition_index(counts)
            np.add.at(sums, cells, table[:, seat])
            np.add.at(ways, cells, 1.0)
        return SymmetricGame(players, sums / ways)

    def equilibria(self, payoffs: Payoffs, sets: Sets) -> PayoffRequests[list[MixedProfile]]:
        """Return the symmetric equilibria of the restricted game."""
        yield self.pure_profiles(sets)
        game = self.game(payoffs, sets)
        found = find_symmetric_equilibria(
            game, tolerance=_relative(self.tolerance, game.span), max_supports=_MOST_SUPPORTS
        )
        ordered = sorted(found, key=lambda e: (len(e.support), -e.payoff))
        return [self._profile(sets, e.mixture) for e in ordered[:_MOST_EQUILIBRIA]]

    def _profile(self, sets: Sets, mixture: Floats) -> MixedProfile:
        return MixedProfile.of([list(sets[0])] * self.agents, [mixture] * self.agents)


class AsymmetricConcept(SolutionConcept):
    """Every seat has its own strategies and its own mixture, and may deviate."""

    name = "asymmetric"

    def __init__(self, agents: int, tolerance: float) -> None:
        """Make every seat a deviator."""
        super().__init__(agents, tolerance)
        self.objectives = tuple(Objective((seat,)) for seat in range(agents))

    def start(self, entry: int) -> Sets:
        """Return a set of one entry for each seat."""
        return ((entry,),) * self.agents

    def pure_profiles(self, sets: Sets) -> list[Profile]:
        """Return every choice of all seats."""
        return list(itertools.product(*sets))

    def game(self, payoffs: Payoffs, sets: Sets) -> NormalFormGame:
        """Return the restricted game, from payoffs that were required."""
        table = np.array([payoffs.of(p) for p in self.pure_profiles(sets)])
        return NormalFormGame(table.T.reshape(self.agents, *map(len, sets)))

    def equilibria(self, payoffs: Payoffs, sets: Sets) -> PayoffRequests[list[MixedProfile]]:
        """Return equilibria of the restricted game."""
        yield self.pure_profiles(sets)
        game = self.game(payoffs, sets)
        found = find_equilibria(
            game,
            tolerance=_relative(self.tolerance, float(game.spans.max())),
            max_supports=_MOST_SUPPORTS,
            enough=_MOST_EQUILIBRIA,
        )
        ordered = sorted(found, key=lambda e: (sum(map(len, e.supports)), -float(e.payoffs.sum())))
        return [MixedProfile.of([list(s) for s in sets], list(e.mixtures)) for e in ordered]


def concept_of(name: str, seating: str, agents: int, tolerance: float) -> SolutionConcept:
    """Return a solution concept by name, or raise `InvalidInput`."""
    check_choice(
        "concept",
        name,
        CONCEPTS,
        exists="Solution concepts: symmetric (one mixture for all), asymmetric (each seat its own mixture).",
    )
    if name == "symmetric":
        return SymmetricConcept(agents, tolerance, seating)
    return AsymmetricConcept(agents, tolerance)


def _relative(tolerance: float, span: float) -> float:
    """Return a tolerance in payoff units in units of the span, within what double precision allows."""
    return min(max(tolerance / span if span > 0.0 else 1e-9, 1e-13), 1e-6)
