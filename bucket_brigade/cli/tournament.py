"""``bucket-brigade tournament``: balanced random teams, and what each agent is worth."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.options import AsJson, BackendName, Quiet, Seed
from bucket_brigade.cli.output import (
    console,
    print_json,
    progress,
    provenance_line,
    remark,
)
from bucket_brigade.cli.resume import check_resume, hint_to_resume
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.tournament import TournamentResult
    from bucket_brigade.tournament.effects import Effect

__all__ = ["tournament"]

MEANING = (
    "payoff: mean over seats and teams. For itself, for its team: what it changes on one seat, against an average "
    "entrant, in its own payoff and in the mean payoff of the team. works: share of its nights."
)
MOST_PAIRS = 6


def tournament(
    agents: Annotated[
        str,
        typer.Option(
            "--agents",
            metavar="A,B,…",
            help="Who takes part, two or more, as in --team of play: hero,social:liar,[1,0.9,…].",
            show_default=False,
        ),
    ],
    scenarios: Annotated[
        str,
        typer.Option(
            "--scenarios",
            metavar="X,Y,…",
            help="Names, TOML files, or twelve, twelve-v1, twelve-v2 for all of them.",
            show_default=False,
        ),
    ],
    games: Annotated[
        int,
        typer.Option("--games", min=1, help="Games in each scenario; rounded up until teams are balanced."),
    ] = 10_000,
    rounds: Annotated[
        int | None,
        typer.Option(
            "--rounds",
            metavar="NUMBER",
            help="Rounds of teams, 2 or more; without it up to 200, and at least 30.",
            show_default=False,
        ),
    ] = None,
    distinct: Annotated[
        bool,
        typer.Option("--distinct", help="No agent twice in a team; needs more agents than a team has seats."),
    ] = False,
    ridge: Annotated[
        str,
        typer.Option("--ridge", metavar="gcv|NUMBER", help="Shrinkage: chosen by the data, or this much."),
    ] = "gcv",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="DIR",
            help="Keep every block of games here once it is played, then all tables and pictures.",
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --out: go on with a run that was stopped.")
    ] = False,
    table_format: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="auto|parquet|csv",
            help="With --out, of the table of teams; auto: Parquet if pyarrow is installed.",
        ),
    ] = "auto",
    backend: BackendName = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            min=1,
            metavar="NUMBER",
            help="Threads of the backend at most; changes no result.",
            show_default=False,
        ),
    ] = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Play balanced random teams of agents, and print what each one is worth to itself and to its team."""
    from bucket_brigade.errors import InvalidInput
    from bucket_brigade.reports.tournament_files import check_table_format, keep_tournament
    from bucket_brigade.tournament import plan_tournament

    check_resume(out, resume=resume)
    if table_format != "auto" and out is None:
        raise InvalidInput("--format is that of a file: name its directory with --out DIR.")
    check_table_format(table_format)
    plan = plan_tournament(
        agents,
        _scenarios(scenarios),
        games=games,
        seed=seed,
        rounds=rounds,
        distinct=distinct,
        ridge=ridge,
        backend=backend,
        workers=workers,
    )
    files: tuple[Path, ...] = ()
    with hint_to_resume(out, quiet=quiet), progress("games", quiet=quiet) as report:
        if out is None:
            result = plan.play(progress=report)
        else:
            kept = keep_tournament(plan, out, resume=resume, table_format=table_format, progress=report)
            result, files = kept.result, kept.files
    if as_json:
        print_json(result.to_json())
    else:
        _print_agents(result)
        _print_pairs(result)
        _print_shrinkage(result, quiet=quiet)
        remark(MEANING, quiet=quiet)
    if result.resumed:
        remark(f"Taken from an earlier run: {result.resumed:,} of {plan.games:,} games.", quiet=quiet)
    if out is not None:
        names = sorted({file.relative_to(out).parts[0] for file in files})
        remark(f"Written to {out}: {', '.join(names)}", quiet=quiet)
    remark(provenance_line(result.provenance), quiet=quiet)


def _scenarios(text: str) -> list[str]:
    """Split at commas, and put the twelve in the place of their name."""
    from bucket_brigade.errors import InvalidInput
    from bucket_brigade.reports.all_scenarios import TWELVE

    names: list[str] = []
    for part in (part.strip() for part in text.split(",")):
        base, _, version = part.partition("-")
        if base == "twelve" and version in ("", "v1", "v2"):
            names += [f"{name}-{version or 'v2'}" for name in TWELVE]
        elif part:
            names.append(part)
        else:
            raise InvalidInput(f"--scenarios {text!r} has an empty name between its commas.")
    return names


def _print_agents(result: TournamentResult) -> None:
    where = result.overall()
    shown = Table(
        f"{len(result.labels)} agents in {', '.join(result.scenarios)}: {result.rounds} rounds, "
        f"{result.provenance.games:,} games",
        [
            Column.name("agent"),
            Column.number("payoff"),
            Column.number("for itself"),
            Column.number("for its team"),
            Column.number("works", minor=1),
        ],
    )
    own = {e.agent: e for e in result.ranking("own_payoff")}
    means = {s.agent: s for s in result.standings if s.scenario == where}
    for effect in result.ranking():
        mean = means[effect.agent]
        shown.add_row(
            effect.agent,
            f"{mean.payoff:,.1f}",
            _interval(own[effect.agent]),
            _interval(effect),
            f"{100 * mean.cooperation:.0f} %",
        )
    shown.print(console())


def _print_pairs(result: TournamentResult) -> None:
    """Print the pairs whose synergy is sure, the largest first, at most a few."""
    rows = [
        (abs(s.value), s.agent, s.partner, f"{s.value:+,.1f}  [{s.low:+,.1f}, {s.high:+,.1f}]")
        for s in result.synergies
        if s.scenario == result.overall()
        if s.value is not None and s.low is not None and s.high is not None and s.low * s.high > 0
    ]
    if not rows:
        return
    rows.sort(key=lambda row: -row[0])
    columns = [Column.name("agent"), Column.name("partner"), Column.number("synergy")]
    shown = Table("Pairs worth more or less than the values of both", columns)
    for _, *cells in rows[:MOST_PAIRS]:
        shown.add_row(*cells)
    shown.print(console())
    if len(rows) > MOST_PAIRS:
        console().print(f"  and {len(rows) - MOST_PAIRS} more: --json has all\n")


def _print_shrinkage(result: TournamentResult, *, quiet: bool) -> None:
    """Say how much was shrunk, and what the intervals are."""
    parts = [
        f"{row.regression} to {100 * row.kept:.1f} % (ridge {row.ridge:.3g})"
        for row in result.shrinkage
        if row.scenario == result.overall()
    ]
    how = next(row.chosen_by for row in result.shrinkage)
    remark(f"Shrunk on average: {', '.join(parts)}; penalty by {how}.", quiet=quiet)
    remark(
        f"Brackets: {100 * result.confidence:g} % intervals from the jackknife over rounds, whose teams share luck.",
        quiet=quiet,
    )


def _interval(effect: Effect) -> str:
    if effect.low is None or effect.high is None:
        return f"{effect.value:+,.1f}  [?]"
    return f"{effect.value:+,.1f}  [{effect.low:+,.1f}, {effect.high:+,.1f}]"
