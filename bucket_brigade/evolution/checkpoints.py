"""A run's state on the disk: JSON for what is said, npz for what is computed with, never a pickle.

A checkpoint is two files. ``generation-….npz`` holds the arrays and is written first; ``checkpoint.json`` holds the
rest and the digest of the arrays, and putting it in its place is the moment at which the checkpoint counts. Whatever
stops the process, the newest ``checkpoint.json`` and the arrays it names are whole.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.evolution.state import State
from bucket_brigade.runs.files import read_regular_file
from bucket_brigade.runs.run_directory import RunDirectory

__all__ = ["CHECKPOINT", "load_checkpoint", "npz_bytes", "save_checkpoint"]

CHECKPOINT = "checkpoint.json"
_ARRAYS = re.compile(r"generation-\d{6,}\.npz")


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


def save_checkpoint(directory: RunDirectory, state: State) -> None:
    """Write a checkpoint, and then remove the arrays of older ones; raises `RunDirectoryError`."""
    arrays = npz_bytes(state.arrays())
    name = _arrays_name(state.generation)
    directory.write(name, arrays)
    directory.write_sealed(CHECKPOINT, {"arrays": hashlib.sha256(arrays).hexdigest(), **state.record()})
    _remove_others(directory, name)


def load_checkpoint(directory: RunDirectory) -> State | None:
    """Return the state of the last checkpoint, or None if there is none yet.

    Raises `InvalidInput` if files were changed or damaged since they were written.
    """
    file = directory.path / CHECKPOINT
    if not file.exists():
        return None
    try:
        record = directory.read_sealed(CHECKPOINT)
        name = _arrays_name(record["generation"])
        arrays = read_regular_file(directory.path / name)
        if hashlib.sha256(arrays).hexdigest() != record["arrays"]:
            raise ValueError(f"{name} is not what was written")
        with np.load(io.BytesIO(arrays), allow_pickle=False) as kept:
            state = State.of(record, {name: kept[name] for name in kept.files})
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise InvalidInput(
            explain(
                f"The checkpoint {str(file)!r} cannot be used: {error}.",
                do="To start anew, name a new directory.",
            )
        ) from error
    _remove_others(directory, name)
    return state


def _arrays_name(generation: int) -> str:
    return f"generation-{generation:06d}.npz"


def _remove_others(directory: RunDirectory, name: str) -> None:
    """Remove every file of arrays but the one that counts; a process may have died before it could."""
    with directory.on_disk():
        for file in sorted(directory.path.iterdir()):
            if _ARRAYS.fullmatch(file.name) and file.name != name:
                file.unlink()
