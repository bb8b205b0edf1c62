"""From a chosen backend to its answer: ask whether it can, play, and check what came back."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, Counts, No, PlayRequest
from bucket_brigade.backends.seated import everybody_is_seated, play_seated, scripted_entries
from bucket_brigade.errors import AgentError, BackendCannotRun, PluginError
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program

__all__ = ["Provenance", "ResolvedBackend", "check_can_play", "play"]


@dataclass(frozen=True)
class ResolvedBackend:
    """A backend that is ready to play, the name it goes by, and who chose it."""

    backend: Backend
    name: str
    source: str
    automatic: bool = False
    """Whether ``auto`` chose it, so that another with the exact stream would do as well."""


@dataclass(frozen=True)
class Provenance:
    """Where a result comes from; enough to have it again.

    `method` is ``simulate``, or ``exact``: then no games are played, and seed, games and first game are 0.
    """

    backend: str
    backend_version: str
    chosen_by: str
    bucket_brigade: str
    seed: int
    games: int
    first_game: int
    method: str = "simulate"

    @classmethod
    def of(cls, resolved: ResolvedBackend, *, seed: int, games: int, first_game: int = 0) -> Provenance:
        """Describe a run of `games` games on a backend."""
        return cls(
            backend=resolved.name,
            backend_version=resolved.backend.version,
            chosen_by=resolved.source,
            bucket_brigade=own_version(),
            seed=int(seed),
            games=int(games),
            first_game=int(first_game),
        )

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return asdict(self)


def play(resolved: ResolvedBackend, request: PlayRequest) -> Counts:
    """Play a request, or raise `BackendCannotRun` with the backend's own reason before any work.

    Entries with scripted agents are played night by night, through the backend's stepper, and all others as whole
    games. What an agent gets wrong raises `AgentError`; its ``finished`` holds the games that were complete if
    the request has a single entry. Raises `PluginError` if the answer does not have the shapes that were asked
    for, so that a broken backend is named here and not where its arrays are first used.
    """
    check_can_play(resolved, request)
    scripted = _seated_entries(request.program)
    if not scripted.any():
        return _play_native(resolved, request)
    if scripted.all():
        return play_seated(resolved.backend, request)
    try:
        seated = play_seated(resolved.backend, _part(request, scripted))
    except AgentError as error:
        error.finished = None
        raise
    return _joined(scripted, seated, _play_native(resolved, _part(request, ~scripted)))


def check_can_play(resolved: ResolvedBackend, request: PlayRequest) -> None:
    """Raise `BackendCannotRun` if the backend declines what `play` would ask of it."""
    scripted = _seated_entries(request.program)
    if scripted.all():
        return
    verdict = resolved.backend.can_run(_part(request, ~scripted) if scripted.any() else request)
    if isinstance(verdict, No):
        raise BackendCannotRun(
            f"Backend {resolved.name!r} (from {resolved.source}) cannot run this: {verdict.reason}."
        )


def _seated_entries(program: Program) -> NDArray[np.bool_]:
    """Return which entries are played through a stepper, (E,); none if somebody's seat stays empty."""
    scripted = scripted_entries(program)
    return scripted if everybody_is_seated(program) else np.zeros_like(scripted)


def _part(request: PlayRequest, which: NDArray[np.bool_]) -> PlayRequest:
    """Return the same request for some of its entries."""
    entries = np.flatnonzero(which)
    first = np.asarray(request.first_game)[entries]
    return replace(request, program=request.program.select(entries), first_game=first)


def _joined(scripted: NDArray[np.bool_], seated: Counts, native: Counts) -> Counts:
    """Return the counts of both parts, each in the rows of its entries."""

    def both(one: NDArray[Any] | None, other: NDArray[Any] | None) -> Any:
        if one is None or other is None:
            return None
        rows = np.empty((len(scripted), *one.shape[1:]), dtype=one.dtype)
        rows[scripted], rows[~scripted] = one, other
        return rows

    return Counts(
        seated.games,
        both(seated.sums, native.sums),
        both(seated.products, native.products),
        both(seated.per_game, native.per_game),
    )


def _play_native(resolved: ResolvedBackend, request: PlayRequest) -> Counts:
    counts = resolved.backend.play(request)
    entries, size = request.program.num_entries, num_counts(request.program.num_agents)
    expected = {
        "sums": (entries, size),
        "products": (entries, size, size) if request.second_moments else None,
        "per_game": (entries, request.games, size) if request.keep_games else None,
    }
    for name, shape in expected.items():
        array = getattr(counts, name)
        if shape is not None and (array is None or array.shape != shape):
            got = "nothing" if array is None else f"shape {array.shape}"
            raise PluginError(
                f"Backend {resolved.name!r} answered {name} with {got}: it must have shape {shape}."
            )
    return counts


def own_version() -> str:
    """Return the installed version of Bucket Brigade, or "unknown" when it runs from a bare checkout."""
    try:
        return version("bucket-brigade")
    except PackageNotFoundError:
        return "unknown"
