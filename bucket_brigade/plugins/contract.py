"""What an object must fulfil to be registered; broken by the first thing that is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from bucket_brigade.agents import base as agents
from bucket_brigade.backends import base as backends
from bucket_brigade.errors import PluginError, explain
from bucket_brigade.game.scenario import Scenario, split_version

__all__ = ["KINDS", "Kind", "check_offer"]

API_WINDOWS: Mapping[type, tuple[int, int]] = MappingProxyType(
    {
        backends.BackendSpec: (1, backends.API_VERSION),
        agents.AgentSpec: (1, agents.API_VERSION),
    }
)
"""Oldest and newest ``api_version`` that this version of Bucket Brigade understands."""

RESERVED = ("auto",)
"""Names with a meaning of their own."""

# No slash, colon, comma or bracket: those mean something in qualified names, team members and lists.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")


class Kind(NamedTuple):
    """One kind of thing that a hook registers."""

    word: str
    type: type
    check: Callable[[Any], None]


def check_offer(kind: Kind, offered: object) -> None:
    """Raise `PluginError` unless `offered` is of this kind and keeps the contract."""
    if not isinstance(offered, kind.type):
        got = f"the class {offered.__name__}" if isinstance(offered, type) else _a(type(offered).__name__)
        raise PluginError(f"It registered {got} as {_a(kind.word)}: it must be {_a(kind.type.__name__)}.")
    name = getattr(offered, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name in RESERVED:
        reserved = f"; {', '.join(map(repr, RESERVED))} is reserved" if name in RESERVED else ""
        raise PluginError(
            f"It registered {_a(kind.word)} with the name {name!r}: a name is made of letters, digits, '.', '_' "
            f"and '-'{reserved}."
        )
    kind.check(offered)


def _check_spec(word: str, spec: backends.BackendSpec | agents.AgentSpec) -> None:
    low, high = next(window for known, window in API_WINDOWS.items() if isinstance(spec, known))
    version: Any = spec.api_version  # A dataclass does not check its types; a stranger may put anything.
    if not isinstance(version, int) or isinstance(version, bool) or not low <= version <= high:
        newer = isinstance(version, int) and version > high
        window = f"{low}" if low == high else f"{low} to {high}"
        raise PluginError(
            explain(
                f"The {word} {spec.name!r} was made for api_version {version!r}.",
                exists=f"This version of Bucket Brigade understands {window}.",
                do="Upgrade bucket-brigade." if newer else "Upgrade the plugin.",
            )
        )
    for field in ("summary", "url"):
        _check_text(word, spec.name, field, getattr(spec, field))
    _check_dotted(word, spec.name, "factory", spec.factory)


def _check_text(word: str, name: str, field: str, value: object) -> None:
    if not isinstance(value, str):
        raise PluginError(f"The {word} {name!r}: {field} = {value!r} must be text.")


def _check_dotted(word: str, name: str, field: str, value: object) -> None:
    if not isinstance(value, str) or not _DOTTED.fullmatch(value):
        raise PluginError(f"The {word} {name!r}: {field} = {value!r} must be 'module:attribute'.")


def _check_backend(spec: backends.BackendSpec) -> None:
    _check_spec("backend", spec)
    _check_text("backend", spec.name, "install", spec.install)
    if spec.probe is not None:
        _check_dotted("backend", spec.name, "probe", spec.probe)
    speed: Any = spec.speed
    if isinstance(speed, bool) or not isinstance(speed, int | float) or not 0 <= speed < float("inf"):
        raise PluginError(f"The backend {spec.name!r}: speed = {speed!r} must be a finite number, 0 or more.")
    smallest: Any = spec.smallest_batch
    if isinstance(smallest, bool) or not isinstance(smallest, int) or smallest < 0:
        raise PluginError(
            f"The backend {spec.name!r}: smallest_batch = {smallest!r} must be an integer, 0 or more."
        )
    if not isinstance(spec.exact_stream, bool):
        raise PluginError(
            f"The backend {spec.name!r}: exact_stream = {spec.exact_stream!r} must be True or False."
        )


def _check_agent(spec: agents.AgentSpec) -> None:
    _check_spec("agent", spec)


def _check_scenario(scenario: Scenario) -> None:
    if split_version(scenario.name)[1] is None:
        raise PluginError(
            f"The scenario {scenario.name!r} has no version: call it {scenario.name + '-v1'!r}, so that results "
            "can name the exact game they were played in."
        )


def _a(word: str) -> str:
    return f"an {word}" if word[0] in "aeiouAEIOU" else f"a {word}"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "register_backends": Kind("backend", backends.BackendSpec, _check_backend),
        "register_agents": Kind("agent", agents.AgentSpec, _check_agent),
        "register_scenarios": Kind("scenario", Scenario, _check_scenario),
    }
)
"""The registering hooks, in the order they are called."""
