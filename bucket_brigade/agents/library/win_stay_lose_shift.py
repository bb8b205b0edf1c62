"""Win stay, lose shift: does what it did last time, unless a house was lost.

Pavlov's rule: repeat what went well, change what did not, and never mind who was to blame. In the noisy prisoner's
dilemma it outlives tit for tat, since it mends a mistake within two rounds and exploits those who never retaliate.
A win is a night with a fire on which no house was ruined; a quiet night teaches nothing. It starts by working,
at the nearest fire.

Source: M. Nowak and K. Sigmund, "A strategy of win-stay, lose-shift that outperforms tit-for-tat in the Prisoner's
Dilemma game", Nature 364 (1993), 56–58.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "WinStayLoseShift"]

SPEC = AgentSpec(
    name="win_stay_lose_shift",
    summary="does what it did when it last burned, unless a house was lost",
    factory=f"{__name__}:WinStayLoseShift",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": False,
        "honest": True,
    },
)


class WinStayLoseShift:
    """Remembers its mood and how many houses were ruined."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start in the mood for work; no house can be ruined before the first night."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.willing = np.ones(num_games, dtype=np.bool_)
        self.ruined = np.zeros(num_games, dtype=np.int64)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Change the mood after a loss, which only a night with a fire can bring."""
        ruined = np.sum(observations.houses == 2, axis=1)
        self.willing ^= ruined > self.ruined
        self.ruined = ruined
        fire = first(observations.burning, self.order)
        works = self.willing & (fire >= 0)
        return actions(np.where(works, fire, self.home), works)
