"""Rotating duty: one agent a night is on duty, in turn; the others rest.

The oldest institution for a commons: irrigators take the water, and the watch, in a fixed order, so that nobody need
count or talk. Seat i is on duty on the nights n with n - 1 = i modulo N, and works at the nearest fire. Fair,
cheap, and one bucket a night: enough where fires are few, ruin where they spread.

Source: E. Ostrom, "Governing the Commons", Cambridge University Press, 1990, chapter 3.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "RotatingDuty"]

SPEC = AgentSpec(
    name="rotating_duty",
    summary="works at the nearest fire on every N-th night, when it is its turn",
    factory=f"{__name__}:RotatingDuty",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class RotatingDuty:
    """Looks at the calendar."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Find its place in the order."""
        self.seat, self.home = seat, scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.agents = scenario.num_agents

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire when on duty, else rest at home."""
        fire = first(observations.burning, self.order)
        on_duty = (observations.night - 1) % self.agents == self.seat
        works = on_duty & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
