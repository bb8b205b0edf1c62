"""Options that every command shares, declared once."""

from __future__ import annotations

from typing import Annotated

import typer

__all__ = ["AsJson", "BackendName", "Games", "Quiet", "ScenarioName", "Seed"]

ScenarioName = Annotated[
    str,
    typer.Argument(
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
        help="The backend that plays; without it, the configured one, else the fastest exact one that is ready.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of all luck, an integer below 2**64.")]
Games = Annotated[int, typer.Option("--games", min=1, help="Games behind every number.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print only the result: no progress, no remarks.")]
