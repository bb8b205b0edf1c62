"""`bucket-brigade tournament`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

NUMBERS = "[1,0.9,0.5,0.8,0.5,0.7,0.1,0,0,0.8]"
PLAYED = (
    "tournament",
    "--agents",
    f"hero,free_rider,{NUMBERS}",
    "--scenarios",
    "two_houses",
    "--games",
    "90",
)


def test_agents_are_ranked_by_what_they_are_worth_to_the_team(cli: Cli) -> None:
    shown = cli(*PLAYED, "--backend", "python")
    assert shown.code == 0
    lines = shown.out.splitlines()
    assert lines[0].startswith("3 agents in two_houses-v2: 30 rounds, 180 games")
    # Commas between brackets split nobody.
    agents = [line.split()[0] for line in lines if line.strip().endswith("%")]
    assert sorted(agents) == sorted(["hero", "free_rider", NUMBERS])
    data = cli(*PLAYED, "--json").json()
    values = {e["agent"]: e["value"] for e in data["effects"] if e["response"] == "team_payoff"}
    assert agents == sorted(values, key=lambda agent: -values[agent])
    assert "Shrunk on average: own_payoff to" in shown.err
    assert "95 % intervals" in shown.err
    assert "seed 0 · 180 games" in shown.err


def test_json_says_how_it_was_made(cli: Cli) -> None:
    data = cli(*PLAYED, "--seed", "3", "--ridge", "0.5", "--rounds", "40", "--json").json()
    assert data["design"] == {
        "teams": "independent permutations on every seat",
        "rounds": 40,
        "teams_per_round": 6,
        "games_per_team": 1,
    }
    assert {row["chosen_by"] for row in data["shrinkage"]} == {"argument"}
    assert {row["ridge"] for row in data["shrinkage"]} == {0.5}
    assert data["provenance"]["seed"] == 3
    assert set(data["meaning"]) >= {"own_payoff", "team_payoff", "synergy", "interval"}


def test_a_run_is_kept_and_goes_on(cli: Cli, tmp_path: Path) -> None:
    out = str(tmp_path / "out")
    first = cli(*PLAYED, "--out", out, "--format", "csv")
    assert first.code == 0 and f"Written to {out}: effects.csv" in first.err
    summary = json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))
    assert summary["agents"] == ["hero", "free_rider", NUMBERS]
    again = cli(*PLAYED, "--out", out, "--format", "csv", "--resume")
    assert "Taken from an earlier run: 180 of 180 games." in again.err
    assert again.out == first.out
    assert "Add --resume" in cli(*PLAYED, "--out", out).err
    assert "other settings" in cli(*PLAYED, "--seed", "1", "--out", out, "--resume").err


def test_the_twelve_have_a_name(cli: Cli) -> None:
    data = cli(
        "tournament", "--agents", "hero,liar", "--scenarios", "twelve-v1,two_houses", "--games", "1", "--json"
    ).json()
    assert len(data["scenarios"]) == 13
    assert data["scenarios"][0] == "default-v1" and data["scenarios"][-1] == "two_houses-v2"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--agents", "hero", "--scenarios", "easy"), "two agents or more"),
        (("--agents", "hero,heroo", "--scenarios", "easy"), "Did you mean 'hero'"),
        (("--agents", "hero,liar,hero", "--scenarios", "easy"), "Name each agent once"),
        (("--agents", "hero,liar", "--scenarios", "esy"), "Did you mean 'easy'"),
        (("--agents", "hero,liar", "--scenarios", "twelve,easy"), "one name: 'easy-v2'"),
        (("--agents", "hero,liar", "--scenarios", "easy,"), "empty name"),
        (("--agents", "hero,liar", "--scenarios", "easy", "--ridge", "gvc"), "ridge = 'gvc'"),
        (("--agents", "hero,liar", "--scenarios", "easy", "--distinct"), "more than 4 agents"),
        (("--agents", "hero,liar", "--scenarios", "easy", "--resume"), "--out DIR"),
        (("--agents", "hero,liar", "--scenarios", "easy", "--format", "csv"), "--out DIR"),
        (
            ("--agents", "hero,liar", "--scenarios", "easy", "--out", "x", "--format", "cvs"),
            "Did you mean 'csv'",
        ),
        (("--agents", "hero,liar", "--scenarios", "easy", "--rounds", "1"), "rounds = 1"),
    ],
)
def test_what_cannot_be_played_is_refused(cli: Cli, arguments: tuple[str, ...], said: str) -> None:
    shown = cli("tournament", *arguments)
    assert shown.code == 2
    assert said in shown.err
    assert not shown.out
