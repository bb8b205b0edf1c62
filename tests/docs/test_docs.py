"""Documents agree with the code: code blocks run, commands exist, links lead somewhere."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from bucket_brigade.testing.agent.kit import AGENT_CHECKS
from bucket_brigade.testing.backend.kit import BACKEND_CHECKS
from tests.cli.conftest import Cli, cli  # noqa: F401  the fixture

ROOT = Path(__file__).parent.parent.parent
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
COMMANDS = ("check", "evolve", "nash", "payoffs", "play", "plugins", "scenarios", "sweep", "tournament")


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
    )


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p, "python")], ids=names)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {"__name__": "page"}
    for block in blocks(page, "python"):
        exec(compile(block, str(page), "exec"), namespace)


@pytest.mark.parametrize("page", PAGES, ids=names)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if not target.startswith("https://"):
            assert (page.parent / target).exists(), target


def commands(page: Path) -> list[str]:
    """Return what a page tells its readers to type after ``bucket-brigade``."""
    found = (
        re.findall(r"^\$ (?:\.venv/bin/)?bucket-brigade (.*)$", b, re.MULTILINE)
        for b in blocks(page, "console")
    )
    return list(dict.fromkeys(command for block in found for command in block))


@pytest.mark.parametrize("page", [p for p in PAGES if commands(p)], ids=names)
def test_commands_in_the_pages_are_accepted(
    page: Path,
    cli: Cli,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    own = blocks(ROOT / "docs" / "how-to" / "own-scenarios.md", "toml")[0]
    (tmp_path / "town.toml").write_text(own, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    few = {
        **{name: ["--games", "24"] for name in ("nash", "payoffs", "tournament")},
        "evolve": ["--generations=1", "--population=6", "--final-games=9"],
    }
    for command in commands(page):
        arguments = shlex.split(command)
        assert cli(*arguments, *few.get(arguments[0], []), "--json").code == 0, command


def test_every_command_is_told_of() -> None:
    assert {command.split()[0] for page in PAGES for command in commands(page)} == set(COMMANDS)


def test_the_page_of_the_kit_lists_every_check() -> None:
    lines = (ROOT / "docs" / "reference" / "conformance-kit.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    told = [(check.name, check.about) for check in BACKEND_CHECKS]
    told += [(check.name, check.about) for check in AGENT_CHECKS]
    assert rows == [f"| `{name}` | {about} |" for name, about in told]
