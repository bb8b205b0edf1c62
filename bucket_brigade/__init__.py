"""Bucket Brigade: a town of houses, a brigade of self-interested neighbours, and what they should do.

General layout, from the ground up; each part imports only from those above it in this list:

    errors, frozen, validation, text_files
                               everything raised on purpose; values and files from outside, checked once and kept
    game                       the rules as data: scenarios, strategies, programs, tallies, payoffs
    normal_form, statistics, runs, config
                               game theory and statistics that know no fire; run directories; settings
    agents, backends           who sits on a seat, and what plays the games
    plugins, registry          how both get in, are found by name, and are chosen
    simulation, exact          play a team and read its payoffs; or know them without playing
    payoffs                    where payoffs of many profiles come from
    responses                  the best that one agent can do against the others
    equilibrium, tournament, evolution, envs, testing
                               what to do with all that; checks for third-party plugins
    promised, studies          classes that pin a backend; what is asked of many scenarios
    reports                    tables, files and pictures of it all
    cli                        the command ``bucket-brigade``

This module is the door. A name is imported when it is first used, so ``import bucket_brigade`` is quick
and needs none of the optional packages.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bucket_brigade.agents.base import AgentSpec
    from bucket_brigade.backends.base import BackendSpec
    from bucket_brigade.equilibrium import PayoffEvaluator
    from bucket_brigade.errors import BucketBrigadeError
    from bucket_brigade.game.scenario import Scenario
    from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social, Tabular
    from bucket_brigade.hookspecs import hookimpl
    from bucket_brigade.registry import get_scenario, list_scenarios, resolve_backend, use_backend
    from bucket_brigade.simulation import simulate

__version__ = "0.1.0"

__all__ = [
    "ARCHETYPES",
    "AgentSpec",
    "BackendSpec",
    "BucketBrigadeError",
    "Heuristic",
    "PayoffEvaluator",
    "Scenario",
    "Social",
    "Tabular",
    "__version__",
    "get_scenario",
    "hookimpl",
    "list_scenarios",
    "resolve_backend",
    "simulate",
    "use_backend",
]

_HOME = {
    "ARCHETYPES": "game.strategy",
    "AgentSpec": "agents.base",
    "BackendSpec": "backends.base",
    "BucketBrigadeError": "errors",
    "Heuristic": "game.strategy",
    "PayoffEvaluator": "equilibrium",
    "Scenario": "game.scenario",
    "Social": "game.strategy",
    "Tabular": "game.strategy",
    "get_scenario": "registry",
    "hookimpl": "hookspecs",
    "list_scenarios": "registry",
    "resolve_backend": "registry",
    "simulate": "simulation",
    "use_backend": "registry",
}
"""The module that each name comes from."""


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# ``gymnasium.make("bucket_brigade:bucket_brigade/GreedyNeighbor-v2")`` imports this module and then looks for the
# id. Whoever has not loaded Gymnasium pays nothing; `bucket_brigade.envs` registers the ids at any time.
if "gymnasium" in sys.modules:
    # Nothing that is wrong with Gymnasium or the configuration stops those who came for something else; whoever
    # imports `bucket_brigade.envs` is told.
    with suppress(Exception):
        import_module(f"{__name__}.envs")
