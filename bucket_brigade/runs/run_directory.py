"""A directory that a long run fills file by file, and that a killed run leaves ready to go on.

Every file is written to the disk under another name and then put in its place in one step, so a file
that is there is whole, whenever the process was killed. ``run.json`` says what the run is; a run with
other settings is refused rather than mixed in. No file holds a time, so a run that was resumed leaves
the same bytes as one that never stopped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bucket_brigade.errors import InvalidInput, explain

__all__ = ["RunDirectory", "json_bytes", "write_atomically"]

SETTINGS = "run.json"
PART = ".part"
"""What unfinished files end in."""


def json_bytes(value: Any) -> bytes:
    """Return plain data as JSON text in UTF-8, the same for equal data; refuses NaN with `ValueError`."""
    return (json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1) + "\n").encode()


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file so that at any moment it has its old content or the new one, even after a power cut."""
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + PART)
    with part.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
    _sync_folder(file.parent)


class RunDirectory:
    """One run on the disk: its settings, and a JSON file for each item that is done.

    `settings` are plain data that fix every number of the results; items carry a digest of them. `remarks`
    are kept beside them and change no number: a run that goes on keeps those it began with.
    """

    def __init__(
        self, path: Path, settings: Mapping[str, Any], remarks: Mapping[str, Any] | None = None
    ) -> None:
        """Name the directory; nothing is touched before `opened`."""
        self.path = path
        self.settings: dict[str, Any] = json.loads(json_bytes(dict(settings)))
        self.remarks: dict[str, Any] = json.loads(json_bytes(dict(remarks or {})))
        self.digest = hashlib.sha256(json_bytes(self.settings)).hexdigest()

    @contextmanager
    def opened(self, *, resume: bool) -> Iterator[None]:
        """Take the directory for this run, alone, until the block is left.

        A new run needs a directory that is empty or not there; `resume` goes on with one that has the same
        settings, and starts anew where there is none. Raises `InvalidInput` if that does not fit, or if
        another process is at work in the directory.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            there = [f.name for f in self.path.iterdir() if not f.name.endswith(PART)]
        except OSError as error:
            raise InvalidInput(
                f"Cannot use the directory {str(self.path)!r}: {error.strerror or error}."
            ) from error
        if SETTINGS in there:
            self._check(resume)
        elif there:
            raise InvalidInput(
                explain(
                    f"The directory {str(self.path)!r} holds other files and no {SETTINGS}.",
                    do="Name a new directory.",
                )
            )
        else:
            content = json_bytes({"settings": self.settings, "remarks": self.remarks})
            write_atomically(self.path / SETTINGS, content)
        with _locked(self.path / SETTINGS):
            for part in sorted(self.path.rglob("*" + PART)):
                part.unlink()
            yield

    def _check(self, resume: bool) -> None:
        try:
            there = json.loads((self.path / SETTINGS).read_text(encoding="utf-8"))
            kept, remarks = dict(there["settings"]), dict(there["remarks"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InvalidInput(
                f"Cannot read the settings of a run in {str(self.path / SETTINGS)!r}: {error}."
            ) from error
        if kept != self.settings:
            different = sorted(
                key for key in {*kept, *self.settings} if kept.get(key) != self.settings.get(key)
            )
            shown = "; ".join(
                f"{key}: {_brief(kept.get(key))} there, {_brief(self.settings.get(key))} now"
                for key in different
            )
            raise InvalidInput(
                explain(
                    f"The directory {str(self.path)!r} holds a run with other settings.",
                    why=f"Different: {shown}.",
                    do="Name a new directory, or use the settings of the old run.",
                )
            )
        if not resume:
            raise InvalidInput(
                explain(
                    f"The directory {str(self.path)!r} holds a run with these settings already.",
                    do="Add --resume to go on with it, or name a new directory.",
                )
            )
        self.remarks = remarks

    def load(self, name: str) -> Any | None:
        """Return an item that is done, or None: also if its file cannot be read or is of another run."""
        try:
            kept = json.loads(self._item(name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        if not isinstance(kept, dict) or kept.get("run") != self.digest:
            return None
        return kept.get("result")

    def save(self, name: str, result: Any) -> Any:
        """Keep an item, plain data, and return it as it will be read back."""
        content = json_bytes({"run": self.digest, "result": result})
        write_atomically(self._item(name), content)
        return json.loads(content)["result"]

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file of results; `name` may have folders in it."""
        file = self.path / name
        write_atomically(file, content.encode() if isinstance(content, str) else content)
        return file

    def _item(self, name: str) -> Path:
        return self.path / "scenarios" / f"{name}.json"


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Keep other processes out. The lock goes with the process, so a killed one leaves none behind."""
    try:
        import fcntl
    except ImportError:  # A system without such locks: two runs at once are then the user's to avoid.
        yield
        return
    with file.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise InvalidInput(f"Another process is at work in {str(file.parent)!r}.") from error
        yield


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


def _brief(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"
