"""What strategies are worth in many scenarios: as a team, beside archetypes, and against deviators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from bucket_brigade.backends.base import Backend
from bucket_brigade.evolution.evaluator import FitnessEvaluator
from bucket_brigade.evolution.social_tables import exact_team
from bucket_brigade.exact import can_expect, expect_team
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Strategy
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.responses import best_markov_responses

__all__ = ["Score", "scorecard"]


@dataclass(frozen=True)
class Score:
    """One strategy in one scenario; payoffs are an agent's per game, averaged over the seats."""

    scenario: str
    strategy: str
    team: float
    """Payoff in a team of clones."""
    team_error: float
    """Its standard error; 0 if it is exact."""
    beside: float
    """Payoff beside others drawn from the five archetypes."""
    beside_error: float
    """Its standard error."""
    exploitability: float | None
    """What an agent gains by leaving the team of clones for the best of all strategies, once it knows its seat,
    averaged over the seats; exact. None where nobody can say: the strategy looks at more than the houses, or the
    ring is too large."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def scorecard(
    strategies: Mapping[str, Member],
    scenarios: Sequence[str | Scenario],
    *,
    games: int = 20_000,
    seed: int = 0,
    backend: str | Backend | None = None,
    workers: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Score]:
    """Return the score of every strategy in every scenario, scenario by scenario.

    `games` are those behind every simulated number: payoffs beside archetypes, on each seat, and of teams that have no
    exact payoff. All strategies play the same games. `progress` is called with (scores done, scores in all).
    """
    members = {label: get_strategy(member) for label, member in strategies.items()}
    scores: list[Score] = []
    for name in scenarios:
        town = get_scenario(name)
        arguments: dict[str, Any] = {
            "method": "simulate",
            "seed": seed,
            "backend": backend,
            "workers": workers,
        }
        pool = FitnessEvaluator(town, games, "mixed", list(ARCHETYPES), **arguments)
        clones = FitnessEvaluator(town, games, **arguments)
        beside = pool.evaluate_strategies(list(members.values()))
        for place, (label, strategy) in enumerate(members.items()):
            exact = _exact(strategy, town, backend, workers)
            if exact is None:
                found = clones.evaluate_strategies([strategy])
                team, error, gain = float(found.values[0]), float(found.standard_errors[0]), None
            else:
                (team, gain), error = exact, 0.0
            scores.append(
                Score(
                    scenario=town.name,
                    strategy=label,
                    team=team,
                    team_error=error,
                    beside=float(beside.values[place]),
                    beside_error=float(beside.standard_errors[place]),
                    exploitability=gain,
                )
            )
            if progress is not None:
                progress(len(scores), len(scenarios) * len(members))
    return scores


def _exact(
    strategy: Strategy, town: Scenario, backend: str | Backend | None, workers: int | None
) -> tuple[float, float] | None:
    """Return payoff and exploitability of a team of clones, or None if there is no exact answer."""
    team = exact_team(strategy, town)
    if team is None or not can_expect(town, team, backend=backend):
        return None
    payoff = float(expect_team(town, team, backend=backend, workers=workers).payoffs.mean())
    seats = range(town.num_agents)
    best = best_markov_responses(
        town, [team] * len(seats), list(seats), keep_policies=False, backend=backend, workers=workers
    )
    return payoff, float(np.mean([answer.gain for answer in best]))
