"""Everything that can be wrong with plugins, all of it installed at once, as a user meets it: by commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

import bucket_brigade

HEADER = "from bucket_brigade import AgentSpec, BackendSpec, hookimpl\n"
AGENT = """
@hookimpl
def register_agents(register):
    register(AgentSpec("{}", "", "bucket_brigade.agents.library.hero:make"))
"""
BACKEND = """
@hookimpl
def register_backends(register):
    register(BackendSpec("{0}", "", "{0}_backend:Make", {1}))
"""

FAILS = {
    "import-error": "import package_that_nobody_has",
    "wrong-signature": AGENT.replace("register_agents(register)", "register_agents(registry)"),
    "misspelt-hook": AGENT.replace("register_agents", "register_agent"),
    "hook-that-raises": AGENT.format("early") + "\n    raise RuntimeError('halfway')",
    "api-version": BACKEND.format("future", "api_version=99"),
}
GOOD = {
    "good": AGENT.format("good"),
    "one-hero": AGENT.format("hero"),
    "commands": "@hookimpl\ndef register_commands(cli):\n    raise RuntimeError('[/] no markup')",
    "probe-raises": BACKEND.format("raises", "probe='raises_backend:probe'"),
    "probe-hangs": BACKEND.format("hangs", "probe='hangs_backend:probe'"),
}
MODULES = {
    "raises_backend": "def probe(): raise OSError('[libcuda] is too old')",
    # A pool of threads waits at exit for what it has begun: the process would never end.
    "hangs_backend": """
        import time
        from concurrent.futures import ThreadPoolExecutor

        def probe():
            with ThreadPoolExecutor() as pool:
                pool.submit(time.sleep, 3600).result()
    """,
}
# A user waits five seconds for a probe; a test need not.
COMMAND = """
from bucket_brigade.registry.states import BackendTable
BackendTable.__init__.__kwdefaults__["probe_limit"] = 0.2
from bucket_brigade.cli import main
main()
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all of these are installed."""
    folder = tmp_path_factory.mktemp("site")
    for name, source in {**FAILS, **GOOD}.items():
        module = f"bb_{name.replace('-', '_')}"
        (folder / f"{module}.py").write_text(HEADER + source, encoding="utf-8")
        info = folder / f"{module}-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: bb-{name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[bucket_brigade]\n{name} = {module}\n")
    for module, source in MODULES.items():
        (folder / f"{module}.py").write_text(textwrap.dedent(source), encoding="utf-8")
    return folder


def typed(site: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a process of its own; the limit only says when it would be called hanging."""
    path = os.pathsep.join([str(site), str(Path(bucket_brigade.__file__).parent.parent)])
    return subprocess.run(
        [sys.executable, "-P", "-c", COMMAND, *arguments],
        env={**os.environ, "PYTHONPATH": path, **settings},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_all_of_it_is_named_and_nothing_else_suffers(site: Path) -> None:
    shown = typed(site, "plugins", "--json")
    assert shown.returncode == 0, shown.stderr
    listed: dict[str, Any] = json.loads(shown.stdout)

    states = {p["distribution"]: p["state"] for p in listed["plugins"] if p["distribution"].startswith("bb-")}
    states.pop("bb-core-rs", None)
    assert {name for name, state in states.items() if state == "failed"} == {f"bb-{name}" for name in FAILS}
    assert {name for name, state in states.items() if state == "loaded"} == {f"bb-{name}" for name in GOOD}
    reasons = {p["distribution"]: p["reason"] for p in listed["plugins"]}
    assert all(reasons[f"bb-{name}"] for name in FAILS)
    assert reasons["bb-commands"] == "its commands could not be added: RuntimeError: [/] no markup"
    for name in FAILS:
        assert f"Note: Plugin bb-{name} 1.0 (entry point '{name}') failed to load" in shown.stderr

    backends = {b["name"]: (b["state"], b["reason"]) for b in listed["backends"]}
    assert backends["raises"] == ("broken", "OSError: [libcuda] is too old")
    assert backends["hangs"] == ("unusable", "its probe gave no answer within 0.2 s")
    assert backends["python"] == ("ready", "")
    assert listed["shared_names"]["agent"] == {"hero": ["bucket-brigade/hero", "bb-one-hero/hero"]}
    assert {"good", "liar", "bb-one-hero/hero"} <= set(listed["agents"])
    assert "early" not in listed["agents"]


def test_the_table_shows_what_strangers_wrote_as_they_wrote_it(site: Path) -> None:
    shown = typed(site, "plugins")
    assert shown.returncode == 0, shown.stderr
    assert "OSError: [libcuda] is too old" in shown.stdout
    assert "RuntimeError: [/] no markup" in shown.stdout
    assert "Several offer the agent hero: it is ours, for another type bb-one-hero/hero." in shown.stdout


def test_games_are_played_all_the_same(site: Path) -> None:
    team = ("--profile", "good,bb-one-hero/hero,liar,free_rider")
    shown = typed(site, "payoffs", "easy", *team, "--games", "20", "--backend", "python", "--json")
    assert shown.returncode == 0, shown.stderr
    assert len(json.loads(shown.stdout)["payoffs"]) == 4


@pytest.mark.parametrize("how", ["BUCKET_BRIGADE_PLUGINS=''", "--no-plugins"])
def test_none_of_it_is_loaded_if_nobody_wants_it(site: Path, how: str) -> None:
    option = ("--no-plugins",) if how.startswith("--") else ()
    settings = {} if option else {"BUCKET_BRIGADE_PLUGINS": ""}
    shown = typed(site, *option, "plugins", "--json", BUCKET_BRIGADE_STRICT="1", **settings)
    assert shown.returncode == 0
    assert "Note: " not in shown.stderr
    states = {p["distribution"]: p["state"] for p in json.loads(shown.stdout)["plugins"]}
    assert {state for name, state in states.items() if name != "bucket-brigade"} == {"left out"}


def test_a_choice_loads_only_what_it_names(site: Path) -> None:
    chosen = "bb-good,probe-raises"
    shown = typed(site, "plugins", "--json", BUCKET_BRIGADE_PLUGINS=chosen, BUCKET_BRIGADE_STRICT="1")
    assert shown.returncode == 0
    assert "Note: " not in shown.stderr
    plugins = json.loads(shown.stdout)["plugins"]
    loaded = {p["distribution"] for p in plugins if p["state"] == "loaded"}
    assert loaded == {"bucket-brigade", "bb-good", "bb-probe-raises"}


def test_strict_mode_names_all_of_it_and_fails(site: Path) -> None:
    shown = typed(site, "scenarios", BUCKET_BRIGADE_STRICT="1")
    assert (shown.returncode, shown.stdout) == (1, "")
    for name in FAILS:
        assert f"Plugin bb-{name} 1.0" in shown.stderr
    assert shown.stderr.endswith("Type: BUCKET_BRIGADE_STRICT=0 bucket-brigade plugins\n")
