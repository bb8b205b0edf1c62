"""Files that are whole at any moment, names that may become paths, and one message for a disk that fails."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from bucket_brigade.errors import InvalidInput, RunDirectoryError, explain

__all__ = [
    "check_file_names",
    "is_leftover",
    "json_bytes",
    "on_disk",
    "read_regular_file",
    "remove_leftovers",
    "write_atomically",
]

_NAME = re.compile(r"[\w+-][\w.+-]{0,99}")
"""A name that is one file below its folder on every system: no separator, no drive, no leading dot."""

_RESERVED = re.compile(r"(con|prn|aux|nul|(com|lpt)\d)(\..*)?|.*\.", re.IGNORECASE)
"""Names that Windows gives to devices or cannot store."""

_LEFTOVER = re.compile(r"\.[\w.+-]+\.[0-9a-f]{16}\.bucket-brigade")
"""Our temporary files, and nothing that anybody else would write."""

_PLAIN = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
"""A symbolic link is an error, not a way out of the directory; bytes stay as they are on Windows."""


def json_bytes(value: Any) -> bytes:
    """Return plain data as JSON text in UTF-8, the same for equal data; refuses NaN with `ValueError`."""
    return (json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1) + "\n").encode()


def check_file_names(what: str, names: Iterable[str]) -> None:
    """Raise `InvalidInput` unless each of `names` can be a file's name, and no two would be one file."""
    seen: dict[str, str] = {}
    for name in names:
        if not _NAME.fullmatch(name) or _RESERVED.fullmatch(name):
            raise InvalidInput(
                explain(
                    f"{what} {name!r} cannot be the name of a file.",
                    exists="Letters, digits and _ + - . are allowed, up to 100, and no dot at either end.",
                    do="Give it another name.",
                )
            )
        # Some file systems tell no capitals from small letters.
        other = seen.setdefault(name.casefold(), name)
        if other is not name:
            raise InvalidInput(f"{what} {name!r} and {other!r} would be one file: give each its own name.")


def read_regular_file(file: Path) -> bytes:
    """Return what a file holds; raises `OSError` for a link, a folder, or anything that could be read forever."""
    handle = os.open(file, os.O_RDONLY | _PLAIN | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as stream:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError(f"{file.name} is not a regular file")
        return stream.read()


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file so that at any moment it has its old content or the new one, even after a power cut.

    Raises `OSError` and leaves nothing behind if that fails.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    # A random name that must not exist yet: nobody can lay a link in its way.
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}.bucket-brigade")
    try:
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _PLAIN, 0o666)
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(handle)
        unfinished.replace(file)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    _sync_folder(file.parent)


def is_leftover(name: str) -> bool:
    """Return whether a file's name is one of our temporary ones."""
    return _LEFTOVER.fullmatch(name) is not None


def remove_leftovers(folder: Path) -> None:
    """Remove what writers that were killed left below a folder: files of exactly our own temporary names."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if is_leftover(name):
                Path(parent, name).unlink()


@contextmanager
def on_disk(path: Path, go_on: str, *, doing: str = "write into") -> Iterator[None]:
    """Turn a failure of the disk at `path` into `RunDirectoryError`; `go_on` says how to resume."""
    try:
        yield
    except OSError as error:
        where = Path(error.filename).name if isinstance(error.filename, str | os.PathLike) else ""
        at = f" ({where})" if where and where != path.name else ""
        raise RunDirectoryError(
            explain(
                f"Cannot {doing} the directory {str(path)!r}: {error.strerror or error}{at}.",
                why="What was finished before is whole.",
                do=f"Mend that, then {go_on}.",
            )
        ) from error


def _sync_folder(folder: Path) -> None:
    """Make a new name in a folder last, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # Windows opens no folders.
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
