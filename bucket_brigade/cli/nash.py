"""``bucket-brigade nash``: symmetric equilibria among given strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.options import AsJson, BackendName, Games, Quiet, ScenarioName, Seed
from bucket_brigade.cli.output import (
    console,
    print_json,
    progress,
    provenance_line,
    remark,
    table,
    with_error,
)

if TYPE_CHECKING:
    from bucket_brigade.equilibrium import NashEquilibrium, NashResult

__all__ = ["nash"]

BAR = 24


def nash(
    scenario: ScenarioName,
    strategies: Annotated[
        str | None,
        typer.Option(
            "--strategies",
            metavar="A,B,…",
            help="The strategies to choose among, as in --team of play. Without it, the five archetypes.",
            show_default=False,
        ),
    ] = None,
    games: Games = 10_000,
    seating: Annotated[
        str,
        typer.Option(
            "--seating",
            metavar="random|published",
            help="Average over who sits where, or the focal agent on seat 0.",
        ),
    ] = "random",
    backend: BackendName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print the symmetric Nash equilibria of a scenario among some strategies, with errors and regret."""
    from bucket_brigade.equilibrium import solve_nash
    from bucket_brigade.registry import parse_team

    members = None if strategies is None else list(parse_team(strategies))
    with progress("playing", quiet=quiet) as report:
        result = solve_nash(
            scenario,
            members,
            num_simulations=games,
            seed=seed,
            backend=backend,
            seating=seating,
            progress=report,
        )
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
        console().print(note, markup=False)
    remark(
        "Regret: what one agent could gain by changing to another strategy of the list; ± is one standard error.\n"
        + provenance_line(result.provenance),
        quiet=quiet,
    )


def _print_equilibrium(result: NashResult, equilibrium: NashEquilibrium, number: int) -> None:
    title = f"Equilibrium {number}" if number else ""
    shown = table(title, "strategy", "share", "", "payoff against it", "gain by changing", left=1)
    shown.columns[2].justify = "left"
    for i, label in enumerate(result.labels):
        share = equilibrium.mixture[i]
        payoff, gain = equilibrium.payoffs[i], equilibrium.gains[i]
        alone = share > 1 - 1e-12
        shown.add_row(
            label,
            f"{share:.4f}" if share > 0 else "0",
            "█" * round(BAR * share) or ("▏" if share > 0 else ""),
            with_error(payoff.value, payoff.standard_error),
            "–" if alone else with_error(gain.value, gain.standard_error),
            style="bold" if share > 0 else "dim",
        )
    out = console()
    out.print(shown)
    regret = equilibrium.regret
    out.print(
        f"  payoff {with_error(equilibrium.payoff.value, equilibrium.payoff.standard_error)}   "
        f"regret {with_error(regret.value, regret.standard_error)}   "
        f"at most {regret.upper:.3g} with {regret.confidence:.0%} confidence"
        + (
            f"   best deviation {result.labels[regret.best_deviation]}"
            if regret.best_deviation is not None
            else ""
        ),
        markup=False,
    )
    out.print()
