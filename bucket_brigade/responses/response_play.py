"""Playing a best response whose actions depend on the night, with the engines' own games."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Scripted
from bucket_brigade.responses.markov import MarkovResponse
from bucket_brigade.simulation import SimulationResult, simulate

__all__ = ["simulate_response"]


def simulate_response(
    response: MarkovResponse,
    *,
    games: int = 1000,
    seed: int = 0,
    first_game: int = 0,
    backend: str | object | None = None,
) -> SimulationResult:
    """Play a best response, night by night, and return payoffs with their standard errors.

    The seat is played by the policy, signalling what it does; all others by the engine. The mean payoff of the
    seat estimates ``response.value``. Arguments and errors as for `simulate`, and `InvalidInput` if the policy was
    not kept.
    """
    policy = response.policy
    agent = Scripted("best response", lambda: _Policy(policy))
    team = [*response.team[: response.seat], agent, *response.team[response.seat + 1 :]]
    return simulate(response.scenario, team, games=games, seed=seed, first_game=first_game, backend=backend)


@dataclass
class _Policy:
    """An agent that looks at the night and the houses."""

    policy: NDArray[np.uint8]
    """(max_nights, 3**H), as in `MarkovResponse.policy`."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Note how states are numbered."""
        del seat, num_games
        self.places = 3 ** np.arange(scenario.num_houses)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Do what the policy says."""
        # A game that lasted to the night limit stays in its row, one night later.
        night = np.minimum(observations.night, len(self.policy)) - 1
        chosen = self.policy[night, observations.houses @ self.places]
        return actions(chosen // 2, chosen % 2)
