"""Files that are whole at any moment, wherever somebody lays a link, and names that stay in their folder."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import pytest

from bucket_brigade.errors import InvalidInput, RunDirectoryError
from bucket_brigade.runs.files import (
    check_file_names,
    on_disk,
    read_regular_file,
    remove_leftovers,
    write_atomically,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes of POSIX")


@posix
def test_a_link_in_the_way_is_never_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    treasure = tmp_path / "treasure"
    treasure.write_text("gold")
    # Whoever guesses the random name finds that it must not exist yet.
    monkeypatch.setattr("secrets.token_hex", lambda _: "0" * 16)
    link = tmp_path / f".run.json.{'0' * 16}.bucket-brigade"
    link.symlink_to(treasure)
    with pytest.raises(FileExistsError):
        write_atomically(tmp_path / "run.json", b"new")
    monkeypatch.undo()
    link.unlink(missing_ok=True)
    (tmp_path / "run.json.part").symlink_to(treasure)
    (tmp_path / "run.json").symlink_to(treasure)
    write_atomically(tmp_path / "run.json", b"new")
    assert treasure.read_text() == "gold"
    assert (tmp_path / "run.json").read_bytes() == b"new" and not (tmp_path / "run.json").is_symlink()


@posix
def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"data")
    assert read_regular_file(tmp_path / "file") == b"data"
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", "none", "."):
        with pytest.raises(OSError):  # noqa: PT011  # Each system has its own words.
            read_regular_file(tmp_path / name)


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_atomically(tmp_path / "folder" / "file", b"new")
    assert not list((tmp_path / "folder").iterdir())


def test_only_our_own_temporary_names_are_removed(tmp_path: Path) -> None:
    ours = f".x.json.{'0a' * 8}.bucket-brigade"
    others = (
        "movie.mkv.part",
        "x.json.part",
        f".x.{'0' * 15}.bucket-brigade",
        f"x.{'0' * 16}.bucket-brigade",
    )
    for folder in (tmp_path, tmp_path / "deep" / "er"):
        folder.mkdir(parents=True, exist_ok=True)
        for name in (ours, *others):
            (folder / name).touch()
    # Even a folder of that name is somebody else's.
    (tmp_path / f".y.{'0' * 16}.bucket-brigade").mkdir()
    remove_leftovers(tmp_path)
    left = {f.name for f in tmp_path.rglob("*") if f.is_file()}
    assert left == set(others)
    assert (tmp_path / f".y.{'0' * 16}.bucket-brigade").is_dir()


@pytest.mark.parametrize(
    "name", ["easy-v2", "00001.json", "generation-000004.npz", "Löschzug", "a", "a+b=c".replace("=", "-")]
)
def test_names_that_are_files(name: str) -> None:
    check_file_names("Scenario", [name])


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a/b",
        "a\\b",
        "/x",
        "~x",
        "C:x",
        ".x",
        "x.",
        "con",
        "LPT1.json",
        "a\nb",
        "a\0",
        "a b",
        "$x",
    ],
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(InvalidInput, match=r"Scenario .* cannot be the name of a file"):
        check_file_names("Scenario", ["easy", name])


def test_two_names_of_one_file() -> None:
    with pytest.raises(InvalidInput, match="'Easy' and 'easy' would be one file"):
        check_file_names("Scenario", ["easy", "hard", "Easy"])


def test_a_disk_that_fails_has_one_message(tmp_path: Path) -> None:
    error = OSError(errno.EROFS, os.strerror(errno.EROFS), str(tmp_path / "run" / "table.csv"))
    with pytest.raises(RunDirectoryError) as told, on_disk(tmp_path / "run", "type: this"):
        raise error
    assert str(told.value) == (
        f"Cannot write into the directory {str(tmp_path / 'run')!r}: Read-only file system (table.csv). "
        "What was finished before is whole. Mend that, then type: this."
    )
