"""Deviations from a list, judged by games played: the oracle for strategies without exact payoffs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np

from bucket_brigade.equilibrium.double_oracle.deviators import SolutionConcept
from bucket_brigade.equilibrium.double_oracle.oracles import Assessment, Oracle
from bucket_brigade.equilibrium.double_oracle.played_certificate import gains_of
from bucket_brigade.game.heuristic_simplex import heuristic
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social, Strategy
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.played_payoffs import BLOCKS, PlayedPayoffs

__all__ = ["ListedOracle", "default_deviations"]

_SURE = 2.0
"""Standard errors by which a deviation must gain to enter the restricted game."""


def default_deviations() -> list[Strategy]:
    """Return the archetypes by both rules, and heuristic strategies on a grid of their effective numbers."""
    grid = [(0.0, 0.0), *itertools.product((0.25, 0.5, 0.75, 1.0), (0.0, 0.5, 1.0))]
    archetypes = ARCHETYPES.values()
    return [
        *[Heuristic(theta) for theta in archetypes],
        *[Social(theta) for theta in archetypes],
        *[heuristic(*traits) for traits in grid],
    ]


class ListedOracle(Oracle):
    """Finds the best deviations of a list, as far as the games played tell; only what is listed can be played."""

    def __init__(
        self, concept: SolutionConcept, payoffs: PlayedPayoffs, deviations: Sequence[int], epsilon: float
    ) -> None:
        """Keep the arguments."""
        self.concept, self.payoffs, self.epsilon = concept, payoffs, epsilon
        self.deviations = list(deviations)

    def assess(self, profile: MixedProfile) -> Assessment:
        """Judge every deviation on the games of these payoffs; gains within their errors are none."""
        objectives = list(enumerate(self.concept.objectives))
        self.payoffs.require(
            draw.profile(i)
            for _, objective in objectives
            for draw in objective.draws(profile)
            for i in (*self.deviations, *profile.supports[draw.seat])
        )
        gain, upper = 0.0, 0.0
        improving: list[tuple[float, int, int]] = []
        for place, objective in objectives:
            for entry in self.deviations:
                blocks = gains_of(self.payoffs, profile, objective, entry)
                mean, error = float(blocks.mean()), float(np.std(blocks, ddof=1)) / math.sqrt(BLOCKS)
                gain, upper = max(gain, mean), max(upper, mean + _SURE * error)
                if mean > max(self.epsilon, _SURE * error):
                    improving.append((-mean, place, entry))
        best = {place: entry for _, place, entry in sorted(improving, reverse=True)}
        return Assessment(profile, gain, upper, tuple(best.items()), rank=gain)
