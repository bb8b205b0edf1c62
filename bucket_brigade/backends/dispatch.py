"""From a chosen backend to its answer: ask whether it can, play, and check what came back."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from bucket_brigade.backends.base import Backend, Counts, No, PlayRequest
from bucket_brigade.backends.seated import everybody_is_seated, play_seated, seats_scripted_agents
from bucket_brigade.errors import BackendCannotRun, PluginError
from bucket_brigade.game.counts import num_counts

__all__ = ["Provenance", "ResolvedBackend", "play"]


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

    Programs with scripted agents are played night by night, through the backend's stepper; what an agent gets
    wrong raises `AgentError`. Raises `PluginError` if the answer does not have the shapes that were asked for,
    so that a broken backend is named here and not where its arrays are first used.
    """
    program = request.program
    if seats_scripted_agents(program) and everybody_is_seated(program):
        return play_seated(resolved.backend, request)
    verdict = resolved.backend.can_run(request)
    if isinstance(verdict, No):
        raise BackendCannotRun(
            f"Backend {resolved.name!r} (from {resolved.source}) cannot run this: {verdict.reason}."
        )
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
