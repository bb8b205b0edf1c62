"""Change any byte or any value of any file that a resumed run reads: it is refused, or makes good what was changed."""

from __future__ import annotations

import json
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution import read_run
from bucket_brigade.runs.files import json_bytes
from tests.campaigns.runs import LIBRARY, tree

FEW, MANY = 40, 2000
"""Damaged directories of each command."""
SEED = 7


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each command that is over."""
    folder = tmp_path_factory.mktemp("whole")
    for name, run in LIBRARY.items():
        run(folder / name, False, SEED)
    return folder


@pytest.mark.parametrize("name", LIBRARY)
def test_a_few_damaged_directories(name: str, whole: Path, tmp_path: Path) -> None:
    damage_and_resume(name, whole / name, tmp_path / "run", FEW)


@pytest.mark.long
@pytest.mark.parametrize("name", LIBRARY)
def test_many_damaged_directories(name: str, whole: Path, tmp_path: Path) -> None:
    damage_and_resume(name, whole / name, tmp_path / "run", MANY)


def damage_and_resume(name: str, whole: Path, path: Path, count: int) -> None:
    """Damage copies of a run, each in one place; none may be taken over or end in another error than ours."""
    expected = tree(whole)
    luck = random.Random(count)
    counts: Counter[str] = Counter()
    for _ in range(count):
        shutil.copytree(whole, path)
        file = luck.choice([f for f in sorted(path.rglob("*")) if f.is_file() and _is_read(f, path)])
        before = file.read_bytes()
        changed = _another_value(before, luck) if file.suffix == ".json" and luck.random() < 0.5 else None
        changed = changed or _another_byte(before, luck)
        file.write_bytes(changed)
        refused = ""
        try:
            if name == "evolve":
                read_run(path)  # What `evolve --resume` does first.
            LIBRARY[name](path, True, SEED)
        except InvalidInput as error:
            refused = str(error)
        if refused:
            assert "\n" not in refused and file.name in refused, (file, refused)
            assert "name a new directory" in refused.lower()
            assert file.read_bytes() == changed
        else:
            assert tree(path) == expected, (file, changed)
        counts["refused" if refused else "made good"] += 1
        shutil.rmtree(path)
    print(f"{name}: {dict(counts)}")
    assert counts["refused"] and (name == "evolve" or counts["made good"])


def _is_read(file: Path, path: Path) -> bool:
    return file.name in ("run.json", "checkpoint.json") or file.suffix == ".npz" or file.parent != path


def _another_byte(content: bytes, luck: random.Random) -> bytes:
    place = luck.randrange(len(content))
    other = bytes([content[place] ^ (1 << luck.randrange(8))])
    return luck.choice(
        [
            content[:place] + other + content[place + 1 :],
            content[:place] + other + content[place:],
            content[:place] + content[place + 1 :],
            content[:place],
            content + other,
        ]
    )


def _another_value(content: bytes, luck: random.Random) -> bytes | None:
    """Return the file with one value of its JSON changed, as an editor would."""
    data = json.loads(content)
    places: list[tuple[Any, Any]] = []

    def walk(value: Any) -> None:
        for key in value if isinstance(value, dict) else range(len(value)):
            places.append((value, key))
            if isinstance(value[key], dict | list):
                walk(value[key])

    walk(data)
    holder, key = luck.choice(places)
    old = holder[key]
    others: list[Any] = [None, True, 0, -1, 0.5, 2**70, "", "x", [], {}, [[1]]]
    holder[key] = luck.choice([other for other in others if other != old])
    if luck.random() < 0.2:
        del holder[key]
    changed = json_bytes(data)
    return changed if changed != content else None
