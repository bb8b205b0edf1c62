"""A run's state on the disk: JSON for what is said, npz for what is computed with, never a pickle.

A checkpoint is two files. ``generation-….npz`` holds the arrays and is written first; ``checkpoint.json`` holds the
rest and the digest of the arrays, and putting it in its place is the moment at which the checkpoint counts. Whatever
stops the process, the newest ``checkpoint.json`` and the arrays it names are whole.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import BucketBrigadeError, InvalidInput, explain
from bucket_brigade.evolution.state import State
from bucket_brigade.runs.run_directory import RunDirectory, json_bytes

__all__ = ["CHECKPOINT", "load_checkpoint", "npz_bytes", "on_disk", "save_checkpoint"]

CHECKPOINT = "checkpoint.json"
_ARRAYS = "generation-*.npz"

_P = ParamSpec("_P")
_T = TypeVar("_T")


def npz_bytes(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """Return an ``.npz`` file, the same bytes for equal arrays: `numpy.savez` writes the time into it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.lib.format.write_array(content, np.ascontiguousarray(array), allow_pickle=False)
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3
            archive.writestr(entry, content.getvalue())
    return stream.getvalue()


def on_disk(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """Let a failure to write say what happened and how to go on, instead of a traceback."""

    @wraps(function)
    def told(*arguments: _P.args, **named: _P.kwargs) -> _T:
        try:
            return function(*arguments, **named)
        except OSError as error:
            directory = next(a for a in arguments if isinstance(a, RunDirectory))
            raise BucketBrigadeError(
                explain(
                    f"Cannot write into the directory {str(directory.path)!r}: {error.strerror or error}.",
                    why="What was finished before is whole.",
                    do=f"Mend that, then type: bucket-brigade evolve --resume {directory.path}",
                )
            ) from error

    return told


@on_disk
def save_checkpoint(directory: RunDirectory, state: State) -> None:
    """Write a checkpoint, and then remove the arrays of older ones."""
    arrays = npz_bytes(state.arrays())
    name = f"generation-{state.generation:06d}.npz"
    record = {
        "run": directory.digest,
        "arrays": name,
        "sha256": hashlib.sha256(arrays).hexdigest(),
        **state.record(),
    }
    directory.write(name, arrays)
    directory.write(CHECKPOINT, json_bytes(record))
    _remove_others(directory, name)


@on_disk
def _remove_others(directory: RunDirectory, name: str) -> None:
    """Remove every file of arrays but the one that counts; a process may have died before it could."""
    for file in sorted(directory.path.glob(_ARRAYS)):
        if file.name != name:
            file.unlink()


def load_checkpoint(directory: RunDirectory) -> State | None:
    """Return the state of the last checkpoint, or None if there is none yet.

    Raises `InvalidInput` if files were changed or damaged since they were written.
    """
    file = directory.path / CHECKPOINT
    if not file.exists():
        return None
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        if record["run"] != directory.digest:
            raise ValueError("it is of a run with other settings")
        arrays = (directory.path / Path(record["arrays"]).name).read_bytes()
        if hashlib.sha256(arrays).hexdigest() != record["sha256"]:
            raise ValueError(f"{record['arrays']} is not what was written")
        with np.load(io.BytesIO(arrays), allow_pickle=False) as kept:
            state = State.of(record, {name: kept[name] for name in kept.files})
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise InvalidInput(
            explain(
                f"The checkpoint {str(file)!r} cannot be used: {error}.",
                do="To start anew, name a new directory.",
            )
        ) from error
    _remove_others(directory, record["arrays"])
    return state
