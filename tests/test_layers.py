"""Who may import whom: downwards only, exactly in the drawn order, and files never in a circle."""

from __future__ import annotations

import ast
import graphlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import bucket_brigade

ROOT = Path(bucket_brigade.__file__).parent

# From the bottom up, as `docs/explanation/design.md` draws them. A part imports only parts that come before it,
# in its own layer as well: to the left of it.
LAYERS = [
    ["_typing", "_lazy", "errors", "frozen", "validation", "text_files"],
    ["game"],
    ["normal_form", "statistics", "runs", "config"],
    ["agents", "backends"],
    ["hookspecs", "plugins", "builtin_plugin", "registry", "execution"],
    ["simulation", "exact"],
    ["payoffs"],
    ["responses"],
    ["equilibrium", "tournament", "evolution", "envs", "testing"],
    ["promised", "studies"],
    ["reports"],
    ["cli", "__main__"],
]
ORDER = {part: place for place, part in enumerate(part for layer in LAYERS for part in layer)}

UNDRAWN = {"_lazy", "_typing", "frozen", "promised", "hookspecs", "builtin_plugin", "__main__"}
"""Small files that belong to the package beside them."""

GAME_THEORY = {"_typing", "errors", "frozen", "validation", "normal_form"}
"""What `normal_form` may import of this package: it knows nothing of the game, and could be published by itself."""

FILES = sorted(ROOT.rglob("*.py"))


def part_of(file: Path) -> str:
    """Return the top-level part of the package that a file belongs to."""
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


def module_of(file: Path) -> str:
    """Return the dotted name of a file's module."""
    parts = file.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_of(file): file for file in FILES}


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Yield the dotted name of everything that is imported anywhere in a file, late imports too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where they lead"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def imported_parts(tree: ast.AST) -> Iterator[str]:
    """Yield every part of the package that a file imports; "" is the door itself."""
    for name in imported_names(tree):
        package, _, rest = name.partition(".")
        if package == "bucket_brigade":
            part = rest.partition(".")[0]
            yield part if part in ORDER else ""


def imported_modules(tree: ast.AST) -> Iterator[str]:
    """Yield the modules of the package that a file imports, the deepest that each name names."""
    for name in imported_names(tree):
        while name and name not in MODULES:
            name = name.rpartition(".")[0]
        if name and name != "bucket_brigade":
            yield name


def parsed(file: Path) -> ast.AST:
    return ast.parse(file.read_text(encoding="utf-8"))


def test_the_layers_are_as_drawn() -> None:
    page = (ROOT.parent / "docs" / "explanation" / "design.md").read_text(encoding="utf-8")
    drawing = page.split("## Layers")[1].split("```")[1].strip().splitlines()
    drawn = [line.split(" · ") for line in reversed(drawing)]
    assert drawn == [[part for part in layer if part not in UNDRAWN] for layer in LAYERS]


def test_every_part_has_its_place() -> None:
    assert {part_of(file) for file in FILES} - {"__init__"} <= set(ORDER)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_imports_go_downwards(file: Path) -> None:
    part = part_of(file)
    if part == "__init__":
        return  # The door shows what is behind it; nothing but the command line goes through it.
    for imported in imported_parts(parsed(file)):
        if imported == "":
            assert part == "cli", f"{part} imports the door"
        else:
            assert ORDER[imported] <= ORDER[part], f"{part} imports {imported}"


def test_files_import_each_other_in_no_circle() -> None:
    graph = {module: set(imported_modules(parsed(file))) - {module} for module, file in MODULES.items()}
    graph.pop("bucket_brigade")
    graphlib.TopologicalSorter(graph).prepare()


@pytest.mark.parametrize("file", sorted((ROOT / "normal_form").rglob("*.py")), ids=lambda file: file.name)
def test_game_theory_knows_no_fire(file: Path) -> None:
    tree = parsed(file)
    assert set(imported_parts(tree)) <= GAME_THEORY
    others = {name.partition(".")[0] for name in imported_names(tree)} - {"bucket_brigade", "numpy", "scipy"}
    assert others <= set(sys.stdlib_module_names)


def test_the_registry_knows_no_backend_by_import() -> None:
    for part in ("registry", "plugins"):
        for file in (ROOT / part).glob("*.py"):
            text = file.read_text(encoding="utf-8")
            assert "python_reference" not in text
            assert "loopback" not in text
            assert "bb_core_rs." not in text


BACKEND_NAMES = {"rust", "python", "cupy"}
NAMES_BACKENDS = {
    "promised.py": "its classes pin one",
    "builtin_plugin.py": "registers the reference",
    "backends/python_reference/backend.py": "is the reference",
    "studies/claims/town.py": "checks what others answer against the reference",
    "registry/states.py": "says how to install those that are known elsewhere",
}
"""The files that may name a backend, each with its reason."""


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_the_core_asks_for_no_backend_by_name(file: Path) -> None:
    if file.relative_to(ROOT).as_posix() in NAMES_BACKENDS:
        return
    named = [
        f"line {node.lineno}: {node.value!r}"
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Constant) and node.value in BACKEND_NAMES
    ]
    assert not named, f"{file.relative_to(ROOT)} names a backend: take it as an argument"


def test_only_files_that_name_a_backend_may() -> None:
    for name in NAMES_BACKENDS:
        constants = {node.value for node in ast.walk(parsed(ROOT / name)) if isinstance(node, ast.Constant)}
        assert constants & BACKEND_NAMES, f"{name} names none any more"
