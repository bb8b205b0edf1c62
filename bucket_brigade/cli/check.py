"""``bucket-brigade check backend|agent NAME``: the conformance kit, for whoever writes a plugin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.options import AsJson, Quiet
from bucket_brigade.cli.output import console, print_json, progress
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.testing import Report

__all__ = ["check"]

STYLES = {"ran": "green", "skipped": "dim", "failed": "red"}

check = typer.Typer(
    help="Check a backend or an agent against the contract and the rules.", no_args_is_help=True
)

Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="CHECK", help="Run this check, and those that it needs; may be repeated."),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say what each check looked at and why one was skipped.")
]


@check.command()
def backend(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A backend's name.", show_default=False)],
    only: Only = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Check a backend: the same games, bit for bit or on average, and the contract of its answers."""
    from bucket_brigade.testing import check_backend

    with progress(f"Checking {name}", quiet=quiet) as report:
        found = check_backend(name, only=only, progress=report)
    _show(found, as_json=as_json, verbose=verbose, quiet=quiet)


@check.command()
def agent(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="An agent's name, or a member such as social:hero.", show_default=False
        ),
    ],
    only: Only = None,
    as_json: AsJson = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> None:
    """Check an agent: legal and reproducible play, no game depending on another, and its declared traits."""
    from bucket_brigade.testing import check_agent

    with progress(f"Checking {name}", quiet=quiet) as report:
        found = check_agent(name, only=only, progress=report)
    _show(found, as_json=as_json, verbose=verbose, quiet=quiet)


def _show(report: Report, *, as_json: bool, verbose: bool, quiet: bool) -> None:
    if as_json:
        print_json(report.to_json())
    else:
        _print(report, verbose=verbose, quiet=quiet)
    if not report.ok:
        raise typer.Exit(1)


def _print(report: Report, *, verbose: bool, quiet: bool) -> None:
    from rich.text import Text

    out = console()
    columns = [Column.name("check"), Column.words("result")]
    if verbose:
        columns.append(Column.words("what was looked at, or why not"))
    shown = Table(f"Checks of {report.kind} {report.name!r}", columns)
    for result in report.results:
        status = Text(result.status, style=STYLES[result.status])
        told = "see below" if result.status == "failed" else result.reason
        shown.add_row(result.check, status, *([told] if verbose else []))
    if not quiet:
        shown.print(out)
    for result in report.failed:
        out.print(f"{result.check} failed", style="red")
        out.print(result.reason, soft_wrap=True)
        again = f"bucket-brigade check {report.kind} {report.name} --only {result.check}"
        out.print(f"To run it alone: {again}\n", soft_wrap=True)
    out.print(report.summary)
