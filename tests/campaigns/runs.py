"""One small run of each of the four commands, as functions and as command lines."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bucket_brigade.evolution import EvolutionSettings, run_evolution
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.all_scenarios import run_scenarios
from bucket_brigade.reports.sweep_files import keep_sweep
from bucket_brigade.reports.tournament_files import keep_tournament
from bucket_brigade.studies.sweep_axes import parse_axis
from bucket_brigade.tournament import plan_tournament
from tests.reports.stub import made_up_report

__all__ = ["COMMANDS", "LIBRARY", "small_towns", "tree"]


def tree(path: Path) -> dict[str, bytes]:
    """Return every file below a folder, by name."""
    return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}


def small_towns(rules: str) -> tuple[Scenario, ...]:
    """Return scenarios that stand for the twelve: solved in a tenth of a second each."""
    town = get_scenario(f"two_houses-{rules}").replace(num_agents=3, max_nights=4, min_nights=2)
    names = (("cheap", 2.0), ("dear", 500.0))
    return tuple(
        Scenario.from_mapping({**town.replace(cost_to_work_one_night=cost).to_mapping(), "name": name})
        for name, cost in names
    )


def _evolve(directory: Path, resume: bool, seed: int) -> None:
    settings = EvolutionSettings(
        ("two_houses-v2",),
        method="simulate",
        games=4,
        final_games=8,
        population=6,
        generations=6,
        hall_of_fame=3,
        checkpoint_every=2,
        seed=seed,
    )
    run_evolution(settings, directory=directory, resume=resume, backend="python")


def _tournament(directory: Path, resume: bool, seed: int) -> None:
    plan = plan_tournament(
        "hero,liar", "two_houses,two_houses-v1", games=120, seed=seed, backend="python", workers=1
    )
    keep_tournament(plan, directory, resume=resume, table_format="csv", pictures=False)


def _nash(directory: Path, resume: bool, seed: int) -> None:
    settings = {"seating": "random", "seed": seed}
    run_scenarios(
        small_towns("v2"), made_up_report, settings, directory=directory, resume=resume, pictures=False
    )


def _sweep(directory: Path, resume: bool, seed: int) -> None:
    town = get_scenario("two_houses-v2").replace(num_agents=3, max_nights=8, min_nights=3)
    keep_sweep(
        town,
        parse_axis("kappa=0.2,0.8"),
        parse_axis("c=0:90:3"),
        ["hero", "free_rider"],
        directory=directory,
        resume=resume,
        seed=seed,
        backend="python",
        pictures=False,
    )


LIBRARY: dict[str, Callable[[Path, bool, int], None]] = {
    "evolve": _evolve,
    "tournament": _tournament,
    "nash": _nash,
    "sweep": _sweep,
}
"""Called with (directory, resume, seed); some hundredths of a second each."""

COMMANDS: dict[str, tuple[str, ...]] = {
    "evolve": (
        *("evolve", "two_houses", "--method", "simulate", "--games", "8", "--final-games", "16"),
        *("--population", "8", "--generations", "12", "--backend", "python"),
    ),
    "tournament": (
        *("tournament", "--agents", "hero,liar,free_rider", "--scenarios", "two_houses,two_houses-v1"),
        *("--games", "900", "--format", "csv", "--backend", "python"),
    ),
    "nash": ("nash", "--all", "--backend", "python"),
    "sweep": (
        *("sweep", "two_houses", "--x", "kappa=0.1:0.9:4", "--y", "c=0:90:3", "--method", "simulate"),
        *("--games", "60", "--backend", "python"),
    ),
}
"""What a user would type, but for ``--out DIR``; ``nash --all`` has `small_towns` for its twelve."""
