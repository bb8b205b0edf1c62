"""The GPU backend: the contract of `bucket_brigade.backends.base` on top of the kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.stepping import check_one_ring_size, check_steps
from bucket_brigade.errors import BackendCannotRun
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program
from bucket_brigade.validation import check_integer
from bucket_brigade_cupy import __version__, rollout
from bucket_brigade_cupy.device import CupyDevice, Device, OutOfDeviceMemory
from bucket_brigade_cupy.stepper import CupyStepper, NativeStepper

__all__ = ["CupyBackend"]

_MAX_BYTES = 2**63 - 1
_MAX_SEED = 2**64 - 1


class CupyBackend:
    """Plays every program on one GPU, with the exact stream."""

    name = "cupy"

    def __init__(self, device: Device | None = None) -> None:
        """`device` is CuPy's current GPU unless given. Raises `ImportError` if CuPy is not there."""
        self.device: Device = CupyDevice() if device is None else device

    @property
    def version(self) -> str:
        """The version of this package."""
        return __version__

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
        """Play whole games; the GPU's memory does not grow with their number.

        Can be interrupted from the keyboard between launches, which take a fraction of a second each.
        `workers` means nothing here. Raises `BackendCannotRun` if not even one game fits the GPU's memory,
        `BackendUnavailable` if the GPU fails, `InvalidInput` for a program that breaks its contract and
        `MemoryError` if the answer does not fit the host's memory.
        """
        return rollout.play(self.device, request)

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> CupyStepper:
        """Start a batch of games that are played night by night; its `native` keeps arrays on the GPU.

        Raises `BackendCannotRun`, with the bytes needed and free, if the batch does not fit the GPU's memory.
        """
        check_one_ring_size(program)
        seed = check_integer("seed", seed, 0, _MAX_SEED)
        entries, games = check_steps(program, entries, games)
        try:
            native = NativeStepper(self.device, program, seed, entries, games)
        except OutOfDeviceMemory as error:
            self.device.release()
            raise BackendCannotRun(
                f"A batch of {len(games):,} games does not fit the GPU's memory: {error}. "
                f"{self.device.room():,} bytes are free. Start several smaller batches."
            ) from error
        return CupyStepper(native, self.device)
