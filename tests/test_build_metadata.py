"""The distributions' metadata agree with each other and with constraints.txt."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent


def read(path: str) -> dict[str, Any]:
    """A TOML file of the repository."""
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def requirements() -> list[str]:
    """Everything that the distributions and their development ask for, but for each other."""
    named: set[str] = set()
    for path in ("pyproject.toml", "bb_core_rs/pyproject.toml", "plugins/bucket_brigade_cupy/pyproject.toml"):
        data = read(path)
        project = data["project"]
        named.update(data["build-system"]["requires"], project["dependencies"])
        groups = {**project.get("optional-dependencies", {}), **data.get("dependency-groups", {})}
        # The oracles are no part of the virtual environment: tests call them where they are, at any version.
        groups.pop("oracles", None)
        # Nor is CuPy, which is of no use without a GPU.
        for cuda in ("cuda12", "cuda13"):
            groups.pop(cuda, None)
        for group in groups.values():
            named.update(group)
    return sorted(name for name in named if Requirement(name).name != "bucket-brigade")


@pytest.mark.parametrize("text", requirements())
def test_every_requirement_is_pinned_within_its_bounds(text: str) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    versions = {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}
    requirement = Requirement(text)
    assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)])


def test_both_distributions_have_one_version_and_one_oldest_python() -> None:
    core, rust = read("pyproject.toml")["project"], read("bb_core_rs/pyproject.toml")["project"]
    assert Version(core["version"]) == Version(read("Cargo.toml")["workspace"]["package"]["version"])
    assert rust["dynamic"] == ["version"]
    assert core["requires-python"] == rust["requires-python"] == ">=3.11"


def test_rust_enters_by_the_door_of_all_plugins() -> None:
    entry_points = read("bb_core_rs/pyproject.toml")["project"]["entry-points"]
    assert entry_points == {"bucket_brigade": {"rust": "bb_core_rs.plugin"}}
    assert "entry-points" not in read("pyproject.toml")["project"]
