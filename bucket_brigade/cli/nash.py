"""``bucket-brigade nash``: symmetric equilibria among given strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.method import GAMES, GamesIfPlayed, Method, amount, method_line, say_if_useless
from bucket_brigade.cli.nash_all import All, Out, Resume, Rules, nash_all
from bucket_brigade.cli.options import AsJson, BackendName, Quiet, Seed, complete_scenario
from bucket_brigade.cli.output import console, print_json, progress, remark
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.equilibrium import NashEquilibrium, NashResult

__all__ = ["nash"]

BAR = 24


def nash(
    scenario: Annotated[
        str | None,
        typer.Argument(
            metavar="SCENARIO",
            autocompletion=complete_scenario,
            help="A name such as greedy_neighbor (the newest version) or greedy_neighbor-v1, or a TOML file; "
            "nothing with --all.",
            show_default=False,
        ),
    ] = None,
    strategies: Annotated[
        str | None,
        typer.Option(
            "--strategies",
            metavar="A,B,…",
            help="The strategies to choose among, as in --team of play. Without it, the five archetypes.",
            show_default=False,
        ),
    ] = None,
    method: Method = "auto",
    games: GamesIfPlayed = None,
    seating: Annotated[
        str,
        typer.Option(
            "--seating",
            metavar="random|published",
            help="Average over who sits where, or the focal agent on seat 0.",
        ),
    ] = "random",
    everything: All = False,
    rules: Rules = None,
    out: Out = None,
    resume: Resume = False,
    backend: BackendName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print the symmetric Nash equilibria of a scenario among some strategies, with errors and regret."""
    if everything:
        given = {"a scenario": scenario, "--strategies": strategies}
        _refuse_beside_all([name for name, value in given.items() if value is not None], method)
        say_if_useless(games, "exact", quiet=quiet)
        nash_all(
            rules or "v2", seating, out=out, resume=resume, backend=backend, as_json=as_json, quiet=quiet
        )
        return
    scenario = _one_scenario(scenario, alone=out is None and not resume and rules is None)
    from bucket_brigade.equilibrium import solve_nash
    from bucket_brigade.registry import parse_team

    members = None if strategies is None else list(parse_team(strategies))
    with progress("evaluating", quiet=quiet) as report:
        result = solve_nash(
            scenario,
            members,
            games=GAMES if games is None else games,
            seed=seed,
            backend=backend,
            seating=seating,
            method=method,
            progress=report,
        )
    say_if_useless(games, result.method, quiet=quiet)
    if as_json:
        print_json(result.to_json())
        return
    found = len(result.equilibria)
    what = "One symmetric Nash equilibrium" if found == 1 else f"{found} symmetric Nash equilibria"
    agents = result.scenario.num_agents
    console().print(
        f"{what} of {result.scenario.name} ({agents} agents, {result.seating} seating)", style="bold"
    )
    for number, equilibrium in enumerate(result.equilibria, start=1):
        _print_equilibrium(result, equilibrium, number if found > 1 else 0)
    for note in result.notes:
        console().print(note)
    meaning = "Regret: what one agent could gain by changing to another strategy of the list"
    errors = "" if result.method == "exact" else "; ± is one standard error"
    how = method_line(result.method, result.fallback_reason, result.provenance)
    remark(f"{meaning}{errors}.\n{how}", quiet=quiet)


def _refuse_beside_all(given: list[str], method: str) -> None:
    from bucket_brigade.errors import InvalidInput

    if given or method == "simulate":
        what = [*given, *(["--method simulate"] if method == "simulate" else [])]
        raise InvalidInput(
            f"--all does not go with {' or '.join(what)}: it takes the twelve scenarios, all heuristic strategies and "
            "exact payoffs."
        )


def _one_scenario(scenario: str | None, *, alone: bool) -> str:
    from bucket_brigade.errors import InvalidInput

    if scenario is None:
        raise InvalidInput("Name a scenario, or type: bucket-brigade nash --all")
    if not alone:
        raise InvalidInput("--out, --resume and --rules belong to --all: bucket-brigade nash --all --out DIR")
    return scenario


def _print_equilibrium(result: NashResult, equilibrium: NashEquilibrium, number: int) -> None:
    title = f"Equilibrium {number}" if number else ""
    columns = [
        Column.name("strategy"),
        Column.number("share"),
        Column("", minor=1),
        Column.number("payoff against it"),
        Column.number("gain by changing"),
    ]
    shown = Table(title, columns)
    for i, label in enumerate(result.labels):
        share = equilibrium.mixture[i]
        payoff, gain = equilibrium.payoffs[i], equilibrium.gains[i]
        alone = share > 1 - 1e-12
        shown.add_row(
            label,
            f"{share:.4f}" if share > 0 else "0",
            "█" * round(BAR * share) or ("▏" if share > 0 else ""),
            amount(payoff.value, payoff.standard_error, result.method),
            "–" if alone else amount(gain.value, gain.standard_error, result.method),
            style="bold" if share > 0 else "dim",
        )
    out = console()
    shown.print(out)
    regret, overall = equilibrium.regret, equilibrium.payoff
    facts = [
        f"payoff {amount(overall.value, overall.standard_error, result.method)}",
        f"regret {amount(regret.value, regret.standard_error, result.method)}",
    ]
    if result.method != "exact":
        facts.append(f"at most {regret.upper:.3g} with {regret.confidence:.0%} confidence")
    if regret.best_deviation is not None and regret.value > 0:
        facts.append(f"best deviation {result.labels[regret.best_deviation]}")
    out.print("  " + "   ".join(facts))
    out.print()
