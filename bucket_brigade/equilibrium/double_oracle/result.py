"""What a double oracle returns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.equilibrium.double_oracle.certificate import Certificate
from bucket_brigade.equilibrium.double_oracle.iteration import Iteration
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy, Tabular
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.payoffs.pool import Entry

__all__ = ["DoubleOracleResult", "PlayedProfile"]


@dataclass(frozen=True, eq=False)
class PlayedProfile:
    """A profile that was found; K strategies in use, N seats."""

    entries: tuple[Entry, ...]
    mixtures: Floats
    """(K,) if the game is symmetric, else (N, K)."""
    payoffs: Floats
    """(N,)."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "strategies": [_entry_json(entry) for entry in self.entries],
            "mixtures": self.mixtures.tolist(),
            "payoffs": self.payoffs.tolist(),
        }


@dataclass(frozen=True, eq=False)
class DoubleOracleResult:
    """The best profile that was found, and its certificate; K strategies in use, N seats.

    Payoffs are expected payoffs per game, in payoff units. Nothing here depends on the clock, unless
    `stop_reason` is ``time limit`` or ``interrupted``.
    """

    scenario: Scenario
    concept: str
    """`symmetric` or `asymmetric`."""
    seating: str | None
    """`random` or `published`; None per seat."""
    entries: tuple[Entry, ...]
    """The strategies that somebody plays."""
    mixtures: Floats
    """(K,) if the game is symmetric, else (N, K): the probability of each of them."""
    payoffs: Floats
    """(N,) what each seat expects."""
    certificate: Certificate
    cycled: bool
    """Whether some start led round in circles: all that gains is in the restricted game, and still gains."""
    stop_reason: str
    """``converged``, ``cycled``, ``no new strategy``, ``not certified`` (the search was content and its
    certificate is not), ``too large``, ``max_iterations``, ``time limit`` or ``interrupted``."""
    history: tuple[Iteration, ...]
    nights: float
    """Expected nights of a game."""
    houses_lost: float | None
    """Expected number of houses ruined when the game ends; None if games were played, which do not count it."""
    evaluations: int
    """Profiles evaluated in all, certificate included."""
    provenance: Provenance
    also: tuple[PlayedProfile, ...] = ()
    """Other profiles whose exploitability in the space that was searched is at most epsilon, found on the way."""
    game: SymmetricGame | NormalFormGame | None = field(default=None, repr=False)
    """The restricted game in which the search ended, None if it was stopped before there was one."""
    game_entries: tuple[tuple[Entry, ...], ...] = field(default=(), repr=False)
    """The strategies of that game: one tuple if it is symmetric, else one a seat."""

    @property
    def converged(self) -> bool:
        """Whether it is certified that nobody gains more than epsilon: see `Certificate.converged`."""
        return self.certificate.converged

    @property
    def strategies(self) -> list[Strategy | tuple[Strategy, ...]]:
        """The strategies in use; one that differs from seat to seat is given seat by seat."""
        return [entry.seats[0] if entry.uniform else entry.seats for entry in self.entries]

    @property
    def labels(self) -> tuple[str, ...]:
        """A name for each strategy in use."""
        return tuple(entry.name for entry in self.entries)

    @property
    def support(self) -> tuple[tuple[str, ...], ...]:
        """The names of what is played: by everybody if the game is symmetric, else by each seat."""
        rows = np.atleast_2d(self.mixtures)
        return tuple(tuple(self.labels[i] for i in np.flatnonzero(row)) for row in rows)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "scenario": self.scenario.name,
            "concept": self.concept,
            "seating": self.seating,
            "space": self.certificate.space,
            "strategies": [_entry_json(entry) for entry in self.entries],
            "mixtures": self.mixtures.tolist(),
            "payoffs": self.payoffs.tolist(),
            "nights": self.nights,
            "houses_lost": self.houses_lost,
            "converged": self.converged,
            "cycled": self.cycled,
            "stop_reason": self.stop_reason,
            "certificate": self.certificate.to_json(),
            "also": [other.to_json() for other in self.also],
            "history": [iteration.to_json() for iteration in self.history],
            "evaluations": self.evaluations,
            "provenance": self.provenance.to_json(),
        }


def _entry_json(entry: Entry) -> dict[str, Any]:
    strategies = entry.seats[:1] if entry.uniform else entry.seats
    described = [_strategy_json(strategy) for strategy in strategies]
    traits = entry.traits
    effective = {} if traits is None else {"work": traits[0], "own_first": traits[1]}
    return {"name": entry.name, **effective, "seats": described if len(described) > 1 else described[0]}


def _strategy_json(strategy: Strategy) -> dict[str, Any]:
    kind = type(strategy).__name__.lower()
    if isinstance(strategy, Tabular):
        # A best response takes one action in each state; 59,049 numbers instead of twenty times as many.
        actions = strategy.table.argmax(axis=1)
        if (strategy.table[np.arange(len(actions)), actions] == 1.0).all():
            return {"kind": kind, "houses": strategy.num_houses, "actions": actions.tolist()}
        return {"kind": kind, "houses": strategy.num_houses, "table": strategy.table.tolist()}
    return {"kind": kind, "theta": list(getattr(strategy, "theta", ()))}
