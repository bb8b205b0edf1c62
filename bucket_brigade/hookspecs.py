"""The whole plugin contract: four hooks, each called once when plugins load, never during a game.

A plugin is a small module (or any object) whose hook functions carry the `hookimpl` mark. An entry point
of the group ``bucket_brigade`` in its distribution names it; that is all the wiring there is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    import typer

    from bucket_brigade.agents.base import AgentSpec
    from bucket_brigade.backends.base import BackendSpec
    from bucket_brigade.game.scenario import Scenario

__all__ = ["PROJECT", "hookimpl", "hookspec"]

PROJECT = "bucket_brigade"
"""The name pluggy knows this project by, and the group of its entry points."""

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_backends(register: Callable[[BackendSpec], None]) -> None:
    """Offer backends: call ``register(BackendSpec(...))`` for each."""


@hookspec
def register_agents(register: Callable[[AgentSpec], None]) -> None:
    """Offer agents: call ``register(AgentSpec(...))`` for each."""


@hookspec
def register_scenarios(register: Callable[[Scenario], None]) -> None:
    """Offer scenarios: call ``register(Scenario(..., name="town-v1"))`` for each."""


@hookspec
def register_commands(cli: typer.Typer) -> None:
    """Add sub-commands to the ``bucket-brigade`` command: decorate with ``@cli.command()``."""
