"""What commands print: texts for people, JSON for programs, progress for the patient."""

from __future__ import annotations

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from bucket_brigade.cli.text import in_encoding, visible

if TYPE_CHECKING:
    from rich.console import Console

    from bucket_brigade.backends.dispatch import Provenance

__all__ = [
    "console",
    "print_json",
    "progress",
    "provenance_line",
    "remark",
    "with_error",
]

PATIENCE = 1.0
"""Seconds of work before a progress bar appears."""

WIDTH_WHEN_PIPED = 120


def console(*, stderr: bool = False) -> Console:
    """Return a console that prints texts as they are: nothing in them is markup, an emoji or an escape code.

    When the output is no terminal, lines are wide enough not to be broken, unless COLUMNS says how wide.
    """
    from rich.console import Console
    from rich.text import Text

    class Plain(Console):
        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(in_encoding(visible(text), encoding), **options)

    stream = sys.stderr if stderr else sys.stdout
    encoding = getattr(stream, "encoding", None) or "utf-8"
    columns = os.environ.get("COLUMNS", "")
    chosen = stream.isatty() or (columns.isdecimal() and int(columns) > 0)
    width = None if chosen else WIDTH_WHEN_PIPED
    return Plain(stderr=stderr, width=width, highlight=False, markup=False, emoji=False)


def print_json(value: Any) -> None:
    """Print one JSON object; NaN, which JSON lacks, becomes null."""
    print(json.dumps(_plain(value), allow_nan=False))


def remark(text: str, *, quiet: bool) -> None:
    """Print a remark to stderr, unless quiet."""
    if not quiet:
        console(stderr=True).print(text, style="dim")


def with_error(value: float, error: float) -> str:
    """Return ``value ± error``, with as many decimals as the error's second digit deserves."""
    if not math.isfinite(error) or error <= 0:
        return f"{value:,.2f}" + (" ± 0" if error == 0 else "")
    decimals = min(max(1 - math.floor(math.log10(error)), 0), 6)
    return f"{value:,.{decimals}f} ± {error:.{decimals}f}"


def provenance_line(provenance: Provenance) -> str:
    """Return one line that says who played and why."""
    p = provenance
    games = f"{p.games:,} game{'s' * (p.games != 1)}"
    return f"backend {p.backend} {p.backend_version} ({p.chosen_by}) · seed {p.seed} · {games}"


@contextmanager
def progress(label: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Yield ``report(done, total)``; a bar shows once the work has lasted a second.

    It writes to stderr, and only when that is a terminal.
    """
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    if quiet or not sys.stderr.isatty():
        yield _silence
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=console(stderr=True), transient=True)
    task = bar.add_task(visible(label))
    started = time.monotonic()

    def report(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total)
        if not bar.live.is_started and time.monotonic() - started > PATIENCE and done < total:
            bar.start()

    try:
        yield report
    finally:
        bar.stop()


def _silence(done: int, total: int) -> None:
    """Report nothing."""


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(v) for key, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if hasattr(value, "tolist"):
        return _plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
