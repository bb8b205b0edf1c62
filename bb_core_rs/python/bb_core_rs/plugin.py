"""What this package offers to Bucket Brigade."""

from __future__ import annotations

from collections.abc import Callable

from bucket_brigade import BackendSpec, hookimpl
from bucket_brigade.errors import install_command

__all__ = ["register_backends"]


@hookimpl
def register_backends(register: Callable[[BackendSpec], None]) -> None:
    """Offer the compiled core."""
    register(
        BackendSpec(
            name="rust",
            summary="the compiled core: bit masks, words drawn eight nights at a time, all cores",
            factory="bb_core_rs.backend:RustBackend",
            probe="bb_core_rs.backend:probe",
            exact_stream=True,
            speed=7e7,
            install=install_command("bb-core-rs"),
        )
    )
