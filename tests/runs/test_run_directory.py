"""A run's directory: whole files only, no mixing of runs, and the same bytes after a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.runs.run_directory import RunDirectory, json_bytes, write_atomically

SETTINGS = {"rules": "v2", "scenarios": ["a-v2", "b-v2"], "epsilon": 1e-6}


def run_at(path: Path, **changes: object) -> RunDirectory:
    return RunDirectory(path, {**SETTINGS, **changes}, {"chosen_by": "argument"})


def test_a_new_run_needs_a_directory_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with (
        pytest.raises(InvalidInput, match=r"other files and no run\.json"),
        run_at(tmp_path).opened(resume=True),
    ):
        pass
    assert sorted(f.name for f in tmp_path.iterdir()) == ["letter.txt"]


def test_going_on_must_be_asked_for(tmp_path: Path) -> None:
    with run_at(tmp_path).opened(resume=False):
        pass
    with pytest.raises(InvalidInput, match="--resume"), run_at(tmp_path).opened(resume=False):
        pass
    with run_at(tmp_path).opened(resume=True):
        pass


def test_a_changed_setting_is_refused_by_name(tmp_path: Path) -> None:
    with run_at(tmp_path).opened(resume=False):
        pass
    before = (tmp_path / "run.json").read_bytes()
    with (
        pytest.raises(InvalidInput, match=r"epsilon: 1e-06 there, 0\.5 now"),
        run_at(tmp_path, epsilon=0.5).opened(resume=True),
    ):
        pass
    assert (tmp_path / "run.json").read_bytes() == before


def test_who_chose_changes_no_number_so_the_first_word_stays(tmp_path: Path) -> None:
    with run_at(tmp_path).opened(resume=False):
        pass
    other = RunDirectory(tmp_path, SETTINGS, {"chosen_by": "configuration"})
    with other.opened(resume=True):
        assert other.remarks == {"chosen_by": "argument"}


def test_items_are_read_back_as_they_were_saved(tmp_path: Path) -> None:
    run = run_at(tmp_path)
    with run.opened(resume=False):
        assert run.load("a-v2") is None
        saved = run.save("a-v2", {"value": 0.1 + 0.2, "mixture": (0.5, 0.5)})
        assert saved == run.load("a-v2") == {"value": 0.1 + 0.2, "mixture": [0.5, 0.5]}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"run": "another", "result": 1}'])
def test_an_item_that_is_broken_or_of_another_run_counts_as_not_done(tmp_path: Path, content: str) -> None:
    run = run_at(tmp_path)
    with run.opened(resume=False):
        run.save("a-v2", 1)
        (tmp_path / "scenarios" / "a-v2.json").write_text(content)
        assert run.load("a-v2") is None


def test_settings_that_cannot_be_read_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(InvalidInput, match="Cannot read"), run_at(tmp_path).opened(resume=True):
        pass


def test_a_path_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="Cannot use"), run_at(tmp_path / "file").opened(resume=True):
        pass


def test_unfinished_files_are_cleared_away(tmp_path: Path) -> None:
    run = run_at(tmp_path)
    with run.opened(resume=False):
        run.save("a-v2", 1)
    (tmp_path / "scenarios" / "b-v2.json.part").write_text("{")
    with run.opened(resume=True):
        pass
    assert not list(tmp_path.rglob("*.part"))


def test_not_a_number_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    run = run_at(tmp_path)
    with run.opened(resume=False), pytest.raises(ValueError, match="JSON"):
        run.save("a-v2", float("nan"))
    assert not list(tmp_path.rglob("a-v2*"))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    write_atomically(file, b"old")

    def fail(_: int) -> None:
        raise OSError("no space")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="no space"):
        write_atomically(file, b"new, and longer")
    assert file.read_bytes() == b"old"


@pytest.mark.skipif(sys.platform == "win32", reason="no such locks")
def test_two_processes_do_not_share_a_directory(tmp_path: Path) -> None:
    other = (
        "import sys; from pathlib import Path\n"
        "from bucket_brigade.runs.run_directory import RunDirectory\n"
        "import json\n"
        "run = RunDirectory(Path(sys.argv[1]), json.loads(sys.argv[2]))\n"
        "with run.opened(resume=True): pass\n"
    )
    with run_at(tmp_path).opened(resume=False):
        done = subprocess.run(
            [sys.executable, "-c", other, str(tmp_path), json_bytes(SETTINGS).decode()],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "Another process is at work" in done.stderr


def test_equal_data_gives_equal_bytes() -> None:
    value = {"é": [1.0, 1e-300, True, None], "b": {"c": "x"}}
    assert json_bytes(value) == json_bytes(json.loads(json_bytes(value)))
