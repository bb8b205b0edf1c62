"""A run's directory: whole files only, no mixing of runs, and the same bytes after a kill."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bucket_brigade.errors import InvalidInput, RunDirectoryError
from bucket_brigade.runs.files import json_bytes, write_atomically
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.runs.sealed_json import seal

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


@pytest.mark.parametrize("content", [b"", b"{", b"[]", seal("scenarios/a-v2.json", "another", 1)])
def test_an_item_that_is_broken_or_of_another_run_counts_as_not_done(
    tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    run = run_at(tmp_path)
    with run.opened(resume=False):
        run.save("b-v2", 1)
        other = (tmp_path / "scenarios" / "b-v2.json").read_bytes()
        for bad in (content, other):
            (tmp_path / "scenarios" / "a-v2.json").write_bytes(bad)
            assert run.load("a-v2") is None
            assert "a-v2.json cannot be used and is computed anew: it" in caplog.messages[-1]


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
    (tmp_path / "scenarios" / f".b-v2.json.{'0' * 16}.bucket-brigade").write_text("{")
    before = {"movie.mkv.part", f"b-v2.json.{'0' * 16}.bucket-brigade", f".b.{'g' * 16}.bucket-brigade", "x~"}
    for name in before:
        (tmp_path / "scenarios" / name).write_text("mine")
    with run.opened(resume=True):
        pass
    assert {file.name for file in (tmp_path / "scenarios").iterdir()} == {"a-v2.json", *before}


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


def test_the_lock_stays_and_is_on_no_file_that_is_replaced(tmp_path: Path) -> None:
    with run_at(tmp_path).opened(resume=False):
        lock = (tmp_path / ".lock").stat().st_ino
        # A run that began earlier and lost the race has written nothing.
        with (
            pytest.raises(InvalidInput, match="Another process"),
            run_at(tmp_path, rules="v1").opened(resume=False),
        ):
            pass
        assert b'"rules": "v2"' in (tmp_path / "run.json").read_bytes()
    with run_at(tmp_path).opened(resume=True):
        pass
    assert (tmp_path / ".lock").stat().st_ino == lock and (tmp_path / ".lock").read_bytes() == b""


@pytest.mark.parametrize("name", ["run.json", ".lock", "scenarios", "scenarios/a-v2.json"])
def test_a_directory_in_the_way_is_one_message(tmp_path: Path, name: str) -> None:
    with run_at(tmp_path).opened(resume=False):
        pass
    (tmp_path / name).unlink(missing_ok=True)
    if name == "scenarios":
        (tmp_path / name).touch()
    else:
        (tmp_path / name).mkdir(parents=True)
    run = run_at(tmp_path)

    def go_on() -> None:
        with run.opened(resume=True):
            assert run.load("a-v2") is None
            run.save("a-v2", 1)

    with pytest.raises(RunDirectoryError, match=r"Cannot \w+( into)? the directory .* with --resume\."):
        go_on()


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_link_out_of_the_directory_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a-v2.json").write_text("mine")
    run = run_at(tmp_path / "run")
    with run.opened(resume=False):
        (tmp_path / "run" / "scenarios").symlink_to(outside)
        with pytest.raises(RunDirectoryError, match="link out of the directory"):
            run.save("a-v2", 1)
    assert (outside / "a-v2.json").read_text() == "mine"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/tmp/x", ".lock", ""])
def test_names_that_would_leave_the_directory_are_refused(tmp_path: Path, name: str) -> None:
    run = run_at(tmp_path / "run")
    with run.opened(resume=False), pytest.raises(InvalidInput, match="cannot be the name of a file"):
        run.save(name, 1)
    assert [file.name for file in tmp_path.iterdir()] == ["run"]


def test_settings_may_grow_and_never_shrink(tmp_path: Path) -> None:
    def at(**settings: object) -> RunDirectory:
        return RunDirectory(tmp_path, {"seed": 1, **settings}, growing=("most", "towns", "named"))

    with at(most=5, towns=["a"], named={"x": 1}).opened(resume=False):
        pass
    larger: dict[str, object] = {"most": 7, "towns": ["a", "b"], "named": {"y": 2, "x": 1}}
    with at(**larger).opened(resume=True):
        pass
    assert json.loads((tmp_path / "run.json").read_text())["data"]["settings"] == {"seed": 1, **larger}
    for change in (
        {"most": 6},
        {"towns": ["b", "a"]},
        {"named": {"x": 2, "y": 2}},
        {"towns": "ab"},
        {"seed": 2},
    ):
        with (
            pytest.raises(InvalidInput, match="Only these may grow: most, towns, named"),
            at(**{**larger, **change}).opened(resume=True),
        ):
            pass
    with at(**{**larger, "most": None}).opened(resume=True):
        pass
    with pytest.raises(InvalidInput, match="most: null there"), at(**larger).opened(resume=True):
        pass


def test_equal_data_gives_equal_bytes() -> None:
    value = {"é": [1.0, 1e-300, True, None], "b": {"c": "x"}}
    assert json_bytes(value) == json_bytes(json.loads(json_bytes(value)))
