"""Agents: who sits on a seat.

General layout:

    base          what a plugin registers: `AgentSpec`, and the traits it may claim
    observations  what an agent written in Python sees each night, and its random words
    scripted      the contract of such an agent, and the guard that checks what it does
    one_game      a plain function for one game as an agent for a batch
    tabulation    an agent that looks only at the houses as a table that every engine plays
    ring          houses and neighbours, for agents that go somewhere
    reputation    what the others have done, for agents that remember it
    library       the agents that come with the project, one idea a file

Agents get in by name through the hook ``register_agents``.
"""

from __future__ import annotations

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.one_game import OneGame, one_game
from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.agents.tabulation import tabulate, tabulated

__all__ = [
    "AgentSpec",
    "Observations",
    "OneGame",
    "ScriptedAgent",
    "actions",
    "one_game",
    "tabulate",
    "tabulated",
]
