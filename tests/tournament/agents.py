"""Agents for tests of tournaments: they rest at home, each in its own way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents import one_game
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.one_game import OneGame
from bucket_brigade.game.scenario import Scenario


class Sleeper:
    """Rests at home, whole batches at once."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.home = scenario.home(seat)

    def act(self, observations: Observations) -> NDArray[np.integer]:
        rest = np.zeros(observations.num_games, dtype=np.int64)
        return actions(rest + self.home, rest)


@one_game
def sleeper(game: OneGame) -> tuple[int, int]:
    return game.home, 0
