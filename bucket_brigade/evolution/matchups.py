"""Who plays beside a genome: the teams whose payoffs are its fitness, the same for every genome.

``clones``: the genome on every seat; its fitness is the mean payoff of the seats. ``against``: the genome on every
seat in turn, a fixed team on the others, in their order. ``mixed``: the genome on every seat in turn, each other
seat filled by an independent draw from a pool. Simulated, every team of a mixed matchups is drawn by the
counter-based generator of the rules from (seed, game, seat), so all genomes of a call meet the same teams in the
same games (common random numbers). Exactly, every possible draw counts once.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import Purpose, words

__all__ = [
    "FITNESS",
    "GENOME",
    "Matchups",
    "check_opponents",
    "count_draws",
    "count_games",
    "exact_matchups",
    "played_matchups",
]

FITNESS = ("clones", "mixed", "against")
"""What fitness may mean."""

GENOME = -1
"""Stands for the genome among the numbers of a matchups."""

_TEAMS_PER_SEAT, _MOST_GAMES_PER_TEAM = 25, 8
"""Engines are much faster where a team plays several games, and luck varies more than teams do; but errors rest on
teams, so there are 25 or more for each seat where there are games enough."""


@dataclass(frozen=True, eq=False)
class Matchups:
    """K = S * R teams in the order (stratum, replicate), N seats; replicates of a stratum are independent."""

    teams: NDArray[np.intp]
    """(K, N) who sits where: a place in the pool, or `GENOME`."""
    share: NDArray[np.float64]
    """(S, N) what each seat's payoff counts for in a stratum; rows sum to 1."""
    games: int
    """Games of each team; 0 where nothing is played."""
    first_games: NDArray[np.uint64]
    """(K,) the first game of each team, counted from the first of all."""

    @property
    def strata(self) -> int:
        """S."""
        return len(self.share)

    @property
    def replicates(self) -> int:
        """R."""
        return len(self.teams) // len(self.share)

    @property
    def games_per_genome(self) -> int:
        """Games that are played for one genome in one scenario."""
        return len(self.teams) * self.games


def played_matchups(fitness: str, agents: int, pool: int, games: int, seed: int, first_game: int) -> Matchups:
    """Return the teams that play `games` games with the genome on each seat (clones: `games` in all).

    `pool` is the number of opponents to choose among; for ``against`` there is one for each other seat. In a
    ``mixed`` matchups a team plays one in 25 games of a seat, at least one and at most 8; the number of games is
    rounded up to a multiple of that.
    """
    if fitness == "clones":
        everybody = np.full((1, agents), GENOME, dtype=np.intp)
        share = np.full((1, agents), 1.0 / agents)
        return Matchups(everybody, share, games, np.zeros(1, dtype=np.uint64))
    if fitness == "against":
        first = np.arange(agents, dtype=np.uint64) * np.uint64(games)
        return Matchups(_against(agents), np.eye(agents), games, first)
    each, replicates = _teams_per_seat(games)
    first = np.arange(agents * replicates, dtype=np.uint64) * np.uint64(each)
    drawn = words(seed, first + np.uint64(first_game), 0, Purpose.MATCHUPS, agents).astype(np.uint64)
    teams = (drawn * np.uint64(pool) >> np.uint64(32)).astype(np.intp)
    seat = np.repeat(np.arange(agents), replicates)
    teams[np.arange(len(teams)), seat] = GENOME
    return Matchups(teams, np.eye(agents), each, first)


def exact_matchups(fitness: str, agents: int, pool: int) -> Matchups:
    """Return the teams over which exact payoffs are averaged; nothing is played."""
    if fitness != "mixed":
        matchups = played_matchups(fitness, agents, pool, 1, 0, 0)
        return Matchups(matchups.teams, matchups.share, 0, matchups.first_games)
    draws = np.array(list(itertools.product(range(pool), repeat=agents - 1)), dtype=np.intp)
    teams = [np.insert(draws, seat, GENOME, axis=1) for seat in range(agents)]
    together = np.concatenate(teams) if agents > 1 else np.full((1, 1), GENOME, dtype=np.intp)
    return Matchups(together, np.eye(agents), 0, np.zeros(len(together), dtype=np.uint64))


def count_games(fitness: str, agents: int, games: int) -> int:
    """Return how many games `played_matchups` plays for a genome."""
    if fitness == "mixed":
        each, replicates = _teams_per_seat(games)
        return agents * each * replicates
    return games if fitness == "clones" else agents * games


def count_draws(fitness: str, agents: int, pool: int) -> int:
    """Return how many teams `exact_matchups` would return."""
    draws: int = pool ** (agents - 1)
    return {"clones": 1, "against": agents}.get(fitness, agents * draws)


def _teams_per_seat(games: int) -> tuple[int, int]:
    """Return the games of a team, and how many teams it takes."""
    each = min(max(games // _TEAMS_PER_SEAT, 1), _MOST_GAMES_PER_TEAM)
    return each, -(-games // each)


def _against(agents: int) -> NDArray[np.intp]:
    teams = np.empty((agents, agents), dtype=np.intp)
    for seat in range(agents):
        teams[seat] = np.insert(np.arange(agents - 1), seat, GENOME)
    return teams


def check_opponents(fitness: str, opponents: int, agents: int) -> None:
    """Raise `InvalidInput` if so many opponents do not fit the fitness; one stands for all in ``against``."""
    if fitness == "clones" and opponents:
        raise InvalidInput(
            f"fitness = 'clones' has no opponents, got {opponents}: use fitness='mixed' or fitness='against'."
        )
    if fitness == "mixed" and not opponents:
        raise InvalidInput("fitness = 'mixed' needs opponents: name the pool that they are drawn from.")
    if fitness == "against" and opponents not in (1, agents - 1):
        raise InvalidInput(
            f"fitness = 'against' needs one opponent for each of {agents - 1} seats, or one for all of them, "
            f"got {opponents}."
        )
