"""The distributions' metadata agree with each other and with uv.lock."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
PROJECTS = ["pyproject.toml", "bb_core_rs/pyproject.toml", "plugins/bucket_brigade_cupy/pyproject.toml"]
OWN = {"bucket-brigade", "bb-core-rs", "bucket-brigade-cupy"}


def read(path: str) -> dict[str, Any]:
    """A TOML file of the repository."""
    return tomllib.loads((ROOT / path).read_text(encoding="utf-8"))


def requirements() -> list[str]:
    """Everything that the distributions and their development ask for, but for each other."""
    named: set[str] = set()
    for path in PROJECTS:
        data = read(path)
        project = data["project"]
        named.update(data["build-system"]["requires"], project["dependencies"])
        groups = {**project.get("optional-dependencies", {}), **data.get("dependency-groups", {})}
        for group in groups.values():
            named.update(text for text in group if isinstance(text, str))
    return sorted(name for name in named if canonicalize_name(Requirement(name).name) not in OWN)


@pytest.fixture(scope="module")
def locked() -> dict[str, dict[str, Any]]:
    """What uv.lock says of each package; each has one version, for all systems and Pythons."""
    packages = read("uv.lock")["package"]
    found = {package["name"]: package for package in packages}
    assert len(found) == len(packages)
    return found


@pytest.mark.parametrize("text", requirements())
def test_every_requirement_is_locked_within_its_bounds(text: str, locked: dict[str, dict[str, Any]]) -> None:
    requirement = Requirement(text)
    version = locked[canonicalize_name(requirement.name)]["version"]
    assert requirement.specifier.contains(version, prereleases=True)


def test_the_lock_names_no_index_but_pypi(locked: dict[str, dict[str, Any]]) -> None:
    """Whoever has set another index must not put its address into the file."""
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    assert set(re.findall(r"https?://[^/\"]+", text)) == {
        "https://pypi.org",
        "https://files.pythonhosted.org",
    }
    sources = {name: package["source"] for name, package in locked.items() if name not in OWN}
    assert {str(source) for source in sources.values()} == {str({"registry": "https://pypi.org/simple"})}


def test_every_file_of_the_lock_has_its_hash(locked: dict[str, dict[str, Any]]) -> None:
    for name in locked.keys() - OWN:
        files = [*locked[name].get("wheels", []), *filter(None, [locked[name].get("sdist")])]
        assert files
        assert all(file["hash"].startswith("sha256:") for file in files)


def test_torch_comes_with_the_extra_alone() -> None:
    """Nothing but `make test-rl` and training pulls five gigabytes."""
    (core,) = (package for package in read("uv.lock")["package"] if package["name"] == "bucket-brigade")
    asking = {
        name
        for kind in ("optional-dependencies", "dev-dependencies")
        for name, wanted in core[kind].items()
        if any(one["name"] in {"torch", "torchrl", "stable-baselines3"} for one in wanted)
    }
    assert asking == {"rl"}


@pytest.mark.parametrize("path", PROJECTS)
def test_every_distribution_carries_its_licence_and_its_readme(path: str) -> None:
    folder, project = (ROOT / path).parent, read(path)["project"]
    assert project["license-files"] == ["LICENSE"]
    assert (folder / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (folder / project["readme"]).is_file()


def test_data_of_the_rust_tests_is_that_of_all() -> None:
    """They read it through links inside the crate, so that its archive holds what they read."""
    crate = ROOT / "bb_core_rs" / "tests"
    shared = {"golden.json": "tests", "scenarios.toml": "bucket_brigade/game/data"}
    source = "".join(path.read_text(encoding="utf-8") for path in crate.rglob("*.rs"))
    assert set(re.findall(r'read\("([^"]+)"\)', source)) == shared.keys()
    for name, folder in shared.items():
        assert (crate / "data" / name).read_bytes() == (ROOT / folder / name).read_bytes()


def test_both_distributions_have_one_version_and_one_oldest_python() -> None:
    core, rust = read("pyproject.toml")["project"], read("bb_core_rs/pyproject.toml")["project"]
    assert Version(core["version"]) == Version(read("Cargo.toml")["workspace"]["package"]["version"])
    assert rust["version"] == core["version"]
    assert core["requires-python"] == rust["requires-python"] == ">=3.11"


def test_rust_enters_by_the_door_of_all_plugins() -> None:
    entry_points = read("bb_core_rs/pyproject.toml")["project"]["entry-points"]
    assert entry_points == {"bucket_brigade": {"rust": "bb_core_rs.plugin"}}
    assert "entry-points" not in read("pyproject.toml")["project"]
