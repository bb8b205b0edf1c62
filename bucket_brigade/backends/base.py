"""The contract of a backend: what it is asked, what it answers, and how it says no.

Nothing here imports a backend. A request is arrays; one `play` evaluates every entry of a program, so
nothing crosses a language border per game or per night. Whatever its batches, threads or device, a
backend with the exact stream returns the same integers for the same request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.frozen import Frozen
from bucket_brigade.game.program import Program
from bucket_brigade.validation import MAX_WORD, check_flag, check_integer, check_seed, check_workers

__all__ = [
    "API_VERSION",
    "Backend",
    "BackendSpec",
    "Counts",
    "No",
    "PlayRequest",
    "Stepper",
    "Verdict",
    "Yes",
    "merge_counts",
]

API_VERSION = 1
"""Moves only when this contract does."""


@dataclass(frozen=True)
class BackendSpec:
    """What a plugin registers to offer a backend; cheap to make, imports nothing.

    `factory` and `probe` are ``"module:attribute"``. The factory takes no argument and returns a
    `Backend`. The probe takes none and returns None if the backend can be used here, else the reason as
    text; it must be quick. It may also raise `ModuleNotFoundError`, which reads as "not installed".
    `exact_stream` claims that it plays the games of rules.md bit for bit. Among ready backends with the
    exact stream, `auto` takes the one with the highest `speed`, a rough number of game-nights a second;
    speed 0 keeps a backend out of `auto`, and so does a request of fewer games than `smallest_batch`, for
    backends that take long to get going.
    """

    name: str
    summary: str
    factory: str
    probe: str | None = None
    exact_stream: bool = False
    speed: float = 0.0
    api_version: int = API_VERSION
    install: str = ""
    url: str = ""
    smallest_batch: int = 0


@dataclass(frozen=True)
class Yes:
    """The backend can run the request."""

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True)
class No:
    """The backend cannot run the request, and why."""

    reason: str

    def __bool__(self) -> bool:
        return False


Verdict = Yes | No


@dataclass(frozen=True, eq=False)
class PlayRequest(Frozen):
    """Whole games to be played: `games` of every entry of `program`.

    Entry ``e`` plays the games ``first_game[e] … first_game[e] + games - 1`` of `seed`; `first_game` may
    be one number for all. `keep_games` asks for the counts of every single game as well (4 bytes a
    count); without it, memory does not depend on `games`. `second_moments` asks for products of counts.
    `workers` bounds the threads; None leaves it to the backend. Raises `InvalidInput` for a seed or game
    number outside 64 bits, fewer than one game, or fewer than one worker.
    """

    program: Program
    seed: int
    games: int
    first_game: ArrayLike = 0
    keep_games: bool = False
    second_moments: bool = True
    workers: int | None = None

    def __post_init__(self) -> None:
        seed = check_seed(self.seed)
        games = check_integer("games", self.games, 1, 2**53)
        entries = self.program.num_entries
        # As objects, since NumPy would turn a list with numbers beyond 2**63 into floats.
        listed = not isinstance(self.first_game, np.ndarray)
        given = np.asarray(self.first_game, dtype=object if listed else None)
        if given.shape not in ((), (entries,)):
            raise InvalidInput(f"first_game has shape {given.shape}: it must be one number or ({entries},).")
        for value in given.ravel() if given.dtype.kind not in "iu" else (given.min(), given.max()):
            check_integer("first_game", value, 0, MAX_WORD - games)
        first = np.broadcast_to(given, (entries,)).astype(np.uint64)
        first.flags.writeable = False
        object.__setattr__(self, "seed", seed)
        object.__setattr__(self, "games", games)
        object.__setattr__(self, "workers", check_workers(self.workers))
        for name in ("keep_games", "second_moments"):
            object.__setattr__(self, name, check_flag(name, getattr(self, name)))
        object.__setattr__(self, "first_game", first)


@dataclass(frozen=True, eq=False)
class Counts:
    """What a backend counted; columns as in `bucket_brigade.game.counts`, D = 4*N + 5.

    E entries, G games each. Integers only, so that the order of summation never matters. Products may
    wrap around modulo 2**64: only differences of them are used, which come out right all the same.
    """

    games: int
    sums: NDArray[np.int64]
    """(E, D) counts summed over the games."""
    products: NDArray[np.int64] | None = None
    """(E, D, D) products of two counts summed over the games, if asked for."""
    per_game: NDArray[np.int32] | None = None
    """(E, G, D) counts of every game, if asked for."""


def merge_counts(parts: Sequence[Counts]) -> Counts:
    """Return the counts of several plays of one program, over consecutive games, as those of one play."""
    kept = [part.per_game for part in parts if part.per_game is not None]
    products = [part.products for part in parts if part.products is not None]
    return Counts(
        games=sum(part.games for part in parts),
        sums=np.sum([part.sums for part in parts], axis=0),
        products=np.sum(products, axis=0) if len(products) == len(parts) else None,
        per_game=np.concatenate(kept, axis=1) if len(kept) == len(parts) else None,
    )


class Stepper(Protocol):
    """A batch of games played night by night, for seats that are played from outside.

    G games, H houses, N agents. Every array is a fresh copy. Finished games stay as they ended.
    """

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now: 0 safe, 1 burning, 2 ruined."""

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) house, mode and signal of the night before; zeros before night 1."""

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 still running, 1 terminated by the rules, 2 truncated by the night limit."""

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what the native strategies do tonight; zeros on external seats and in finished games."""

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions, shape (G, N, 3).

        Raises `InvalidInput` for the wrong shape or dtype, a house off the ring, or a mode or signal
        other than 0 and 1 in a running game.
        """


@runtime_checkable
class Backend(Protocol):
    """Plays programs. Pure: the same request gives the same answer."""

    @property
    def name(self) -> str:
        """The name it is registered under."""

    @property
    def version(self) -> str:
        """The version of the code that plays, for provenance."""

    def can_run(self, request: PlayRequest) -> Verdict:
        """Say before any work whether `play` would accept the request."""

    def play(self, request: PlayRequest) -> Counts:
        """Play whole games."""

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> Stepper:
        """Start game ``games[g]`` of entry ``entries[g]`` for every g, ready for night 1.

        Every town of `program` must have the same number of houses, else `InvalidInput`.
        """
