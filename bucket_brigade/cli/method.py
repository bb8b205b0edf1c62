"""What the commands that may be exact or simulate share: their options, and how they say which it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.output import provenance_line, remark, with_error

if TYPE_CHECKING:
    from bucket_brigade.backends.dispatch import Provenance

__all__ = ["GAMES", "GamesIfPlayed", "Method", "amount", "method_line", "say_if_useless"]

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
    int | None,
    typer.Option(
        "--games",
        min=1,
        help="Games behind every number, if games are played; see --method. Without it: 10000.",
        show_default=False,
    ),
]
GAMES = 10_000
"""Games behind every number where nobody says how many."""


def say_if_useless(games: int | None, method: str, *, quiet: bool) -> None:
    """Say that --games was given and has no effect, if nothing was played."""
    if games is not None and method == "exact":
        remark("--games has no effect: payoffs are exact. To play games: --method simulate", quiet=quiet)


def amount(value: float, error: float, method: str) -> str:
    """Return ``value ± error``, and without the error where nothing was sampled."""
    return f"{value:,.2f}" if method == "exact" else with_error(value, error)


def method_line(method: str, fallback_reason: str, provenance: Provenance) -> str:
    """Return one line that says how numbers were found, by whom, and why that way."""
    if method == "exact":
        p = provenance
        return f"exact · backend {p.backend} {p.backend_version} ({p.chosen_by})"
    return f"simulated{fallback_reason and f', as {fallback_reason}'} · {provenance_line(provenance)}"
