"""What a report says of one scenario: plain data, so that a file holds all of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Any, Self, get_origin, get_type_hints

import numpy as np

from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["ScenarioReport"]

TRACE = 5e-4
"""Shares below this are left out of the line that a table shows."""


@dataclass(frozen=True)
class ScenarioReport:
    """A certified equilibrium of one scenario, N agents; payoffs are per game, in payoff units."""

    scenario: str
    about: str
    parameters: dict[str, Any]
    """Every field of the scenario, as `Scenario.to_mapping` gives them."""
    concept: str
    """`symmetric`, all agents mixing alike, or `asymmetric`."""
    seating: str
    strategies: list[str]
    """The K strategies that somebody plays, by name."""
    thetas: list[list[float]]
    """Their traits."""
    mixtures: list[list[float]]
    """One mixture of K probabilities, or with `asymmetric` one for each seat."""
    payoffs: list[float]
    """What each seat expects."""
    epsilon: float
    """What the exploitability among traits must not exceed."""
    converged: bool
    """Certified: no change of traits gains more than `epsilon`."""
    cycled: bool
    stop_reason: str
    exploitability_traits: float
    """What the best heuristic strategy that was evaluated gains."""
    exploitability_traits_upper: float
    """What no heuristic strategy gains more than."""
    exploitability_markov_lower: float | None
    """What some Markov policy gains; None if nothing is known."""
    exploitability_markov: float | None
    """What no strategy gains more than; equal to the former where the opponents do not mix."""
    exact: bool
    """Whether payoffs and gains are exact, not simulated."""
    history: list[float]
    """The exploitability after each iteration."""
    welfare: float
    """The sum of all payoffs."""
    optimum: float | None
    """The largest sum of payoffs that any joint strategy reaches; None if it was not computed."""
    price_of_anarchy: float | None
    """`optimum` over `welfare`; None unless both are positive."""
    nights: float
    houses_lost: float
    game_strategies: list[list[str]]
    """The strategies of the restricted game: one list if it is symmetric, else one a seat."""
    game: list[Any]
    """Its payoffs: (K', M) as in `SymmetricGame`, or (N, K_1, …, K_N); empty if there is none."""
    provenance: dict[str, Any]

    @property
    def gap(self) -> float | None:
        """What the agents together fall short of the optimum."""
        return None if self.optimum is None else self.optimum - self.welfare

    @property
    def num_agents(self) -> int:
        """N."""
        return len(self.payoffs)

    @property
    def mean_payoff(self) -> float:
        """What an agent expects who does not know its seat."""
        return self.welfare / self.num_agents

    @property
    def equilibrium(self) -> str:
        """The mixture in one line, the largest share first; seats are separated by slashes."""
        return " / ".join(self._line(mixture) for mixture in self.mixtures)

    @property
    def normal_form(self) -> NormalFormGame | None:
        """The restricted game, for solvers of others."""
        if not self.game:
            return None
        lists = [
            " ".join(f"{i + 1}={name};" for i, name in enumerate(names)) for names in self.game_strategies
        ]
        payoffs = np.array(self.game, dtype=np.float64)
        if self.concept == "symmetric":
            title = f"{self.scenario}, symmetric, strategies {lists[0]}"
            players = [f"agent {i}" for i in range(self.num_agents)]
            game = SymmetricGame(self.num_agents, payoffs)
            return NormalFormGame.from_symmetric(game, self.game_strategies[0], players=players, title=title)
        title = f"{self.scenario}, per seat, strategies " + " ".join(
            f"of seat {seat}: {names}" for seat, names in enumerate(lists)
        )
        seats = tuple(f"seat {i}" for i in range(self.num_agents))
        return NormalFormGame(payoffs, seats, tuple(map(tuple, self.game_strategies)), title)

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """Make a report from plain data.

        Raises `KeyError`, `TypeError` or `ValueError` if they are not those of a report, or of one that was
        interrupted, as older versions kept them.
        """
        if set(data) != {field.name for field in fields(cls)}:
            raise ValueError("these are not the fields of a report")
        for name, hint in get_type_hints(cls).items():
            # JSON tells 0 from 0.0, Python's hints do not.
            allowed = (int, float) if hint is float else get_origin(hint) or hint
            if hint == float | None:
                allowed = (int, float, type(None))
            if not isinstance(data[name], allowed):
                raise TypeError(f"{name} = {data[name]!r} is of the wrong kind")
        if data["stop_reason"] == "interrupted":
            raise ValueError("the search was interrupted")
        return cls(**data)

    def _line(self, mixture: list[float]) -> str:
        order = sorted(range(len(mixture)), key=lambda k: (-mixture[k], k))
        shown = [k for k in order if mixture[k] >= TRACE]
        if len(shown) == 1:
            return self.strategies[shown[0]]
        return " + ".join(f"{100 * mixture[k]:.1f}% {self.strategies[k]}" for k in shown)
