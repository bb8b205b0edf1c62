"""What this package offers to Bucket Brigade; importing it must be cheap."""

from __future__ import annotations

from collections.abc import Callable

from bucket_brigade import AgentSpec, hookimpl

API_VERSION = 1
"""The contract these were written for. Left out, it would be the newest, whatever that asks."""


@hookimpl
def register_agents(register: Callable[[AgentSpec], None]) -> None:
    """Offer the three agents. Traits are claims, which `bucket-brigade check agent NAME` verifies."""
    register(
        AgentSpec(
            name="watchman",
            summary="works most nights, at home first, and is honest about it",
            factory="agents_starter.watchman:watchman",
            traits={"native": True, "state_only": True, "honest": True},
            api_version=API_VERSION,
        )
    )
    register(
        AgentSpec(
            name="patrol",
            summary="walks the ring from where it was last night to the next fire",
            factory="agents_starter.patrol:Patrol",
            traits={"native": False, "honest": True},
            api_version=API_VERSION,
        )
    )
    register(
        AgentSpec(
            name="grudger",
            summary="fights the nearest fire until somebody rests beside a fire, then mostly rests",
            factory="agents_starter.grudger:grudger",
            traits={"native": False, "honest": True},
            api_version=API_VERSION,
        )
    )
