"""What the commands that may be exact or simulate share: their options, and how they say which it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.output import provenance_line, with_error

if TYPE_CHECKING:
    from bucket_brigade.backends.dispatch import Provenance

__all__ = ["GamesIfPlayed", "Method", "amount", "method_line"]

Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="auto|exact|simulate",
        help="Exact payoffs or by playing games; auto is exact where that is possible, whatever --games says: "
        "if all strategies look only at the houses and a backend can write the ring out.",
    ),
]
GamesIfPlayed = Annotated[
    int,
    typer.Option("--games", min=1, help="Games behind every number, if games are played; see --method."),
]


def amount(value: float, error: float, method: str) -> str:
    """Return ``value ± error``, and without the error where nothing was sampled."""
    return f"{value:,.2f}" if method == "exact" else with_error(value, error)


def method_line(method: str, fallback_reason: str, provenance: Provenance) -> str:
    """Return one line that says how numbers were found, by whom, and why that way."""
    if method == "exact":
        p = provenance
        return f"exact · backend {p.backend} {p.backend_version} ({p.chosen_by})"
    return f"simulated{fallback_reason and f', as {fallback_reason}'} · {provenance_line(provenance)}"
