"""The GPU backend: the contract of `bucket_brigade.backends.base` on top of the kernels."""

from __future__ import annotations

from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.game.counts import num_counts
from bucket_brigade_cupy import rollout
from bucket_brigade_cupy.device import Device

__all__ = ["CupyBackend"]

_MAX_BYTES = 2**63 - 1


class CupyBackend:
    """Plays every program on one GPU, with the exact stream."""

    name = "cupy"

    def __init__(self, device: Device | None = None) -> None:
        """`device` is CuPy's current GPU unless given."""
        self._device = device

    @property
    def version(self) -> str:
        """The version of this package."""
        from bucket_brigade_cupy import __version__

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
        """Play whole games; see `bucket_brigade_cupy.rollout.play`."""
        return rollout.play(self._device, request)

    def stepper(self, program, seed, entries, games):
        raise NotImplementedError
