"""What this package offers to Bucket Brigade."""

from __future__ import annotations

from collections.abc import Callable

from bucket_brigade import BackendSpec, hookimpl

__all__ = ["register_backends"]


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
            install="pip install bucket-brigade-cupy cupy-cuda12x",
        )
    )
