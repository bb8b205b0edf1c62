"""Which teams play: random, and balanced exactly.

A *round* is one game block for K teams, one for each of the K agents. On every seat the teams of a round
are a permutation of the agents, so that in every round every agent sits on every seat exactly once: over
any number of rounds, equally often, in every scenario. All teams of a round play the same games (common
random numbers); different rounds play different games, and are independent and alike. Statistics rest on
rounds alone.

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
from bucket_brigade.game.draws import words

__all__ = ["design_teams", "rounds_and_games"]

PURPOSE = 128
"""Of the words that draw teams: beyond those of games (0 … 9), agents (32 … 63) and other designs."""

FEWEST_ROUNDS, MOST_ROUNDS = 30, 200
"""Rounds are what errors are estimated from; beyond the most, each team plays more games instead, so that
neither memory nor files grow with the games."""


def rounds_and_games(agents: int, games: int) -> tuple[int, int]:
    """Return how many rounds there are, and how many games each team plays, for `games` games in a scenario.

    Games are rounded up until all agents sit on every seat equally often in at least thirty rounds.
    """
    rounds = min(max(-(-games // agents), FEWEST_ROUNDS), MOST_ROUNDS)
    return rounds, max(1, -(-games // (agents * rounds)))


def design_teams(
    agents: int, seats: int, rounds: int, seed: int, *, distinct: bool = False
) -> NDArray[np.intp]:
    """Return who sits where, shape (R, K, N): the agent on each seat of each team of each round.

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
    if not distinct:
        return np.stack([_permutations(seed, numbers, seat, agents) for seat in range(seats)], axis=2)
    circle = _permutations(seed, numbers, 0, agents)
    shifts = _permutations(seed, numbers, 1, agents)[:, :seats]
    places = (np.arange(agents)[None, :, None] + shifts[:, None, :]) % agents
    flat = np.take_along_axis(circle, places.reshape(rounds, -1), axis=1)
    return np.asarray(flat.reshape(rounds, agents, seats))


def _permutations(seed: int, rounds: NDArray[np.uint64], which: int, agents: int) -> NDArray[np.intp]:
    """Return one permutation of the agents for each round, (R, K), from the words of night `which`."""
    return np.argsort(words(seed, rounds, which, PURPOSE, agents), axis=1, kind="stable")
