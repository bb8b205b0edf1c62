"""Team members: from what a user types to a strategy."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.agents.tabulation import tabulated
from bucket_brigade.errors import (
    CannotTabulate,
    InvalidInput,
    PluginError,
    UnknownName,
    did_you_mean,
    explain,
)
from bucket_brigade.game.strategy import (
    ARCHETYPES,
    External,
    Heuristic,
    Scripted,
    Social,
    Strategy,
    Tabular,
    Tabulated,
    Theta,
    archetype,
    check_theta,
)
from bucket_brigade.plugins import active_plugins
from bucket_brigade.plugins.loading import describe
from bucket_brigade.registry.names import cause, failures, find, listed_names
from bucket_brigade.registry.objects import Factory, make
from bucket_brigade.validation import shown

__all__ = ["Member", "Members", "get_strategy", "list_agents", "member_label", "parse_team", "strategies_of"]

Member = str | Strategy | type[ScriptedAgent] | Sequence[float] | NDArray[np.floating[Any]]
"""One seat of a team: the name of an agent, ``social:hero``, ``tabular:nearest_fire``, ``"[1, 0.9, …]"``, ten
numbers, a strategy, or the class of an agent written in Python, which takes no argument."""

Members = str | Iterable[Member] | Mapping[str, Member]
"""Several: ``"hero,social:liar,[1,0.9,…]"``, members in a row, or members by the name they are to go by."""

RULES: dict[str, Callable[[Theta], Heuristic | Social]] = {"heuristic": Heuristic, "social": Social}
"""The rules that read a strategy vector, by the word that is typed before it."""

TABULAR = "tabular"
"""The word typed before an agent that is to be played as a table."""

HOW = (
    "A member is an agent's name, social:ARCHETYPE, heuristic:ARCHETYPE, tabular:AGENT, or ten numbers such as "
    "[1,0.9,…]."
)


def list_agents() -> tuple[str, ...]:
    """Return the name of every registered agent, in the order of registration; each fits `get_strategy`."""
    return listed_names(active_plugins().offers("agent"))


def strategies_of(members: Members, name: str = "strategies") -> tuple[tuple[str, ...], tuple[Strategy, ...]]:
    """Return the labels and the strategies of several members, in the order given.

    `name` is what messages call the argument. Raises `InvalidInput` for a set, which has no order of its own,
    and for what is no row of members; and as `get_strategy`.
    """
    if isinstance(members, Mapping):
        return tuple(map(str, members)), tuple(map(get_strategy, members.values()))
    given: object = parse_team(members) if isinstance(members, str) else members
    if isinstance(given, set | frozenset) or not isinstance(given, Iterable):
        raise InvalidInput(
            explain(
                f"{name} = {shown(given)} is not allowed: it must be text such as 'hero,liar', or a list of members.",
                why="A set has no order of its own." if isinstance(given, set | frozenset) else "",
                exists=HOW,
            )
        )
    row = tuple(given)
    # Strategies first: what is no member at all has no label either.
    strategies = tuple(map(get_strategy, row))
    return tuple(map(member_label, row)), strategies


def parse_team(text: str) -> tuple[str, ...]:
    """Split ``"hero,social:liar,[1,0.9,…]"`` into members at the commas outside brackets.

    Raises `InvalidInput` for an empty member or a bracket without its partner; `get_strategy` judges the
    members themselves.
    """
    members, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter == "[") - (letter == "]")
        if depth not in (0, 1):
            break
        if letter == "," and depth == 0:
            members.append(text[start:place].strip())
            start = place + 1
    members.append(text[start:].strip())
    if depth != 0:
        raise InvalidInput(explain(f"The team {shown(text)} has a bracket without its partner.", exists=HOW))
    if not all(members):
        seat = members.index("")
        raise InvalidInput(explain(f"The team {shown(text)} has nobody on seat {seat}.", exists=HOW))
    return tuple(members)


def get_strategy(member: Member) -> Strategy:
    """Return the strategy of a team member.

    Ten numbers without a word before them are played by the heuristic rule. Raises `UnknownName` or
    `DuplicateName` for a name, `InvalidInput` for numbers that are no strategy vector, and `PluginError`
    if the factory of an agent fails.
    """
    if isinstance(member, Heuristic | Social | Tabular | External | Scripted | Tabulated):
        return member
    if isinstance(member, type):
        return Scripted(member.__name__, member)
    if isinstance(member, str):
        return _typed(member)
    if isinstance(member, Sequence | np.ndarray):
        numbers: Any = member
        return Heuristic(check_theta(numbers, asked="team member"))
    raise InvalidInput(
        explain(f"team member = {shown(member)} is not allowed.", exists=HOW, do=_how_to_wrap(member))
    )


def _how_to_wrap(member: object) -> str:
    """Return what to type to seat something written in Python, or nothing if it is no such thing."""
    if isinstance(member, ScriptedAgent):
        return f"Give the class of an agent, not an agent, so that every game has a new one: {type(member).__name__}"
    if not callable(member):
        return ""
    called = getattr(member, "__name__", "")
    called = called if called.isidentifier() else "my_agent"
    return (
        f"A function that plays one game becomes a member by Scripted({called!r}, one_game({called})), a factory of "
        f"agents by Scripted({called!r}, {called}); import one_game from bucket_brigade.agents and Scripted from "
        "bucket_brigade.game.strategy."
    )


def _typed(member: str) -> Strategy:
    text = member.strip()
    word, colon, rest = text.partition(":")
    if text.startswith("["):
        return Heuristic(_theta(text, member))
    if not colon:
        return _named(text)
    if word == TABULAR:
        return _as_table(rest.strip(), member)
    if word not in RULES:
        known = (*RULES, TABULAR)
        raise UnknownName(
            explain(
                f"Unknown rule {shown(word)} in team member {shown(member)}.{did_you_mean(word, known)}",
                exists=f"Rules: {', '.join(known)}.",
            )
        )
    rest = rest.strip()
    theta = _theta(rest, member) if rest.startswith("[") else archetype(rest)
    return RULES[word](theta)


def _as_table(name: str, member: str) -> Tabulated:
    """Return a scripted agent that claims to look only at the houses, to be played as a table."""
    strategy = _named(name)
    if not isinstance(strategy, Scripted):
        raise InvalidInput(
            explain(
                f"Team member {shown(member)} cannot be tabulated.",
                why=f"{name!r} is a native strategy already: every backend plays it as it is.",
                do=f"Type: {name}",
            )
        )
    if "state_only" not in strategy.claims:
        raise CannotTabulate(
            explain(
                f"Team member {shown(member)} cannot be tabulated.",
                why=f"Agent {name!r} does not claim to look only at the houses (trait state_only).",
                do=f"Type: {name}",
            )
        )
    return tabulated(strategy)


def member_label(member: Member) -> str:
    """Return a short name to print for a member; equal strategies may have different labels.

    What was typed stays as it is, but for spaces. A strategy is called after its archetype if it has one,
    else by its numbers, rounded to six digits.
    """
    if isinstance(member, str):
        return re.sub(r"\s+", "", member)
    strategy = get_strategy(member)
    if isinstance(strategy, Heuristic | Social):
        word = "social:" if isinstance(strategy, Social) else ""
        for name, theta in ARCHETYPES.items():
            if theta == strategy.theta:
                return word + name
        return f"{word}[{','.join(f'{value:g}' for value in strategy.theta)}]"
    if isinstance(strategy, Tabular):
        return f"tabular:{strategy.num_houses}-houses"
    if isinstance(strategy, Tabulated):
        return f"{TABULAR}:{strategy.scripted.name}"
    return strategy.name if isinstance(strategy, Scripted) else "external"


def _theta(text: str, member: str) -> Theta:
    try:
        if not text.endswith("]"):
            raise ValueError(text)
        numbers = [float(number) for number in text[1:-1].split(",")]
    except ValueError:
        raise InvalidInput(
            explain(f"The numbers of team member {shown(member)} cannot be read.", exists=HOW)
        ) from None
    return check_theta(numbers, asked=f"team member {shown(member)}")


def _named(name: str) -> Strategy:
    plugins = active_plugins()
    offers = plugins.offers("agent")
    offer = find(offers, name, word="agent")
    if offer is None:
        names = listed_names(offers)
        raise UnknownName(
            explain(
                f"Unknown agent {shown(name)}.{did_you_mean(name, names)}",
                exists=f"Agents: {', '.join(names)}. {failures(plugins.failed)}",
                do="Type: bucket-brigade plugins",
            )
        ) from cause(plugins.failed)
    try:
        made = make(offer.value.factory)
    except Exception as error:
        raise PluginError(
            f"Agent {offer.qualified!r} ({offer.distribution} {offer.version}) cannot be made: {describe(error)}"
        ) from error
    spec = offer.value
    if isinstance(made, Heuristic | Social | Tabular) and spec.traits.get("native", True):
        return made
    if isinstance(made, ScriptedAgent) and not spec.traits.get("native", False):
        # The agent that was made shows that it can be; every seat gets one of its own.
        claims = frozenset(trait for trait, claimed in spec.traits.items() if claimed)
        return Scripted(name, Factory(spec.factory), f"{offer.distribution} {offer.version}", claims)
    either, other = "a native strategy", "an agent with reset and act"
    claim = spec.traits.get("native")
    wanted = (
        f"{either}, or {other}" if claim is None else f"{either if claim else other}, as its traits claim"
    )
    raise PluginError(
        f"Agent {offer.qualified!r} ({offer.distribution} {offer.version}) made a {type(made).__name__}: "
        f"it must be {wanted}."
    )
