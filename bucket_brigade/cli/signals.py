"""Ctrl-C and SIGTERM: at once while modules load, and as an exception, which can be caught, once work has begun.

Imports nothing of the project, so that it is in place before anything that takes time.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

__all__ = ["Terminated", "exit_code", "leave_at_once", "raising_signals"]

_MESSAGES = {signal.SIGINT: "Interrupted.\n", signal.SIGTERM: "Terminated.\n"}


class Terminated(KeyboardInterrupt):
    """SIGTERM. Whoever stops for Ctrl-C, keeping what is done and dropping what was cut short, stops for this too."""


_received: list[int] = []


def leave_at_once() -> None:
    """Let either signal end the process with its exit code, without a traceback and without clean-up.

    Right while nothing has begun that could be lost, and when somebody presses Ctrl-C a second time: an exception
    would show the innards of an import, or be swallowed where Python runs callbacks of its own.
    """
    _install(_leave)


@contextmanager
def raising_signals() -> Iterator[None]:
    """Let Ctrl-C raise `KeyboardInterrupt` and SIGTERM `Terminated` in here; a second signal leaves at once."""
    _received.clear()
    before = {number: signal.getsignal(number) for number in _MESSAGES}
    _install(_raise)
    try:
        yield
    finally:
        if threading.current_thread() is threading.main_thread():
            for number, handler in before.items():
                signal.signal(number, handler)


def exit_code() -> int:
    """Return 128 plus the number of the signal that came, as shells report it: 130 or 143; 130 if none did."""
    return 128 + (_received[0] if _received else signal.SIGINT)


def _install(handler: Callable[[int, FrameType | None], None]) -> None:
    if threading.current_thread() is not threading.main_thread():
        return  # Only the main thread may; elsewhere the host program decides.
    for number in _MESSAGES:
        # What the parent ignores stays ignored, as for a job in the background.
        if signal.getsignal(number) not in (signal.SIG_IGN, None):
            signal.signal(number, handler)


def _leave(number: int, _: FrameType | None) -> None:
    with suppress(OSError):  # Stderr may be closed: the exit code has to do.
        os.write(2, _MESSAGES[signal.Signals(number)].encode())
    os._exit(128 + number)


def _raise(number: int, _: FrameType | None) -> None:
    _received.append(number)
    leave_at_once()
    raise Terminated if number == signal.SIGTERM else KeyboardInterrupt
