"""Files of plain data that say what they are and end in a checksum of all of it.

A file holds the name under which it was written, the digest of what its numbers depend on, and the data. At its end
stands the SHA-256 of the file without it, so a change of any byte, by a disk or by an editor, is seen before the
data are looked at; and a file that is whole but stands under another name is seen as well.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from bucket_brigade.runs.files import json_bytes

__all__ = ["seal", "unseal"]

_END = b"\n}\n"
_BEFORE, _AFTER = b',\n "sha256": "', b'"\n}\n'
_SEAL_LENGTH = len(_BEFORE) + 64 + len(_AFTER)


def seal(name: str, depends_on: str, data: Any) -> bytes:
    """Return `data` as a sealed file; raises `ValueError` for what JSON cannot hold, NaN included."""
    text = json_bytes({"name": name, "depends_on": depends_on, "data": data})
    return text[: -len(_END)] + _seal_of(text)


def unseal(content: bytes, name: str, depends_on: str | None = None) -> Any:
    """Return the data of a sealed file, or raise `ValueError` saying what is wrong with it.

    With `depends_on` None, only the name and the checksum are compared.
    """
    text = content[:-_SEAL_LENGTH] + _END
    if content[-_SEAL_LENGTH:] != _seal_of(text):
        raise ValueError("it was changed or damaged, or another version of Bucket Brigade wrote it")
    try:
        kept = json.loads(text)
        there = kept["name"], kept["depends_on"]
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("it is no file of a run") from error
    if there[0] != name:
        raise ValueError(f"it was written as {there[0]!r}")
    if depends_on not in (None, there[1]):
        raise ValueError("it is of a run with other settings")
    return kept["data"]


def _seal_of(text: bytes) -> bytes:
    return _BEFORE + hashlib.sha256(text).hexdigest().encode() + _AFTER
