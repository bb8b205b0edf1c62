"""What the others have done when it burned, for agents that answer deeds with deeds.

A night without a fire tests nobody: whoever rests then lets nobody down. So reciprocity looks at nights with a
fire, and keeps its opinion over quiet ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations

__all__ = ["WorkSeen"]


class WorkSeen:
    """The share of the others who worked on the last night with a fire, game by game."""

    def __init__(self, seat: int, num_agents: int, num_games: int) -> None:
        """Start with a good opinion of everybody."""
        self.others = np.delete(np.arange(num_agents), seat)
        self.share = np.ones(num_games)
        """(G,) 1 before the first fire, and for an agent that is alone."""
        self._burns: NDArray[np.bool_] = np.zeros(num_games, dtype=np.bool_)

    def look(self, observations: Observations) -> NDArray[np.float64]:
        """Take in last night, to be called once a night, and return the share."""
        if len(self.others):
            share = observations.last_modes[:, self.others].mean(axis=1)
            self.share = np.where(self._burns, share, self.share)
        self._burns = np.any(observations.burning, axis=1)
        return self.share
