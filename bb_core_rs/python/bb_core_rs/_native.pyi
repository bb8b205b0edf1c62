from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.batch import BatchOutput, Encoding
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.game.program import Program

__all__ = [
    "BUILD_PROFILE",
    "MAX_AGENTS",
    "MAX_EXACT_HOUSES",
    "MAX_HOUSES",
    "MAX_NIGHTS",
    "Batch",
    "Stepper",
    "__version__",
    "best_responses",
    "exact_refusal",
    "expect",
    "play",
    "social_optimum",
]

__version__: str
BUILD_PROFILE: Final[str]
MAX_AGENTS: Final[int]
MAX_EXACT_HOUSES: Final[int]
MAX_HOUSES: Final[int]
MAX_NIGHTS: Final[int]

def play(
    program: Program,
    *,
    seed: int,
    games: int,
    first_game: NDArray[np.uint64],
    keep_games: bool,
    second_moments: bool,
    workers: int | None,
) -> tuple[NDArray[np.int64], NDArray[np.int64] | None, NDArray[np.int32] | None]: ...
def exact_refusal(program: Program) -> str | None: ...
def expect(program: Program, *, workers: int | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
def best_responses(
    program: Program,
    *,
    seat: NDArray[np.uint32],
    prices: NDArray[np.float64],
    keep_policies: bool,
    workers: int | None,
) -> tuple[NDArray[np.float64], list[NDArray[np.uint8]] | None]: ...
def social_optimum(
    program: Program, *, prices: NDArray[np.float64], workers: int | None
) -> NDArray[np.float64]: ...

@final
class Stepper:
    def __new__(
        cls, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> Stepper: ...
    @property
    def nights(self) -> NDArray[np.uint32]: ...
    @property
    def houses(self) -> NDArray[np.uint8]: ...
    @property
    def last_actions(self) -> NDArray[np.uint8]: ...
    @property
    def finished(self) -> NDArray[np.uint8]: ...
    @property
    def counts(self) -> NDArray[np.int32]: ...
    def decide(self) -> NDArray[np.uint8]: ...
    def apply(self, actions: NDArray[np.uint8]) -> None: ...

@final
class Batch:
    def __new__(
        cls,
        program: Program,
        *,
        entries: NDArray[np.uint32],
        seeds: NDArray[np.uint64],
        games: NDArray[np.uint64],
        stride: int,
        autoreset: str,
        observed: NDArray[np.uint8],
        encoding: Encoding,
        prices: NDArray[np.float64],
        workers: int | None,
    ) -> Batch: ...
    def start(
        self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]
    ) -> None: ...
    def observe(self, observations: NDArray[np.unsignedinteger]) -> None: ...
    def step(self, actions: NDArray[np.integer[Any]], output: BatchOutput) -> None: ...
    def states(
        self,
    ) -> tuple[
        NDArray[np.uint32],
        NDArray[np.uint64],
        NDArray[np.uint64],
        NDArray[np.uint32],
        NDArray[np.uint8],
        NDArray[np.uint8],
        NDArray[np.uint8],
        NDArray[np.int32],
    ]: ...
    def load(self, states: GameStates) -> None: ...
