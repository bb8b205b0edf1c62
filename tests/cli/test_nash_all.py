"""`bucket-brigade nash --all`, with the work itself made up: what is asked, kept and printed."""

from __future__ import annotations

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.game.scenario import Scenario
from bucket_brigade.reports import all_scenarios
from bucket_brigade.reports.all_scenarios import TWELVE
from bucket_brigade.studies import measure
from bucket_brigade.studies.scenario_report import ScenarioReport
from tests.cli.conftest import Cli
from tests.reports.stub import made_up_report


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """Make reports up, and return what was asked for."""
    calls: list[tuple[str, dict[str, Any]]] = []

    def made_up(town: Scenario, **options: Any) -> ScenarioReport:
        calls.append((town.name, options))
        return made_up_report(town)

    def settings(_: Scenario, *, backend: str | None, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return {**more, "backend": backend or "rust", "backend_version": "1"}, {
            "backend_chosen_by": "argument"
        }

    monkeypatch.setattr(measure, "measure_scenario", made_up)
    monkeypatch.setattr(measure, "run_settings", settings)
    monkeypatch.setattr(all_scenarios, "draw_report", lambda report: report.scenario.encode())
    return calls


@pytest.mark.parametrize("rules", ["v1", "v2"])
def test_all_twelve_are_printed(cli: Cli, asked: list[tuple[str, dict[str, Any]]], rules: str) -> None:
    shown = cli("nash", "--all", "--rules", rules, "--seating", "published", "--backend", "python")
    assert shown.code == 0
    assert [name for name, _ in asked] == [f"{base}-{rules}" for base in TWELVE]
    assert all(o == {"seating": "published", "epsilon": 1e-6, "backend": "python"} for _, o in asked)
    assert f"twelve scenarios ({rules}) among heuristic strategies: 12 of 12 certified" in shown.out
    for base in TWELVE:
        assert f" {base} " in shown.out
    assert f"[12/12] {TWELVE[-1]}-{rules}" in shown.err


def test_json_holds_all_results(cli: Cli, asked: list[tuple[str, dict[str, Any]]]) -> None:
    shown = cli("nash", "--all", "--json", "-q")
    assert shown.err == "" and len(asked) == 12
    data = shown.json()
    assert [result["scenario"] for result in data["results"]] == [f"{base}-v2" for base in TWELVE]
    assert data["settings"]["rules"] == "v2"


def test_a_run_on_the_disk_goes_on(cli: Cli, asked: list[tuple[str, dict[str, Any]]], tmp_path: Path) -> None:
    out = str(tmp_path / "run")
    assert cli("nash", "--all", "--out", out).code == 0
    first = {f: f.read_bytes() for f in sorted((tmp_path / "run").rglob("*")) if f.is_file()}
    assert cli("nash", "--all", "--out", out).code == 2
    (tmp_path / "run" / "scenarios" / "hard-v2.json").unlink()
    asked.clear()
    shown = cli("nash", "--all", "--out", out, "--resume")
    assert shown.code == 0
    assert [name for name, _ in asked] == ["hard-v2"]
    assert "Taken from an earlier run: default-v2, easy-v2, trivial_cooperation-v2" in shown.err
    assert first == {f: f.read_bytes() for f in sorted((tmp_path / "run").rglob("*")) if f.is_file()}
    refused = cli("nash", "--all", "--out", out, "--resume", "--rules", "v1")
    assert refused.code == 2
    assert 'rules: "v2" there, "v1" now' in refused.err
    results = json.loads((tmp_path / "run" / "results.json").read_text(encoding="utf-8"))
    assert len(results["results"]) == 12


def test_a_run_that_was_stopped_keeps_nothing_of_the_last_and_says_how_to_go_on(
    cli: Cli, asked: list[tuple[str, dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "run"
    done = measure.measure_scenario

    def stopping(town: Scenario, **options: Any) -> ScenarioReport:
        if len(asked) == 2:
            raise KeyboardInterrupt
        return done(town, **options)

    monkeypatch.setattr(measure, "measure_scenario", stopping)
    shown = cli("nash", "--all", "--out", str(out))
    assert shown.code == 130
    assert f"To go on: bucket-brigade nash --all --out {out} --resume" in shown.err
    assert {f.name for f in (out / "scenarios").iterdir()} == {f"{base}-v2.json" for base in TWELVE[:2]}
    assert "To go on" not in cli("nash", "--all").err


def test_a_disk_that_fails_is_one_line(
    cli: Cli, asked: list[tuple[str, dict[str, Any]]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        shown = cli("nash", "--all", "--out", str(tmp_path / "run"))
    assert shown.code == 1 and shown.err.count("Error: ") == 1
    assert "Cannot write into the directory" in shown.err and "No space left on device" in shown.err
    assert cli("nash", "--all", "--out", str(tmp_path / "run"), "--resume").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nash",), "Name a scenario, or type: bucket-brigade nash --all"),
        (("nash", "easy", "--all"), "--all does not go with a scenario"),
        (("nash", "--all", "--strategies", "hero"), "--all does not go with --strategies"),
        (("nash", "--all", "--method", "simulate"), "--all does not go with --method simulate"),
        (("nash", "--all", "--resume"), "--out DIR"),
        (("nash", "--all", "--rules", "v22"), "Did you mean 'v2'"),
        (("nash", "easy", "--out", "here"), "belong to --all"),
        (("nash", "easy", "--resume"), "belong to --all"),
    ],
)
def test_what_does_not_go_together_is_refused(
    cli: Cli, asked: list[tuple[str, dict[str, Any]]], arguments: tuple[str, ...], said: str
) -> None:
    shown = cli(*arguments)
    assert shown.code == 2
    assert said in shown.err
    assert not asked
