"""Files of the crate, of its Python face and of the plugins import each other in no circle.

What counts as an import, in Rust: a path that starts with ``crate::``, ``self::``, ``super::`` or the name of a
child module, in a ``use`` or anywhere else; it leads to the file in which the deepest module that it names lives.
``mod child;`` alone is no import: a parent has to name its children, or they would not be compiled. So a child that
wants something of a sibling names the sibling, not a parent that shows it to others. Tests inside a file do not count.
The package itself has its own check, in ``test_layers.py``.
"""

from __future__ import annotations

import ast
import graphlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CRATE = ROOT / "bb_core_rs" / "src"
PACKAGES = sorted(
    folder
    for folder in [*ROOT.glob("plugins/*/src/*"), *ROOT.glob("bb_core_rs/python/*")]
    if (folder / "__init__.py").exists()
)


def module_of(file: Path, root: Path) -> tuple[str, ...]:
    """Return the path of a file's module below the root of its crate."""
    parts = file.relative_to(root).with_suffix("").parts
    return () if parts == ("lib",) else parts[:-1] if parts[-1] == "mod" else parts


def plain_code(text: str) -> str:
    """Return the code of a Rust file without comments and inner tests."""
    text = re.sub(r"//[^\n]*", "", text)
    return re.split(r"#\[cfg\(test\)\]\s*mod tests", text)[0]


def paths_of(code: str) -> Iterator[tuple[str, ...]]:
    """Yield every path of a Rust file, those in braces one by one."""

    def unfold(prefix: tuple[str, ...], tree: str) -> Iterator[tuple[str, ...]]:
        depth, start = 0, 0
        for place, letter in enumerate(tree + ","):
            depth += {"{": 1, "}": -1}.get(letter, 0)
            if letter == "," and depth == 0:
                part, start = tree[start:place].strip(), place + 1
                head, brace, rest = part.partition("{")
                names = tuple(name for name in re.split(r"::", head.split(" as ")[0].strip()) if name)
                if brace:
                    yield from unfold((*prefix, *names), rest.rpartition("}")[0])
                elif part:
                    yield (*prefix, *names)

    uses = r"\buse\s+([^;]+);"
    for use in re.findall(uses, code):
        yield from unfold((), use)
    for path in re.findall(r"\b(?:\w+::)+\w+", re.sub(uses, "", code)):
        yield tuple(path.split("::"))


def rust_imports(root: Path) -> dict[tuple[str, ...], set[tuple[str, ...]]]:
    """Return which modules of a crate import which, each a file."""
    modules = {module_of(file, root): file for file in root.rglob("*.rs")}
    graph: dict[tuple[str, ...], set[tuple[str, ...]]] = {}
    for module, file in modules.items():
        graph[module] = set()
        for path in paths_of(plain_code(file.read_text(encoding="utf-8"))):
            here, rest = module, list(path)
            if rest[0] == "crate":
                here, rest = (), rest[1:]
            elif rest[0] == "self":
                rest = rest[1:]
            elif rest[0] == "super":
                while rest and rest[0] == "super":
                    here, rest = here[:-1], rest[1:]
            elif (*module, rest[0]) not in modules:
                continue
            while rest and (*here, rest[0]) in modules:
                here, rest = (*here, rest[0]), rest[1:]
            if here != module:
                graph[module].add(here)
    return graph


def python_imports(package: Path) -> dict[str, set[str]]:
    """Return which modules of a package import which, late imports too."""
    modules = {
        ".".join((package.name, *file.relative_to(package).with_suffix("").parts)).removesuffix(
            ".__init__"
        ): file
        for file in package.rglob("*.py")
    }
    graph: dict[str, set[str]] = {}
    for module, file in modules.items():
        graph[module] = set()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, "relative imports hide where they lead"
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            for name in names:
                while name and name not in modules:
                    name = name.rpartition(".")[0]
                if name and name != module:
                    graph[module].add(name)
    return graph


def test_files_of_the_crate_import_each_other_in_no_circle() -> None:
    graph = rust_imports(CRATE)
    assert ("instructions",) in graph[("rollout",)], "imports are not found"
    graphlib.TopologicalSorter(graph).prepare()


def test_instructions_know_nothing_of_the_work_they_are_for() -> None:
    assert rust_imports(CRATE)[("instructions",)] == set()


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.name)
def test_files_of_plugins_import_each_other_in_no_circle(package: Path) -> None:
    graphlib.TopologicalSorter(python_imports(package)).prepare()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("use crate::b::thing;", "use super::a::{self, other};"),
        ("use crate::{b::{thing, more}, c};", "use crate::a;"),
        ("fn f() { super::b::thing() }", "use crate::a::f;"),
    ],
)
def test_a_circle_in_a_crate_is_seen(tmp_path: Path, one: str, other: str) -> None:
    for name, code in (("lib", "mod a;\nmod b;\nmod c;\n"), ("a", one), ("b", other), ("c", "")):
        (tmp_path / f"{name}.rs").write_text(code, encoding="utf-8")
    with pytest.raises(graphlib.CycleError):
        graphlib.TopologicalSorter(rust_imports(tmp_path)).prepare()


def test_tests_and_comments_are_no_imports(tmp_path: Path) -> None:
    code = "//! See [`crate::b`].\nfn f() {}\n#[cfg(test)]\nmod tests {\n    use crate::b::thing;\n}\n"
    for name, text in (("lib", "mod a;\nmod b;\n"), ("a", code), ("b", "use crate::a::f;")):
        (tmp_path / f"{name}.rs").write_text(text, encoding="utf-8")
    graphlib.TopologicalSorter(rust_imports(tmp_path)).prepare()
