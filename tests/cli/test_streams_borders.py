"""Where output meets the world: narrow encodings, lost streams, foreign names, signals and narrow terminals."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Cli

COMMAND = f"{sys.executable} -m bucket_brigade"
UNIX = pytest.mark.skipif(sys.platform == "win32", reason="needs a Unix shell")
TEAM = "hero,free_rider,liar,coordinator"


def shell(command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=60,
        env={**os.environ, **environment},
    )


@UNIX
@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize(
    "arguments",
    ["play easy", "nash two_houses", "payoffs two_houses --games 9 --method simulate", "play --help"],
)
def test_what_an_encoding_lacks_is_shown_plainly(arguments: str, encoding: str) -> None:
    shown = shell(f"{COMMAND} {arguments}", PYTHONIOENCODING=encoding)
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout and "Traceback" not in shown.stderr


@UNIX
@pytest.mark.parametrize(
    ("redirected", "code"), [(">&-", 1), (">/dev/full", 1), ("2>&-", 0), ("2>/dev/full", 0), (">&- 2>&-", 1)]
)
@pytest.mark.parametrize("arguments", ["play easy", "play easy --json"])
def test_a_lost_stream_is_one_line_and_an_exit_code(arguments: str, redirected: str, code: int) -> None:
    if "/dev/full" in redirected and not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full")
    shown = shell(f"{COMMAND} {arguments} {redirected}")
    assert shown.returncode == code
    assert "Traceback" not in shown.stderr and "Exception" not in shown.stderr
    if code == 1 and "2>" not in redirected:
        assert shown.stderr.count("Error: The result could not be written to stdout") == 1


@UNIX
def test_a_reader_that_has_had_enough_is_no_failure() -> None:
    shown = shell(f"{COMMAND} play easy | true; echo ${{PIPESTATUS[0]}}")
    assert shown.stdout.strip() == "0" and "Traceback" not in shown.stderr


@UNIX
@pytest.mark.parametrize(("signal", "code"), [("INT", 130), ("TERM", 143)])
@pytest.mark.parametrize("after", [0.15, 0.3, 1.5])
def test_a_signal_ends_it_without_a_traceback(signal: str, code: int, after: float) -> None:
    work = "from bucket_brigade.cli import main; main()"
    started = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    command = [
        sys.executable,
        "-c",
        started + work,
        "payoffs",
        "hard",
        "--method=simulate",
        "--games=50000000",
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.send_signal(getattr(__import__("signal"), f"SIG{signal}"))
        _, err = process.communicate(timeout=30)
    # Before our first line runs, a signal is Python's own to handle.
    assert process.returncode == code or after < 0.5, err
    assert "Traceback" not in err or after < 0.3


@pytest.mark.parametrize("width", ["60", "80", "120"])
@pytest.mark.parametrize(
    "arguments",
    [("play", "easy", "--team", TEAM, "-q"), ("payoffs", "easy"), ("payoffs", "easy", "--profile", TEAM)],
)
def test_names_and_payoffs_are_whole(
    cli: Cli, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], width: str
) -> None:
    wide = cli(*arguments)
    monkeypatch.setenv("COLUMNS", width)
    shown = cli(*arguments)
    assert "…" not in shown.out
    assert max(map(len, shown.out.splitlines())) <= int(width)
    # Every number with decimals: in the matrix they are the payoffs.
    payoffs = {
        word
        for line in wide.out.splitlines()
        for word in line.split()
        if word.count(".") == 1 and word[-1].isdigit()
    }
    if arguments[0] == "payoffs" and len(arguments) == 2:
        assert all(payoff in shown.out for payoff in payoffs)
    assert all(name in shown.out for name in TEAM.split(","))


@pytest.mark.parametrize("width", ["60", "80", "120"])
def test_scenarios_keep_their_versions(cli: Cli, monkeypatch: pytest.MonkeyPatch, width: str) -> None:
    monkeypatch.setenv("COLUMNS", width)
    words = cli("scenarios").out.split()
    assert {"default-v1", "default-v2", "trivial_cooperation-v1"} <= set(words)


def test_foreign_text_is_shown_as_it_is() -> None:
    from bucket_brigade.cli.output import console

    out = console()
    with out.capture() as captured:
        out.print("[/x] [link=https://a.b]c[/link] :smile: \x1b[31m")
    assert captured.get() == "[/x] [link=https://a.b]c[/link] :smile: \\x1b[31m\n"


def test_a_lie_is_bound_to_its_agent(cli: Cli) -> None:
    assert "b1!  C2   D3" in cli("play", "greedy_neighbor", "--seed", "7").out


@pytest.mark.parametrize(
    ("strategies", "said"),
    [("hero,hero", "'hero' is given twice"), ("hero,[1,1,1,0.5,0.1,0.5,0,0.9,0,1]", "are one strategy")],
)
def test_one_strategy_twice_is_refused(cli: Cli, strategies: str, said: str) -> None:
    shown = cli("nash", "two_houses", "--strategies", strategies)
    assert shown.code == 2 and said in shown.err


def test_games_without_effect_are_said_once(cli: Cli) -> None:
    shown = cli("nash", "two_houses", "--games", "9")
    assert shown.err.count("--games has no effect") == 1


def test_options_without_meaning_are_refused(cli: Cli) -> None:
    assert cli("scenarios", "--seed", "1").code == 2
    assert cli("nash", "easy", "--rules", "v1").code == 2


def test_json_of_a_game_names_the_agents(cli: Cli) -> None:
    assert cli("play", "easy", "--team", TEAM, "--json").json()["agents"] == TEAM.split(",")


@UNIX
def test_names_of_scenarios_are_completed() -> None:
    words = {"COMP_WORDS": "bucket-brigade play greedy", "COMP_CWORD": "2"}
    shown = shell(COMMAND, _BUCKET_BRIGADE_COMPLETE="complete_bash", **words)
    assert "greedy_neighbor-v2" in shown.stdout.split()
