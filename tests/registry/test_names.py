"""Names that several distributions offer are found, with what to type instead."""

from __future__ import annotations

from bucket_brigade.plugins import load_plugins
from bucket_brigade.registry.names import shared_names
from tests.strangers import Strangers, backends

AGENT = "@hookimpl\ndef register_agents(register):\n    register(AgentSpec('{}', '', 'm:a'))\n"
TOWN = (
    "@hookimpl\ndef register_scenarios(register):\n    register(get_scenario('easy-v2').replace(name='{}'))\n"
)


def test_ours_alone_share_nothing() -> None:
    plugins = load_plugins(candidates=[])
    assert [shared_names(plugins.offers(word)) for word in ("backend", "agent", "scenario")] == [{}, {}, {}]


def test_agents_and_backends_by_their_names(strangers: Strangers) -> None:
    twice = backends("'gpu', '', 'm:a'") + AGENT.format("hero")
    plugins = strangers.load(twice, twice)
    assert shared_names(plugins.offers("backend")) == {"gpu": ("bb-a/gpu", "bb-b/gpu")}
    assert shared_names(plugins.offers("agent")) == {
        "hero": ("bucket-brigade/hero", "bb-a/hero", "bb-b/hero")
    }


def test_scenarios_by_the_name_that_means_the_newest_version_too(strangers: Strangers) -> None:
    plugins = strangers.load(TOWN.format("easy-v9"), TOWN.format("hamlet-v1"), TOWN.format("hamlet-v1"))
    assert shared_names(plugins.offers("scenario")) == {
        "easy": ("bucket-brigade/easy", "bb-a/easy"),
        "hamlet-v1": ("bb-b/hamlet-v1", "bb-c/hamlet-v1"),
        "hamlet": ("bb-b/hamlet", "bb-c/hamlet"),
    }
