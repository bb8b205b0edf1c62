"""`bucket-brigade sweep`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from tests.cli.conftest import Cli

SWEEP = ("sweep", "two_houses", "--x", "kappa=0.3,0.9", "--y", "c=0:90:4", "--backend", "python")


def test_a_letter_for_each_cell_and_what_it_means(cli: Cli) -> None:
    shown = cli(*SWEEP)
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0].startswith("Symmetric equilibria of two_houses-v2 among rest, any_fire, home_first")
    rows = [line.split() for line in lines if line.split()[:1] and line.split()[0] in ("0", "30", "60", "90")]
    # The largest cost is on top, as on a chart.
    assert [row[0] for row in rows] == ["90", "60", "30", "0"]
    legend = dict(line.split(maxsplit=1) for line in lines if line.startswith("  ") and line[2:3].isalpha())
    assert legend[rows[0][1]] == "rest"
    assert legend[rows[-1][1]] == "home_first"
    assert "2 of 8 games evaluated, the others priced again" in shown.err


def test_json_holds_every_cell(cli: Cli) -> None:
    data = cli(*SWEEP, "--json").json()
    assert data["evaluations"] == 2
    assert [cell["y"] for cell in data["cells"]] == [0, 0, 30, 30, 60, 60, 90, 90]
    assert data["provenance"]["backend"] == "python"


def test_files_are_written_where_asked(cli: Cli, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    shown = cli(*SWEEP, "--out", str(tmp_path / "out"), "--strategies", "hero,free_rider", "-q")
    assert shown.code == 0 and shown.err == ""
    names = {f.name for f in (tmp_path / "out").iterdir()}
    results = {"sweep.json", "sweep.csv", "regimes.png", "payoff.png", "loss.png"}
    assert names == {*results, ".lock", "run.json", "scenarios"}
    data = json.loads((tmp_path / "out" / "sweep.json").read_text(encoding="utf-8"))
    assert data["strategies"] == ["hero", "free_rider"]


def test_a_sweep_that_was_stopped_says_how_to_go_on(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "the out"
    started: list[int] = []
    evaluate = PayoffEvaluator.evaluate_symmetric_game

    def stopping(self: PayoffEvaluator, *arguments: Any) -> Any:
        started.append(1)
        if len(started) == 2:
            raise KeyboardInterrupt
        return evaluate(self, *arguments)

    monkeypatch.setattr(PayoffEvaluator, "evaluate_symmetric_game", stopping)
    shown = cli(*SWEEP, "--out", str(out))
    assert shown.code == 130 and f"--backend python --out '{out}' --resume" in shown.err
    assert len(list((out / "scenarios").iterdir())) == 1
    assert cli(*SWEEP, "--out", str(out), "--resume").code == 0
    assert len(started) == 3
    assert cli(*SWEEP, "--resume").code == 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--x", "kapa=0:1:3", "--y", "c=1"), "Did you mean 'kappa'"),
        (("--x", "kappa=0:1", "--y", "c=1"), "FIELD=FROM:TO:COUNT"),
        (("--x", "kappa=3", "--y", "c=1"), "prob_solo_agent_extinguishes_fire = 3"),
        (("--x", "c=1,2", "--y", "c=1"), "two different ones"),
        (("--x", "kappa=0.5", "--y", "c=1", "--method", "exactly"), "Did you mean 'exact'"),
        (("--x", "kappa=0.5", "--y", "c=1", "--strategies", "heroo"), "Did you mean 'hero'"),
    ],
)
def test_what_cannot_be_swept_is_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    shown = cli("sweep", "two_houses", *arguments)
    assert shown.code == 2
    assert said in shown.err
