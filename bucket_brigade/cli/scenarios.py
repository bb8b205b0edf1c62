"""``bucket-brigade scenarios``: which towns there are, and what one of them is like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from bucket_brigade.cli.options import AsJson, Quiet, complete_scenario
from bucket_brigade.cli.output import console, print_json
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.game.scenario import Scenario

__all__ = ["scenarios"]


def scenarios(
    name: Annotated[
        str | None,
        typer.Argument(
            autocompletion=complete_scenario,
            metavar="[NAME]",
            help="A scenario to show in full, or a TOML file.",
        ),
    ] = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List the named scenarios, or show one in full."""
    from bucket_brigade.registry import get_scenario, list_scenarios

    if name is not None:
        _show(get_scenario(name), as_json=as_json)
        return
    every = [get_scenario(known) for known in list_scenarios()]
    if as_json:
        print_json({"scenarios": [s.to_mapping() for s in every]})
        return
    heads = ("houses", "agents", "p0", "p", "spread", "put out", "cost")
    minor = [
        Column.number(head, minor=place) for place, head in zip((6, 7, 1, 3, 2, 5, 4), heads, strict=True)
    ]
    listed = Table("Scenarios", [Column.name("name"), Column.words("about"), *minor])
    for s in every:
        chances = (
            s.prob_initial_fire,
            s.prob_house_catches_fire,
            _live_spread(s),
            s.prob_solo_agent_extinguishes_fire,
        )
        numbers = (s.num_houses, s.num_agents, *chances, s.cost_to_work_one_night)
        listed.add_row(s.name, s.about, *(f"{number:g}" for number in numbers))
    listed.print(console())
    if not quiet:
        console().print(
            "A name without a version means the newest. Spread is the chance that really acts.", style="dim"
        )


def _live_spread(s: Scenario) -> float:
    """With after-burn-out the fires have gone before they would spread."""
    return s.prob_fire_spreads_to_neighbor if s.spread == "before-burn-out" else 0.0


def _show(scenario: Scenario, *, as_json: bool) -> None:
    if as_json:
        print_json(scenario.to_mapping())
        return
    shown = Table(f"{scenario.name}: {scenario.about}", [Column.name("field"), Column.words("value")])
    values: dict[str, Any] = scenario.to_mapping()
    values["homes"] = [scenario.home(agent) for agent in range(scenario.num_agents)]
    for field, value in values.items():
        if field not in ("name", "about"):
            shown.add_row(field, str(value))
    shown.print(console())
