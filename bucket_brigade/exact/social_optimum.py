"""The best that all seats can do together, and what selfishness costs against it."""

from __future__ import annotations

from dataclasses import dataclass

from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.config import resolve_workers
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact.dispatch import choose_exact_backend
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic
from bucket_brigade.registry import get_scenario

__all__ = ["PriceOfAnarchy", "SocialOptimum", "price_of_anarchy", "social_optimum"]


@dataclass(frozen=True)
class SocialOptimum:
    """The largest sum of all agents' expected payoffs, per game, in payoff units."""

    scenario: Scenario
    value: float
    """Over all joint strategies: all agents see the same houses, so some joint Markov policy is best."""
    provenance: Provenance

    @property
    def per_agent(self) -> float:
        """The optimum shared equally."""
        return self.value / self.scenario.num_agents


@dataclass(frozen=True)
class PriceOfAnarchy:
    """What a team loses by not acting as one; welfare is the sum of all agents' expected payoffs."""

    welfare: float
    optimum: float

    @property
    def gap(self) -> float:
        """`optimum` minus `welfare`, payoff units per game: always defined, 0 if nothing is lost."""
        return self.optimum - self.welfare

    @property
    def ratio(self) -> float | None:
        """`optimum` over `welfare`: the price of anarchy, 1 if nothing is lost; None unless both are positive.

        Payoffs here may be negative, and nothing says where their zero is: a reward for living in the town
        would change every ratio and no gap. So the ratio of two positive welfares is a way to read the
        gap, and no more. Definition: E. Koutsoupias, C. Papadimitriou, "Worst-case equilibria", STACS 1999,
        here for one equilibrium instead of the worst.
        """
        if self.welfare <= 0.0 or self.optimum <= 0.0:
            return None
        return self.optimum / self.welfare


def social_optimum(
    scenario: str | Scenario, *, backend: str | object | None = None, workers: int | None = None
) -> SocialOptimum:
    """Return the largest expected sum of payoffs that any joint strategy reaches.

    Raises `BackendCannotRun` if the ring is too large for the backend, `InvalidInput` if the team is, and
    what `simulate` raises. The effort grows with the number of ways to spread the team over the fires.
    """
    town = get_scenario(scenario)
    # Who sits there does not matter: every seat is free to choose.
    team = [Heuristic(next(iter(ARCHETYPES.values())))] * town.num_agents
    program = compile_teams(town, [team])
    exact_backend = choose_exact_backend(program, team, backend)
    prices = price_matrix(town).sum(axis=0, keepdims=True)
    value = exact_backend.social_optimum(program, prices, resolve_workers(workers))
    return SocialOptimum(town, float(value[0]), exact_backend.provenance)


def price_of_anarchy(
    scenario: str | Scenario,
    welfare: float,
    *,
    optimum: SocialOptimum | None = None,
    backend: str | object | None = None,
    workers: int | None = None,
) -> PriceOfAnarchy:
    """Compare the sum of all agents' expected payoffs, `welfare`, with the best there is.

    Give the `optimum` if it is already known; otherwise it is computed, with the arguments and the errors
    of `social_optimum`. Raises `InvalidInput` for the optimum of another scenario, other rewards included.
    """
    town = get_scenario(scenario)
    if optimum is None:
        optimum = social_optimum(town, backend=backend, workers=workers)
    elif optimum.scenario != town:
        raise InvalidInput(
            f"optimum is that of another scenario, {optimum.scenario.name!r} with its rewards, and not of "
            f"{town.name!r}: leave it out to have it computed."
        )
    return PriceOfAnarchy(float(welfare), optimum.value)
