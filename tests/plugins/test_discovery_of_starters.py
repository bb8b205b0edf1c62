"""The starters can be copied and renamed as their READMEs say; `make test-plugins` runs their own tests."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.plugins.loading import load
from tests.strangers import Strangers, candidate

PLUGINS = Path(__file__).parent.parent.parent / "plugins"
OFFERS = {
    "agents_starter": {"agent": ["watchman", "patrol", "grudger"]},
    "backend_starter": {"backend": ["plain"]},
    "scenarios_starter": {"scenario": ["harbour-v1", "lighthouse-v1"]},
}


def metadata(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def renamed(name: str, folder: Path) -> Path:
    """Do what the README says, up to where it makes an environment."""
    shutil.copytree(PLUGINS / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    readme = (PLUGINS / name / "README.md").read_text(encoding="utf-8")
    commands, _, _ = re.findall(r"^```sh\n(.*?)^```", readme, re.DOTALL | re.MULTILINE)[0].partition(
        "python -m"
    )
    subprocess.run(["sh", "-ec", commands], cwd=folder, check=True)
    return folder / f"my_{name.removesuffix('_starter')}"


@pytest.mark.parametrize("name", OFFERS)
def test_a_renamed_copy_is_a_plugin_of_its_own(name: str, tmp_path: Path, strangers: Strangers) -> None:
    copy = renamed(name, tmp_path)
    left = [
        path
        for path in copy.rglob("*")
        if "starter" in path.name
        # The README goes on saying how the copy was made.
        or (path.is_file() and path.name != "README.md" and "starter" in path.read_text(encoding="utf-8"))
    ]
    assert left == []
    assert metadata(copy)["project"]["name"] == copy.name.replace("_", "-")
    ((entry, module),) = metadata(copy)["project"]["entry-points"]["bucket_brigade"].items()
    assert (entry, module) == (copy.name, f"{copy.name}.plugin")

    shutil.copytree(copy / "src" / copy.name, strangers.folder / copy.name)
    record = load(candidate(module, distribution=copy.name, name=entry))
    assert (record.state, record.reason) == ("loaded", "")
    offered = {word: [offer.name for offer in offers] for word, offers in record.offers.items() if offers}
    assert offered == OFFERS[name]


@pytest.mark.parametrize("name", OFFERS)
def test_it_is_a_complete_package(name: str) -> None:
    folder = PLUGINS / name
    for file in ("LICENSE", "README.md", f"src/{name}/py.typed", f"src/{name}/plugin.py"):
        assert (folder / file).is_file(), file
    assert list((folder / "tests").glob("test_*.py"))
    assert (
        metadata(folder)["project"]["requires-python"]
        == metadata(PLUGINS.parent)["project"]["requires-python"]
    )
