"""Which teams play: random, and balanced exactly.

A *round* is one game block for K teams, one for each of the K agents. On every seat the teams of a round
are a permutation of the agents, so that in every round every agent sits on every seat exactly once: over
any number of rounds, equally often, in every scenario. Two or three agents have two such sets of teams in a
round: with K = 2 both teams of a set have the same pairs in them, and nothing could be said of pairs. All
teams of a round play the same games (common random numbers); different rounds play different games, and are
independent and alike. Statistics rest on rounds alone.

Teams may hold an agent more than once: the permutations of the seats are independent, which is the Latin
hypercube sample of M. D. McKay, R. J. Beckman, W. J. Conover, "A comparison of three methods for selecting
values of input variables", Technometrics 21 (1979). So two or more agents can fill teams of any size, and
who sits beside whom is as good as independent. With `distinct` no agent is twice in a team: the agents are
put in a random circle, and the seats take random, different shifts of it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import Purpose, words

__all__ = ["design_teams", "rounds_and_games", "teams_per_round"]

FEWEST_ROUNDS, MOST_ROUNDS = 30, 200
"""Rounds are what errors are estimated from; beyond the most, each team plays more games instead, so that
neither memory nor files grow with the games."""


_MOST_SEATS = 16
_FEW_AGENTS = 3


def teams_per_round(agents: int) -> int:
    """Return T, how many teams a round has: K, or 2 K for two or three agents."""
    return agents * (2 if agents <= _FEW_AGENTS else 1)


def rounds_and_games(agents: int, games: int) -> tuple[int, int]:
    """Return how many rounds there are, and how many games each team plays, for `games` games in a scenario.

    Games are rounded up until all agents sit on every seat equally often in at least thirty rounds.
    """
    teams = teams_per_round(agents)
    rounds = min(max(-(-games // teams), FEWEST_ROUNDS), MOST_ROUNDS)
    return rounds, max(1, -(-games // (teams * rounds)))


def design_teams(
    agents: int, seats: int, rounds: int, seed: int, *, distinct: bool = False
) -> NDArray[np.intp]:
    """Return who sits where, shape (R, T, N): the agent on each seat of each team of each round.

    Depends on the arguments alone; the first rounds stay what they are when more follow, and, unless
    `distinct`, the first seats when more follow. Raises `InvalidInput` for fewer than two agents, or for
    `distinct` teams that have as many seats as there are agents or more: all would be the same team.
    """
    if agents < 2:
        raise InvalidInput(f"A tournament needs two agents or more, got {agents}.")
    if distinct and agents <= seats:
        raise InvalidInput(
            f"Teams of {seats} without repetition need more than {seats} agents, got {agents}: else everybody is "
            "always there, and nobody's value can be told. Name more agents, or let teams hold an agent twice."
        )
    numbers = np.arange(rounds, dtype=np.uint64)
    sets = range(teams_per_round(agents) // agents)
    make = _different if distinct else _independent
    return np.concatenate([make(seed, numbers, _MOST_SEATS * k, agents, seats) for k in sets], axis=1)


def _independent(
    seed: int, rounds: NDArray[np.uint64], first: int, agents: int, seats: int
) -> NDArray[np.intp]:
    """Return a set of teams for each round, (R, K, N), from the words of nights `first` and later."""
    return np.stack([_permutations(seed, rounds, first + seat, agents) for seat in range(seats)], axis=2)


def _different(
    seed: int, rounds: NDArray[np.uint64], first: int, agents: int, seats: int
) -> NDArray[np.intp]:
    """Return such sets of teams without repetition."""
    circle = _permutations(seed, rounds, first, agents)
    shifts = _permutations(seed, rounds, first + 1, agents)[:, :seats]
    places = (np.arange(agents)[None, :, None] + shifts[:, None, :]) % agents
    flat = np.take_along_axis(circle, places.reshape(len(rounds), -1), axis=1)
    return np.asarray(flat.reshape(places.shape))


def _permutations(seed: int, rounds: NDArray[np.uint64], which: int, agents: int) -> NDArray[np.intp]:
    """Return one permutation of the agents for each round, (R, K), from the words of night `which`."""
    return np.argsort(words(seed, rounds, which, Purpose.TOURNAMENT, agents), axis=1, kind="stable")
