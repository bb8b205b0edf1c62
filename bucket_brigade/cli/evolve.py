"""``bucket-brigade evolve``: strategies that evolution finds, in runs that survive a kill."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bucket_brigade.cli.method import amount, say_if_useless
from bucket_brigade.cli.options import AsJson, BackendName, Quiet, complete_scenario
from bucket_brigade.cli.output import console, print_json, remark
from bucket_brigade.cli.resume import hint_to_resume
from bucket_brigade.cli.tables import Column, Table

if TYPE_CHECKING:
    from bucket_brigade.evolution.run import EvolutionResult
    from bucket_brigade.evolution.settings import EvolutionSettings

__all__ = ["evolve"]

LINES = 25
"""Generations that are reported, about, unless there are fewer."""

MOST_WINNERS = 3
ALIKE = 0.02
"""How far traits of strategies that are shown as one are apart at most: selection hardly tells them apart."""


def evolve(
    scenarios: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="SCENARIO",
            autocompletion=complete_scenario,
            help="One for a specialist, several for a generalist: names or TOML files.",
            show_default=False,
        ),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(
            "--config",
            metavar="FILE",
            help="Settings from TOML, with the fields of EvolutionSettings as keys; options go before them.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Keep checkpoints and all results here.", show_default=False
        ),
    ] = None,
    resume: Annotated[
        Path | None,
        typer.Option(
            "--resume", metavar="DIR", help="Go on with the run in this directory.", show_default=False
        ),
    ] = None,
    fitness: Annotated[
        str | None,
        typer.Option(
            "--fitness",
            metavar="clones|mixed|against",
            help="A team of the genome; the genome beside draws from a pool; or beside a fixed team. "
            "Without it: clones.",
            show_default=False,
        ),
    ] = None,
    opponents: Annotated[
        str | None,
        typer.Option(
            "--opponents",
            metavar="A,B,…",
            help="The pool (mixed) or the team (against), as in --team of play.",
            show_default=False,
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            "--rule",
            metavar="heuristic|social",
            help="Who reads the ten traits. Without it: heuristic.",
            show_default=False,
        ),
    ] = None,
    generations: Annotated[
        int | None,
        typer.Option("--generations", min=0, help="Stop after so many. Without it: 100.", show_default=False),
    ] = None,
    population: Annotated[
        int | None,
        typer.Option("--population", min=2, help="Genomes in each. Without it: 100.", show_default=False),
    ] = None,
    budget: Annotated[
        int | None,
        typer.Option(
            "--budget", min=2, help="Stop before evaluating more genomes than this.", show_default=False
        ),
    ] = None,
    stagnation: Annotated[
        int | None,
        typer.Option(
            "--stagnation", min=1, help="Stop after so many generations without a better.", show_default=False
        ),
    ] = None,
    method: Annotated[
        str | None,
        typer.Option(
            "--method",
            metavar="auto|exact|simulate",
            help="Exact fitness or by playing games; auto is exact where that takes four expectations or fewer.",
            show_default=False,
        ),
    ] = None,
    games: Annotated[
        int | None,
        typer.Option(
            "--games", min=1, help="Games behind a fitness, if played. Without it: 200.", show_default=False
        ),
    ] = None,
    final_games: Annotated[
        int | None,
        typer.Option(
            "--final-games",
            min=1,
            help="Games behind the final judgement, if played. Without it: 4000.",
            show_default=False,
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", min=0, help="Seed of all luck, below 2**64. Without it: 0.", show_default=False
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=1, help="Threads; they change no result.", show_default=False),
    ] = None,
    backend: BackendName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Evolve strategies for one scenario, or for several at once.

    The best genomes found are judged exactly, or on games that the search never played, beside the archetypes.

    With --out, a run that was killed goes on with --resume, to the same files byte for byte.
    """
    from bucket_brigade.errors import InvalidInput
    from bucket_brigade.evolution.run import read_run, run_evolution
    from bucket_brigade.evolution.settings import EvolutionSettings, read_config
    from bucket_brigade.registry import parse_team

    values: dict[str, Any] = {}
    origin = "the command line"
    if resume is not None:
        if out is not None and out != resume:
            raise InvalidInput("--resume DIR goes on in that directory: leave --out away.")
        values = read_run(resume).to_json()
    if config is not None:
        values |= read_config(config)
        origin = str(config)
    in_file = values.pop("backend", None), values.pop("workers", None)
    backend, workers = backend or in_file[0], workers or in_file[1]
    asked = {
        "scenarios": scenarios or None,
        "fitness": fitness,
        "opponents": None if opponents is None else list(parse_team(opponents)),
        "rule": rule,
        "generations": generations,
        "population": population,
        "budget": budget,
        "stagnation": stagnation,
        "method": method,
        "games": games,
        "final_games": final_games,
        "seed": seed,
    }
    values |= {key: value for key, value in asked.items() if value is not None}
    settings = EvolutionSettings.of(values, origin=origin)
    directory = resume if resume is not None else out
    go_on = f"bucket-brigade evolve --resume {shlex.quote(str(directory))}"
    with hint_to_resume(directory, quiet=quiet, command=go_on):
        result = run_evolution(
            settings,
            directory=directory,
            resume=resume is not None,
            backend=backend,
            workers=workers,
            report=None if quiet else _reporter(settings),
        )
    if as_json:
        print_json(result.to_json())
    else:
        _print_best(result)
    _say_how(result, games, directory, quiet=quiet)


