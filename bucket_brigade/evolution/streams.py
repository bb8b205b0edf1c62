"""Random numbers of evolution: a stream for every (seed, generation, purpose), and a shelter for DEAP.

Streams are counter-based (Philox4x64-10; Salmon, Moraes, Dror, Shaw, SC'11), keyed by what they are for. So a
run needs no state of a generator to go on, and what one purpose draws moves no other. They share nothing with
the luck of games, which is Philox4x32-10 with a key of its own.

DEAP draws from the two global generators of the process, ``random`` and ``numpy.random``. `PrivateRandom` gives
it generators of its own in their place, for as long as it runs, and puts the process's back untouched.
"""

from __future__ import annotations

import functools
import random
import threading
from collections.abc import Callable
from enum import IntEnum
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

import numpy as np

from bucket_brigade.validation import check_integer, check_seed

__all__ = ["PrivateRandom", "Purpose", "stream"]

_P = ParamSpec("_P")
_T = TypeVar("_T")

_SWAP = threading.RLock()
"""There is one pair of global generators, so one shelter at a time."""


class Purpose(IntEnum):
    """What a stream decides; the number is part of its key. Numbers from 128 are free for users."""

    INITIAL = 0
    SELECT = 1
    CROSSOVER = 2
    MUTATE = 3
    DEAP = 4


def stream(seed: int, generation: int = 0, purpose: int = Purpose.INITIAL) -> np.random.Generator:
    """Return the generator of one purpose in one generation of a run.

    Equal arguments give equal streams; different ones give streams that have nothing to do with each other.
    `seed` is an unsigned 64-bit integer, `generation` below 2**56, `purpose` below 256; else `InvalidInput`.
    """
    seed = check_seed(seed)
    generation = check_integer("generation", generation, 0, 2**56 - 1)
    purpose = check_integer("purpose", int(purpose), 0, 255)
    key = np.array([seed, generation << 8 | purpose], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))


class PrivateRandom:
    """Generators of one's own in the place of ``random`` and ``numpy.random``, while a block runs.

        with PrivateRandom(seed=1):
            population, logbook = algorithms.eaSimple(population, toolbox, 0.5, 0.2, 40)

    Within the block, whatever draws from the global generators draws from these; on leaving it, the global ones are
    as they were, to the last bit. Entering again goes on where the block before stopped. `wrap` does the same for
    every call of one operator. Another thread that draws from the global generators meanwhile would draw from
    these: run such threads outside the block. Shelters of several threads wait for each other.
    """

    def __init__(self, seed: int, generation: int = 0, purpose: int = Purpose.DEAP) -> None:
        """Seed both generators from ``stream(seed, generation, purpose)``."""
        words = stream(seed, generation, purpose).integers(0, 2**32, size=16, dtype=np.uint32)
        self._python: Any = random.Random(int.from_bytes(words[:8].tobytes(), "little")).getstate()
        self._numpy: Any = np.random.RandomState(words[8:]).get_state()
        self._depth = 0
        self._theirs: tuple[Any, Any] = (None, None)

    def __enter__(self) -> Self:
        """Put the private generators in place."""
        _SWAP.acquire()
        if self._depth == 0:
            self._theirs = random.getstate(), np.random.get_state()  # noqa: NPY002
            random.setstate(self._python)
            np.random.set_state(self._numpy)  # noqa: NPY002
        self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Put the process's generators back."""
        self._depth -= 1
        if self._depth == 0:
            self._python, self._numpy = random.getstate(), np.random.get_state()  # noqa: NPY002
            random.setstate(self._theirs[0])
            np.random.set_state(self._theirs[1])  # noqa: NPY002
            self._theirs = None, None
        _SWAP.release()

    def wrap(self, function: Callable[_P, _T]) -> Callable[_P, _T]:
        """Return `function` with every call made in the shelter; fits ``toolbox.decorate``."""

        @functools.wraps(function)
        def sheltered(*arguments: _P.args, **named: _P.kwargs) -> _T:
            with self:
                return function(*arguments, **named)

        return sheltered

    def state(self) -> dict[str, Any]:
        """Return where the generators stand as plain data that fits JSON; see `restore`."""
        version, words, gauss = self._python
        kind, key, place, has_gauss, cached = self._numpy
        return {
            "random": [version, list(words), gauss],
            "numpy": [str(kind), [int(word) for word in key], int(place), int(has_gauss), float(cached)],
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a `state`; in the middle of a block nothing changes before the next one."""
        version, words, gauss = state["random"]
        kind, key, place, has_gauss, cached = state["numpy"]
        self._python = version, tuple(words), gauss
        self._numpy = kind, np.array(key, dtype=np.uint32), place, has_gauss, cached
