"""Runs of evolution: what they find, when they stop, and how they survive."""

from __future__ import annotations

import errno
import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import BucketBrigadeError, ConfigError, InvalidInput
from bucket_brigade.evolution import EvolutionSettings, FitnessEvaluator, read_run, run_evolution
from bucket_brigade.evolution.checkpoints import npz_bytes
from bucket_brigade.evolution.run import FINAL_GAME
from bucket_brigade.evolution.settings import read_config
from bucket_brigade.evolution.state import Hall
from bucket_brigade.registry import get_scenario
from bucket_brigade.runs.sealed_json import seal

ROOT = Path(__file__).parent.parent.parent
TOWN = "two_houses-v2"
TINY: dict[str, Any] = {
    "scenarios": [TOWN],
    "method": "simulate",
    "generation_rule": "fresh",
    "games": 4,
    "final_games": 8,
    "population": 6,
    "generations": 4,
    "hall_of_fame": 3,
    "checkpoint_every": 2,
    "seed": 11,
}
FILES = {
    ".lock",
    "run.json",
    "checkpoint.json",
    "generation-000004.npz",
    "hall_of_fame.json",
    "logbook.csv",
    "logbook.json",
    "result.json",
}


def tiny(**changes: Any) -> EvolutionSettings:
    return EvolutionSettings.of({**TINY, **changes})


def tree(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in sorted(path.rglob("*")) if f.is_file()}


def whole(path: Path, **more: Any) -> dict[str, bytes]:
    run_evolution(tiny(), directory=path, **more)
    return tree(path)


@pytest.mark.parametrize("algorithm", ["generational", "plus"])
@pytest.mark.parametrize("mutation", ["gaussian", "reset"])
@pytest.mark.parametrize("crossover", ["blend", "uniform"])
def test_a_run_finds_better_strategies(algorithm: str, mutation: str, crossover: str) -> None:
    settings = EvolutionSettings(
        (TOWN,), population=20, generations=15, algorithm=algorithm, mutation=mutation, crossover=crossover
    )
    result = run_evolution(settings)
    rows = result.state.rows
    assert result.final.method == "exact"
    assert [row["gen"] for row in rows] == list(range(16))
    assert all(b["best"] >= a["best"] for a, b in itertools.pairwise(rows))
    assert rows[-1]["mean"] > rows[0]["mean"] + 2 * rows[0]["std"] / np.sqrt(20)
    # Exact, so what the search saw is what it is worth.
    assert result.final.values.tolist() == result.state.hall.values.tolist()
    assert result.final.values[0] > result.archetypes.values.max()
    assert result.state.evaluations == sum(row["nevals"] for row in rows)
    assert rows[0]["games"] == 0


def test_equal_settings_give_equal_runs_with_any_workers_and_backend(rust: Any) -> None:
    first = run_evolution(tiny(), backend="python")
    for more in ({"workers": 1}, {"workers": 2}, {"workers": 4}, {"backend": rust}):
        again = run_evolution(tiny(), **more)
        assert again.state.record() == first.state.record()
        assert npz_bytes(again.state.arrays()) == npz_bytes(first.state.arrays())
    other = run_evolution(tiny(seed=12))
    assert other.state.record() != first.state.record()


def test_the_hall_is_judged_on_games_that_nobody_played() -> None:
    result = run_evolution(tiny(games=40))
    judge = FitnessEvaluator(TOWN, 8, method="simulate", seed=11, first_game=FINAL_GAME)
    assert result.final.values.tolist() == judge.evaluate(result.state.hall.genomes).values.tolist()
    assert result.ranking[0] == int(np.argmax(result.final.values))
    plain = result.to_json()
    json.dumps(plain, allow_nan=False)
    assert plain["hall_of_fame"][0]["fitness"] == result.final.values.max()
    assert list(plain["hall_of_fame"][0]["traits"].values()) == list(result.best)
    assert plain["provenance"]["backend_chosen_by"].startswith("auto")


