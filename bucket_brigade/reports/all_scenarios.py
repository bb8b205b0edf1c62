"""Report on the twelve scenarios, one after the other, into a directory that survives a kill."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.report_pictures import can_draw, draw_report, write_pictures
from bucket_brigade.reports.tables import COLUMNS, markdown_table, report_rows, summary_cells
from bucket_brigade.runs.files import check_file_names, json_bytes
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.runs.tabular_text import csv_text
from bucket_brigade.studies.scenario_report import ScenarioReport

__all__ = ["RULES", "TWELVE", "Measure", "Run", "run_scenarios", "twelve_scenarios"]

TWELVE = (
    "default",
    "easy",
    "hard",
    "trivial_cooperation",
    "early_containment",
    "greedy_neighbor",
    "sparse_heroics",
    "rest_trap",
    "chain_reaction",
    "deceptive_calm",
    "overcrowding",
    "mixed_motivation",
)
"""The twelve scenarios, without their versions (rules.md, section 8)."""

RULES = ("v1", "v2")

Measure = Callable[[Scenario], ScenarioReport]
"""Computes the report of one scenario; equal scenarios give equal reports."""

Progress = Callable[[int, int, str], None]
"""Called with (scenarios done, scenarios in all, the one that is next) before and after each."""


@dataclass(frozen=True)
class Run:
    """The reports of a run, in order, and what they depend on."""

    settings: dict[str, Any]
    remarks: dict[str, Any]
    reports: tuple[ScenarioReport, ...]
    resumed: tuple[str, ...]
    """Scenarios that an earlier run had done."""

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "settings": self.settings,
            "remarks": self.remarks,
            "results": [report.to_json() for report in self.reports],
        }


def twelve_scenarios(rules: str) -> tuple[Scenario, ...]:
    """Return the twelve scenarios under the rules ``v1`` or ``v2``; raises `InvalidInput` for others."""
    if rules not in RULES:
        raise InvalidInput(
            explain(
                f"rules = {rules!r} is not allowed.{did_you_mean(rules, RULES)}",
                exists="Rules: v1 (as published), v2 (as the game is told).",
            )
        )
    return tuple(get_scenario(f"{base}-{rules}") for base in TWELVE)


def run_scenarios(
    scenarios: Sequence[Scenario],
    measure: Measure,
    settings: dict[str, Any],
    *,
    remarks: dict[str, Any] | None = None,
    directory: Path | None = None,
    resume: bool = False,
    pictures: bool = True,
    progress: Progress | None = None,
) -> Run:
    """Report on every scenario; with a `directory`, keep each report as soon as it is there.

    `settings` are plain data that say what `measure` depends on, besides the scenarios: a directory with
    others is refused, unless it only has fewer scenarios. `resume` takes from it what is done already. Tables,
    ``.nfg`` files and pictures are made from the reports alone, at the end. Raises as `RunDirectory.opened` and
    as `measure`; what `measure` was at when it raised is not kept.
    """
    check_file_names("Scenario", [town.name for town in scenarios])
    pictures = pictures and directory is not None and can_draw()
    everything = {**settings, "scenarios": {town.name: town.to_mapping() for town in scenarios}}
    kept: RunDirectory | None = None
    if directory is not None:
        kept = RunDirectory(directory, everything, remarks, growing=("scenarios",))
    reports: list[ScenarioReport] = []
    resumed: list[str] = []
    with nullcontext() if kept is None else kept.opened(resume=resume):
        for place, town in enumerate(scenarios):
            if progress is not None:
                progress(place, len(scenarios), town.name)
            found = None if kept is None else _kept_report(kept, town)
            if found is not None:
                resumed.append(town.name)
            else:
                plain = measure(town).to_json()
                # As it would be read back, so that a resumed run works on the same data.
                plain = json.loads(json_bytes(plain)) if kept is None else kept.save(town.name, plain)
                found = ScenarioReport.from_json(plain)
            reports.append(found)
        if progress is not None:
            progress(len(scenarios), len(scenarios), "")
        run = Run(
            everything,
            dict(remarks or {}) if kept is None else kept.remarks,
            tuple(reports),
            tuple(resumed),
        )
        if kept is not None:
            _write_results(kept, run, pictures=pictures)
    return run


def _kept_report(kept: RunDirectory, town: Scenario) -> ScenarioReport | None:
    """Return the report of a scenario that is done, or None if there is none to go on with."""
    data = kept.load(town.name)
    if data is None:
        return None
    try:
        report = ScenarioReport.from_json(data)
    except (KeyError, TypeError, ValueError):
        return None
    return report if report.parameters == json.loads(json_bytes(town.to_mapping())) else None


def _write_results(kept: RunDirectory, run: Run, *, pictures: bool) -> None:
    for report in run.reports:
        game = report.normal_form
        if game is not None:
            kept.write(f"nfg/{report.scenario}.nfg", game.to_nfg())
    kept.write("table.csv", csv_text(report_rows(run.reports)))
    kept.write("table.md", markdown_table(COLUMNS, [summary_cells(r) for r in run.reports], left=2))
    kept.write("results.json", json_bytes(run.to_json()))
    if pictures:
        write_pictures(kept, ((f"pictures/{r.scenario}.png", partial(draw_report, r)) for r in run.reports))
