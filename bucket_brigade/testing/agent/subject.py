"""The agent that is checked, and the traits that it claims."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Scripted, Social, Strategy, Tabular, Tabulated
from bucket_brigade.plugins import active_plugins
from bucket_brigade.registry import get_scenario, get_strategy, member_label
from bucket_brigade.registry.names import find
from bucket_brigade.registry.objects import make
from bucket_brigade.testing.agent.scenes import Night, Scene, record, scenes_in, standard_scenes
from bucket_brigade.testing.report import Skip, fail

__all__ = ["AgentSubject", "open_agent"]

NATIVE = (Heuristic, Social, Tabular)


@dataclass(frozen=True, eq=False)
class AgentSubject:
    """A factory, the traits it claims, and the scenes in which its agent is watched."""

    name: str
    factory: Callable[[], Any]
    """Takes no argument and makes a new agent, or returns a native strategy."""
    traits: Mapping[str, bool]
    towns: tuple[Scenario, ...] = ()
    """The scenarios to watch it in; without any, those of the kit."""

    @cached_property
    def made(self) -> Any:
        """What the factory makes."""
        return self.factory()

    @property
    def is_native(self) -> bool:
        """Whether it is data that backends play."""
        return isinstance(self.made, NATIVE)

    @property
    def strategy(self) -> Strategy:
        """The native strategy, or the scripted agent as one."""
        return self.made if self.is_native else Scripted(self.name, self.factory)

    @cached_property
    def scenes(self) -> tuple[Scene, ...]:
        """The scenes; a table is watched on rings of its size."""
        if self.towns:
            return scenes_in(self.towns)
        return standard_scenes(self.made.num_houses if isinstance(self.made, Tabular) else None)

    @cached_property
    def recordings(self) -> tuple[tuple[Scene, tuple[Night, ...]], ...]:
        """What it does in every scene. Raises `AgentError` for anything illegal."""
        return tuple((scene, record(self.strategy, scene)) for scene in self.scenes)

    def fresh(self, scene: Scene, games: int | None = None) -> ScriptedAgent:
        """Return a new agent on the seat of a scene, reset for all of its games or for so many."""
        agent: ScriptedAgent = self.factory()
        agent.reset(scene.seat, scene.scenario, len(scene.games) if games is None else games)
        return agent

    def is_scripted(self) -> None:
        """Skip the check for native strategies."""
        if self.is_native:
            raise Skip("a native strategy is data; backends are checked for how they play it")

    def claims(self, trait: str) -> None:
        """Skip the check unless the agent claims this trait."""
        if trait not in self.traits:
            raise Skip("not claimed")
        if not self.traits[trait]:
            raise Skip("claimed not to hold, which asks for nothing")


def open_agent(
    target: object,
    traits: Mapping[str, bool] | None,
    scenarios: Sequence[str | Scenario] | None,
) -> AgentSubject:
    """Return what is to be checked; see `bucket_brigade.testing.check_agent`."""
    name, factory, claimed = _named(target)
    if traits is not None:
        claimed = traits
    # A spec refuses claims that do not exist, with a suggestion.
    claimed = AgentSpec(name, "", "", traits=claimed).traits
    towns = tuple(get_scenario(scenario) for scenario in scenarios or ())
    return AgentSubject(name, factory, claimed, towns)


def _named(target: object) -> tuple[str, Callable[[], Any], Mapping[str, bool]]:
    if isinstance(target, str):
        offer = find(active_plugins().offers("agent"), target, word="agent")
        if offer is None:
            strategy = get_strategy(target)  # ``social:hero``, or an error that suggests a name
            if not isinstance(strategy, Tabulated):
                return target, _Constant(strategy), {}
            target = strategy.scripted  # A table is as good as its agent.
        else:
            target = offer.value
    if isinstance(target, AgentSpec):
        return target.name, partial(make, target.factory), target.traits
    if isinstance(target, NATIVE):
        return member_label(target), _Constant(target), {}
    if isinstance(target, Scripted):
        return target.name, target.factory, dict.fromkeys(sorted(target.claims), True)
    if callable(target):
        return getattr(target, "__name__", type(target).__name__), target, {}
    raise InvalidInput(
        f"check_agent({target!r}) is not allowed: give a registered name, an AgentSpec, a factory or class of a "
        "scripted agent, or a native strategy."
    )


@dataclass(frozen=True)
class _Constant:
    """A factory of one and the same strategy; strategies never change."""

    strategy: Strategy

    def __call__(self) -> Strategy:
        return self.strategy


def judge(what: str, found: object) -> None:
    """Fail the check unless `found` is an agent or a native strategy."""
    if not isinstance(found, NATIVE) and (isinstance(found, type) or not isinstance(found, ScriptedAgent)):
        fail(
            f"{what} made {found!r:.80}",
            expected="a native strategy, or an agent with the methods reset and act",
        )