def test_fresh_games_estimate_survivors_again() -> None:
    settings = tiny(elite=6 - 1, generations=1)
    evaluator = FitnessEvaluator(TOWN, 4, method="simulate", seed=11, generation_rule="fresh")
    state = run_evolution(settings).state
    assert state.values.tolist() == evaluator.evaluate(state.genomes, 1).values.tolist()
    assert state.hall.values.tolist() == evaluator.evaluate(state.hall.genomes, 1).values.tolist()
    assert state.rows[1]["nevals"] == 6 + 3
    kept = run_evolution(tiny(elite=5, generations=1, generation_rule="fixed")).state
    assert kept.rows[1]["nevals"] == 1


def test_a_run_stops_on_generations_budget_or_stagnation() -> None:
    assert run_evolution(tiny()).state.stopped == "all 4 generations are done"
    assert run_evolution(tiny(generations=0)).state.generation == 0
    for rule, cost in (("fixed", 4), ("fresh", 6 + 3)):
        spent = run_evolution(tiny(generations=1000, budget=6 + 3 * cost, generation_rule=rule)).state
        assert spent.stopped == f"the budget of {6 + 3 * cost} evaluations is spent"
        assert (spent.generation, spent.evaluations) == (3, 6 + 3 * cost)
        less = run_evolution(tiny(generations=1000, budget=6 + 3 * cost - 1, generation_rule=rule)).state
        assert less.generation == 2
    still = run_evolution(
        EvolutionSettings(
            (TOWN,), population=6, generations=1000, mutation_rate=0.0, crossover_rate=0.0, stagnation=3
        )
    ).state
    assert still.stopped == "no better fitness for 3 generations"
    assert still.generation == still.best_generation + 3
    slack = run_evolution(
        EvolutionSettings((TOWN,), population=6, generations=1000, stagnation=5, tolerance=1e9)
    ).state
    assert slack.generation == 5


def test_start_members_are_in_the_first_population() -> None:
    settings = tiny(start=["hero", "social:liar", [0.5] * 10], generations=0)
    genomes = run_evolution(settings).state.genomes
    assert genomes[2].tolist() == [0.5] * 10
    assert genomes[0, 1] == 1.0 and genomes[1, 0] == 0.1


def test_fixed_traits_stay_as_they_are() -> None:
    state = run_evolution(tiny(fixed_traits={"coordination": 0.0, "altruism": 0.25}, start=["hero"])).state
    assert (state.genomes[:, [5, 9]] == [0.0, 0.25]).all()
    assert (state.hall.genomes[:, [5, 9]] == [0.0, 0.25]).all()


def test_the_hall_keeps_the_best_once_each() -> None:
    rows = np.arange(40.0).reshape(4, 10)
    hall = Hall.empty().updated(rows, np.array([1.0, 4.0, 2.0, 3.0]), np.zeros(4), 0, 3)
    assert hall.values.tolist() == [4.0, 3.0, 2.0]
    assert hall.genomes.tolist() == rows[[1, 3, 2]].tolist()
    later = hall.updated(rows[[1, 0]], np.array([4.0, 9.0]), np.ones(2), 1, 3)
    assert later.values.tolist() == [9.0, 4.0, 3.0]
    assert later.born.tolist() == [1, 0, 0]


def test_generalists_evolve_over_several_scenarios() -> None:
    result = run_evolution(tiny(scenarios=[TOWN, "two_houses-v1"], combine="worst", population=10))
    assert result.final.by_scenario.shape == (2, 3)
    assert result.settings.scenarios == (TOWN, "two_houses-v1")


