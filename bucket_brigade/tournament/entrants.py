"""Who takes part and where: what a user names, checked before any game is played."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Heuristic, Scripted, Social, Strategy, Tabulated
from bucket_brigade.registry import Members, get_scenario, strategies_of
from bucket_brigade.tournament.effects import EVERYWHERE
from bucket_brigade.validation import shown

__all__ = ["Agents", "Entrant", "Scenarios", "describe", "entrants_of", "scenarios_of"]

Agents = Members
Scenarios = str | Scenario | Sequence[str | Scenario]
"""``"default,rest_trap-v1,town.toml"``, a scenario, or a sequence of these."""


@dataclass(frozen=True)
class Entrant:
    """An agent that takes part, and the name it goes by in all results."""

    label: str
    strategy: Strategy


def entrants_of(agents: Agents) -> tuple[Entrant, ...]:
    """Return who takes part, in the order given.

    Raises `InvalidInput` for fewer than two agents, two of one name, an empty name or a seat that is played
    from outside, and as `get_strategy`.
    """
    labels, strategies = strategies_of(agents, "agents")
    if len(labels) < 2:
        raise InvalidInput(
            explain(
                f"A tournament needs two agents or more, got {len(labels)}{': ' * len(labels)}{''.join(labels)}.",
                do="Name them as in --team of play: hero,free_rider,social:liar.",
            )
        )
    twice = sorted({label for label in labels if labels.count(label) > 1})
    if twice:
        raise InvalidInput(
            explain(
                f"Agents of one name: {', '.join(map(repr, twice))}.",
                why="Results are kept by name, and every agent sits on every seat equally often as it is.",
                do="Name each agent once; in Python, {'name': agent, …} gives names of your own.",
            )
        )
    entrants = tuple(Entrant(label, _called(label, s)) for label, s in zip(labels, strategies, strict=True))
    for entrant in entrants:
        if not entrant.label.strip():
            raise InvalidInput("An agent has an empty name: results are kept by name.")
        if isinstance(entrant.strategy, External):
            raise InvalidInput(
                f"Agent {entrant.label!r} is played from outside, night by night: it cannot enter a tournament."
            )
    return entrants


def scenarios_of(scenarios: Scenarios, entrants: Sequence[Entrant]) -> tuple[Scenario, ...]:
    """Return the scenarios in the order given; team sizes may differ.

    Raises `InvalidInput` for none, for two of one name or one called ``all``, or if an agent cannot play on a
    ring of that size, and as `get_scenario`.
    """
    if isinstance(scenarios, str):
        given: Sequence[str | Scenario] = [part.strip() for part in scenarios.split(",")]
        if not all(given):
            raise InvalidInput(
                explain(
                    f"The scenarios {scenarios!r} have an empty name among them.",
                    do="Type names with commas between them: default,rest_trap-v1.",
                )
            )
    else:
        given = [scenarios] if isinstance(scenarios, Scenario) else scenarios
        if not isinstance(given, Sequence):
            raise InvalidInput(
                f"scenarios = {shown(scenarios)} is not allowed: it must be text such as 'easy,hard', or a list."
            )
    towns = tuple(get_scenario(scenario) for scenario in given)
    if not towns:
        raise InvalidInput("A tournament needs a scenario, got none.")
    names = [town.name for town in towns]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidInput(
            f"Scenarios of one name: {', '.join(map(repr, twice))}. Results are kept by name: give each once."
        )
    if EVERYWHERE in names:
        raise InvalidInput(
            f"A scenario is called {EVERYWHERE!r}: in results that name stands for all scenarios together. "
            "Give it another name."
        )
    for town in towns:
        for entrant in entrants:
            try:
                compile_program([town], [entrant.strategy], np.zeros((1, town.num_agents), dtype=np.intp))
            except InvalidInput as error:
                raise InvalidInput(f"Agent {entrant.label!r} cannot play {town.name!r}: {error}") from error
    return towns


def _called(label: str, strategy: Strategy) -> Strategy:
    """Let messages about an agent that no plugin offers call it by the name it has here."""
    if isinstance(strategy, Scripted) and not strategy.plugin:
        return replace(strategy, name=label)
    return strategy


def describe(strategy: Strategy) -> dict[str, Any]:
    """Return plain data that tell one strategy from another, for the settings of a run."""
    kind = type(strategy).__name__.lower()
    if isinstance(strategy, Heuristic | Social):
        return {"kind": kind, "theta": list(strategy.theta)}
    if isinstance(strategy, Scripted):
        return {"kind": kind, "name": strategy.name, "plugin": strategy.plugin}
    if isinstance(strategy, Tabulated):
        return {"kind": kind, "name": strategy.scripted.name, "plugin": strategy.scripted.plugin}
    if isinstance(strategy, External):
        return {"kind": kind}
    digest = hashlib.sha256(strategy.table.tobytes())
    return {"kind": kind, "houses": strategy.num_houses, "sha256": digest.hexdigest()}
