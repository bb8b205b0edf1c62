"""Steps rows of games for every environment: seats that learn, opponents that do not.

A row is a stream of games: of its seed, the games 0, 1, 2, … one after the other. So an episode is known by two
numbers, its seed and its game, and can be played again by them, on any backend and in any batch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from threading import RLock
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np
from gymnasium.error import ResetNeeded
from numpy.typing import NDArray

from bucket_brigade.backends.batch import (
    Autoreset,
    BatchOutput,
    BatchRequest,
    seat_prices,
)
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.backends.stepped_batch import start_batch
from bucket_brigade.config import resolve_workers
from bucket_brigade.envs.observations import Observation, ObservationLayout
from bucket_brigade.envs.scripted_seats import ScriptedSeats
from bucket_brigade.envs.seating import Opponents, seat_team
from bucket_brigade.errors import ConcurrentUse, InvalidInput, explain
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario, resolve_backend
from bucket_brigade.validation import MAX_WORD, check_integer, check_seed

__all__ = ["EnvBatch", "Guard", "exclusive", "fresh_seed", "game_option"]


class Guard:
    """Refuses a second thread while one is inside; raises `ConcurrentUse`."""

    def __init__(self) -> None:
        # Reentrant, so that a scripted opponent may look at the environment that asks it to act.
        self._lock = RLock()

    def __enter__(self) -> None:
        # Waiting instead would let threads interleave their nights in an order that differs from run to run.
        if not self._lock.acquire(blocking=False):
            raise ConcurrentUse(
                explain(
                    "Another thread is using this environment.",
                    why="Its games are played in order, one night after the other.",
                    do="Make an environment for each thread, or one vector environment for all of them.",
                )
            )

    def __exit__(self, *_: object) -> None:
        self._lock.release()


class _HasBatch(Protocol):
    _batch: EnvBatch


_Self = TypeVar("_Self", bound=_HasBatch)
_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def exclusive(
    method: Callable[Concatenate[_Self, _Arguments], _Result],
) -> Callable[Concatenate[_Self, _Arguments], _Result]:
    """Make a method of an environment raise `ConcurrentUse` while another thread is inside one."""

    @wraps(method)
    def guarded(self: _Self, /, *args: _Arguments.args, **kwargs: _Arguments.kwargs) -> _Result:
        with self._batch.guard:
            return method(self, *args, **kwargs)

    return guarded


class EnvBatch:
    """G rows of games of one scenario; L seats learn, observations have W entries.

    `scenario`, `opponents` and `backend` are what users type, see `bucket_brigade.registry`. `workers` bounds
    the threads of a native batch. Raises `InvalidInput`, `UnknownName` or `BackendUnavailable` before anything
    is played. Call `start` before the first `step`.

    Batches can be pickled and deep-copied wherever they can be saved; a backend that was given as an object must
    then be one that can be pickled.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        *,
        rows: int,
        learners: Sequence[int] | int,
        opponents: Opponents = None,
        observation: Observation = "vector",
        autoreset: Autoreset = "disabled",
        backend: str | object | None = None,
        workers: int | None = None,
    ) -> None:
        self.scenario = get_scenario(scenario)
        self.rows = check_integer("num_envs", rows, 1, 2**31)
        self.seating = seat_team(self.scenario, learners, opponents)
        self.learners = self.seating.learners
        self.layout = ObservationLayout(self.scenario, observation)
        self.backend, self._given = resolve_backend(backend), backend
        self.guard = Guard()
        self.prices = price_matrix(self.scenario)
        zeros = np.zeros(rows, dtype=np.uint64)
        self.request = BatchRequest(
            self.seating.program,
            entries=np.zeros(rows, dtype=np.uint32),
            seeds=zeros,
            games=zeros,
            observed=self.learners,
            encoding=self.layout.encoding(self.learners),
            prices=[seat_prices(self.prices, self.learners)],
            autoreset=autoreset,
            workers=resolve_workers(workers),
        )
        self._batch = start_batch(self.backend.backend, self.request)
        self._finals = BatchOutput.for_request(self.request)
        self._scripted = ScriptedSeats(self.seating) if self.seating.scripted else None
        self.begun = False
        """Whether a game has been started or restored."""
        self.seeds, self.games = zeros, zeros.copy()
        """(G,) the seed and the number of the game in each row."""

    def output(self) -> BatchOutput:
        """Return arrays for a step to write into: new ones, but for those of games that end.

        The rows of `final_observations` and `final_counts` are this batch's own; copy them before the next step.
        """
        rows, shape = self.rows, (self.rows, len(self.learners), self.layout.width)
        flags = np.empty((3, rows), dtype=np.bool_)
        return BatchOutput(
            np.empty(shape, dtype=self.layout.dtype),
            np.empty(shape[:2]),
            terminated=flags[0],
            truncated=flags[1],
            started=flags[2],
            final_observations=self._finals.final_observations,
            final_counts=self._finals.final_counts,
        )

    def restart(
        self,
        seeds: int | Sequence[int | None] | None = None,
        games: Sequence[int | None] | None = None,
        mask: NDArray[np.bool_] | None = None,
    ) -> None:
        """Start the games that a reset asks for, in all rows or where `mask`, (G,), is true.

        A row that is given a seed plays its game 0, another one the next game of the seed that it has; `games`
        names others. One seed s gives row g the seed s + g. Raises `InvalidInput` for a seed that is no integer
        of 64 bits, or another number of seeds than rows.
        """
        rows = np.arange(self.rows, dtype=np.uint64)
        new_seeds, new_games = self.seeds.copy(), self.games + np.uint64(1)
        if not self.begun:
            new_seeds, new_games = fresh_seed() + rows, np.zeros_like(rows)
        for row, seed in enumerate(self._seed_by_row(seeds)):
            if seed is not None:
                new_seeds[row], new_games[row] = seed, 0
        for row, game in enumerate(games or ()):
            if game is not None:
                new_games[row] = game
        self.start(np.ones(self.rows, dtype=np.bool_) if mask is None else mask, new_seeds, new_games)

    def _seed_by_row(self, seeds: int | Sequence[int | None] | None) -> list[int | None]:
        if seeds is None:
            return []
        try:
            given = list(seeds)  # type: ignore[arg-type]
        except TypeError:  # One seed, or what `check_seed` refuses.
            first = check_seed(seeds)
            return [(first + row) % MAX_WORD for row in range(self.rows)]
        if len(given) != self.rows:
            raise InvalidInput(f"There are {len(given)} seeds for {self.rows} rows: give one for each.")
        return [None if seed is None else check_seed(seed) for seed in given]

    def start(self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]) -> None:
        """Start games ``games`` of ``seeds`` in the rows where `mask` is true; all of shape (G,)."""
        self._batch.start(mask, seeds, games)
        self.begun = True
        self.seeds, self.games = np.where(mask, seeds, self.seeds), np.where(mask, games, self.games)
        if self._scripted is not None:
            self._scripted.start(mask, self.seeds, self.games)

    def step(self, actions: NDArray[np.integer], output: BatchOutput) -> None:
        """Play a night; `actions` has shape (G, L, 3). See `bucket_brigade.backends.batch.BatchStepper`.

        Raises `AgentError` if a scripted opponent fails; then no game has moved. Raises
        `gymnasium.error.ResetNeeded` before the first start.
        """
        if not self.begun:
            raise ResetNeeded("step() was called before the first reset: call reset().")
        if self._scripted is not None:
            actions = self._scripted.fill_in(actions, self._batch.states(), self.request.external)
        self._batch.step(actions, output)
        if output.started.any():
            self.games = self.games + output.started  # After 2**64 - 1 comes 0.
            if self._scripted is not None:
                self._scripted.start(output.started, self.seeds, self.games)

    def observe(self, observations: NDArray[Any]) -> None:
        """Write the observations of all rows as they stand, (G, L, W)."""
        self._batch.observe(observations)

    def observations(self) -> NDArray[Any]:
        """Return new observations of all rows as they stand, (G, L, W)."""
        shape = (self.rows, len(self.learners), self.layout.width)
        observations = np.empty(shape, dtype=self.layout.dtype)
        self.observe(observations)
        return observations

    def states(self) -> GameStates:
        """Return a copy of all games as they stand."""
        return self._batch.states()

    def payoffs(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return the payoffs of all N seats, (…, N), of games with these counts, (…, D)."""
        return np.asarray((counts[..., None, :] * self.prices).sum(axis=-1))

    def save(self) -> bytes:
        """Return all games as bytes, from which `restore` continues.

        Raises `InvalidInput` if a scripted agent plays: what it remembers is its own.
        """
        self._check_no_scripts()
        return self._batch.states().to_bytes(self.request.fingerprint)

    def restore(self, saved: bytes) -> None:
        """Continue from saved games, whichever backend they were saved on.

        Raises `InvalidInput` for bytes that are corrupted, of another version, or of another scenario, team or
        number of rows, or if a scripted agent plays; then nothing has changed.
        """
        self._check_no_scripts()
        states = GameStates.from_bytes(saved, self.request.fingerprint)
        self._batch.load(states)
        self.seeds, self.games, self.begun = states.seeds, states.games, True

    def __reduce__(self) -> tuple[Any, ...]:
        named = self._given is None or isinstance(self._given, str)
        return _rebuilt, (self._arguments(self.backend.name if named else self._given), self._saved())

    def __deepcopy__(self, memo: dict[int, Any]) -> EnvBatch:
        # Backends hold no games, and some hold a module, which cannot be copied: both share one.
        return _rebuilt(self._arguments(self.backend.backend), self._saved())

    def _arguments(self, backend: object) -> dict[str, Any]:
        seats = enumerate(self.seating.team)
        return {
            "scenario": self.scenario,
            "rows": self.rows,
            "learners": self.learners,
            "opponents": [member for seat, member in seats if seat not in self.learners],
            "observation": self.layout.kind,
            "autoreset": self.request.autoreset,
            "backend": backend,
            "workers": self.request.workers,
        }

    def _saved(self) -> bytes | None:
        with self.guard:
            return self.save() if self.begun else None

    def _check_no_scripts(self) -> None:
        for seat, member in self.seating.scripted.items():
            raise InvalidInput(
                f"The state cannot be saved or restored: seat {seat} is played by the scripted agent "
                f"{member.name!r}, and what it remembers is not part of the state. Name native opponents."
            )


def _rebuilt(arguments: dict[str, Any], saved: bytes | None) -> EnvBatch:
    batch = EnvBatch(**arguments)
    if saved is not None:
        batch.restore(saved)
    return batch


def fresh_seed() -> int:
    """Return a seed from the system's entropy, for a reset that names none and continues nothing."""
    entropy = np.random.SeedSequence().entropy
    assert isinstance(entropy, int)
    return entropy % 2**31


def game_option(options: Mapping[str, Any] | None) -> int | None:
    """Return the game number asked for by ``options={"game": …}``, if any.

    Other options pass, as in Gymnasium's own environments. Raises `InvalidInput` for options that are no
    mapping, and for a game that is no integer of 64 bits.
    """
    if options is None:
        return None
    if not isinstance(options, Mapping):
        raise InvalidInput(
            f'options = {options!r} is not allowed: it must be a dictionary, such as {{"game": 3}}.'
        )
    return (
        None
        if options.get("game") is None
        else check_integer('options["game"]', options["game"], 0, MAX_WORD - 1)
    )
