"""The registry: names in, things out.

General layout: `names` finds an offer by its plain or qualified name; `states` says of every backend
whether it is ready, not installed, unusable or broken, and why; `selection` chooses one; `scenarios`
and `agents` turn what a user types into a `Scenario` or a strategy. It is filled by
`bucket_brigade.plugins` on first use, not at import.
"""

from bucket_brigade.registry.agents import (
    Member,
    Members,
    get_strategy,
    list_agents,
    member_label,
    parse_team,
    strategies_of,
)
from bucket_brigade.registry.scenarios import get_scenario, list_scenarios
from bucket_brigade.registry.selection import ResolvedBackend, resolve_backend, use_backend
from bucket_brigade.registry.states import BackendState, BackendStatus, list_backends

__all__ = [
    "BackendState",
    "BackendStatus",
    "Member",
    "Members",
    "ResolvedBackend",
    "get_scenario",
    "get_strategy",
    "list_agents",
    "list_backends",
    "list_scenarios",
    "member_label",
    "parse_team",
    "resolve_backend",
    "strategies_of",
    "use_backend",
]
