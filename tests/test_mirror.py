"""Tests mirror the package: the test of a file is found by its path."""

from __future__ import annotations

from pathlib import Path

import pytest

import bucket_brigade

PACKAGE = Path(bucket_brigade.__file__).parent
TESTS = Path(__file__).parent

OF_NO_SINGLE_FILE = {"campaigns", "conformance", "docs", "oracles", "properties", "rl"}
"""Folders whose tests belong to no single file (tests/README.md)."""

FILES = sorted(
    file
    for file in TESTS.rglob("test_*.py")
    if len(file.relative_to(TESTS).parts) > 1 and file.relative_to(TESTS).parts[0] not in OF_NO_SINGLE_FILE
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(TESTS)))
def test_a_test_is_named_after_a_file_of_its_room(file: Path) -> None:
    room = PACKAGE / file.relative_to(TESTS).parent
    assert room.is_dir(), f"no room {room.name} in the package"
    names = {path.stem for path in room.iterdir() if path.suffix in ("", ".py")}
    tested = file.stem.removeprefix("test_")
    assert any(tested == name or tested.startswith(f"{name}_") for name in names), sorted(names)
