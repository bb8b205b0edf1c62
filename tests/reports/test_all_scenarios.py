"""A run that was killed and goes on leaves the same bytes as one that was never stopped."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario, list_scenarios
from bucket_brigade.reports import all_scenarios
from bucket_brigade.reports.all_scenarios import TWELVE, run_scenarios, twelve_scenarios
from bucket_brigade.reports.report_pictures import draw_report
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.studies.scenario_report import ScenarioReport
from tests.normal_form.nfg_reader import parse_nfg
from tests.reports.stub import made_up_report

ROOT = Path(__file__).parent.parent.parent
NAMES = ("easy-v2", "hard-v2", "two_houses-v2")
SETTINGS = {"epsilon": 1e-6}

# The killer counts the moments at which a file is about to be made safe or put in its place, and dies at
# one of them; what was not yet safe is cut in half first, as a power cut might.
DRIVER = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.all_scenarios import run_scenarios
from tests.reports.stub import made_up_report

towns = [get_scenario(name) for name in sys.argv[3].split(",")]
folder = Path(sys.argv[2])
left = 0

def dying(call, harm):
    def instead(*arguments, **named):
        global left
        left -= 1
        if left == 0:
            harm(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*arguments, **named)
    return instead

def halve(handle, *_):
    if os.path.isfile(f"/proc/self/fd/{handle}"):
        os.ftruncate(handle, os.fstat(handle).st_size // 2)

os.fsync = dying(os.fsync, halve)
os.replace = dying(os.replace, lambda *_: None)

def in_a_child(path, moment, resume):
    global left
    child = os.fork()
    if child == 0:
        left = moment
        run_scenarios(towns, made_up_report, {"epsilon": 1e-6}, directory=path, resume=resume, pictures=False)
        os._exit(0)
    return os.waitpid(child, 0)[1]

moment = 0
while True:
    moment += 1
    path = folder / f"killed-{moment:03d}"
    status = in_a_child(path, moment, False)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    # Killed once more on the way, where there is still so much to do.
    in_a_child(path, 4, True)
    assert in_a_child(path, 0, True) == 0
print(moment)
"""


def tree(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_any_moment_and_resumed_gives_the_same_bytes(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRIVER, str(ROOT), str(tmp_path), ",".join(NAMES)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    runs = sorted(tmp_path.iterdir())
    whole, killed = runs[-1], runs[:-1]
    # Three moments for each of: settings, three scenarios, three .nfg files and three tables.
    assert len(killed) == int(done.stdout) - 1 == 3 * (1 + 3 + 3 + 3)
    expected = tree(whole)
    assert len(expected) == 10 + 1
    assert expected.pop(".lock") == b""
    for path in killed:
        assert tree(path) == {".lock": b"", **expected}, path.name


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    measured: list[str] = []

    def measure(town: Scenario) -> ScenarioReport:
        measured.append(town.name)
        if measured.count(NAMES[1]) == 1 and town.name == NAMES[1]:
            raise KeyboardInterrupt
        return made_up_report(town)

    towns = [get_scenario(name) for name in NAMES]
    with pytest.raises(KeyboardInterrupt):
        run_scenarios(towns, measure, SETTINGS, directory=tmp_path, pictures=False)
    steps: list[tuple[int, int, str]] = []
    run = run_scenarios(
        towns,
        measure,
        SETTINGS,
        directory=tmp_path,
        resume=True,
        pictures=False,
        progress=lambda *step: steps.append(step),
    )
    assert measured == [NAMES[0], NAMES[1], NAMES[1], NAMES[2]]
    assert run.resumed == NAMES[:1]
    assert steps == [*((i, 3, name) for i, name in enumerate(NAMES)), (3, 3, "")]
    assert run.reports == tuple(made_up_report(town) for town in towns)


def test_other_scenarios_or_settings_are_refused(tmp_path: Path) -> None:
    towns = [get_scenario(name) for name in NAMES]
    run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path, pictures=False)
    dearer = [towns[0].replace(cost_to_work_one_night=9.0), *towns[1:]]
    with pytest.raises(InvalidInput, match="Different: scenarios"):
        run_scenarios(dearer, made_up_report, SETTINGS, directory=tmp_path, resume=True, pictures=False)
    with pytest.raises(InvalidInput, match=r"Different: epsilon: 1e-06 there, 0\.1 now"):
        run_scenarios(
            towns, made_up_report, {"epsilon": 0.1}, directory=tmp_path, resume=True, pictures=False
        )


def test_without_a_directory_the_results_are_the_same(tmp_path: Path) -> None:
    towns = [get_scenario(name) for name in NAMES]
    kept = run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path, pictures=False)
    assert run_scenarios(towns, made_up_report, SETTINGS) == kept


