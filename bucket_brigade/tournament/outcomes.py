"""Results of the teams of one scenario: integer counts, and the payoffs they are worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.game.counts import TALLIES, column, tallies_of
from bucket_brigade.game.payoffs import mean_payoffs, price_matrix
from bucket_brigade.game.scenario import Scenario

__all__ = ["ScenarioOutcomes"]


@dataclass(frozen=True, eq=False)
class ScenarioOutcomes:
    """R rounds of T teams of K agents on N seats of one scenario; every team played `games` games."""

    scenario: Scenario
    teams: NDArray[np.intp]
    """(R, T, N) the agent on each seat."""
    sums: NDArray[np.int64]
    """(R, T, D) counts summed over the games of a team, columns as in `bucket_brigade.game.counts`."""
    games: int

    @property
    def num_seats(self) -> int:
        """N."""
        return int(self.teams.shape[2])

    @cached_property
    def payoffs(self) -> Floats:
        """(R, T, N) mean payoff of each seat of each team, per game."""
        return mean_payoffs(self.sums, self.games, price_matrix(self.scenario))

    @property
    def team_payoffs(self) -> Floats:
        """(R, T) mean over the seats of `payoffs`."""
        return np.asarray(self.payoffs.mean(axis=2))

    @property
    def worked(self) -> NDArray[np.int64]:
        """(R, T, N) nights each seat worked, over all games of the team."""
        seats = range(self.num_seats)
        return np.stack([self.sums[..., column("worked", self.num_seats, seat)] for seat in seats], axis=2)

    @property
    def nights(self) -> NDArray[np.int64]:
        """(R, T) nights played, over all games of the team."""
        return np.asarray(self.sums[..., column("nights", self.num_seats)])

    def by_agent(self, values: NDArray[Any]) -> Floats:
        """Return the sum of `values` (R, T, N) over the seats that each agent held in each round, (R, K)."""
        rounds, agents = len(self.teams), int(self.teams.max()) + 1
        place = np.arange(rounds)[:, None, None] * agents + self.teams
        flat = np.bincount(place.ravel(), np.asarray(values, dtype=np.float64).ravel(), rounds * agents)
        return np.asarray(flat.reshape(rounds, agents))

    def round_payoffs(self) -> Floats:
        """Return the mean payoff of each agent in each round, (R, K): all held every seat equally often."""
        return self.by_agent(self.payoffs) / self.by_agent(np.ones(self.teams.shape))

    def cooperation(self) -> Floats:
        """Return the share of its nights that each agent worked, (K,)."""
        nights = np.broadcast_to(self.nights[..., None], self.teams.shape)
        return np.asarray(self.by_agent(self.worked).sum(axis=0) / self.by_agent(nights).sum(axis=0))

    def columns(self, labels: Sequence[str]) -> dict[str, NDArray[Any]]:
        """Return one row a (team, seat) as columns, each of R * T * N values, seats fastest."""
        rounds, teams, seats = self.teams.shape
        place = np.indices(self.teams.shape).reshape(3, -1)
        tallies = np.einsum("ntd,rkd->trkn", tallies_of(seats), self.sums) / self.games
        nights = np.broadcast_to(self.nights[..., None], self.teams.shape).reshape(-1)
        return {
            "scenario": np.full(rounds * teams * seats, self.scenario.name, dtype=object),
            "round": place[0],
            "team": place[1],
            "seat": place[2],
            "agent": np.array(labels, dtype=object)[self.teams.reshape(-1)],
            "games": np.full(rounds * teams * seats, self.games),
            "payoff": self.payoffs.reshape(-1),
            "team_payoff": np.repeat(self.team_payoffs.reshape(-1), seats),
            "cooperation": self.worked.reshape(-1) / nights,
            **{name: tallies[i].reshape(-1) for i, name in enumerate(TALLIES)},
        }
