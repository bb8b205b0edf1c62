"""What this package offers to Bucket Brigade."""

from __future__ import annotations

from collections.abc import Callable

from bucket_brigade import BackendSpec, hookimpl

__all__ = ["register_backends"]

WORTH_STARTING = 1 << 24
"""Games from which on `auto` takes the GPU. Loading CuPy, starting CUDA and loading a kernel take one to two
seconds in each process; eight cores of the compiled core play this many games of some forty nights in that time."""


@hookimpl
def register_backends(register: Callable[[BackendSpec], None]) -> None:
    """Offer the GPU."""
    register(
        BackendSpec(
            name="cupy",
            summary="an NVIDIA GPU: one lane a game, whole games in one launch",
            factory="bucket_brigade_cupy.backend:CupyBackend",
            probe="bucket_brigade_cupy.detection:probe",
            exact_stream=True,
            speed=5e9,
            smallest_batch=WORTH_STARTING,
            install="pip install cupy-cuda12x",
        )
    )
