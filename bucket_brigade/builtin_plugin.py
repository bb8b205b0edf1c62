"""What Bucket Brigade itself offers, registered through the same hooks as a stranger's package."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.library import specs
from bucket_brigade.backends.base import BackendSpec
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.hookspecs import hookimpl

__all__ = ["register_agents", "register_backends", "register_scenarios"]


@hookimpl
def register_backends(register: Callable[[BackendSpec], None]) -> None:
    """Offer the Python reference and the loopback that proves the dispatch."""
    register(
        BackendSpec(
            name="python",
            summary="the reference: rules.md in NumPy, batch first",
            factory="bucket_brigade.backends.python_reference:PythonReference",
            exact_stream=True,
            speed=3e5,
        )
    )
    # Speed 0 keeps a backend out of `auto`: this one is for tests of the dispatch and has to be named.
    register(
        BackendSpec(
            name="loopback",
            summary="the reference behind a copy of every request, which it records",
            factory="bucket_brigade.backends.loopback:Loopback",
            exact_stream=True,
            speed=0.0,
        )
    )


@hookimpl
def register_agents(register: Callable[[AgentSpec], None]) -> None:
    """Offer the library of agents."""
    for spec in specs():
        register(spec)


@hookimpl
def register_scenarios(register: Callable[[Scenario], None]) -> None:
    """Offer the named scenarios of rules.md, section 8."""
    with as_file(files("bucket_brigade.game") / "data" / "scenarios.toml") as path:
        for scenario in load_scenarios(path):
            register(scenario)
