"""``bucket-brigade play``: one game, night by night."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.options import AsJson, BackendName, Quiet, ScenarioName, Seed
from bucket_brigade.cli.output import console, print_json, provenance_line, remark
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.simulation import Replay

__all__ = ["play"]


def play(
    scenario: ScenarioName,
    team: Annotated[
        str | None,
        typer.Option(
            "--team",
            metavar="A,B,C,D",
            help="A strategy for each seat: an agent's name, social:NAME, tabular:NAME, or ten numbers [1,0.9,…]. "
            "Without it, the archetypes in turn.",
            show_default=False,
        ),
    ] = None,
    game: Annotated[int, typer.Option("--game", min=0, help="Number of the game, below 2**64.")] = 0,
    delay: Annotated[
        float,
        typer.Option(
            "--delay", min=0.0, help="Seconds a night stays on a terminal; 0 prints a line a night."
        ),
    ] = 0.8,
    backend: BackendName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Replay one game night by night: the ring, who works where, who lies, what burns."""
    from bucket_brigade.registry import get_scenario, member_label, parse_team
    from bucket_brigade.simulation import replay

    town = get_scenario(scenario)
    members = parse_team(team) if team is not None else _everyone(town.num_agents)
    played = replay(town, members, seed=seed, game=game, backend=backend)
    labels = [member_label(member) for member in members]
    if as_json:
        print_json({**played.to_json(), "agents": labels})
        return
    if delay and sys.stdout.isatty() and not quiet:
        _animate(played, labels, delay)
    elif not quiet:
        _print_strips(played, labels)
    _print_result(played, labels)
    remark(provenance_line(played.provenance), quiet=quiet)


def _everyone(seats: int) -> list[str]:
    from bucket_brigade.game.strategy import ARCHETYPES

    names = list(ARCHETYPES)
    return [names[seat % len(names)] for seat in range(seats)]


def _animate(played: Replay, labels: Sequence[str], delay: float) -> None:
    from rich.live import Live

    from bucket_brigade.cli.ring import frame

    out = console()
    # Where the picture is higher than the terminal it scrolls, rather than lose its lowest lines.
    with Live(console=out, auto_refresh=False, vertical_overflow="visible") as live:
        for night in range(len(played.houses)):
            live.update(frame(played, night, labels, width=out.width), refresh=True)
            time.sleep(delay)


def _print_strips(played: Replay, labels: Sequence[str]) -> None:
    from bucket_brigade.cli.ring import LEGEND, agent_letter, strip

    out = console()
    out.print(f"{played.scenario.name}, seed {played.seed}, game {played.game}", style="bold")
    out.print("  ".join(f"{agent_letter(i)} {label}" for i, label in enumerate(labels)))
    out.print(f"{LEGEND}   ! its signal was a lie\n", style="dim")
    for night in range(len(played.houses)):
        out.print(strip(played, night), soft_wrap=True)
    out.print()


def _print_result(played: Replay, labels: Sequence[str]) -> None:
    from bucket_brigade.cli.ring import agent_letter

    ended = "the rules ended it" if played.terminated else "the night limit ended it"
    ruined = int((played.houses[-1] == 2).sum())
    title = f"{len(played.actions)} nights, {ended}; {ruined} of {played.houses.shape[1]} houses ruined"
    columns = ("worked", "rested", "distance", "own_saves", "other_saves", "own_ruined", "other_ruined")
    minor = [
        Column.number(column.replace("_", " "), minor=place) for place, column in enumerate(columns, start=1)
    ]
    shown = Table(title, [Column.name("agent"), Column.number("payoff"), *minor])
    for seat, (label, tally) in enumerate(zip(labels, played.tallies, strict=True)):
        values = (str(tally[column]) for column in columns)
        shown.add_row(f"{agent_letter(seat)} {label}", f"{played.payoffs[seat]:,.2f}", *values)
    shown.print(console())
