"""The one door for text files from outside, TOML and JSON: whatever is in them, the only error is ours.

Limits stand before anything is believed: a file may be a device without end, values may be nested deeper than
Python can recurse, and an integer may have more digits than Python would print.
"""

from __future__ import annotations

import json
import os
import pathlib
from collections.abc import Callable
from typing import Any

from bucket_brigade.errors import BucketBrigadeError, InvalidInput

__all__ = ["MOST_BYTES", "parse_json", "parse_toml", "read_bytes", "read_json", "read_toml"]

MOST_BYTES = 1 << 20
"""The largest file that people write: a scenario takes 500 bytes."""
MOST_DEPTH = 32
"""The deepest nesting: a file of settings needs three levels, and dotted keys nest without brackets."""
MOST_DIGITS = 100
"""The longest integer: beyond every range, so that the field's own rule refuses it, and short enough to be shown."""

Path = str | os.PathLike[str]


def read_bytes(
    path: Path,
    what: str,
    *,
    asked_by: str = "",
    most: int = MOST_BYTES,
    error: type[BucketBrigadeError] = InvalidInput,
) -> bytes:
    """Return the content of a text file.

    Raises an `error` that calls the file by `what` ("config file") and says who asked for it (`asked_by`,
    " (from --config)"), if it cannot be read or is larger than `most` bytes.
    """
    try:
        with pathlib.Path(path).open("rb") as file:
            content = file.read(most + 1)
    except (OSError, ValueError) as cause:  # ValueError: a name with a null byte or half a surrogate pair.
        reason = getattr(cause, "strerror", None) or cause
        raise error(f"Cannot read the {what} {os.fspath(path)!r}{asked_by}: {reason}.") from cause
    if len(content) > most:
        raise error(
            f"Cannot read the {what} {os.fspath(path)!r}{asked_by}: it is larger than {most:,} bytes."
        )
    return content


def parse_toml(
    content: bytes, path: Path, what: str, *, error: type[BucketBrigadeError] = InvalidInput
) -> dict[str, Any]:
    """Return the tables of a TOML file, in UTF-8; raises an `error` that names it for anything else."""
    import tomllib

    values: dict[str, Any] = _parsed(
        tomllib.loads, content, f"The {what} {os.fspath(path)!r} is not TOML", error
    )
    return values


def parse_json(
    content: bytes, path: Path, what: str, *, error: type[BucketBrigadeError] = InvalidInput
) -> Any:
    """Return what a JSON file holds; raises an `error` that names it for anything else."""
    return _parsed(json.loads, content, f"The {what} {os.fspath(path)!r} is not JSON", error)


def read_toml(
    path: Path, what: str, *, asked_by: str = "", error: type[BucketBrigadeError] = InvalidInput
) -> dict[str, Any]:
    """Read and parse in one; raises as `read_bytes` and `parse_toml`."""
    return parse_toml(read_bytes(path, what, asked_by=asked_by, error=error), path, what, error=error)


def read_json(
    path: Path,
    what: str,
    *,
    asked_by: str = "",
    most: int = MOST_BYTES,
    error: type[BucketBrigadeError] = InvalidInput,
) -> Any:
    """Read and parse in one; raises as `read_bytes` and `parse_json`."""
    return parse_json(
        read_bytes(path, what, asked_by=asked_by, most=most, error=error), path, what, error=error
    )


def _parsed(load: Callable[[str], Any], content: bytes, refusal: str, error: type[BucketBrigadeError]) -> Any:
    try:
        values = load(content.decode("utf-8-sig"))  # Windows puts a byte-order mark before UTF-8.
    except RecursionError:
        raise error(f"{refusal} that can be read: values are nested too deeply.") from None
    except ValueError as cause:  # The parser's own, and those of decoding and of thousands of digits.
        raise error(f"{refusal}: {cause}.") from cause
    _check_limits(values, refusal, error)
    return values


def _check_limits(values: Any, refusal: str, error: type[BucketBrigadeError]) -> None:
    """Walk through everything without recursion, so that whoever comes after may recurse."""
    level, depth = [values], 0
    while level:
        if depth > MOST_DEPTH:
            raise error(f"{refusal} that can be read: values are nested deeper than {MOST_DEPTH} levels.")
        inner: list[Any] = []
        for value in level:
            if isinstance(value, dict):
                inner += value.values()
            elif isinstance(value, list):
                inner += value
            elif isinstance(value, int) and abs(value) >= 10**MOST_DIGITS:
                raise error(f"{refusal} that can be read: an integer has more than {MOST_DIGITS} digits.")
        level, depth = inner, depth + 1
