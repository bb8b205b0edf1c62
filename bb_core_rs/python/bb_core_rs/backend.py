"""The Rust backend: the contract of `bucket_brigade.backends.base` on top of the compiled core."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bb_core_rs.exact import ExactAnswers
from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.stepping import check_actions, check_one_ring_size, check_steps
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_seed

if TYPE_CHECKING:
    from bb_core_rs import _native
    from bb_core_rs.batch import RustBatch
    from bucket_brigade.backends.batch import BatchRequest

__all__ = ["RustBackend", "RustStepper", "probe"]

_CORE = "bb_core_rs._native"
_MAX_BYTES = 2**63 - 1


def probe() -> str | None:
    """Return None, or raise `ModuleNotFoundError` if the compiled core is not installed.

    In a checkout the folder ``bb_core_rs/`` passes for a package of that name, so only the compiled module
    itself proves anything.
    """
    try:
        found = find_spec(_CORE) is not None
    except ModuleNotFoundError:
        found = False
    if not found:
        raise ModuleNotFoundError(f"there is no module {_CORE!r}", name=_CORE)
    return None


class RustBackend(ExactAnswers):
    """Plays every program on all cores, or on as many threads as the request says.

    Making one raises `ImportError` if the compiled core is not there.
    """

    name = "rust"

    def __init__(self) -> None:
        # Not at the top: the probe must work without it.
        from bb_core_rs import _native

        self._core = _native

    @property
    def version(self) -> str:
        """The version of the compiled core."""
        return self._core.__version__

    @property
    def build_profile(self) -> str:
        """How the core was compiled: ``release``, or ``debug``, whose speed means nothing."""
        return self._core.BUILD_PROFILE

    def can_run(self, request: PlayRequest) -> Verdict:
        """Say No to seats played from outside, and to more counts than any memory could hold."""
        program = request.program
        if program.has_external_seats():
            return No("a seat is played from outside, which takes a stepper")
        kept = request.games if request.keep_games else 0
        size = 4 * kept * program.num_entries * num_counts(program.num_agents)
        if size > _MAX_BYTES:
            return No(f"the counts of every single game would take {size:.2g} bytes; leave keep_games out")
        return Yes()

    def play(self, request: PlayRequest) -> Counts:
        """Play whole games; memory grows with their number only if `keep_games` is set.

        Can be interrupted from the keyboard. Raises `InvalidInput` for a program that breaks its contract
        and `MemoryError` if the answer does not fit.
        """
        sums, products, per_game = self._core.play(
            request.program,
            seed=request.seed,
            games=request.games,
            first_game=np.ascontiguousarray(request.first_game, dtype=np.uint64),
            keep_games=request.keep_games,
            second_moments=request.second_moments,
            workers=request.workers,
        )
        return Counts(request.games, sums, products, per_game)

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> RustStepper:
        """Start a batch of games that are played night by night."""
        houses = check_one_ring_size(program)
        seed = check_seed(seed)
        entries, games = check_steps(program, entries, games)
        return RustStepper(self._core.Stepper(program, seed, entries, games), houses, program.num_agents)

    def batch(self, request: BatchRequest) -> RustBatch:
        """Start a batch of games that are played a night a call."""
        from bb_core_rs.batch import RustBatch

        return RustBatch(self._core.Batch, request)


class RustStepper:
    """A `Stepper`; see the contract for shapes and dtypes."""

    def __init__(self, core: _native.Stepper, houses: int, agents: int) -> None:
        self._core, self._houses, self._agents = core, houses, agents

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""
        return self._core.nights

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now."""
        return self._core.houses

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) the actions of the night before."""
        return self._core.last_actions

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 running, 1 terminated, 2 truncated."""
        return self._core.finished

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""
        return self._core.counts

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what the native strategies do tonight."""
        return self._core.decide()

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions."""
        running = self._core.finished == 0
        self._core.apply(check_actions(actions, running, self._houses, self._agents))
