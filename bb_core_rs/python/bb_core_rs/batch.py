"""Batches of the Rust backend: the contract of `bucket_brigade.backends.batch` on top of the compiled core."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.batch import BatchOutput, BatchRequest
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.errors import InvalidInput

if TYPE_CHECKING:
    from bb_core_rs import _native

__all__ = ["RustBatch"]

TAKEN = ("u1", "i4", "i8")
"""The dtypes of actions that the core reads as they are."""


class RustBatch:
    """A `BatchStepper` on all cores, or on as many threads as the request says."""

    def __init__(self, core: type[_native.Batch], request: BatchRequest) -> None:
        self._request, self._encoding = request, request.encoding
        self._shape = (request.num_games, len(request.external), 3)
        self._core = core(
            request.program,
            entries=np.ascontiguousarray(request.entries),
            seeds=np.ascontiguousarray(request.seeds),
            games=np.ascontiguousarray(request.games),
            stride=request.stride,
            autoreset=request.autoreset,
            observed=np.ascontiguousarray(request.observed),
            encoding=self._encoding,
            prices=np.ascontiguousarray(request.prices),
            workers=request.workers,
        )

    def start(self, mask: NDArray[np.bool_], seeds: NDArray[np.uint64], games: NDArray[np.uint64]) -> None:
        """Start other games where `mask` is true."""
        self._core.start(mask, seeds, games)

    def observe(self, observations: NDArray[Any]) -> None:
        """Write the observations of all games."""
        self._core.observe(self._encoding.as_words(observations))

    def step(self, actions: NDArray[np.integer], output: BatchOutput) -> None:
        """Play one night of every running game, and tell it."""
        array = np.asarray(actions)
        if array.shape != self._shape or array.dtype.kind not in "iu":
            raise InvalidInput(
                f"actions has shape {array.shape} and dtype {array.dtype}: it must be integers of shape "
                f"{self._shape}, a house, a mode and a signal for each game and each seat played from outside."
            )
        if array.dtype.str[1:] not in TAKEN:
            # Whatever is above 2**63 is off the rules, and stays so.
            array = np.minimum(array, np.iinfo(np.int64).max).astype(np.int64)
        words, final = self._encoding.as_words, output.final_observations
        self._core.step(
            np.ascontiguousarray(array),
            replace(
                output,
                observations=words(output.observations),
                final_observations=None if final is None else words(final),
            ),
        )

    def states(self) -> GameStates:
        """Return a copy of all games as they stand."""
        return GameStates(*self._core.states())

    def load(self, states: GameStates) -> None:
        """Go on from other states."""
        states.check(self._request.program)
        self._core.load(states)
