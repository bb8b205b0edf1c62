"""`bucket-brigade play`: the golden games, seen from the command line."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys

import pytest

from tests.cli.conftest import Cli
from tests.conformance.golden import GAMES

TEAM = "hero,free_rider,social:liar,firefighter"
NAMED = [game for game in GAMES if isinstance(game["scenario"], str)]
RECORDED = [game for game in NAMED if "actions" in game]


def member(seat: dict[str, object]) -> str:
    return f"{seat['kind']}:{json.dumps(seat['theta'])}"


@pytest.mark.parametrize("game", RECORDED, ids=lambda g: g["scenario"])
def test_json_has_the_keys_of_a_golden_game(cli: Cli, game: dict[str, object]) -> None:
    team = ",".join(member(seat) for seat in game["seats"])  # type: ignore[attr-defined]
    arguments = ("--team", team, "--seed", str(game["seed"]), "--game", str(game["game"]), "--json")
    shown = cli("play", str(game["scenario"]), *arguments).json()
    for key in ("scenario", "seats", "seed", "game", "terminated", "tallies", "houses", "actions"):
        assert shown[key] == game[key], key
    assert shown["payoffs"] == pytest.approx(game["payoffs"], rel=1e-9)
    assert shown["backend"] in ("python", "rust")


def test_a_line_a_night_when_piped(cli: Cli) -> None:
    shown = cli("play", "greedy_neighbor", "--team", TEAM, "--seed", "7")
    assert shown.code == 0
    assert "    0  ⌂⌂▲▲⌂⌂▲⌂▲▲     fire at 2, 3, 6, 8 and 9 at the start" in shown.out
    assert "3 saved by A and D" in shown.out
    assert "12 nights, the rules ended it; 6 of 10 houses ruined" in shown.out
    assert "\x1b" not in shown.out


def test_every_backend_shows_the_same_game(cli: Cli) -> None:
    shown = [
        cli("play", "hard", "--seed", "3", "--json", "--backend", b).json() for b in ("python", "loopback")
    ]
    for one in shown:
        del one["backend"], one["provenance"]
    assert shown[0] == shown[1]


def test_quiet_prints_the_result_alone(cli: Cli) -> None:
    shown = cli("play", "easy", "-q", "--backend", "python")
    assert shown.err == ""
    assert "⌂" not in shown.out
    assert "A firefighter" in shown.out


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are a Unix thing")
def test_a_terminal_gets_the_ring() -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bucket_brigade", "play", "two_houses", "--seed", "1", "--delay", "0.01"]
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "110", "LINES": "40"}
    with subprocess.Popen(command, stdout=theirs, stderr=subprocess.PIPE, env=environment) as process:
        os.close(theirs)
        seen = b""
        while True:
            try:
                part = os.read(ours, 65536)
            except OSError:
                break
            if not part:
                break
            seen += part
        process.wait()
        assert process.stderr is not None
        assert process.returncode == 0, process.stderr.read().decode()
    os.close(ours)
    text = seen.decode()
    assert "\x1b[" in text
    assert "night 1" in text and "burning" in text and "own saves" in text
