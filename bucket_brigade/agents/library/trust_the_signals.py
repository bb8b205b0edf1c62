"""Trust the signals: goes only if fewer others announced work than there are fires.

It takes last night's signals for announcements of tonight. If every fire has a volunteer by that count, it rests;
else it works at the nearest fire. Talk is cheap here: nobody is bound by a signal, and it pays to be believed; so
everything hangs on whom it sits with. On the first night nobody has spoken, and it works.

Source: J. Farrell and M. Rabin, "Cheap Talk", Journal of Economic Perspectives 10 (3) (1996), 103–118.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "TrustTheSignals"]

SPEC = AgentSpec(
    name="trust_the_signals",
    summary="goes only if fewer others announced work than there are fires",
    factory=f"{__name__}:TrustTheSignals",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": True,
        "honest": True,
    },
)


class TrustTheSignals:
    """Compares announcements with fires."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """List the houses, the nearest first, and the other seats."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.others = np.delete(np.arange(scenario.num_agents), seat)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Work at the nearest fire if the announced workers are too few, else rest at home."""
        announced = observations.last_signals[:, self.others].sum(axis=1, dtype=np.int64)
        works = announced < observations.burning.sum(axis=1)
        return actions(np.where(works, first(observations.burning, self.order), self.home), works)
