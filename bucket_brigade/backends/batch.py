"""The contract of a batch: many games side by side, night by night, as learners need them.

One call plays a night of every game: seats played from outside act by an array, the others by their native
strategies; observations and rewards are written into arrays of the caller; and where a game has ended, the row
goes on with another one. Games are numbered, so what is played depends neither on the batch nor on threads.

A backend may offer this natively (`BatchBackend`). For every other one, `start_batch` makes it of the backend's
`Stepper`, with the same integers and the same floats as the native ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.backends.game_states import GameStates, fingerprint
from bucket_brigade.backends.stepping import check_one_ring_size, check_steps
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.counts import OWN_COUNTS, SHARED_COUNTS, column
from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade.validation import MAX_WORD, check_choice, check_integer, check_workers

__all__ = [
    "PRICES",
    "Autoreset",
    "BatchBackend",
    "BatchOutput",
    "BatchRequest",
    "BatchStepper",
    "Encoding",
    "feature_sizes",
    "seat_prices",
]

Autoreset = Literal["next-step", "same-step", "disabled"]
"""What happens to a row whose game has ended: the next game starts in the call after, which plays no night of
this row; or in the same call; or not at all, and a step is refused until the row is started from outside."""

PRICES = len(OWN_COUNTS) + len(SHARED_COUNTS)
"""The prices of a seat: those of its own four counts, then those of the five shared ones."""


@dataclass(frozen=True, eq=False)
class Encoding:
    """How observations are written: O observed seats, W entries each.

    A game shows integers, its *features*: its H houses (0 safe, 1 burning, 2 ruined), the house, mode and
    signal of every agent the night before (zeros before night 1), the nights played, and a zero. Entry ``w``
    of seat ``o`` is ``table[start[o, w] + features[source[o, w]]]``. So an engine copies words that it need
    not understand: the floats of an observation are made here, at the edge.
    """

    source: NDArray[np.uint16]
    """(O, W) the feature that each entry shows."""
    start: NDArray[np.uint32]
    """(O, W) where the values of each entry begin in the table."""
    table: NDArray[Any]
    """The values, of any dtype of one, two or four bytes; it is the dtype of the observations."""

    def __post_init__(self) -> None:
        if self.source.ndim != 2 or self.source.shape != self.start.shape or self.table.ndim != 1:
            raise InvalidInput(
                f"An encoding has sources {self.source.shape}, starts {self.start.shape} and a table "
                f"{self.table.shape}: they must be (O, W), (O, W) and (values,)."
            )
        if self.table.dtype.itemsize not in (1, 2, 4):
            raise InvalidInput(f"Observations of {self.table.dtype} cannot be written: use at most 4 bytes.")

    @property
    def words(self) -> NDArray[np.unsignedinteger]:
        """The table as unsigned integers of the same size."""
        return self.as_words(self.table)

    def as_words(self, array: NDArray[Any]) -> NDArray[np.unsignedinteger]:
        """Return an array of observations as unsigned integers, without a copy."""
        return array.view(f"u{self.table.dtype.itemsize}")


@dataclass(frozen=True, eq=False)
class BatchRequest:
    """G rows of games to be played; the row ``g`` starts with game ``games[g]`` of seed ``seeds[g]``.

    `entries` (G,) are entries of `program`; the seats played from outside are the same in all of them, S of
    them. The game after game ``n`` of a row is ``n + stride``, modulo 2**64. `observed` (O,) are the seats
    whose observations and rewards are told; `prices` has shape (E, O, 9), see `seat_prices`. `workers` bounds
    the threads; None leaves it to the backend. Raises `InvalidInput` for whatever does not fit.
    """

    program: Program
    entries: ArrayLike
    seeds: ArrayLike
    games: ArrayLike
    observed: ArrayLike
    encoding: Encoding
    prices: ArrayLike
    stride: int = 1
    autoreset: Autoreset = "next-step"
    workers: int | None = None

    def __post_init__(self) -> None:
        check_one_ring_size(self.program)
        entries, games = check_steps(self.program, np.asarray(self.entries), np.asarray(self.games))
        entries, seeds = check_steps(self.program, entries, np.asarray(self.seeds))
        seats = np.asarray(self.observed)
        agents, last = self.program.num_agents, self.program.num_agents - 1
        if seats.ndim != 1 or not len(seats) or seats.dtype.kind not in "iu":
            raise InvalidInput(f"observed must be seats from 0 to {last}, at least one.")
        if seats.min() < 0 or seats.max() > last:
            raise InvalidInput(f"observed holds seat {seats.max()}: it must be from 0 to {last}.")
        check_choice("autoreset", self.autoreset, get_args(Autoreset))
        prices = np.ascontiguousarray(self.prices, dtype=np.float64)
        shape = (self.program.num_entries, len(seats), PRICES)
        if prices.shape != shape or not np.isfinite(prices).all():
            raise InvalidInput(f"prices must be finite, of shape {shape}.")
        check_integer("stride", self.stride, 0, MAX_WORD - 1)
        check_workers(self.workers)
        external = self.program.kind[self.program.seats] == PolicyKind.EXTERNAL
        if (external != external[0]).any():
            raise InvalidInput("The seats played from outside must be the same in every entry.")
        _check_encoding(self.encoding, self.program, len(seats))
        object.__setattr__(self, "entries", entries)
        object.__setattr__(self, "seeds", seeds)
        object.__setattr__(self, "games", games)
        object.__setattr__(self, "observed", seats.astype(np.uint8))
        object.__setattr__(self, "prices", prices)
        object.__setattr__(self, "_agents", agents)

    @property
    def num_games(self) -> int:
        """G."""
        return len(np.asarray(self.entries))

    @property
    def external(self) -> tuple[int, ...]:
        """The S seats that are played from outside, ascending."""
        kinds = self.program.kind[self.program.seats[0]]
        return tuple(int(seat) for seat in np.flatnonzero(kinds == PolicyKind.EXTERNAL))

    @property
    def fingerprint(self) -> bytes:
        """32 bytes that are equal for requests whose saved states may be exchanged."""
        return fingerprint(self.program, self.num_games, self.autoreset, self.stride)


@dataclass(eq=False)
class BatchOutput:
    """Where a night is told: C-contiguous arrays that a batch writes into, and nothing else does meanwhile.

    G games, O observed seats, W entries an observation, D counts.
    """

    observations: NDArray[Any]
    """(G, O, W) of the game that goes on, or of the one that has just started; dtype of the encoding."""
    rewards: NDArray[np.float64]
    """(G, O) what the night was worth, in payoff units; 0 where none was played."""
    terminated: NDArray[np.bool_]
    """(G,) whether the rules ended the game tonight."""
    truncated: NDArray[np.bool_]
    """(G,) whether the night limit ended it."""
    started: NDArray[np.bool_]
    """(G,) whether the observation is the first of a game."""
    final_observations: NDArray[Any] | None = None
    """(G, O, W) written, in the rows of games that ended and were followed in the same call."""
    final_counts: NDArray[np.int32] | None = None
    """(G, D) written, in the rows of games that ended."""

    @classmethod
    def for_request(cls, request: BatchRequest) -> BatchOutput:
        """Return new arrays for a request, the last two included."""
        rows, shape = request.num_games, (request.num_games, *request.encoding.source.shape)
        return cls(
            observations=np.zeros(shape, dtype=request.encoding.table.dtype),
            rewards=np.zeros(shape[:2]),
            terminated=np.zeros(rows, dtype=np.bool_),
            truncated=np.zeros(rows, dtype=np.bool_),
            started=np.zeros(rows, dtype=np.bool_),
            final_observations=np.zeros(shape, dtype=request.encoding.table.dtype),
            final_counts=np.zeros(
                (rows, column("terminated", request.program.num_agents) + 1), dtype=np.int32
            ),
        )


class BatchStepper(Protocol):
    """A batch of games, played a night a call; see `BatchRequest` and `BatchOutput` for the shapes."""

    def start(self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]) -> None:
        """Start other games where `mask` is true, whatever was played there; all of shape (G,)."""

    def observe(self, observations: NDArray[Any]) -> None:
        """Write the observations of all games as they stand, (G, O, W)."""

    def step(self, actions: NDArray[np.integer], output: BatchOutput) -> None:
        """Play one night of every running game, and tell it.

        `actions` are integers of shape (G, S, 3): house, mode and signal of the seats played from outside.
        Raises `InvalidInput` for the wrong shape or dtype, for an action off the rules in a running game, and
        for a game that has ended where nothing follows it; then no game has moved.
        """

    def states(self) -> GameStates:
        """Return a copy of all games as they stand."""

    def load(self, states: GameStates) -> None:
        """Go on from other states; raises `InvalidInput` if they are not states of this batch."""


@runtime_checkable
class BatchBackend(Protocol):
    """What a backend with native batches adds to `Backend`."""

    def batch(self, request: BatchRequest) -> BatchStepper:
        """Start the games of a request, ready for night 1."""


def feature_sizes(program: Program) -> NDArray[np.int64]:
    """Return one above the largest value of every feature of an `Encoding`, shape (H + 3*N + 2,)."""
    houses = int(program.num_houses[0])
    nights = int(program.max_nights.max())
    return np.array([*[3] * houses, *[houses, 2, 2] * program.num_agents, nights + 1, 1])


def seat_prices(prices: NDArray[np.float64], seats: ArrayLike) -> NDArray[np.float64]:
    """Return what counts are worth to some seats, (O, 9), from a price matrix (N, D).

    The columns are the seat's own four counts and the five shared ones. The reward of a night is the sum of
    price times count, formed in doubles from left to right, so that it is the same number on every backend.
    """
    agents = len(prices)
    rows = [
        [prices[seat, column(name, agents, seat)] for name in (*OWN_COUNTS, *SHARED_COUNTS)]
        for seat in np.asarray(seats).tolist()
    ]
    return np.array(rows, dtype=np.float64)


def _check_encoding(encoding: Encoding, program: Program, seats: int) -> None:
    sizes = feature_sizes(program)
    if len(encoding.source) != seats:
        raise InvalidInput(f"The encoding is for {len(encoding.source)} seats, and {seats} are observed.")
    if encoding.source.size and encoding.source.max() >= len(sizes):
        raise InvalidInput(f"The encoding shows feature {encoding.source.max()}: there are {len(sizes)}.")
    if encoding.source.size and (encoding.start + sizes[encoding.source] > len(encoding.table)).any():
        raise InvalidInput("An entry of the encoding leaves its table.")
