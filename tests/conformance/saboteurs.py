"""Backends that are wrong on purpose, to prove that a check can fail."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bucket_brigade.backends.base import Counts, PlayRequest
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.game.program import Program

__all__ = ["BiasedSpread", "OtherStream"]


class BiasedSpread(PythonReference):
    """Plays a town in which fire spreads more easily than the scenario says."""

    name = "biased-spread"

    def __init__(self, factor: float) -> None:
        self.factor = factor

    def play(self, request: PlayRequest) -> Counts:
        """Play with the chances of neighbours' fires multiplied by `factor`."""
        return super().play(replace(request, program=self._biased(request.program)))

    def _biased(self, program: Program) -> Program:
        alone = program.ignite[:, :1].astype(float)
        spread = alone + (program.ignite - alone) * self.factor
        return replace(program, ignite=np.minimum(spread, 2.0**32).astype(np.uint64))


class OtherStream(PythonReference):
    """Plays by the rules, with other luck: right on average, wrong game by game."""

    name = "other-stream"

    def play(self, request: PlayRequest) -> Counts:
        """Play the games of another seed."""
        return super().play(replace(request, seed=request.seed ^ 0x5DEECE66D))
