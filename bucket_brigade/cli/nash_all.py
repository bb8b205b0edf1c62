"""``bucket-brigade nash --all``: certified equilibria of the twelve scenarios, resumable."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.output import console, print_json, remark
from bucket_brigade.cli.resume import check_resume, hint_to_resume
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.reports.all_scenarios import Run

__all__ = ["All", "Out", "Resume", "Rules", "nash_all"]

All = Annotated[
    bool,
    typer.Option(
        "--all", help="The twelve scenarios: a certified equilibrium among all heuristic strategies."
    ),
]
Rules = Annotated[
    str | None,
    typer.Option(
        "--rules",
        metavar="v1|v2",
        help="With --all: as published, or as the game is told. Without it: v2.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        metavar="DIR",
        help="With --all: keep every scenario here once it is done, and all tables and pictures.",
        show_default=False,
    ),
]
Resume = Annotated[
    bool, typer.Option("--resume", help="With --all and --out: go on with a run that was stopped.")
]

MEANING = (
    "payoff: of an agent; traits, Markov: the most that one agent gains by changing alone, to other traits or to any "
    "policy; anarchy: the best sum of payoffs over that of the equilibrium; gap: what each agent falls short of it; "
    "lost: houses. w: chance to work in a night, e: chance that a worker sees to a fire at home first."
)


def nash_all(
    rules: str,
    seating: str,
    *,
    out: Path | None,
    resume: bool,
    backend: str | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Run all twelve and print the table."""
    from bucket_brigade.reports.all_scenarios import run_scenarios, twelve_scenarios
    from bucket_brigade.studies.measure import EPSILON, measure_scenario, run_settings

    check_resume(out, resume=resume)
    towns = twelve_scenarios(rules)
    settings, remarks = run_settings(towns[0], backend=backend, rules=rules, seating=seating, epsilon=EPSILON)
    with hint_to_resume(out, quiet=quiet):
        run = run_scenarios(
            towns,
            partial(measure_scenario, seating=seating, epsilon=EPSILON, backend=backend),
            settings,
            remarks=remarks,
            directory=out,
            resume=resume,
            progress=partial(_say, quiet=quiet),
        )
    if as_json:
        print_json(run.to_json())
    else:
        _print_table(run, rules)
        remark(MEANING, quiet=quiet)
    if run.resumed:
        remark(f"Taken from an earlier run: {', '.join(run.resumed)}.", quiet=quiet)
    if out is not None:
        remark(f"Written to {out}: results.json, table.csv, table.md, nfg/, pictures/", quiet=quiet)
    how = f"backend {settings['backend']} {settings['backend_version']} ({remarks['backend_chosen_by']})"
    remark(how, quiet=quiet)


def _say(done: int, total: int, name: str, *, quiet: bool) -> None:
    if name:
        remark(f"[{done + 1}/{total}] {name} …", quiet=quiet)


def _print_table(run: Run, rules: str) -> None:
    from bucket_brigade.reports.tables import COLUMNS, summary_cells

    certified = sum(report.converged for report in run.reports)
    title = (
        f"Equilibria of the twelve scenarios ({rules}) among heuristic strategies: {certified} of "
        f"{len(run.reports)} certified"
    )
    scenario, equilibrium, payoff, *others = COLUMNS
    columns = [Column.name(scenario), Column.words(equilibrium), Column.number(payoff)]
    columns += [Column.number(head, minor=place) for place, head in enumerate(others, start=1)]
    shown = Table(title, columns)
    for report in run.reports:
        name, *cells = summary_cells(report)
        shown.add_row(name.removesuffix(f"-{rules}"), *cells)
    shown.print(console())
