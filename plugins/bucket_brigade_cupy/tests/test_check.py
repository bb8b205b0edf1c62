"""The check that runs once a GPU is at hand, with the host or a fake in its place."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bucket_brigade_cupy import detection
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.check import __main__ as check
from bucket_brigade_cupy.check import games, report, speed
from bucket_brigade_cupy.check.__main__ import main

from bucket_brigade.backends.base import Backend, Counts, PlayRequest
from plugins.bucket_brigade_cupy.tests.fakes import Machine, install


@pytest.fixture(autouse=True)
def _fresh() -> None:
    detection.probe.cache_clear()


@pytest.mark.usefixtures("rust", "host")
def test_everything_in_one_go(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "docs" / "gpu"
    assert main(["--host", "--out", str(out)]) == 0
    found = json.loads(out.with_suffix(".json").read_text())
    assert [f["wrong"] for f in found["findings"]] == [[]] * 4
    assert [f["games"] >= least for f, least in zip(found["findings"], (20, 900, 80, 24), strict=True)] == [
        True
    ] * 4
    assert {s["scenario"] for s in found["speeds"]} == {"easy-v1", "default-v1", "default-v2", "hard-v1"}
    page = out.with_suffix(".md").read_text()
    assert "**No GPU took part**" in page
    assert page in capsys.readouterr().out
    assert sorted(path.name for path in out.parent.iterdir()) == ["gpu.json", "gpu.md"]


@pytest.mark.parametrize(
    ("machine", "reason"),
    [(Machine(driver=0), "no NVIDIA driver is installed"), (None, "CuPy is not installed")],
    ids=["no driver", "no CuPy"],
)
def test_without_a_gpu_it_refuses(
    machine: Machine | None,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if machine:
        install(monkeypatch, machine)
    else:
        monkeypatch.setitem(sys.modules, "cupy", None)
    assert main(["--out", str(tmp_path / "gpu")]) == 2
    assert capsys.readouterr().err == f"Nothing is checked: no GPU can be used here ({reason}).\n"
    assert not any(tmp_path.iterdir())


class Wrong(CupyBackend):
    """Counts one house too many."""

    def play(self, request: PlayRequest) -> Counts:
        counts = super().play(request)
        sums = counts.sums.copy()
        sums[-1, 0] += 1
        return replace(counts, sums=sums)


@pytest.mark.usefixtures("rust")
def test_wrong_games_are_found_and_not_timed(
    host: CupyBackend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Wrong(host.device)
    monkeypatch.setattr(check, "_backend", lambda **_: wrong)
    assert main(["--host"]) == 1
    shown = capsys.readouterr().out
    assert "conformance kit (checks): " in shown
    assert "WRONG: kept_games: " in shown
    assert "| parity with rust, 30 scenarios | 900 | **wrong**: sums |" in shown


@pytest.mark.usefixtures("host")
def test_a_report_of_a_gpu(monkeypatch: pytest.MonkeyPatch, rust: Backend) -> None:
    install(monkeypatch, Machine())
    monkeypatch.setattr(speed, "WORK", (("default-v1", "firefighter"),))
    backend = CupyBackend(speed.Timed())
    (measured,) = speed.measure(backend, rust, threads=1, seconds=1e-6, games=50)
    assert (measured.games, measured.launches, measured.launch_seconds) == (50, 1, 0.0025)
    assert measured.code == {
        "registers": 80,
        "local_bytes": 0,
        "shared_bytes": 11_940,
        "occupancy": 32 / 2048,
    }
    about = report.machine(backend)
    assert (about["gpu"], about["compute capability"], about["driver"]) == ("Fake H100", "90", 13000)
    page = report.markdown(about, [games.Finding("golden games", 126, ())], [measured])
    assert "No GPU" not in page
    assert "| 2.50 | 1 |" in page
    assert "5.0e+09 game-nights/s on default-v1 with four of firefighter: **missed**" in page


def test_counts_that_differ_are_not_timed(host: CupyBackend, rust: Backend) -> None:
    with pytest.raises(RuntimeError, match="the GPU and Rust count differently"):
        speed.measure(Wrong(host.device), rust, threads=1, seconds=1e-6, games=50)


def test_parity_sees_a_night_that_differs(
    host: CupyBackend, rust: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Other:
        name = "other"

        def stepper(self, program: object, seed: int, entries: object, numbers: np.ndarray) -> object:
            return rust.stepper(program, seed, entries, numbers + np.uint64(1))  # type: ignore[arg-type]

    monkeypatch.setattr(games, "SEED", 1)
    found = games.check_steps(host, Other(), 12)  # type: ignore[arg-type]
    assert found.wrong
    assert "night 1" in found.wrong[0]
