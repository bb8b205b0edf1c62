"""A directory that a long run fills file by file, and that a killed run leaves ready to go on.

Every file is written to the disk under another name and then put in its place in one step, so a file
that is there is whole, whenever the process was killed. ``run.json`` says what the run is; a run with
other settings is refused rather than mixed in. What a resumed run reads is sealed (`sealed_json`), and
``.lock`` keeps other processes out. No file holds a time, so a run that was resumed leaves the same bytes
as one that never stopped.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.runs.files import (
    check_file_names,
    is_leftover,
    json_bytes,
    on_disk,
    read_regular_file,
    remove_leftovers,
    write_atomically,
)
from bucket_brigade.runs.sealed_json import seal, unseal

__all__ = ["LOCK", "SETTINGS", "RunDirectory"]

SETTINGS = "run.json"
LOCK = ".lock"
"""The lock is on a file that nobody ever replaces: one on ``run.json`` would stay with what was replaced."""

log = logging.getLogger("bucket_brigade")


class RunDirectory:
    """One run on the disk: its settings, and a JSON file for each item that is done.

    `settings` are plain data that fix every number of the results. Those named in `growing` may be larger when
    a run goes on (see `grown`): what is done then stays done, so no item may depend on them. Items carry a digest
    of the others. `remarks` are kept beside them and change no number: a run that goes on keeps those it began
    with. `go_on` completes "Mend that, then …" in the message of a disk that fails.
    """

    def __init__(
        self,
        path: Path,
        settings: Mapping[str, Any],
        remarks: Mapping[str, Any] | None = None,
        *,
        growing: Sequence[str] = (),
        go_on: str = "type the same command with --resume",
    ) -> None:
        """Name the directory; nothing is touched before `opened`."""
        self.path = path
        self.settings: dict[str, Any] = json.loads(json_bytes(dict(settings)))
        self.remarks: dict[str, Any] = json.loads(json_bytes(dict(remarks or {})))
        self.growing = tuple(growing)
        self.go_on = go_on
        fixed = {key: value for key, value in self.settings.items() if key not in growing}
        self.digest = hashlib.sha256(json_bytes(fixed)).hexdigest()

    @contextmanager
    def opened(self, *, resume: bool) -> Iterator[None]:
        """Take the directory for this run, alone, until the block is left.

        A new run needs a directory that is empty or not there; `resume` goes on with one that has the same
        settings, but for those that have grown, and starts anew where there is none. Raises `InvalidInput` if
        that does not fit, or if another process is at work in the directory; `RunDirectoryError` if the disk
        fails.
        """
        with self.on_disk():
            self._make_folder()
            # Before the lock, so that nothing is left in a folder that is not a run's.
            self._refuse_strangers()
            lock = FileLock(self.path / LOCK, timeout=0)
            try:
                lock.acquire()
            except Timeout as error:
                raise InvalidInput(f"Another process is at work in {str(self.path)!r}.") from error
        try:
            with self.on_disk():
                self._refuse_strangers()
                self._settle(resume)
                remove_leftovers(self.path)
            yield
        finally:
            lock.release()

    def load(self, name: str) -> Any | None:
        """Return an item that is done, or None: also if its file was changed or is of another run or item."""
        try:
            return self.read_sealed(_item(name))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            log.warning("%s cannot be used and is computed anew: %s.", self.path / _item(name), error)
            return None

    def save(self, name: str, result: Any) -> Any:
        """Keep an item, plain data, and return it as it will be read back."""
        self.write_sealed(_item(name), result)
        return json.loads(json_bytes(result))

    def read_sealed(self, name: str) -> Any:
        """Return the data of a file of `write_sealed`; raises `OSError`, or `ValueError` if they are not that."""
        return unseal(read_regular_file(self.path / name), name, self.digest)

    def write_sealed(self, name: str, data: Any) -> Path:
        """Write a file that a resumed run will read."""
        return self.write(name, seal(name, self.digest, data))

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of results; `name` may have folders in it."""
        folders = name.split("/")
        for part in folders:
            check_file_names("A file", [part])
        file = self.path / name
        with self.on_disk():
            for depth in range(1, len(folders)):
                folder = self.path.joinpath(*folders[:depth])
                if folder.is_symlink():
                    raise NotADirectoryError(0, "Is a link out of the directory", str(folder))
            write_atomically(file, content.encode() if isinstance(content, str) else content)
        return file

    def remove(self, name: str) -> None:
        """Remove a file of results, if it is there."""
        with self.on_disk():
            (self.path / name).unlink(missing_ok=True)

    def on_disk(self) -> AbstractContextManager[None]:
        """Say what to do if the disk fails in this block."""
        return on_disk(self.path, self.go_on)

    def _make_folder(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InvalidInput(f"Cannot use the directory {str(self.path)!r}: {reason}.") from error

    def _refuse_strangers(self) -> None:
        there = {file.name for file in self.path.iterdir()}
        if SETTINGS not in there and not all(name == LOCK or is_leftover(name) for name in there):
            raise InvalidInput(
                explain(
                    f"The directory {str(self.path)!r} holds other files and no {SETTINGS}.",
                    do="Name a new directory.",
                )
            )

    def _settle(self, resume: bool) -> None:
        """Make the settings those of this run, or refuse."""
        content = b""
        if (self.path / SETTINGS).exists():
            with on_disk(self.path, self.go_on, doing="read"):
                content = read_regular_file(self.path / SETTINGS)
            kept, remarks = settings_of(content, self.path)
            self._compare(kept)
            if not resume:
                raise InvalidInput(
                    explain(
                        f"The directory {str(self.path)!r} holds a run with these settings already.",
                        do="Add --resume to go on with it, or name a new directory.",
                    )
                )
            self.remarks = remarks
        wanted = seal(SETTINGS, "", {"settings": self.settings, "remarks": self.remarks})
        if content != wanted:
            write_atomically(self.path / SETTINGS, wanted)

    def _compare(self, kept: Mapping[str, Any]) -> None:
        different = [
            key
            for key in sorted({*kept, *self.settings})
            if kept.get(key) != self.settings.get(key)
            and not (key in self.growing and grown(kept.get(key), self.settings.get(key)))
        ]
        if not different:
            return
        shown = "; ".join(
            f"{key}: {_brief(kept.get(key))} there, {_brief(self.settings.get(key))} now" for key in different
        )
        may = f" Only these may grow: {', '.join(self.growing)}." if self.growing else ""
        raise InvalidInput(
            explain(
                f"The directory {str(self.path)!r} holds a run with other settings.",
                why=f"Different: {shown}.{may}",
                do="Name a new directory, or use the settings of the old run.",
            )
        )


def grown(old: Any, new: Any) -> bool:
    """Return whether `new` has all that `old` has: a larger number or none (no limit), more in a list or mapping."""
    if new is None:
        return True
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and new[key] == value for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        return new[: len(old)] == old
    return isinstance(old, int | float) and isinstance(new, int | float) and old <= new


def settings_of(content: bytes, path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return settings and remarks from the content of ``run.json``; raises `InvalidInput` if it is not whole."""
    try:
        data = unseal(content, SETTINGS)
        return dict(data["settings"]), dict(data["remarks"])
    except (ValueError, KeyError, TypeError) as error:
        raise InvalidInput(
            explain(
                f"Cannot read the settings of a run in {str(path / SETTINGS)!r}: {error}.",
                do="Name a new directory.",
            )
        ) from error


def _item(name: str) -> str:
    return f"scenarios/{name}.json"


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
