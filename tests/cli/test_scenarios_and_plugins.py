"""`scenarios`, `plugins`, `payoffs` and the top of the command line."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from bucket_brigade.registry import list_scenarios
from bucket_brigade.simulation import simulate
from tests.cli.conftest import Cli


def test_scenarios_lists_all_thirty(cli: Cli) -> None:
    listed = cli("scenarios").out
    assert len(list_scenarios()) == 30
    assert all(name in listed for name in list_scenarios())
    assert len(cli("scenarios", "--json").json()["scenarios"]) == 30


def test_one_scenario_in_full(cli: Cli) -> None:
    assert "prob_solo_agent_extinguishes_fire" in cli("scenarios", "greedy_neighbor").out
    shown = cli("scenarios", "greedy_neighbor", "--json").json()
    assert shown["name"] == "greedy_neighbor-v2"
    assert shown["min_nights"] >= 1


def test_plugins_shows_states_and_the_choice(cli: Cli) -> None:
    shown = cli("plugins", "--json", "--backend", "python").json()
    states = {backend["name"]: backend["state"] for backend in shown["backends"]}
    assert states["python"] == "ready"
    assert states["cupy"] == "not installed"
    assert shown["chosen"] == {"name": "python", "source": "argument"}
    assert "python" in cli("plugins").out


def test_plugins_lists_agents_with_what_they_declare(cli: Cli) -> None:
    shown = cli("plugins", "--all").out
    lines = [" ".join(line.split()) for line in shown.splitlines()]
    assert "always_rest never works, and says so native, state_only, deterministic, memoryless," in lines
    traits = cli("plugins", "--json").json()["traits"]
    assert traits["tit_for_tat"]["honest"] and not traits["tit_for_tat"]["state_only"]


def test_plugins_works_when_the_choice_is_nonsense(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "nonsense")
    shown = cli("plugins", "--json")
    assert shown.code == 0
    assert "nonsense" in shown.json()["chosen"]["error"]


def test_payoffs_of_a_profile(cli: Cli) -> None:
    team = "hero,free_rider,social:liar,firefighter"
    arguments = ("--profile", team, "--games", "200", "--seed", "5", "--backend", "python", "--json")
    shown = cli("payoffs", "default", *arguments).json()
    expected = simulate("default", team, games=200, seed=5, backend="python")
    assert shown["payoffs"] == expected.payoffs.tolist()
    assert shown["standard_errors"] == expected.standard_errors.tolist()
    assert shown["nights"] == expected.nights
    assert shown["backend"] == "python"


def test_payoffs_of_one_game_are_valid_json(cli: Cli) -> None:
    one_game = ("--method", "simulate", "--games", "1")
    shown = cli("payoffs", "easy", "--profile", "hero,hero,hero,hero", *one_game, "--json").json()
    assert shown["standard_errors"] == [None] * 4


def test_the_matrix_pits_each_against_each(cli: Cli) -> None:
    shown = cli("payoffs", "easy", "--games", "48", "--backend", "python", "--json").json()
    assert np.shape(shown["payoffs"]) == (5, 5)
    assert np.shape(shown["standard_errors"]) == (5, 5)
    assert "free_rider" in cli("payoffs", "easy", "--games", "48", "--backend", "python").out


def test_version_and_help(cli: Cli) -> None:
    assert cli("--version").out.startswith("bucket-brigade ")
    assert "nash" in cli("--help").out
    assert cli().code == 2


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; sys.argv = ['bucket-brigade', '--help']\n"
        "from bucket_brigade.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({'scipy', 'matplotlib', 'bb_core_rs._native', 'hypothesis'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip().splitlines()[-1] == "[]"


def test_without_plugins_the_command_still_works(cli: Cli) -> None:
    shown = cli("--no-plugins", "plugins", "--json").json()
    assert {b["name"] for b in shown["backends"] if b["state"] == "ready"} == {"python", "loopback"}
