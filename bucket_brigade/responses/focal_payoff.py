"""The exact payoff of one agent as a function of its strategy, the others fixed or mixing."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.config import resolve_workers
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact.dispatch import exact_backend
from bucket_brigade.exact.methods import as_tables
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Scripted, Strategy
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.simulation import Team, team_of
from bucket_brigade.validation import check_integer

__all__ = ["FocalPayoff"]


_MOST_DRAWS = 1 << 16


class FocalPayoff:
    """The exact payoff of one agent, per game, as a function of its strategy.

    On every seat but the agent's own somebody draws a strategy from that seat's mixture, independently of
    the others. N seats, S strategies, draws of the others with a probability above zero.

    Args:
        scenario: a name, a TOML file or a `Scenario`.
        strategies: the S strategies that the others choose among.
        mixtures: their probabilities, shape (S,) if they are the same on every seat, else (N, S).
        seats: where the agent sits, each equally often; all seats if left out, as with random seating.
        backend: a name, a `Backend`, or None for the configured one.
        workers: threads; None leaves it to the configuration or the backend.

    Raises:
        InvalidInput: for mixtures that are none, seats that are not there, or more than 65,536 draws.
        BackendCannotRun: if a strategy looks at more than the houses or the ring is too large.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        strategies: Sequence[Member],
        mixtures: ArrayLike,
        *,
        seats: Sequence[int] | None = None,
        backend: str | object | None = None,
        workers: int | None = None,
    ) -> None:
        """Check the arguments and choose the backend; nothing is evaluated yet."""
        self.scenario = get_scenario(scenario)
        agents = self.scenario.num_agents
        self.strategies = tuple(as_tables([get_strategy(member) for member in strategies]))
        self.mixtures = _checked(mixtures, agents, len(self.strategies))
        places = range(agents) if seats is None else seats
        self.seats = tuple(check_integer("seat", seat, 0, agents - 1) for seat in places)
        if not self.seats:
            raise InvalidInput("seats is empty: the agent must sit somewhere.")
        self.workers = resolve_workers(workers)
        supports = [np.flatnonzero(mixture).tolist() for mixture in self.mixtures]
        draws = [math.prod(len(s) for i, s in enumerate(supports) if i != seat) for seat in self.seats]
        if sum(draws) > _MOST_DRAWS:
            raise InvalidInput(
                f"The others can draw their strategies in {sum(draws):,} ways, counted over the agent's seats; "
                f"at most {_MOST_DRAWS:,} are summed over: leave out strategies with small shares."
            )
        self._profiles = np.array(
            [
                # The agent's own place in a profile is filled in when its strategy is known.
                draw
                for seat in self.seats
                for draw in itertools.product(*[[0] if i == seat else s for i, s in enumerate(supports)])
            ]
        )
        self._own = np.repeat(self.seats, draws)
        chances = self.mixtures[np.arange(agents), self._profiles]
        chances[np.arange(len(chances)), self._own] = 1.0 / len(self.seats)
        self._weights = chances.prod(axis=1)
        program = compile_program([self.scenario], self.strategies, self._profiles)
        self.answers = exact_backend(program, self.strategies, backend)

    @classmethod
    def of_seat(
        cls,
        scenario: str | Scenario,
        team: Team,
        seat: int,
        *,
        backend: str | object | None = None,
        workers: int | None = None,
    ) -> FocalPayoff:
        """Return the payoff of one seat of a team whose other seats stay as they are."""
        town = get_scenario(scenario)
        members = team_of(town, team)
        return cls(town, members, np.eye(len(members)), seats=[seat], backend=backend, workers=workers)

    def __call__(self, strategies: Sequence[Strategy]) -> Floats:
        """Return the agent's payoff with each of B strategies, (B,), in one call of the backend."""
        own = as_tables(strategies)
        for strategy in own:
            if not strategy.state_only:
                kind = {External: "played from outside", Scripted: "written in Python"}.get(
                    type(strategy), "social"
                )
                raise InvalidInput(
                    f"A strategy that is {kind} has no exact payoff: it must look only at houses."
                )
        known = [*self.strategies, *own]
        draws, agents = self._profiles.shape
        profiles = np.tile(self._profiles, (len(strategies), 1, 1))
        new = np.arange(len(self.strategies), len(known))
        profiles[:, np.arange(draws), self._own] = new[:, None]
        expected = self._expected(known, profiles.reshape(-1, agents)).reshape(len(strategies), draws, -1)
        prices = price_matrix(self.scenario)[self._own] * self._weights[:, None]
        return np.asarray(np.einsum("bad,ad->b", expected, prices))

    def of_mixtures(self) -> float:
        """Return the payoff of an agent who draws from the mixture of its own seat, like everybody."""
        supports = [np.flatnonzero(mixture).tolist() for mixture in self.mixtures]
        profiles = np.array(list(itertools.product(*supports)))
        chances = self.mixtures[np.arange(len(supports)), profiles].prod(axis=1)
        counts = chances @ self._expected(self.strategies, profiles)
        return float(np.mean(price_matrix(self.scenario)[list(self.seats)] @ counts))

    def _expected(self, strategies: Sequence[Strategy], profiles: NDArray[np.intp]) -> Floats:
        program = compile_program([self.scenario], strategies, profiles)
        return self.answers.expect(program, workers=self.workers).counts


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
