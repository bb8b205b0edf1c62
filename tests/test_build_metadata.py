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
        # Learners have an environment of their own.
        groups.pop("rl", None)
        for group in groups.values():
            named.update(group)
    return sorted(name for name in named if Requirement(name).name != "bucket-brigade")


def pinned(name: str) -> dict[str, str]:
    """The versions that a file of constraints pins."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line) for line in lines if not line.startswith("#")]
    return {canonicalize_name(pin.name): next(iter(pin.specifier)).version for pin in pins}


@pytest.mark.parametrize("text", requirements())
def test_every_requirement_is_pinned_within_its_bounds(text: str) -> None:
    requirement = Requirement(text)
    assert requirement.specifier.contains(pinned("constraints.txt")[canonicalize_name(requirement.name)])


def test_what_learners_require_is_pinned_in_an_environment_of_its_own() -> None:
    project, pins = read("pyproject.toml")["project"], pinned("constraints-rl.txt")
    extras = project["optional-dependencies"]
    for text in (
        *extras["rl"],
        *extras["gymnasium"],
        *extras["pettingzoo"],
        *extras["test"],
        *project["dependencies"],
    ):
        requirement = Requirement(text)
        if requirement.name != "bucket-brigade":
            assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_both_environments_have_one_version_of_what_they_share() -> None:
    usual, learners = pinned("constraints.txt"), pinned("constraints-rl.txt")
    different = {name for name in usual.keys() & learners.keys() if usual[name] != learners[name]}
    assert different <= {"nvidia-cuda-nvrtc"}  # torch brings a CUDA of its own
    assert "torch" not in usual


def test_both_distributions_have_one_version_and_one_oldest_python() -> None:
    core, rust = read("pyproject.toml")["project"], read("bb_core_rs/pyproject.toml")["project"]
    assert Version(core["version"]) == Version(read("Cargo.toml")["workspace"]["package"]["version"])
    assert rust["dynamic"] == ["version"]
    assert core["requires-python"] == rust["requires-python"] == ">=3.11"


def test_rust_enters_by_the_door_of_all_plugins() -> None:
    entry_points = read("bb_core_rs/pyproject.toml")["project"]["entry-points"]
    assert entry_points == {"bucket_brigade": {"rust": "bb_core_rs.plugin"}}
    assert "entry-points" not in read("pyproject.toml")["project"]
