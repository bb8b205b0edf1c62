"""The loopback backend: the Python reference behind a copy of everything, with a record of what was asked.

It proves the dispatch. Each request is pickled and read back before it is played, so whatever reaches
the reference was data in the request; an object, a callback or an array shared with the caller would
not survive the way. It must give the reference's counts, and is never chosen by `auto`.
"""

from __future__ import annotations

import pickle
from collections import deque
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, PlayRequest, Stepper, Verdict
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.game.program import Program

__all__ = ["Loopback"]

T = TypeVar("T")

REMEMBERED = 100


class Loopback:
    """Plays through the Python reference and remembers the last requests."""

    name = "loopback"

    def __init__(self) -> None:
        self._reference = PythonReference()
        self.requests: deque[PlayRequest] = deque(maxlen=REMEMBERED)
        """What `play` was asked, newest last: the copies that were played."""
        self.steppers = 0
        """How many steppers were started."""

    @property
    def version(self) -> str:
        """The version of the reference behind it."""
        return self._reference.version

    def can_run(self, request: PlayRequest) -> Verdict:
        """Say what the reference says."""
        return self._reference.can_run(_copy(request))

    def play(self, request: PlayRequest) -> Counts:
        """Play a copy of the request and answer with a copy of the counts."""
        received = _copy(request)
        self.requests.append(received)
        return _copy(self._reference.play(received))

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> Stepper:
        """Start a stepper of the reference on copies of the arguments."""
        self.steppers += 1
        return self._reference.stepper(*_copy((program, seed, entries, games)))


def _copy(value: T) -> T:
    copied: T = pickle.loads(pickle.dumps(value))
    return copied
