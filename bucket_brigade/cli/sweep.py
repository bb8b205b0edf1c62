"""``bucket-brigade sweep``: which equilibria hold where, over two numbers of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bucket_brigade.cli.method import GAMES, GamesIfPlayed, Method, say_if_useless
from bucket_brigade.cli.options import AsJson, BackendName, Quiet, ScenarioName, Seed
from bucket_brigade.cli.output import console, print_json, progress, remark
from bucket_brigade.cli.resume import check_resume, hint_to_resume
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.studies.sweeps import Sweep

__all__ = ["sweep"]

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SHAPE = "A field or a symbol of the rules and its values: kappa=0.1:0.9:9, c=1:64:7:log, beta=0,0.2,0.4."


def sweep(
    scenario: ScenarioName,
    x: Annotated[str, typer.Option("--x", metavar="FIELD=FROM:TO:COUNT", help=SHAPE)],
    y: Annotated[
        str, typer.Option("--y", metavar="FIELD=FROM:TO:COUNT", help="The other axis, in the same form.")
    ],
    strategies: Annotated[
        str | None,
        typer.Option(
            "--strategies",
            metavar="A,B,…",
            help="The strategies to choose among, as in --team of play. Without it: rest, work at any fire, "
            "work at home first.",
            show_default=False,
        ),
    ] = None,
    method: Method = "auto",
    seating: Annotated[
        str,
        typer.Option(
            "--seating",
            metavar="random|published",
            help="Average over who sits where, or the focal agent on seat 0.",
        ),
    ] = "random",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Keep every game here once it is evaluated, then sweep.json, sweep.csv and the pictures.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --out: go on with a run that was stopped.")
    ] = False,
    games: GamesIfPlayed = None,
    backend: BackendName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print which symmetric equilibria hold where, over a grid of two numbers of a scenario.

    An axis of rewards, such as the cost of work, is priced again and not played again.
    """
    from bucket_brigade.registry import parse_team
    from bucket_brigade.reports.sweep_files import keep_sweep
    from bucket_brigade.studies.sweep_axes import parse_axis
    from bucket_brigade.studies.sweeps import sweep as run

    axes = parse_axis(x), parse_axis(y)
    check_resume(out, resume=resume)
    members = None if strategies is None else list(parse_team(strategies))
    written: tuple[Path, ...] = ()
    with hint_to_resume(out, quiet=quiet), progress("cells", quiet=quiet) as report:
        options: dict[str, Any] = {
            "method": method,
            "games": GAMES if games is None else games,
            "seed": seed,
            "backend": backend,
            "seating": seating,
            "progress": report,
        }
        if out is None:
            result = run(scenario, *axes, members, **options)
        else:
            kept = keep_sweep(scenario, *axes, members, directory=out, resume=resume, **options)
            result, written = kept.sweep, kept.files
    say_if_useless(games, "simulate" if result.provenance["games"] else "exact", quiet=quiet)
    if as_json:
        print_json(result.to_json())
        return
    _print_regimes(result)
    for file in written:
        remark(f"Written: {file}", quiet=quiet)
    p = result.provenance
    cells = sum(map(len, result.cells))
    remark(
        f"{result.evaluations} of {cells} games evaluated, the others priced again · "
        f"backend {p['backend']} {p['backend_version']} ({p['chosen_by']})",
        quiet=quiet,
    )


def _print_regimes(result: Sweep) -> None:
    """Print a letter for each cell, and what the letters mean."""
    out = console()
    out.print(
        f"Symmetric equilibria of {result.scenario.name} among {', '.join(result.labels)}", style="bold"
    )
    letters = {regime: _letter(number) for number, regime in enumerate(result.regimes)}
    corner = Column.name(f"{result.y.symbol} \\ {result.x.symbol}")
    shown = Table("", [corner, *(Column(f"{value:g}", right=True) for value in result.x.values)])
    for value, row in zip(reversed(result.y.values), reversed(result.cells), strict=True):
        cells = (letters[cell.regime] + ("" if cell.decided else "?") for cell in row)
        shown.add_row(f"{value:g}", *cells)
    shown.print(out)
    for regime, letter in letters.items():
        out.print(f"  {letter}  {regime}")
    if not result.decided.all():
        out.print("  ?  not decided: strategies tie, or errors of payoffs leave it open")
    out.print()


def _letter(number: int) -> str:
    return LETTERS[number] if number < len(LETTERS) else f"{LETTERS[number % 26]}{number // 26}"
