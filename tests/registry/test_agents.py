"""Team members: what may be typed, what it becomes, and what it is called."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bucket_brigade.agents.library import PAGES
from bucket_brigade.errors import DuplicateName, InvalidInput, PluginError, UnknownName
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social, Tabular
from bucket_brigade.plugins import load_plugins, use_plugins
from bucket_brigade.registry import get_strategy, list_agents, member_label, parse_team, strategies_of
from tests.strangers import Strangers

OURS = load_plugins(candidates=[])

TEN = (1.0, 0.9, 0.5, 0.25, 0.0, 1.0, 0.5, 0.125, 0.0, 1e-3)
TYPED = "[1,0.9,.5,0.25,0,1,0.5,0.125,0,1e-3]"

AGENTS = "@hookimpl\ndef register_agents(register):\n    register(AgentSpec('sleeper', 'rests', 'sleepers:sleeper'))"


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strangers:
    return Strangers(tmp_path, monkeypatch)


@pytest.mark.parametrize(
    ("text", "members"),
    [
        ("hero", ("hero",)),
        ("hero,free_rider", ("hero", "free_rider")),
        (" hero , social:liar ", ("hero", "social:liar")),
        (f"hero,{TYPED},social:{TYPED}", ("hero", TYPED, f"social:{TYPED}")),
        ("bb-a/sleeper,hero", ("bb-a/sleeper", "hero")),
    ],
)
def test_a_team_is_split_at_the_commas_outside_brackets(text: str, members: tuple[str, ...]) -> None:
    assert parse_team(text) == members


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "The team '' has nobody on seat 0."),
        ("hero,,liar", "The team 'hero,,liar' has nobody on seat 1."),
        ("hero,", "The team 'hero,' has nobody on seat 1."),
        ("hero,[1,2", "The team 'hero,[1,2' has a bracket without its partner."),
        ("1,2],hero", "The team '1,2],hero' has a bracket without its partner."),
        ("[[1]],hero", "The team '[[1]],hero' has a bracket without its partner."),
    ],
)
def test_teams_that_cannot_be_split(text: str, expected: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_team(text)
    assert str(caught.value) == (
        f"{expected} A member is an agent's name, social:ARCHETYPE, heuristic:ARCHETYPE, tabular:AGENT, or ten "
        "numbers such as [1,0.9,…]."
    )


@pytest.mark.parametrize(
    ("member", "strategy"),
    [
        ("hero", Heuristic(ARCHETYPES["hero"])),
        (" hero ", Heuristic(ARCHETYPES["hero"])),
        ("bucket-brigade/hero", Heuristic(ARCHETYPES["hero"])),
        ("heuristic:liar", Heuristic(ARCHETYPES["liar"])),
        ("social:liar", Social(ARCHETYPES["liar"])),
        (TYPED, Heuristic(TEN)),
        (f"heuristic:{TYPED}", Heuristic(TEN)),
        (f"social: {TYPED}", Social(TEN)),
        (TEN, Heuristic(TEN)),
        (list(TEN), Heuristic(TEN)),
        (Social(TEN), Social(TEN)),
        (External(), External()),
    ],
    ids=str,
)
def test_members(member: str, strategy: object) -> None:
    with use_plugins(OURS):
        assert get_strategy(member) == strategy


def test_an_array_is_a_strategy_vector() -> None:
    assert get_strategy(np.array(TEN)) == Heuristic(TEN)


@pytest.mark.parametrize(
    ("member", "expected"),
    [
        (
            "heroo",
            (
                f"Unknown agent 'heroo'. Did you mean 'hero'? Agents: {', '.join(PAGES)}. "
                "Type: bucket-brigade plugins"
            ),
        ),
        (
            "socail:hero",
            (
                "Unknown rule 'socail' in team member 'socail:hero'. Did you mean 'social'? "
                "Rules: heuristic, social, tabular."
            ),
        ),
        (
            "social:heroo",
            (
                "Unknown archetype 'heroo'. Did you mean 'hero'? "
                "Archetypes: firefighter, free_rider, hero, coordinator, liar."
            ),
        ),
        (
            "[1,2]",
            (
                "team member '[1,2]': a strategy vector has 10 traits, got 2 numbers. In order: honesty, "
                "work_tendency, neighbor_help, own_house_priority, risk_aversion, coordination, exploration, "
                "fatigue_memory, rest_reward_bias, altruism."
            ),
        ),
        (
            "social:[1,1,1,1,1,1,1,1,1,2]",
            (
                "team member 'social:[1,1,1,1,1,1,1,1,1,2]': altruism = 2.0 is not allowed: "
                "it must be a number in [0, 1]."
            ),
        ),
        (
            "[nan,1,1,1,1,1,1,1,1,1]",
            "team member '[nan,1,1,1,1,1,1,1,1,1]': honesty = nan is not allowed: it must be a number in [0, 1].",
        ),
        (
            "[1,x]",
            (
                "The numbers of team member '[1,x]' cannot be read. A member is an agent's name, social:ARCHETYPE, "
                "heuristic:ARCHETYPE, tabular:AGENT, or ten numbers such as [1,0.9,…]."
            ),
        ),
        (
            7,
            (
                "team member = 7 is not allowed. A member is an agent's name, social:ARCHETYPE, heuristic:ARCHETYPE, "
                "tabular:AGENT, or ten numbers such as [1,0.9,…]."
            ),
        ),
        (
            [0.5] * 9,
            (
                "team member: a strategy vector has 10 traits, got 9 numbers. In order: honesty, work_tendency, "
                "neighbor_help, own_house_priority, risk_aversion, coordination, exploration, fatigue_memory, "
                "rest_reward_bias, altruism."
            ),
        ),
    ],
    ids=str,
)
def test_what_is_no_member(member: str, expected: str) -> None:
    with use_plugins(OURS), pytest.raises((UnknownName, InvalidInput)) as caught:
        get_strategy(member)
    assert str(caught.value) == expected


@pytest.mark.parametrize("member", ["[1,2", "social:[1,2", "[]", "social:", ""])
def test_other_things_that_are_no_member(member: str) -> None:
    with pytest.raises((UnknownName, InvalidInput)):
        get_strategy(member)


@pytest.mark.parametrize(
    ("member", "label"),
    [
        ("hero", "hero"),
        ("social: liar", "social:liar"),
        (f" {TYPED}", TYPED),
        (Heuristic(ARCHETYPES["hero"]), "hero"),
        (Social(ARCHETYPES["hero"]), "social:hero"),
        (TEN, "[1,0.9,0.5,0.25,0,1,0.5,0.125,0,0.001]"),
        (Social(TEN), "social:[1,0.9,0.5,0.25,0,1,0.5,0.125,0,0.001]"),
        (Tabular(np.full((9, 4), 0.25)), "tabular:2-houses"),
        (External(), "external"),
    ],
    ids=str,
)
def test_labels(member: str, label: str) -> None:
    assert member_label(member) == label


def test_a_strangers_agent(strangers: Strangers) -> None:
    strangers.module(
        "sleepers", "from bucket_brigade import Social\ndef sleeper(): return Social([0.0] * 10)"
    )
    with use_plugins(strangers.load(AGENTS)):
        assert list_agents()[len(PAGES) :] == ("sleeper",)
        assert get_strategy("sleeper") == get_strategy("bb-a/sleeper") == Social((0.0,) * 10)


def test_agents_of_one_name_must_be_qualified(strangers: Strangers) -> None:
    strangers.module(
        "sleepers", "from bucket_brigade import Social\ndef sleeper(): return Social([0.0] * 10)"
    )
    with use_plugins(strangers.load(AGENTS, AGENTS)):
        assert list_agents()[len(PAGES) :] == ("bb-a/sleeper", "bb-b/sleeper")
        with pytest.raises(DuplicateName, match="Type one of: bb-a/sleeper, bb-b/sleeper"):
            get_strategy("sleeper")
        assert get_strategy("bb-b/sleeper") == Social((0.0,) * 10)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "def sleeper(): raise OSError('asleep')",
            "Agent 'bb-a/sleeper' (bb-a 1.2) cannot be made: OSError: asleep",
        ),
        (
            "def sleeper(): return 'zzz'",
            "Agent 'bb-a/sleeper' (bb-a 1.2) made a str: it must be a native strategy, or an agent with reset and act.",
        ),
        (
            "",
            (
                "Agent 'bb-a/sleeper' (bb-a 1.2) cannot be made: AttributeError: "
                "module 'sleepers' has no attribute 'sleeper'"
            ),
        ),
    ],
)
def test_an_agent_that_cannot_be_made(strangers: Strangers, source: str, expected: str) -> None:
    strangers.module("sleepers", source)
    with use_plugins(strangers.load(AGENTS)), pytest.raises(PluginError) as caught:
        get_strategy("sleeper")
    assert str(caught.value) == expected


def test_several_members_come_with_their_labels_in_the_order_given() -> None:
    hero, liar = get_strategy("hero"), get_strategy("liar")
    for members in ("hero, liar", ["hero", "liar"], ("hero", liar), iter([hero, "liar"])):
        assert strategies_of(members) == (("hero", "liar"), (hero, liar))
    assert strategies_of({"b": "hero", "a": liar}) == (("b", "a"), (hero, liar))
    assert strategies_of(np.full((2, 10), 0.5))[1] == (Heuristic((0.5,) * 10),) * 2


@pytest.mark.parametrize("members", [{"hero", "liar"}, frozenset({"hero"}), 5, None, hash])
def test_what_is_no_row_of_members_is_refused(members: object) -> None:
    with pytest.raises(InvalidInput, match=r"^pool = .* is not allowed: it must be text such as 'hero,liar'"):
        strategies_of(members, "pool")  # type: ignore[arg-type]
