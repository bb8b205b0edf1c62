"""How work is done: who plays or answers, on how many threads, from which seed, exactly or not, and where.

These five arguments travel together from a command to the engine, so they are one object, checked in one
place. None of them but the seed and the method changes a result.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from bucket_brigade.backends.base import Backend
from bucket_brigade.config import resolve_workers
from bucket_brigade.errors import InvalidInput
from bucket_brigade.registry import ResolvedBackend, resolve_backend
from bucket_brigade.validation import check_choice, check_seed, check_workers

__all__ = ["AUTO", "EXACT", "METHODS", "SIMULATE", "Execution", "check_method", "pinned_or_given"]

AUTO, EXACT, SIMULATE = "auto", "exact", "simulate"

METHODS = (AUTO, EXACT, SIMULATE)
"""How payoffs may be found: exactly if that is possible, exactly or not at all, by playing games."""

_AHEAD = 32
"""Units handed to an executor before the first answer is awaited: enough to keep a few dozen workers busy, few
enough that neither requests nor answers pile up in memory."""

T = TypeVar("T")
R = TypeVar("R")


def check_method(method: object) -> str:
    """Return `method`, or raise `InvalidInput` if it is none of `METHODS`."""
    return check_choice(
        "method", method, METHODS, exists="Methods: auto (exact where that is possible), exact, simulate."
    )


def pinned_or_given(kind: type, pinned: str | None, given: Any, *, instead: str) -> Any:
    """Return the backend of a class that may be pinned to one; raise `InvalidInput` if another was given.

    `instead` names the class that takes any backend.
    """
    if pinned is not None and given not in (None, pinned):
        raise InvalidInput(
            f"{kind.__name__} plays on {pinned!r} only, got backend = {given!r}: use {instead}."
        )
    return given if pinned is None else pinned


@dataclass(frozen=True)
class Execution:
    """Arguments that nearly every computation shares; raises `InvalidInput` for a value that is not allowed."""

    backend: str | Backend | None = None
    """A name, a `Backend`, or None for the configured one."""
    workers: int | None = None
    """Threads of the backend; None leaves it to the configuration, then to the backend. Changes no result."""
    seed: int = 0
    """Of all luck, an unsigned integer of 64 bits."""
    method: str = AUTO
    """``exact``, ``simulate``, or ``auto``: exact wherever that is possible."""
    executor: Executor | None = None
    """Where independent pieces of work are done, one after the other here if None. Changes no result."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "workers", check_workers(self.workers))
        object.__setattr__(self, "seed", check_seed(self.seed))
        check_method(self.method)
        if self.executor is not None and not callable(getattr(self.executor, "submit", None)):
            raise InvalidInput(
                f"executor = {self.executor!r} is not allowed: it must be a concurrent.futures.Executor or None."
            )

    @classmethod
    def of(cls, execution: Execution | None = None, **given: Any) -> Execution:
        """Return an execution with these fields changed, those that are None left as they are.

        It is how a function takes both an `Execution` and its fields as arguments of their own.
        """
        if execution is not None and not isinstance(execution, Execution):
            raise InvalidInput(f"execution = {execution!r} is not allowed: it must be an Execution or None.")
        assert set(given) <= {field.name for field in fields(cls)}
        changed = {name: value for name, value in given.items() if value is not None}
        return replace(execution or cls(), **changed)

    @property
    def threads(self) -> int | None:
        """How many threads a backend may use: `workers`, else what the configuration says, else None."""
        return resolve_workers(self.workers)

    def resolve(self, *, games: int = 0) -> ResolvedBackend:
        """Return the backend to play on and what decided it; arguments and errors of `resolve_backend`."""
        return resolve_backend(self.backend, games=games)

    def map(self, function: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
        """Yield ``function(item)`` for every item, in their order, on the executor if there is one.

        Items are taken as they are needed. If one fails or the caller stops, what waits is cancelled.
        """
        if self.executor is None:
            yield from map(function, items)
            return
        waiting: deque[Future[R]] = deque()
        try:
            for item in items:
                waiting.append(self.executor.submit(function, item))
                if len(waiting) >= _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
