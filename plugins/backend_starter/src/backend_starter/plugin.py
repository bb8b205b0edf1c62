"""What this package offers to Bucket Brigade; importing it must be cheap."""

from __future__ import annotations

from collections.abc import Callable

from bucket_brigade import BackendSpec, hookimpl


@hookimpl
def register_backends(register: Callable[[BackendSpec], None]) -> None:
    """Offer the plain-Python backend."""
    register(
        BackendSpec(
            name="plain",
            summary="the rules in plain Python, one game at a time",
            factory="backend_starter.backend:PlainBackend",
            probe="backend_starter.backend:probe",
            # A claim that `bucket-brigade check backend plain` verifies game by game.
            exact_stream=True,
            # Game-nights a second, roughly: `auto` takes the fastest backend that is ready.
            speed=2e4,
            # The contract this was written for. Left out, it would be the newest, whatever that asks.
            api_version=1,
            install="pip install backend-starter",
        )
    )
