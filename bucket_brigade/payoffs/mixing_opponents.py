"""The exact payoff of one agent as a function of its strategy, the others fixed or mixing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact.methods import as_tables
from bucket_brigade.execution import Execution
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.exact_payoffs import ExactPayoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.pool import Pool, entry_of
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.validation import check_integer

__all__ = ["mixing_opponents", "payoffs_against"]

_MOST_DRAWS = 1 << 16
"""Ways in which the others may draw; each costs an expectation for every strategy of the agent."""


def payoffs_against(
    scenario: str | Scenario,
    strategies: Sequence[Member],
    mixtures: ArrayLike,
    own: Sequence[Member],
    *,
    seats: Sequence[int] | None = None,
    backend: str | Backend | None = None,
    workers: int | None = None,
) -> Floats:
    """Return the exact payoff of an agent with each of B strategies against others who mix, (B,), per game.

    On every seat but the agent's own somebody draws a strategy from that seat's mixture, independently of
    the others. N seats, S strategies.

    Args:
        scenario: a name, a TOML file or a `Scenario`.
        strategies: the S strategies that the others choose among.
        mixtures: their probabilities, shape (S,) if they are the same on every seat, else (N, S).
        own: the B strategies of the agent.
        seats: where the agent sits, each equally often; all seats if left out, as with random seating.
        backend: a name, a `Backend`, or None for the configured one.
        workers: threads; None leaves it to the configuration or the backend.

    Raises:
        InvalidInput: for invalid mixtures, seats that are not there, or more than 65,536 draws.
        BackendCannotRun: if a strategy looks at more than the houses or the ring is too large.
    """
    payoffs, profile, where = mixing_opponents(
        scenario, strategies, mixtures, seats=seats, backend=backend, workers=workers
    )
    tables = as_tables([get_strategy(member) for member in own])
    entries = [payoffs.pool.add(entry_of(strategy, profile.agents)) for strategy in tables]
    return payoffs.against(profile.draws_against(where), entries)


def mixing_opponents(
    scenario: str | Scenario,
    strategies: Sequence[Member],
    mixtures: ArrayLike,
    *,
    seats: Sequence[int] | None,
    backend: str | Backend | None,
    workers: int | None,
) -> tuple[ExactPayoffs, MixedProfile, tuple[int, ...]]:
    """Return payoffs, the profile of all mixtures, and the agent's seats, from the arguments of `payoffs_against`."""
    town = get_scenario(scenario)
    agents = town.num_agents
    pool = Pool(agents)
    tables = as_tables([get_strategy(member) for member in strategies])
    entries = [pool.add(entry_of(strategy, agents)) for strategy in tables]
    profile = MixedProfile.of([entries] * agents, list(_checked(mixtures, agents, len(entries))))
    places = range(agents) if seats is None else seats
    where = tuple(check_integer("seat", seat, 0, agents - 1) for seat in places)
    if not where:
        raise InvalidInput("seats is empty: the agent must sit somewhere.")
    draws = sum(map(profile.num_opponents, where))
    if draws > _MOST_DRAWS:
        raise InvalidInput(
            f"The others can draw their strategies in {draws:,} ways, counted over the agent's seats; "
            f"at most {_MOST_DRAWS:,} are summed over: leave out strategies with small shares."
        )
    payoffs = ExactPayoffs(
        town, pool, execution=Execution(backend=backend, workers=workers), max_profiles=2**63
    )
    return payoffs, profile, where


def _checked(mixtures: ArrayLike, agents: int, strategies: int) -> Floats:
    """Return mixtures of shape (N, S), or raise `InvalidInput`."""
    given = np.asarray(mixtures, dtype=np.float64)
    if given.shape not in ((strategies,), (agents, strategies)):
        raise InvalidInput(
            f"mixtures has shape {given.shape}: it must be ({strategies},), one probability for each strategy, "
            f"or ({agents}, {strategies}), one mixture for each seat."
        )
    if not (given >= 0.0).all() or (np.abs(given.sum(axis=-1) - 1.0) > 1e-9).any():
        raise InvalidInput("mixtures must hold probabilities that sum to 1 within 1e-9.")
    return np.array(np.broadcast_to(given, (agents, strategies)))
