"""A sweep on the disk: whole after any stop, larger when it goes on, and its data before its pictures."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports import sweep_files
from bucket_brigade.reports.sweep_files import KeptSweep, keep_sweep
from bucket_brigade.studies.sweep_axes import Axis, parse_axis
from bucket_brigade.studies.sweeps import sweep

TOWN = get_scenario("two_houses-v2").replace(num_agents=3, max_nights=12, min_nights=3)
KAPPA, COST = parse_axis("kappa=0.2,0.5,0.8"), parse_axis("c=0:90:4")


def tree(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}


def small(path: Path, x: Axis = KAPPA, y: Axis = COST, **options: Any) -> KeptSweep:
    return keep_sweep(TOWN, x, y, directory=path, backend="python", **{"pictures": False, **options})


def test_what_is_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    kept = small(tmp_path / "new", pictures=True)
    names = {"sweep.json", "sweep.csv", "regimes.png", "payoff.png", "loss.png"}
    assert {file.name for file in kept.files} == names
    with (tmp_path / "new" / "sweep.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    # Numbers read back as they were, and they are those of a sweep that nobody kept.
    assert [float(row["payoff"]) for row in rows] == kept.sweep.quantity("payoff").ravel().tolist()
    assert kept.sweep.to_json() == sweep(TOWN, KAPPA, COST, backend="python").to_json()
    before = tree(tmp_path / "new")
    with pytest.raises(InvalidInput, match="Add --resume"):
        small(tmp_path / "new")
    small(tmp_path / "new", pictures=True, resume=True)
    assert tree(tmp_path / "new") == before
    with pytest.raises(InvalidInput, match="Cannot use"):
        small(kept.files[0])


def test_games_that_are_evaluated_are_not_evaluated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = small(tmp_path / "whole").sweep
    evaluated: list[float] = []
    original = PayoffEvaluator.evaluate_symmetric_game

    def stopping(self: PayoffEvaluator, *arguments: Any, **options: Any) -> Any:
        evaluated.append(self.scenario.prob_solo_agent_extinguishes_fire)
        if len(evaluated) == 3:
            raise KeyboardInterrupt
        return original(self, *arguments, **options)

    monkeypatch.setattr(PayoffEvaluator, "evaluate_symmetric_game", stopping)
    with pytest.raises(KeyboardInterrupt):
        small(tmp_path / "stopped")
    steps: list[tuple[int, int]] = []
    resumed = small(tmp_path / "stopped", resume=True, progress=lambda *step: steps.append(step)).sweep
    assert evaluated == [0.2, 0.5, 0.8, 0.8]
    assert resumed.to_json() == whole.to_json() and resumed.cells == whole.cells
    assert tree(tmp_path / "stopped") == tree(tmp_path / "whole")
    assert steps == [(done, 12) for done in (4, 8, 9, 10, 11, 12)]


def test_a_sweep_goes_on_with_more_values(tmp_path: Path) -> None:
    small(tmp_path / "grown", parse_axis("kappa=0.5"), parse_axis("c=0,60"))
    small(tmp_path / "grown", resume=True)
    small(tmp_path / "at once")
    assert tree(tmp_path / "grown") == tree(tmp_path / "at once")
    with pytest.raises(InvalidInput, match=r"Different: y_values.*Only these may grow: x_values, y_values"):
        small(tmp_path / "grown", y=parse_axis("c=0,60"), resume=True)
    with pytest.raises(InvalidInput, match="Different: seating"):
        small(tmp_path / "grown", seating="published", resume=True)


def test_a_picture_that_fails_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("matplotlib")
    named = {"a$^$b": "hero", "free_rider": "free_rider"}
    plain = keep_sweep(TOWN, KAPPA, COST, named, directory=tmp_path / "named", backend="python")
    assert len(plain.files) == 5 and not caplog.text

    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("no such backend")

    monkeypatch.setattr(sweep_files, "phase_diagram", broken)
    kept = small(tmp_path / "run", pictures=True)
    assert {file.name for file in kept.files} == {"sweep.json", "sweep.csv", "payoff.png", "loss.png"}
    assert caplog.messages == ["Not drawn: regimes.png. no such backend"]
