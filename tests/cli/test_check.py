"""`check backend` and `check agent`: exit codes, what is said of a failure, and how to see it again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bucket_brigade.plugins import use_plugins
from bucket_brigade.testing.agent.kit import AGENT_CHECKS
from tests.cli.conftest import Cli
from tests.strangers import Strangers

STRANGER = """
import numpy as np
from bucket_brigade.backends.python_reference import PythonReference


@hookimpl
def register_agents(register):
    register(AgentSpec("sly", "claims to be honest", "sly_agents:Sly", traits={"honest": True}))


@hookimpl
def register_backends(register):
    register(BackendSpec("sloppy", "another seed", "sly_agents:Sloppy", exact_stream=True))
    register(BackendSpec("gone", "is not there", "not_there:Gone", install="pip install gone"))
    register(BackendSpec("broken", "cannot be made", "sly_agents:Broken", exact_stream=True))
"""
AGENTS = """
from dataclasses import replace
from bucket_brigade.agents import actions
from bucket_brigade.backends.python_reference import PythonReference


class Sly:
    def reset(self, seat, scenario, num_games):
        self.home = scenario.home(seat)

    def act(self, observations):
        return actions([self.home] * observations.num_games, 0, 1)


class Sloppy(PythonReference):
    name = "sloppy"

    def play(self, request):
        return super().play(replace(request, seed=request.seed ^ 1))


class Broken:
    def __init__(self):
        raise RuntimeError("no device today")
"""


@pytest.fixture
def stranger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strangers:
    (tmp_path / "site").mkdir()
    made = Strangers(tmp_path / "site", monkeypatch)
    made.module("sly_agents", AGENTS)
    return made


def test_an_agent_that_is_right(cli: Cli) -> None:
    shown = cli("check", "agent", "hero")
    assert shown.code == 0
    assert "0 failed" in shown.out
    assert all(check.name in shown.out for check in AGENT_CHECKS)


def test_verbose_says_what_was_looked_at(cli: Cli) -> None:
    shown = cli("check", "agent", "hero", "--verbose")
    assert "14 scenes" in shown.out
    assert "claimed not to hold" in shown.out


def test_quiet_prints_what_failed_and_a_summary(cli: Cli) -> None:
    shown = cli("check", "agent", "hero", "--quiet")
    assert shown.out.strip().endswith("0 failed.")
    assert len(shown.out.strip().splitlines()) == 1


def test_json(cli: Cli) -> None:
    shown = cli("check", "agent", "social:hero", "--json").json()
    assert shown["ok"] is True
    assert [result["check"] for result in shown["results"]] == [check.name for check in AGENT_CHECKS]


def test_a_lie_is_named_with_what_was_expected_and_how_to_see_it(cli: Cli, stranger: Strangers) -> None:
    with use_plugins(stranger.load(STRANGER)):
        shown = cli("check", "agent", "sly")
        as_json = cli("check", "agent", "sly", "--json", "--only", "trait_honest")
    assert shown.code == 1
    for part in (
        "trait_honest failed",
        "it signalled 1 in mode 0: scene 0 (10 houses, 4 agents, seat 1), night 1 of game 4294967292",
        "Expected: the signal that is its mode, as claimed",
        "To see it: from bucket_brigade.testing.agent.scenes import standard_scenes; standard_scenes()[0]",
        "To run it alone: bucket-brigade check agent sly --only trait_honest",
        "1 failed",
    ):
        assert part in shown.out, shown.out
    assert as_json.code == 1
    assert [result["check"] for result in as_json.json()["results"]] == ["trait_honest"]


def test_a_backend_that_is_wrong(cli: Cli, stranger: Strangers) -> None:
    with use_plugins(stranger.load(STRANGER)):
        shown = cli("check", "backend", "sloppy", "--only", "exact_stream", "--verbose")
    assert shown.code == 1
    assert "means nothing while golden_games fails" in shown.out
    assert "golden game 0 (default-v1-4xheuristic-287), seat 0: " in shown.out


def test_a_backend_that_is_not_there_or_cannot_be_made(cli: Cli, stranger: Strangers) -> None:
    with use_plugins(stranger.load(STRANGER)):
        gone, broken = cli("check", "backend", "gone"), cli("check", "backend", "broken")
    assert (gone.code, broken.code) == (1, 1)
    assert "Backend 'gone' (from argument) is not installed" in gone.err
    assert "Type: pip install gone" in gone.err
    assert (
        "Backend 'broken' cannot be made by 'sly_agents:Broken': RuntimeError: no device today" in broken.err
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("backend", "pyhton"), "Did you mean 'python'?"),
        (("agent", "heroo"), "Did you mean 'hero'?"),
        (("agent", "hero", "--only", "row_ordr"), "Did you mean 'row_order'?"),
        (("backend", "python", "--only", "golden"), "Did you mean 'golden_games'?"),
    ],
)
def test_unknown_names_are_refused_with_a_suggestion(
    cli: Cli, arguments: tuple[str, ...], message: str
) -> None:
    shown = cli("check", *arguments)
    assert shown.code == 2
    assert shown.out == ""
    assert message in shown.err


def test_strangers_run_the_checks_under_their_own_pytest(tmp_path: Path) -> None:
    """Without our configuration: one test a check; those that do not apply are skipped with the reason."""
    (tmp_path / "test_mine.py").write_text(
        "import pytest\n"
        "from bucket_brigade.testing import agent_checks, backend_checks\n"
        '@pytest.mark.parametrize("check", agent_checks("hero"), ids=str)\n'
        "def test_agent(check):\n    check()\n"
        '@pytest.mark.parametrize("check", backend_checks("cupy"), ids=str)\n'
        "def test_backend(check):\n    check()\n",
        encoding="utf-8",
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", str(tmp_path)]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert shown.returncode == 0, shown.stdout + shown.stderr
    assert "7 passed, 38 skipped" in shown.stdout
    assert "a native strategy is data" in shown.stdout
    assert "'cupy'" in shown.stdout
