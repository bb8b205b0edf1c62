"""Who may import whom: downwards only, and never in a circle."""

from __future__ import annotations

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import bucket_brigade

ROOT = Path(bucket_brigade.__file__).parent

# From the ground up. Parts of one layer may import each other as long as no circle comes of it. The
# loader of plugins stands with the registry: both know the contracts below and nothing above.
LAYERS = [
    {"errors"},
    {"game"},
    {"backends", "agents"},
    {"hookspecs", "config", "plugins", "builtin_plugin", "registry", "simulation", "exact"},
    {"testing", "equilibrium", "tournament", "envs"},
    {"reports", "evolution"},
    {"cli", "__main__"},
]
LEVEL = {part: level for level, parts in enumerate(LAYERS) for part in parts}

FILES = sorted(ROOT.rglob("*.py"))


def part_of(file: Path) -> str:
    """Return the top-level part of the package that a file belongs to."""
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_parts(tree: ast.AST) -> Iterator[str]:
    """Yield every part of the package that is imported anywhere in a file; "" is the door itself."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "bucket_brigade":
                part = rest.partition(".")[0]
                yield part if part in LEVEL else ""


def test_every_part_has_its_layer() -> None:
    assert {part_of(file) for file in FILES} - {"__init__"} <= set(LEVEL)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_go_downwards(file: Path) -> None:
    part = part_of(file)
    if part == "__init__":
        return  # The door shows what is behind it; nothing but the command line goes through it.
    for imported in imported_parts(ast.parse(file.read_text(encoding="utf-8"))):
        if imported == "":
            assert part == "cli", f"{part} imports the door"
        else:
            assert LEVEL[imported] <= LEVEL[part], f"{part} imports {imported}"


def test_nothing_goes_in_circles() -> None:
    graph: dict[str, set[str]] = {}
    for file in FILES:
        part = part_of(file)
        if part != "__init__":
            used = set(imported_parts(ast.parse(file.read_text(encoding="utf-8")))) - {part, ""}
            graph.setdefault(part, set()).update(used)
    graphlib.TopologicalSorter(graph).prepare()


def test_the_registry_knows_no_backend_by_import() -> None:
    for part in ("registry", "plugins"):
        for file in (ROOT / part).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "python_reference" not in text
            assert "loopback" not in text
            assert "bb_core_rs." not in text
