"""A sweep on the disk: kept game by game while it is evaluated, then as JSON, CSV and pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bucket_brigade.backends.base import Backend
from bucket_brigade.execution import Execution
from bucket_brigade.game.heuristic_simplex import CORNERS
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from bucket_brigade.registry import Member, get_scenario, get_strategy, member_label
from bucket_brigade.reports.phase_plots import phase_diagram, sweep_heatmap
from bucket_brigade.reports.plots import new_figure
from bucket_brigade.reports.report_pictures import can_draw, png_bytes, write_pictures
from bucket_brigade.runs.files import json_bytes
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.runs.tabular_text import csv_text
from bucket_brigade.studies.sweep_axes import Axis
from bucket_brigade.studies.sweeps import Sweep, sweep
from bucket_brigade.tournament.entrants import describe

__all__ = ["KeptSweep", "keep_sweep"]

GROWING = ("x_values", "y_values")
"""More values on either axis need only the games that are new."""


@dataclass(frozen=True, eq=False)
class KeptSweep:
    """A sweep and the files that it was written to."""

    sweep: Sweep
    files: tuple[Path, ...]


def keep_sweep(
    scenario: str | Scenario,
    x: Axis,
    y: Axis,
    strategies: Sequence[Member] | Mapping[str, Member] | None = None,
    *,
    directory: Path,
    resume: bool = False,
    games: int = 10_000,
    seed: int | None = None,
    backend: str | Backend | None = None,
    workers: int | None = None,
    method: str | None = None,
    execution: Execution | None = None,
    seating: str = "random",
    pictures: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> KeptSweep:
    """Sweep and keep the cells of every evaluated game in `directory` as soon as they are there; then write results.

    They are ``sweep.json``, ``sweep.csv`` and at last `pictures`, as far as they can be drawn: ``regimes.png``,
    ``payoff.png`` and ``loss.png``. A run that was stopped and resumed leaves the same bytes as one that was not, and
    so does one that goes on with more values on its axes. Arguments as for `sweep`; raises as that and as
    `RunDirectory.opened`.
    """
    town = get_scenario(scenario)
    given = CORNERS if strategies is None else strategies
    execution = Execution.of(execution, seed=seed, backend=backend, workers=workers, method=method)
    options: dict[str, Any] = {"games": games, "seating": seating, "execution": execution}
    settings = {
        "what": "sweep",
        "scenario": town.to_mapping(),
        "x": [x.field, "log" if x.logarithmic else "linear"],
        "x_values": {repr(value): value for value in x.values},
        "y": [y.field, "log" if y.logarithmic else "linear"],
        "y_values": {repr(value): value for value in y.values},
        "strategies": _described(given),
        **_who_answers(PayoffEvaluator(town, **options)),
    }
    pictures = pictures and can_draw()
    kept = RunDirectory(directory, settings, growing=GROWING)
    with kept.opened(resume=resume):
        result = sweep(town, x, y, given, **options, progress=progress, keeper=kept)
        files = [
            kept.write("sweep.json", json_bytes(result.to_json())),
            kept.write("sweep.csv", csv_text(result.rows())),
        ]
        if pictures:
            files += write_pictures(kept, _pictures(result))
    return KeptSweep(result, tuple(files))


def _described(given: Sequence[Member] | Mapping[str, Member]) -> list[list[Any]]:
    """Return the name of each strategy and what tells it from others."""
    pairs = (
        given.items() if isinstance(given, Mapping) else ((member_label(member), member) for member in given)
    )
    return [[name, describe(get_strategy(member))] for name, member in pairs]


def _who_answers(evaluator: PayoffEvaluator) -> dict[str, Any]:
    """Return everything else on which the payoffs depend."""
    p = evaluator.provenance
    return {
        "method": evaluator.method,
        "games": evaluator.games,
        "seed": evaluator.seed,
        "seating": evaluator.seating,
        "backend": p.backend,
        "backend_version": p.backend_version,
        "bucket_brigade": p.bucket_brigade,
    }


def _pictures(result: Sweep) -> Iterator[tuple[str, Callable[[], bytes]]]:
    def regimes() -> bytes:
        figure = new_figure(8.0, 4.4)
        phase_diagram(result, ax=figure.subplots())
        return png_bytes(figure)

    def heatmap(quantity: str) -> bytes:
        figure = new_figure(7.0, 4.4)
        sweep_heatmap(result, quantity, ax=figure.subplots())
        return png_bytes(figure)

    yield "regimes.png", regimes
    for quantity in ("payoff", "loss"):
        yield f"{quantity}.png", partial(heatmap, quantity)
