"""The contract itself: four hooks, each with one argument, and the way in for everybody."""

from __future__ import annotations

import inspect
import tomllib
from importlib.resources import files

import pytest

import bucket_brigade
from bucket_brigade import hookspecs
from bucket_brigade.plugins.contract import KINDS
from bucket_brigade.plugins.loading import HOOKS

SIGNATURES = {
    "register_backends": ["register"],
    "register_agents": ["register"],
    "register_scenarios": ["register"],
    "register_commands": ["cli"],
}


def test_the_hooks_are_these_and_no_others() -> None:
    marked = {
        name: function
        for name, function in vars(hookspecs).items()
        if hasattr(function, f"{hookspecs.PROJECT}_spec")
    }
    assert {name: list(inspect.signature(f).parameters) for name, f in marked.items()} == SIGNATURES
    assert all(function.__doc__ for function in marked.values())
    assert tuple(marked) == HOOKS


def test_the_loader_calls_every_registering_hook() -> None:
    assert {*KINDS, "register_commands"} == set(SIGNATURES)
    assert [kind.word for kind in KINDS.values()] == ["backend", "agent", "scenario"]


def test_the_mark_is_at_the_door() -> None:
    assert bucket_brigade.hookimpl is hookspecs.hookimpl


def test_the_shipped_scenarios_are_all_registered_in_the_order_of_the_file() -> None:
    text = (files("bucket_brigade.game") / "data" / "scenarios.toml").read_text(encoding="utf-8")
    assert bucket_brigade.list_scenarios()[:30] == tuple(tomllib.loads(text))


@pytest.mark.parametrize("name", bucket_brigade.ARCHETYPES)
def test_every_archetype_is_an_agent_with_its_traits(name: str) -> None:
    from bucket_brigade.registry import get_strategy

    assert get_strategy(name) == bucket_brigade.Heuristic(bucket_brigade.ARCHETYPES[name])
