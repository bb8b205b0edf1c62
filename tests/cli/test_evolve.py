"""``bucket-brigade evolve`` as its user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

FEW = ("--method=simulate", "--generations=3", "--population=6", "--games=4", "--final-games=8")


def test_a_run_prints_the_best_and_its_traits(cli: Cli) -> None:
    done = cli("evolve", "two_houses", *FEW)
    assert done.code == 0
    for word in ("evolved 1", "firefighter", "±", "work_tendency", "\n["):
        assert word in done.out
    assert "generation    3" in done.err and "spread" in done.err
    assert "all 3 generations are done" in done.err
    quiet = cli("evolve", "two_houses", *FEW, "-q")
    assert (quiet.out, quiet.err) == (done.out, "")


def test_a_run_is_kept_and_gone_on_with(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "run"
    first = cli("evolve", "two_houses", *FEW, "--out", str(folder), "--seed", "3", "--json")
    assert first.code == 0
    files = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert json.loads(files["result.json"])["hall_of_fame"] == first.json()["hall_of_fame"]
    again = cli("evolve", "--resume", str(folder), "--json")
    assert again.json() == first.json()
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == files
    other = cli("evolve", "--resume", str(folder), "--population", "8")
    assert other.code == 2 and "population: 6 there, 8 now" in other.err
    twice = cli("evolve", "two_houses", *FEW, "--out", str(folder), "--seed", "3")
    assert twice.code == 2 and "--resume" in twice.err


def test_settings_come_from_a_file_and_options_go_before_it(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "evolve.toml"
    file.write_text(
        'scenarios = ["two_houses"]\nfitness = "mixed"\nopponents = ["hero", "liar"]\nrule = "social"\n'
        'population = 6\ngenerations = 2\ngames = 4\nfinal_games = 8\nbackend = "python"\nworkers = 2\n',
        encoding="utf-8",
    )
    done = cli("evolve", "--config", str(file), "--generations", "1", "--json").json()
    assert done["settings"]["generations"] == 1
    assert done["settings"]["opponents"] == ["hero", "liar"]
    assert done["generations"] == 1
    assert done["provenance"]["backend"] == "python"
    assert done["method"] == "simulate"
    shown = cli("evolve", "--config", str(file), "--backend", "loopback")
    assert "social:[" in shown.out and "loopback" in shown.err


def test_opponents_and_several_scenarios(cli: Cli) -> None:
    done = cli(
        "evolve", "two_houses-v1", "two_houses-v2", *FEW, "--fitness", "against", "--opponents", "hero"
    )
    assert done.code == 0
    assert "fitness" in done.out and "two_houses-v1, two_houses-v2" in done.out


def test_an_interrupted_run_says_how_to_go_on(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bucket_brigade.evolution import run

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    folder = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(run, "next_state", interrupted)
        done = cli("evolve", "two_houses", *FEW, "--out", str(folder))
    assert done.code == 130
    assert f"--resume {folder}" in done.err.replace("\n", "")
    assert cli("evolve", "--resume", str(folder)).code == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "no scenario is named"),
        (("two_housse",), "Did you mean 'two_houses'"),
        (("two_houses", "--fitness", "mixed"), "name the pool"),
        (("two_houses", "--opponents", "heroo", "--fitness", "mixed"), "Did you mean 'hero'"),
        (("two_houses", "--config", "none.toml"), "Cannot read the config file"),
        (("--resume", "nowhere"), "There is no run to go on with"),
        (("--resume", "nowhere", "--out", "elsewhere"), "leave --out away"),
        (("two_houses", "--rule", "tabular"), "'heuristic' or 'social'"),
    ],
)
def test_impossible_runs_are_refused(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = cli("evolve", *arguments)
    assert done.code == 2
    assert message in done.err
    assert not list(tmp_path.iterdir())
