"""All plugins together: failures told once, names shared, the set in use."""

from __future__ import annotations

import warnings

import pytest

from bucket_brigade.agents.library import PAGES
from bucket_brigade.errors import ConfigError, PluginError
from bucket_brigade.plugins import PluginWarning, active_plugins, load_plugins, use_plugins
from bucket_brigade.plugins import manager as manager_module
from bucket_brigade.registry import get_scenario, list_agents, list_scenarios
from tests.strangers import Strangers, backends, candidate, names

ABACUS = backends("'abacus', 'beads', 'abacus_backend:Abacus'")
FAILURES = {
    "import error": "import no_such_module_here",
    "no plugin": "",
    "wrong signature": "@hookimpl\ndef register_backends(registry): pass",
    "misspelt hook": "@hookimpl\ndef register_backend(register): pass",
    "hook that raises": "@hookimpl\ndef register_agents(register):\n    raise RuntimeError('halfway')",
    "wrong type": "@hookimpl\ndef register_agents(register):\n    register('hero')",
    "unsupported api_version": backends("'x', '', 'm:a', api_version=99"),
}


def test_our_own_offers_come_first_through_the_same_hooks() -> None:
    plugins = load_plugins(candidates=[])
    (own,) = plugins.records
    assert (own.distribution, own.entry_point, own.state) == ("bucket-brigade", "builtin", "loaded")
    assert own.hooks == ("register_backends", "register_agents", "register_scenarios")
    assert [o.name for o in plugins.offers("backend")] == ["python", "loopback"]
    assert tuple(o.name for o in plugins.offers("agent")) == PAGES
    assert len(plugins.offers("scenario")) == 30


@pytest.mark.parametrize("failure", FAILURES)
def test_a_failure_leaves_everything_else_working(strangers: Strangers, failure: str) -> None:
    bad = strangers.plugin(FAILURES[failure], distribution="bb-middle", name="bad")
    before = strangers.plugin(ABACUS, distribution="bb-first", name="first")
    after = strangers.plugin(ABACUS.replace("abacus'", "sliderule'"), distribution="bb-zlast", name="last")
    with pytest.warns(PluginWarning) as told:
        plugins = load_plugins(candidates=[after, bad, before])
    assert len(told) == 1
    message = str(told[0].message)
    assert message.startswith("Plugin bb-middle 1.2 (entry point 'bad') failed to load: ")
    assert message.endswith("Type: bucket-brigade plugins")
    assert [r.state for r in plugins.records] == ["loaded", "loaded", "failed", "loaded"]
    assert plugins.failed == (plugins.records[2],)
    assert names(plugins, "backend") == ["abacus", "sliderule"]


def test_all_failures_at_once_each_told_once(strangers: Strangers) -> None:
    with pytest.warns(PluginWarning) as told:
        plugins = strangers.load(*FAILURES.values())
    assert len(told) == len(plugins.failed) == len(FAILURES)
    with use_plugins(plugins):
        assert len(list_scenarios()) == 30


def test_strict_mode_raises_them_together_and_keeps_the_cause(strangers: Strangers) -> None:
    bad = strangers.plugin("raise ZeroDivisionError('at import')", name="bad")
    worse = strangers.plugin("", name="worse")
    with pytest.raises(PluginError) as caught:
        load_plugins(candidates=[bad, worse], strict=True)
    assert "Plugin bb-stranger 1.2 (entry point 'bad') failed to load: ZeroDivisionError" in str(caught.value)
    assert "(entry point 'worse')" in str(caught.value)
    assert str(caught.value).endswith(
        "In strict mode (BUCKET_BRIGADE_STRICT) this is an error. Type: BUCKET_BRIGADE_STRICT=0 bucket-brigade plugins"
    )
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_strict_mode_is_silent_when_nothing_is_wrong(strangers: Strangers) -> None:
    plugins = load_plugins(candidates=[strangers.plugin(ABACUS)], strict=True)
    assert names(plugins, "backend") == ["abacus"]


def test_two_plugins_of_one_name_both_load(strangers: Strangers) -> None:
    one = strangers.plugin(ABACUS, distribution="bb-one", name="same")
    two = strangers.plugin(ABACUS, distribution="bb-two", name="same")
    plugins = load_plugins(candidates=[two, one])
    assert [o.qualified for o in plugins.offers("backend")[2:]] == ["bb-one/abacus", "bb-two/abacus"]