def test_what_is_written(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    towns = [get_scenario(name) for name in NAMES[:2]]
    run = run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path)
    files = tree(tmp_path)
    assert set(files) == {
        ".lock",
        "run.json",
        "results.json",
        "table.csv",
        "table.md",
        *(f"scenarios/{name}.json" for name in NAMES[:2]),
        *(f"nfg/{name}.nfg" for name in NAMES[:2]),
        *(f"pictures/{name}.png" for name in NAMES[:2]),
    }
    assert files["pictures/easy-v2.png"].startswith(b"\x89PNG")
    read = parse_nfg(files["nfg/easy-v2.nfg"].decode())
    game = run.reports[0].normal_form
    assert game is not None and read.payoffs.tobytes() == game.payoffs.tobytes()
    assert read.title == "easy-v2, symmetric, strategies 1=rest; 2=home_first; 3=w=0.534,e=1;"
    rows = files["table.csv"].decode().splitlines()
    assert len(rows) == 3
    assert rows[0].startswith("scenario,concept,seating,equilibrium,payoff,payoff_seat_0")
    assert "| easy-v2 |" in files["table.md"].decode()


def test_a_picture_is_the_same_bytes_each_time() -> None:
    pytest.importorskip("matplotlib")
    report = made_up_report(get_scenario("easy-v2"))
    assert draw_report(report) == draw_report(report)


def test_a_missing_matplotlib_is_said_before_any_work_and_costs_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)

    def measure(town: Scenario) -> ScenarioReport:
        assert "No pictures will be drawn" in caplog.text and "bucket-brigade[plots]" in caplog.text
        return made_up_report(town)

    run_scenarios([get_scenario("easy-v2")], measure, SETTINGS, directory=tmp_path / "run")
    assert {"results.json", "table.csv", "nfg/easy-v2.nfg"} <= set(tree(tmp_path / "run"))


def test_a_picture_that_fails_is_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pytest.importorskip("matplotlib")

    def broken(report: ScenarioReport) -> bytes:
        raise RuntimeError(f"no font for {report.about[:0]}this\nand a long log")

    towns = [get_scenario(name) for name in NAMES]
    run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path / "plain", pictures=False)
    monkeypatch.setattr(all_scenarios, "draw_report", broken)
    run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path / "run")
    assert tree(tmp_path / "run") == tree(tmp_path / "plain")
    (note,) = caplog.messages
    assert note == (
        "Not drawn: pictures/easy-v2.png, pictures/hard-v2.png, pictures/two_houses-v2.png. no font for this"
    )


def test_a_run_goes_on_with_more_scenarios(tmp_path: Path) -> None:
    towns = [get_scenario(name) for name in NAMES]
    run_scenarios(towns[1:], made_up_report, SETTINGS, directory=tmp_path / "grown", pictures=False)
    grown = run_scenarios(
        towns, made_up_report, SETTINGS, directory=tmp_path / "grown", resume=True, pictures=False
    )
    assert grown.resumed == NAMES[1:]
    run_scenarios(towns, made_up_report, SETTINGS, directory=tmp_path / "at once", pictures=False)
    assert tree(tmp_path / "grown") == tree(tmp_path / "at once")
    with pytest.raises(InvalidInput, match="Only these may grow: scenarios"):
        run_scenarios(
            towns[1:], made_up_report, SETTINGS, directory=tmp_path / "grown", resume=True, pictures=False
        )


def test_reports_of_another_scenario_or_of_an_interrupted_search_are_computed_anew(tmp_path: Path) -> None:
    town = get_scenario(NAMES[0])
    run_scenarios([town], made_up_report, SETTINGS, directory=tmp_path, pictures=False)
    before = tree(tmp_path)
    settings = {**SETTINGS, "scenarios": {town.name: town.to_mapping()}}
    kept = RunDirectory(tmp_path, settings, growing=("scenarios",))
    good = made_up_report(town).to_json()
    other = made_up_report(town.replace(cost_to_work_one_night=9.0)).to_json()
    for bad in (other, {**good, "stop_reason": "interrupted"}, {**good, "nights": "5"}, {"scenario": "x"}):
        kept.save(town.name, bad)
        assert tree(tmp_path) != before
        run = run_scenarios([town], made_up_report, SETTINGS, directory=tmp_path, resume=True, pictures=False)
        assert tree(tmp_path) == before and not run.resumed


@pytest.mark.parametrize(
    "name", ["../../../x", "a/b", "", "nul", "a\0b", ".hidden", "C:x", "x" * 101, "\udc80"]
)
def test_a_name_that_would_leave_the_directory_is_refused(tmp_path: Path, name: str) -> None:
    town = get_scenario("easy-v2").replace()
    object.__setattr__(town, "name", name)
    with pytest.raises(InvalidInput, match="cannot be the name of a file"):
        run_scenarios([town], made_up_report, SETTINGS, directory=tmp_path / "run")
    assert not list(tmp_path.iterdir())


def test_the_twelve_are_the_first_twelve_of_the_scenarios() -> None:
    ours = [name for name in list_scenarios() if "/" not in name]
    for rules in ("v1", "v2"):
        names = [name for name in ours if name.endswith(f"-{rules}")][:12]
        assert [town.name for town in twelve_scenarios(rules)] == names
    assert len(TWELVE) == 12
    with pytest.raises(InvalidInput, match="Did you mean 'v2'"):
        twelve_scenarios("v3x2")
    assert all_scenarios.RULES == ("v1", "v2")
