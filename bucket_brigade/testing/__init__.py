"""The conformance kit: does a backend or an agent keep the contract? For one's own and for third parties'.

General layout:

    report       results, and how one check is run
    backend      the checks of backends, `check_backend` and `backend_checks`
    agent        the checks of agents, `check_agent` and `agent_checks`
    golden       the golden games, which ship with the package
    samples      requests that are the same on every machine
    statistics   comparison of means at a fixed failure budget, for backends without the exact stream
    strategies   Hypothesis strategies for scenarios, teams, profiles, seeds and whole requests

The checks need NumPy and nothing else, so they are quick and always the same; only `strategies` needs Hypothesis.
"""

from __future__ import annotations

from bucket_brigade.testing.agent.kit import agent_checks, check_agent
from bucket_brigade.testing.backend.kit import backend_checks, check_backend
from bucket_brigade.testing.report import BoundCheck, CheckFailed, Report, Result

__all__ = [
    "BoundCheck",
    "CheckFailed",
    "Report",
    "Result",
    "agent_checks",
    "backend_checks",
    "check_agent",
    "check_backend",
]
