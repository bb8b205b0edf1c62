"""The contract of an agent is what the code says, to the letter of every signature."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade import agents, hookspecs
from bucket_brigade.agents import Observations, OneGame, ScriptedAgent, reputation, ring
from bucket_brigade.agents.base import TRAIT_CLAIMS, AgentSpec

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "reference" / "agent-contract.md").read_text(encoding="utf-8")

DRAWS = ("words", "uniform", "chance", "choice", "weighted", "pick")
SIGNATURES = [
    *(getattr(ScriptedAgent, name) for name in ("reset", "act")),
    *(getattr(Observations, name) for name in DRAWS),
    *(getattr(agents, name) for name in ("actions", "one_game", "tabulate", "tabulated")),
    *(getattr(ring, name) for name in ring.__all__),
    hookspecs.register_agents,
]


@pytest.mark.parametrize("function", SIGNATURES, ids=lambda function: function.__qualname__)
def test_every_signature_is_there(function: Callable[..., Any]) -> None:
    signature = str(inspect.signature(function)).replace("'", "")
    assert f"\n- `{function.__name__}{signature}`:\n  " in PAGE


def test_everything_that_is_offered_is_described() -> None:
    assert {name for name in agents.__all__ if name[0].islower()} <= {f.__name__ for f in SIGNATURES}
    assert reputation.__all__ == ["WorkSeen"]
    assert f"`WorkSeen({', '.join(inspect.signature(reputation.WorkSeen).parameters)})`" in PAGE
    methods = {name for name, _ in inspect.getmembers(Observations, inspect.isfunction) if name[0] != "_"}
    assert methods == set(DRAWS)


def test_what_an_agent_sees() -> None:
    fields = [f.name for f in dataclasses.fields(Observations) if f.name[0] != "_"]
    properties = [name for name, _ in inspect.getmembers(Observations, lambda o: isinstance(o, property))]
    rows = [
        line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `") and line.count("|") == 4
    ]
    listed = rows[rows.index("seat") : rows.index("burning") + 1]
    assert listed[: len(fields)] == fields
    assert sorted(listed[len(fields) :]) == sorted(properties)
    for name in (f.name for f in dataclasses.fields(OneGame) if f.name[0] != "_"):
        assert f"`{name}`" in PAGE


def test_specs_and_traits() -> None:
    for spec in dataclasses.fields(AgentSpec):
        assert f"\n| `{spec.name}` | " in PAGE
    for trait, claim in TRAIT_CLAIMS.items():
        assert f"\n| `{trait}` | {claim} |\n" in PAGE
