"""``bucket-brigade payoffs``: what a team, or each archetype against each, is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.method import GAMES, GamesIfPlayed, Method, amount, method_line, say_if_useless
from bucket_brigade.cli.options import AsJson, BackendName, Quiet, ScenarioName, Seed
from bucket_brigade.cli.output import console, print_json, progress, remark
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.game.scenario import Scenario

__all__ = ["payoffs"]


def payoffs(
    scenario: ScenarioName,
    profile: Annotated[
        str | None,
        typer.Option(
            "--profile",
            metavar="A,B,C,D",
            help="A team, one member a seat: print its payoffs instead of the matrix.",
        ),
    ] = None,
    strategies: Annotated[
        str | None,
        typer.Option(
            "--strategies",
            metavar="A,B,…",
            help="The strategies of the matrix, as in --team of play. Without it, the five archetypes.",
            show_default=False,
        ),
    ] = None,
    method: Method = "auto",
    games: GamesIfPlayed = None,
    backend: BackendName = None,
    seed: Seed = 0,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Print the payoff matrix of some strategies, or with --profile one team's payoffs seat by seat."""
    from bucket_brigade.errors import InvalidInput
    from bucket_brigade.execution import check_method
    from bucket_brigade.game.strategy import ARCHETYPES
    from bucket_brigade.registry import get_scenario, parse_team

    if profile is not None and strategies is not None:
        raise InvalidInput("--profile does not go with --strategies: it prints one team, not a matrix.")
    town, method = get_scenario(scenario), check_method(method)
    plays = GAMES if games is None else games
    if profile is None:
        names = tuple(ARCHETYPES) if strategies is None else parse_team(strategies)
        used = _matrix(town, names, method, plays, backend, seed, as_json=as_json, quiet=quiet)
    else:
        used = _profile(town, profile, method, plays, backend, seed, as_json=as_json, quiet=quiet)
    say_if_useless(games, used, quiet=quiet)


def _profile(
    town: Scenario,
    profile: str,
    method: str,
    games: int,
    backend: str | None,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
) -> str:
    """Print a team's payoffs; return how they were found."""
    from bucket_brigade.exact import ExactResult, can_expect, expect_team
    from bucket_brigade.registry import member_label, parse_team
    from bucket_brigade.simulation import SimulationResult, simulate

    members = parse_team(profile)
    fallback_reason = ""
    if method == "auto":
        verdict = can_expect(town, members, backend=backend)
        method, fallback_reason = ("exact", "") if verdict else ("simulate", getattr(verdict, "reason", ""))
    result: ExactResult | SimulationResult
    if method == "exact":
        result = expect_team(town, members, backend=backend)
    else:
        with progress("playing", quiet=quiet) as report:
            result = simulate(town, members, games=games, seed=seed, backend=backend, progress=report)
    labels = [member_label(member) for member in members]
    if as_json:
        print_json(
            {
                "scenario": town.name,
                "profile": labels,
                "payoffs": result.payoffs,
                "standard_errors": result.standard_errors,
                "covariance": result.covariance,
                "nights": result.nights,
                "tallies": result.tallies,
                "method": method,
                "backend": result.provenance.backend,
                "provenance": result.provenance.to_json(),
            }
        )
        return method
    columns = ("worked", "own_saves", "own_ruined")
    heads = ("nights worked", "own houses saved", "own house-nights ruined")
    minor = [Column.number(head, minor=place) for place, head in enumerate(heads, start=1)]
    title = f"Payoffs per game in {town.name}"
    shown = Table(title, [Column.name("strategy"), Column.number("seat"), Column.number("payoff"), *minor])
    for seat, label in enumerate(labels):
        payoff = amount(result.payoffs[seat], result.standard_errors[seat], method)
        shown.add_row(label, str(seat), payoff, *(f"{result.tallies[name][seat]:.2f}" for name in columns))
    shown.print(console())
    how = method_line(method, fallback_reason, result.provenance)
    remark(f"{result.nights:.2f} nights a game · {how}", quiet=quiet)
    return method


def _matrix(
    town: Scenario,
    names: Sequence[str],
    method: str,
    games: int,
    backend: str | None,
    seed: int,
    *,
    as_json: bool,
    quiet: bool,
) -> str:
    """Print the matrix; return how it was found."""
    from bucket_brigade.equilibrium import PayoffEvaluator

    evaluator = PayoffEvaluator(town, games=games, seed=seed, backend=backend, method=method)
    with progress("evaluating", quiet=quiet) as report:
        matrix = evaluator.evaluate_payoff_matrix(names, progress=report)
    if as_json:
        print_json({"scenario": town.name, **matrix.to_json()})
        return matrix.method
    title = f"Payoff of one row player among {town.num_agents - 1} column players, {town.name}"
    shown = Table(title, [Column.name(""), *map(Column.number, matrix.labels)])
    for i, label in enumerate(matrix.labels):
        pairs = zip(matrix.payoffs[i], matrix.standard_errors[i], strict=True)
        shown.add_row(label, *(amount(payoff, error, matrix.method) for payoff, error in pairs))
    shown.print(console())
    remark(method_line(matrix.method, matrix.fallback_reason, matrix.provenance), quiet=quiet)
    return matrix.method