def test_a_directory_holds_the_run(tmp_path: Path) -> None:
    files = whole(tmp_path / "run")
    assert set(files) == FILES
    settings = json.loads(files["run.json"])["data"]
    assert settings["remarks"]["backend"] in ("rust", "python")
    assert settings["remarks"]["backend_chosen_by"].startswith("auto")
    assert settings["settings"]["fixed"]["fitness_stream"] == "exact stream"
    assert read_run(tmp_path / "run") == tiny()
    rows = json.loads(files["logbook.json"])
    assert files["logbook.csv"].decode().splitlines()[0] == ",".join(rows[0])
    with np.load(io.BytesIO(files["generation-000004.npz"]), allow_pickle=False) as arrays:
        assert arrays["genomes"].shape == (6, 10)
        assert arrays["hall_values"].shape == (3,)
    assert whole(tmp_path / "again") == files


def test_npz_files_are_equal_whenever_they_are_written() -> None:
    content = npz_bytes({"a": np.arange(3.0), "b": np.array([[1, 2]])})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        assert arrays["b"].tolist() == [[1, 2]]


# Dies at a moment that the parent chose: when a file is about to be made safe or put in its place, or after a while.
# What was not yet safe is cut in half first, as a power cut might.
DRIVER = """
import json, os, random, signal, sys, time
from pathlib import Path
from bucket_brigade.evolution import EvolutionSettings, run_evolution

settings = EvolutionSettings.of(json.loads(sys.argv[2]))
folder = Path(sys.argv[1])
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

# Waiting for the disk proves nothing here: the halved files stand for what it may lose.
os.fsync = dying(lambda handle: None, halve)
os.replace = dying(os.replace, lambda *_: None)

def in_a_child(path, resume, moment=0, seconds=None):
    global left
    child = os.fork()
    if child == 0:
        left = moment
        run_evolution(settings, directory=path, resume=resume, backend="python")
        os._exit(0)
    if seconds is not None:
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
    return os.waitpid(child, 0)[1]

run_evolution(settings, backend="python")
start = time.monotonic()
assert in_a_child(folder / "whole", False) == 0
lasts = time.monotonic() - start
moment = 0
while True:
    moment += 1
    path = folder / f"moment-{moment:03d}"
    status = in_a_child(path, False, moment)
    if os.WIFEXITED(status):
        assert os.WEXITSTATUS(status) == 0
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    # Killed once more on the way, sometimes.
    if moment % 3 == 0:
        in_a_child(path, True, 4)
    assert in_a_child(path, True) == 0
luck = random.Random(5)
for kill in range(20):
    path = folder / f"random-{kill:02d}"
    in_a_child(path, False, seconds=luck.random() * lasts)
    assert in_a_child(path, True) == 0
print(moment)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and SIGKILL")
def test_killed_at_any_moment_and_resumed_gives_the_same_bytes(tmp_path: Path) -> None:
    # Two nights a game: what is tried here is the disk.
    town = get_scenario(TOWN).replace(min_nights=1, max_nights=2).to_mapping()
    fields = (f"{key} = {json.dumps(value)}\n" for key, value in town.items() if key != "name")
    file = tmp_path / "town.toml"
    file.write_text("".join(fields), encoding="utf-8")
    settings = json.dumps({**TINY, "scenarios": [str(file)]})
    folder = tmp_path / "runs"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", DRIVER, str(folder), settings],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    expected = tree(folder / "whole")
    assert set(expected) == FILES
    runs = sorted(folder.iterdir())
    # Three moments for each of: settings, three checkpoints of two files, four results; then one run that lived.
    assert int(done.stdout) - 1 == 3 * (1 + 6 + 4)
    assert len(runs) == int(done.stdout) + 20 + 1
    for path in runs:
        assert tree(path) == expected, path.name


def failing(moment: int, code: int) -> Callable[[int], None]:
    """Return an `os.fsync` that fails at a moment, as a full disk does."""
    left = [moment]
    real = os.fsync

    def instead(handle: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            raise OSError(code, os.strerror(code))
        real(handle)

    return instead


@pytest.mark.parametrize("moment", [1, 3, 7, 9, 11, 15, 21])
def test_a_full_disk_leaves_the_last_good_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    expected = whole(tmp_path / "whole")
    path = tmp_path / "full"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing(moment, errno.ENOSPC))
        with pytest.raises(BucketBrigadeError, match=r"No space left on device.*--resume .*full"):
            whole(path)
    if (path / "checkpoint.json").exists():
        record = json.loads((path / "checkpoint.json").read_text())["data"]
        assert (path / f"generation-{record['generation']:06d}.npz").exists()
    assert whole(path, resume=True) == expected


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="Cannot use the directory"):
        whole(tmp_path / "file" / "run")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.txt").write_text("")
    with pytest.raises(InvalidInput, match="holds other files"):
        whole(tmp_path / "other")


def test_a_folder_that_becomes_read_only_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", failing(1, errno.EACCES))
        with pytest.raises(BucketBrigadeError, match=r"Cannot write into .*Permission denied"):
            whole(tmp_path / "run")
    assert set(whole(tmp_path / "run")) == FILES


def test_other_settings_or_another_stream_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run"
    files = whole(path)
    with pytest.raises(InvalidInput, match="--resume"):
        whole(path)
    with pytest.raises(InvalidInput, match="Different: population: 6 there, 7 now"):
        run_evolution(tiny(population=7), directory=path, resume=True)

    class Stranger(PythonReference):
        name = "stranger"

    with pytest.raises(InvalidInput, match=r"fixed: .*fixed: |Different: fixed"):
        run_evolution(tiny(), directory=path, resume=True, backend=Stranger())
    assert tree(path) == files
    assert whole(path, resume=True, backend="python", workers=2) == files


@pytest.mark.parametrize("rule", ["fixed", "fresh"])
def test_a_finished_run_goes_on_with_larger_limits(tmp_path: Path, rule: str) -> None:
    def run(name: str, *, resume: bool = False, **limits: Any) -> dict[str, bytes]:
        settings = tiny(generation_rule=rule, **{"generations": 100, "budget": 50, "stagnation": 3, **limits})
        run_evolution(settings, directory=tmp_path / name, resume=resume)
        return tree(tmp_path / name)

    run("grown", generations=2, budget=30, stagnation=2)
    for limits in (
        {"generations": 3, "budget": 30, "stagnation": 2},
        {"generations": 3},
        {},
        {"stagnation": 50},
        {"budget": None, "stagnation": 50, "generations": 100},
        {"budget": None, "stagnation": None, "generations": 101, "final_games": 9},
    ):
        assert run("grown", resume=True, **limits) == run(f"at once {limits}", **limits)
    with pytest.raises(InvalidInput, match=r"budget: null there, 50 now.*Only these may grow: generations, "):
        run("grown", resume=True, stagnation=None, generations=101, final_games=9)


def test_a_checkpoint_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "run"
    files = whole(path)
    kept = json.loads(files["checkpoint.json"])
    edits: dict[str, Any] = {"generation": 3, "stopped": "I said so", "best": 1e9, "evaluations": 1}
    for key, value in edits.items():
        changed = {**kept, "data": {**kept["data"], key: value}}
        (path / "checkpoint.json").write_text(json.dumps(changed, indent=1) + "\n")
        with pytest.raises(
            InvalidInput, match=r"checkpoint.json.* cannot be used: it was changed.*new directory"
        ):
            whole(path, resume=True)
    # Under a checksum of its own as well: a file of the right kind holds what belongs together.
    strangers: dict[str, Any] = {
        "generation": 3,
        "best": "much",
        "evaluations": 1,
        "logbook": [],
        "stopped": 5,
    }
    for key, value in strangers.items():
        changed = {**kept["data"], key: value}
        (path / "checkpoint.json").write_bytes(seal("checkpoint.json", kept["depends_on"], changed))
        with pytest.raises(InvalidInput, match=r"checkpoint.json.* cannot be used"):
            whole(path, resume=True)
    (path / "run.json").write_bytes(files["run.json"].replace(b'"seed": 11', b'"seed": 12'))
    with pytest.raises(InvalidInput, match=r"run.json.*changed or damaged.*new directory"):
        read_run(path)


def test_arrays_of_others_stay(tmp_path: Path) -> None:
    path = tmp_path / "run"
    files = whole(path)
    (path / "generation-mine.npz").write_bytes(b"mine")
    (path / "generation-000001.npz").write_bytes(b"of a checkpoint that was replaced")
    assert whole(path, resume=True) == {**files, "generation-mine.npz": b"mine"}


def test_damaged_checkpoints_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "run"
    whole(path)
    arrays = path / "generation-000004.npz"
    content = arrays.read_bytes()
    arrays.write_bytes(content[:-1])
    with pytest.raises(InvalidInput, match="is not what was written"):
        whole(path, resume=True)
    arrays.unlink()
    with pytest.raises(InvalidInput, match="cannot be used"):
        whole(path, resume=True)
    arrays.write_bytes(content)
    (path / "checkpoint.json").write_text("{")
    with pytest.raises(InvalidInput, match="cannot be used"):
        whole(path, resume=True)


def test_there_must_be_a_run_to_go_on_with(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no run to go on with"):
        read_run(tmp_path)
    (tmp_path / "run.json").write_bytes(seal("run.json", "", {"settings": {"epsilon": 1}, "remarks": {}}))
    with pytest.raises(InvalidInput, match="not one of evolution"):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"population": 1}, "population"),
        ({"elite": 6}, "elite"),
        ({"algorithm": "genetic"}, "'generational' or 'plus'"),
        ({"crossover": "blendd"}, "Did you mean 'blend'"),
        ({"mutation": "none"}, "'gaussian' or 'reset'"),
        ({"mutation_rate": 1.5}, "mutation_rate"),
        ({"mutation_size": "big"}, "mutation_size"),
        ({"budget": 5}, "budget"),
        ({"stagnation": 0}, "stagnation"),
        ({"scenarios": []}, "scenarios is empty"),
        ({"scenarios": TOWN}, "must be a list"),
        ({"start": ["hero"] * 7}, "population has 6 places"),
        ({"opponents": [3]}, "opponents holds 3"),
        ({"scale": "percent"}, "'payoff' or 'archetypes'"),
        ({"games": 0}, "games"),
        ({"fixed_traits": {"honest": 1.0}}, "Did you mean 'honesty'"),
        ({"fixed_traits": {"honesty": 2.0}}, "fixed_traits.honesty"),
        ({"fixed_traits": ["honesty"]}, "must name traits"),
    ],
)
def test_bad_settings_are_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        tiny(**changes)


def test_settings_are_read_from_toml(tmp_path: Path) -> None:
    file = tmp_path / "evolve.toml"
    file.write_text('scenarios = ["easy"]\nopponents = ["hero", [0,0,0,0,0,0,0,0,0,1]]\nbackend = "python"\n')
    values = read_config(file)
    assert values.pop("backend") == "python"
    assert EvolutionSettings.of(values).opponents == ("hero", [0.0] * 9 + [1.0])
    file.write_text('[evolve]\nscenarios = ["easy"]\n')
    assert read_config(file) == {"scenarios": ["easy"]}
    for text, message in (
        ("populaton = 5", "Did you mean 'population'"),
        ("population 5", "is not TOML"),
    ):
        file.write_text(text)
        with pytest.raises(ConfigError, match=message):
            read_config(file)
    with pytest.raises(ConfigError, match="Cannot read"):
        read_config(tmp_path / "none.toml")
    with pytest.raises(InvalidInput, match="no scenario is named"):
        EvolutionSettings.of({"population": 5})
    with pytest.raises(ConfigError, match="unknown key"):
        EvolutionSettings.of({"scenarios": ["easy"], "sead": 5})
