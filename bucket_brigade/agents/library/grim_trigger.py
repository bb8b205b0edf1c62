"""Grim trigger: works until somebody rests while it burns, then never again.

The harshest threat, and so the one that makes the folk theorem go through: if all are grim and patient, one night
of shirking costs the shirker all the nights to come. It never forgives, not even its own kind: among heuristic
strategies, which rest now and then, it is soon a pillar of salt.

Source: J. W. Friedman, "A Non-cooperative Equilibrium for Supergames", Review of Economic Studies 38 (1971), 1–12.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.reputation import WorkSeen
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "GrimTrigger"]

SPEC = AgentSpec(
    name="grim_trigger",
    summary="works until somebody rests while it burns, then never again",
    factory=f"{__name__}:GrimTrigger",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": False,
        "honest": True,
    },
)


class GrimTrigger:
    """Remembers one bit a game: whether it has been let down."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start without a grudge."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.seen = WorkSeen(seat, scenario.num_agents, num_games)
        self.grim = np.zeros(num_games, dtype=np.bool_)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire as long as nobody has ever rested while it burned."""
        fire = first(observations.burning, self.order)
        self.grim |= self.seen.look(observations) < 1.0
        works = ~self.grim & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
