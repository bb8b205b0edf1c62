"""Playing a best response whose actions depend on the night, with the engines' own games."""

from __future__ import annotations

import numpy as np

from bucket_brigade.backends.base import Counts
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import compile_teams
from bucket_brigade.game.strategy import External
from bucket_brigade.registry import resolve_backend
from bucket_brigade.responses.markov import MarkovResponse
from bucket_brigade.simulation import SimulationResult
from bucket_brigade.validation import MAX_WORD, check_integer

__all__ = ["simulate_response"]

_GAMES_AT_ONCE = 1 << 14


def simulate_response(
    response: MarkovResponse,
    *,
    games: int = 1000,
    seed: int = 0,
    first_game: int = 0,
    backend: str | object | None = None,
) -> SimulationResult:
    """Play a best response, night by night, and return payoffs with their standard errors.

    The seat is played from outside by the policy, signalling what it does; all others by the engine. The
    mean payoff of the seat estimates ``response.value``. Arguments and errors as for `simulate`, and
    `InvalidInput` if the policy was not kept.
    """
    games = check_integer("games", games, 1, 2**53)
    first_game = check_integer("first_game", first_game, 0, MAX_WORD - games)
    resolved = resolve_backend(backend)
    seat, policy = response.seat, response.policy
    team = [*response.team[:seat], External(), *response.team[seat + 1 :]]
    program = compile_teams(response.scenario, [team])
    place = 3 ** np.arange(response.scenario.num_houses)
    size = num_counts(response.scenario.num_agents)
    sums, products = np.zeros(size, dtype=np.int64), np.zeros((size, size), dtype=np.int64)
    for begin in range(0, games, _GAMES_AT_ONCE):
        batch = min(_GAMES_AT_ONCE, games - begin)
        numbers = np.uint64(first_game + begin) + np.arange(batch, dtype=np.uint64)
        stepper = resolved.backend.stepper(program, seed, np.zeros(batch, dtype=np.uint32), numbers)
        night = 0
        while not stepper.finished.all():
            actions = stepper.decide()
            chosen = policy[night, stepper.houses @ place]
            actions[:, seat] = np.column_stack([chosen // 2, chosen % 2, chosen % 2])
            stepper.apply(actions)
            night += 1
        counts = stepper.counts.astype(np.int64)
        sums += counts.sum(axis=0)
        products += counts.T @ counts
    return SimulationResult(
        response.scenario,
        Counts(games, sums[None], products[None]),
        Provenance.of(resolved, seed=seed, games=games, first_game=first_game),
    )
