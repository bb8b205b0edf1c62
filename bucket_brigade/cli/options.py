"""Options that every command shares, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsJson", "BackendName", "Games", "Quiet", "ScenarioName", "Seed", "complete_scenario"]


def complete_scenario(incomplete: str) -> list[str]:
    """Return the names of scenarios that begin so, with and without their versions."""
    from bucket_brigade.registry import list_scenarios

    names = {form for full in list_scenarios() for form in (full, full.rpartition("-")[0]) if form}
    return sorted(name for name in names if name.startswith(incomplete))


def complete_backend(incomplete: str) -> list[str]:
    """Return the names of backends that begin so."""
    from bucket_brigade.registry import list_backends

    return [status.name for status in list_backends() if status.name.startswith(incomplete)]


ScenarioName = Annotated[
    str,
    typer.Argument(
        autocompletion=complete_scenario,
        metavar="SCENARIO",
        help="A name such as greedy_neighbor (the newest version) or greedy_neighbor-v1, or a TOML file.",
        show_default=False,
    ),
]
BackendName = Annotated[
    str | None,
    typer.Option(
        "--backend",
        metavar="NAME",
        autocompletion=complete_backend,
        help="The backend that plays; without it, the configured one, else the fastest exact one that is ready.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of all luck, an integer below 2**64.")]
Games = Annotated[int, typer.Option("--games", min=1, help="Games behind every number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the result: no progress, no remarks.")]
