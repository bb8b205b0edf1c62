"""The two streams of a command, wherever they lead: a narrow encoding, a closed pipe, a full disk, or nowhere.

Remarks on stderr are lost if they cannot be written, and the command goes on. A result that cannot be written to
stdout is a failure, said in one line; but if a pipe's reader has had enough, as with ``| head``, nothing has failed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO, cast

from bucket_brigade.cli.text import PLAIN

__all__ = ["OutputLost", "guarded_streams"]


class OutputLost(Exception):
    """Stdout takes no more. No `OSError`, since those of a pipe are caught on the way up, and end in exit code 1."""

    def __init__(self, reason: str, *, enough: bool) -> None:
        super().__init__(reason)
        self.enough = enough
        """Whether the reader of a pipe has left: it has what it wanted."""


class _Guarded:
    """A text stream that raises no `OSError`; everything but writing is left to the stream itself."""

    def __init__(self, stream: TextIO | None, *, essential: bool) -> None:
        # Python sets a stream that was closed before it started, or that a windowed program never had, to None.
        self._lost = "" if stream is not None else "it is closed"
        self._stream = stream if stream is not None else io.StringIO()
        self._essential = essential

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        if self._lost and text:
            self._fail(OSError(self._lost))
            return len(text)
        try:
            return self._stream.write(text)
        except (OSError, ValueError) as error:  # Python says ValueError of a stream that it closed itself.
            self._fail(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except (OSError, ValueError) as error:
            self._fail(error)

    def _fail(self, error: OSError | ValueError) -> None:
        # What is buffered would fail once more when Python ends, with a traceback: let it go nowhere.
        with suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._stream.fileno())
            os.close(nowhere)
        self._lost = self._lost or getattr(error, "strerror", None) or str(error)
        if self._essential:
            raise OutputLost(self._lost, enough=isinstance(error, BrokenPipeError)) from error


@contextmanager
def guarded_streams() -> Iterator[None]:
    """Put guards in the place of ``sys.stdout`` and ``sys.stderr``, and show what an encoding lacks plainly."""
    before = sys.stdout, sys.stderr
    with _plainly(before[0]), _plainly(before[1]):
        sys.stdout = cast(TextIO, _Guarded(before[0], essential=True))
        sys.stderr = cast(TextIO, _Guarded(before[1], essential=False))
        try:
            yield
        finally:
            sys.stdout, sys.stderr = before


@contextmanager
def _plainly(stream: TextIO | None) -> Iterator[None]:
    reconfigure = getattr(stream, "reconfigure", None)
    if stream is None or reconfigure is None:
        yield
        return
    errors = stream.errors
    reconfigure(errors=PLAIN)
    try:
        yield
    finally:
        with suppress(OutputLost, OSError, ValueError):
            reconfigure(errors=errors)
