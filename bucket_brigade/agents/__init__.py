"""Agents: who sits on a seat.

General layout: `base` is the contract (`AgentSpec`); every other module is one idea, a readable page, and
is registered by name through the hook ``register_agents``.
"""
