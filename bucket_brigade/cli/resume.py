"""How a command that was interrupted goes on."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["check_resume", "hint_to_resume"]


def check_resume(out: Path | None, *, resume: bool) -> None:
    """Raise `InvalidInput` for ``--resume`` without ``--out``."""
    from bucket_brigade.errors import InvalidInput

    if resume and out is None:
        raise InvalidInput("--resume goes on with a run on the disk: name its directory with --out DIR.")


@contextmanager
def hint_to_resume(directory: Path | None, *, quiet: bool, command: str = "") -> Iterator[None]:
    """Say what to type if Ctrl-C ends the block, which fills a directory: `command`, or this one with ``--resume``."""
    try:
        yield
    except KeyboardInterrupt:
        if directory is not None and not quiet:
            # Not as a remark, whose lines are broken: this one is to be copied.
            print(f"To go on: {command or _this_command_resumed()}", file=sys.stderr)
        raise


def _this_command_resumed() -> str:
    words = sys.argv[1:]
    return shlex.join(["bucket-brigade", *words, *([] if "--resume" in words else ["--resume"])])
