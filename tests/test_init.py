"""The door: what ``import bucket_brigade`` offers, and what it does not load."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bucket_brigade

PROJECT = Path(__file__).parents[1]

HEAVY = [
    "bb_core_rs",
    "cupy",
    "deap",
    "gymnasium",
    "hypothesis",
    "matplotlib",
    "pettingzoo",
    "rich",
    "scipy",
    "typer",
]


def loaded_by(statements: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after some statements."""
    code = f"import sys\n{statements}\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT
    )
    return set(done.stdout.split())


def test_the_import_is_light() -> None:
    loaded = loaded_by("import bucket_brigade")
    assert "bucket_brigade" in loaded
    assert not loaded & {*HEAVY, "numpy", "pluggy"}


def test_choosing_a_scenario_is_light() -> None:
    loaded = loaded_by(
        "import os; os.environ['BUCKET_BRIGADE_PLUGINS'] = ''\n"
        "import bucket_brigade\n"
        "bucket_brigade.get_scenario('easy'); bucket_brigade.resolve_backend('python')"
    )
    assert not loaded & set(HEAVY)


@pytest.mark.parametrize("name", bucket_brigade.__all__)
def test_every_name_at_the_door_is_there(name: str) -> None:
    assert getattr(bucket_brigade, name) is not None
    assert name in dir(bucket_brigade)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="module 'bucket_brigade' has no attribute 'nonsense'"):
        _ = bucket_brigade.nonsense


def test_type_checkers_see_what_is_loaded_when_it_is_used() -> None:
    tree = ast.parse(inspect.getsource(bucket_brigade))
    seen = {
        alias.name: (node.module or "").removeprefix("bucket_brigade.")
        for guard in tree.body
        if isinstance(guard, ast.If)
        for node in guard.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == bucket_brigade._HOME
    assert {*seen, "__version__"} == set(bucket_brigade.__all__)
    assert bucket_brigade.__all__ == sorted(bucket_brigade.__all__)


def test_the_layout_names_every_part() -> None:
    assert bucket_brigade.__doc__ is not None
    assert "General layout" in bucket_brigade.__doc__
    folder = Path(bucket_brigade.__file__).parent
    parts = [path.name for path in folder.iterdir() if (path / "__init__.py").exists()]
    assert [part for part in parts if part not in bucket_brigade.__doc__] == []


def test_the_version_is_that_of_the_distribution() -> None:
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert bucket_brigade.__version__ == project["version"]