def test_a_distribution_that_offers_a_name_twice_keeps_the_first(strangers: Strangers) -> None:
    one = strangers.plugin(ABACUS, name="one")
    two = candidate("bb_stranger_one", name="two")
    with pytest.warns(
        PluginWarning, match="'abacus', which entry point 'one' of the same distribution offers"
    ):
        plugins = load_plugins(candidates=[one, two])
    assert names(plugins, "backend") == ["abacus"]
    assert plugins.failed[0].entry_point == "two"


def test_the_choice_of_plugins(strangers: Strangers) -> None:
    one = strangers.plugin(ABACUS, distribution="bb-one", name="one")
    two = strangers.plugin("raise RuntimeError('imported')", distribution="bb-two", name="two")
    assert [r.state for r in load_plugins([], candidates=[one, two]).records] == [
        "loaded",
        "left out",
        "left out",
    ]
    assert names(load_plugins(["one"], candidates=[one, two]), "backend") == ["abacus"]
    assert names(load_plugins(["BB_One"], candidates=[one, two]), "backend") == ["abacus"]


def test_a_choice_that_nothing_goes_by_is_told(strangers: Strangers) -> None:
    one = strangers.plugin(ABACUS, name="one")
    with pytest.warns(
        PluginWarning, match=r"No plugin goes by the name 'oen'\. Did you mean 'one'\? Installed: one\."
    ):
        load_plugins(["oen"], candidates=[one])


def test_a_plugin_that_asks_the_registry_while_it_loads_finds_only_ours(strangers: Strangers) -> None:
    derived = """
    @hookimpl
    def register_scenarios(register):
        register(get_scenario("easy-v2").replace(name="hamlet-v1"))
    """
    nosy = """
    from bucket_brigade.registry import list_scenarios

    @hookimpl
    def register_agents(register):
        register(AgentSpec(f"saw-{len(list_scenarios())}", "", "m:a"))
    """
    plugins = strangers.load(derived, nosy)
    assert names(plugins, "scenario") == ["hamlet-v1"]
    assert names(plugins, "agent") == ["saw-30"]


def test_the_environment_decides_and_is_read_at_every_call(
    strangers: Strangers, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed = (strangers.plugin(ABACUS, distribution="bb-one", name="one"),)
    monkeypatch.setattr(manager_module, "discover", lambda: installed)
    manager_module._load_once.cache_clear()
    try:
        assert names(active_plugins(), "backend") == ["abacus"]
        assert active_plugins() is active_plugins()
        monkeypatch.setenv("BUCKET_BRIGADE_PLUGINS", "")
        assert names(active_plugins(), "backend") == []
        monkeypatch.setenv("BUCKET_BRIGADE_PLUGINS", "other, bb-one ,")
        with pytest.warns(PluginWarning, match="'other'"):
            assert names(active_plugins(), "backend") == ["abacus"]
        monkeypatch.setenv("BUCKET_BRIGADE_STRICT", "1")
        with pytest.raises(PluginError, match="'other'"):
            active_plugins()
    finally:
        manager_module._load_once.cache_clear()


def test_a_set_in_use_ends_with_its_block(strangers: Strangers) -> None:
    plugins = strangers.load(
        "@hookimpl\ndef register_agents(register):\n    register(AgentSpec('s', '', 'm:a'))"
    )
    outside = active_plugins()
    with use_plugins(plugins) as used:
        assert used is active_plugins() is plugins
        assert "s" in list_agents()
        with use_plugins(()):
            assert "s" not in list_agents()
        assert "s" in list_agents()
    assert active_plugins() is outside


@pytest.mark.parametrize("value", ["yes", "2", "on"])
def test_the_strict_switch_takes_nothing_else(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_STRICT", value)
    with pytest.raises(ConfigError, match=f"BUCKET_BRIGADE_STRICT = '{value}' is not allowed"):
        active_plugins()


def test_no_warning_reaches_those_without_plugins() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_plugins(candidates=[])
        assert get_scenario("default").name == "default-v2"
