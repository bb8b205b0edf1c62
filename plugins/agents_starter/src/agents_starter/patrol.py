"""A scripted agent for a whole batch of games: one call a night, whatever the number of games.

G games, H houses. Row g of every array is the same game from `reset` on, and what is done there depends on
nothing but that row; so the batch may be cut anywhere.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade import Scenario
from bucket_brigade.agents import Observations, actions


class Patrol:
    """Walks clockwise from where it stands to the next fire, and works there; lazy one night in ten.

    Where nothing burns it rests where it stands. It begins at home.
    """

    REST = 0
    """Which of tonight's random words decides whether it is lazy."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Forget everything: new games begin, in which the agent sits on `seat`."""
        self._place = np.full(num_games, scenario.home(seat))

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Return a house, a mode and a signal for every game, shape (G, 3)."""
        burning = observations.burning
        games, houses = burning.shape
        # Column d looks d houses ahead; argmax finds the first fire, and 0, to stay, where there is none.
        ahead = (self._place[:, None] + np.arange(houses)) % houses
        steps = burning[np.arange(games)[:, None], ahead].argmax(axis=1)
        self._place = (self._place + steps) % houses
        works = burning.any(axis=1) & ~observations.chance(self.REST, 0.1)
        return actions(self._place, works)