def _reporter(settings: EvolutionSettings) -> Callable[[Mapping[str, Any]], None]:
    every = max(1, settings.generations // LINES)

    def report(row: Mapping[str, Any]) -> None:
        if row["gen"] % every == 0 or row["gen"] == settings.generations:
            remark(
                f"generation {row['gen']:>4}   best {row['best']:>10,.2f}   mean {row['mean']:>10,.2f}   "
                f"spread {row['std']:>9,.2f}   diversity {row['diversity']:.3f}",
                quiet=False,
            )

    return report


def _print_best(result: EvolutionResult) -> None:
    from bucket_brigade.game.strategy import ARCHETYPES

    method, final = result.final.method, result.final
    where = ", ".join(result.settings.scenarios)
    in_units = len(result.settings.scenarios) == 1 and result.settings.scale != "archetypes"
    unit = "payoff" if in_units else "fitness"
    columns = [Column.name("strategy"), Column.number(unit), Column.words("")]
    shown = Table(f"Evolved for {where}: {result.settings.fitness}", columns)
    for rank, (place, alike) in enumerate(_winners(result).items(), start=1):
        value = amount(float(final.values[place]), float(final.standard_errors[place]), method)
        origin = f"generation {result.state.hall.born[place]}"
        shown.add_row(f"evolved {rank}", value, origin + (f"; {alike} more like it" if alike else ""))
    others = result.archetypes
    for place in sorted(range(len(ARCHETYPES)), key=lambda place: -others.values[place]):
        value = amount(float(others.values[place]), float(others.standard_errors[place]), method)
        shown.add_row(list(ARCHETYPES)[place], value, "")
    out = console()
    shown.print(out)
    _traits(result).print(out)
    word = "" if result.settings.rule == "heuristic" else f"{result.settings.rule}:"
    out.print(f"{word}[{','.join(f'{value:.6g}' for value in result.best)}]", soft_wrap=True)


def _traits(result: EvolutionResult) -> Table:
    from bucket_brigade.game.strategy import TRAITS

    read = _read(result.settings.rule)
    rule = result.settings.rule
    what = "" if len(read) == len(TRAITS) else f", the {len(read)} that the {rule} rule reads"
    shown = Table(f"Traits of the best{what}", [Column.name("trait"), Column.number("")])
    for trait in read:
        shown.add_row(trait, f"{result.best[TRAITS.index(trait)]:.3f}")
    return shown


def _read(rule: str) -> tuple[str, ...]:
    """Return the traits that a rule reads (rules.md, section 6)."""
    from bucket_brigade.game.strategy import TRAITS

    heuristic = ("honesty", "work_tendency", "own_house_priority", "rest_reward_bias")
    return heuristic if rule == "heuristic" else TRAITS


def _winners(result: EvolutionResult) -> dict[int, int]:
    """Return the best three of the hall of fame that differ, and how many others are like each.

    Two are alike if no trait that the rule reads differs by more than `ALIKE`.
    """
    from bucket_brigade.game.strategy import TRAITS

    read = [TRAITS.index(trait) for trait in _read(result.settings.rule)]
    genomes = result.state.hall.genomes[:, read]
    alike: dict[int, int] = {}
    for place in map(int, result.ranking):
        near = (k for k in alike if abs(genomes[k] - genomes[place]).max() <= ALIKE)
        same = next(near, None)
        if same is not None:
            alike[same] += 1
        elif len(alike) < MOST_WINNERS:
            alike[place] = 0
    return alike


def _say_how(result: EvolutionResult, games: int | None, directory: Path | None, *, quiet: bool) -> None:
    say_if_useless(games, result.final.method, quiet=quiet)
    p, final = result.provenance, result.final
    how = (
        final.method
        if final.method == "exact"
        else f"simulated{final.fallback_reason and f', as {final.fallback_reason}'}"
    )
    remark(
        f"{result.state.generation} generations, {result.state.evaluations:,} evaluations: {result.state.stopped} · "
        f"{how} · backend {p['backend']} {p['backend_version']} ({p['backend_chosen_by']})",
        quiet=quiet,
    )
    if directory is not None:
        remark(
            f"Written to {directory}: result.json, hall_of_fame.json, logbook.csv, logbook.json, checkpoint.json",
            quiet=quiet,
        )
