"""One plugin, and everything a stranger can get wrong in it."""

from __future__ import annotations

import sys

import pytest

from bucket_brigade.errors import BucketBrigadeError, PluginError
from bucket_brigade.plugins.discovery import Candidate
from bucket_brigade.plugins.loading import PluginRecord, left_out, load
from tests.strangers import Strangers, candidate

GOOD = """
    @hookimpl
    def register_backends(register):
        register(BackendSpec("abacus", "beads", "abacus_backend:Abacus"))

    @hookimpl
    def register_agents(register):
        register(AgentSpec("sleeper", "rests", "sleepers:sleeper", traits={"native": True}))

    @hookimpl
    def register_scenarios(register):
        register(get_scenario("default-v2").replace(name="hamlet-v1"))

    @hookimpl
    def register_commands(cli):
        pass
"""


def failed(record: PluginRecord) -> str:
    """Return the reason, having checked that nothing of the plugin is left."""
    assert record.state == "failed"
    assert record.error is not None
    assert not any(record.offers.values())
    assert record.hooks == ()
    assert record.manager is None
    return record.reason


def test_a_good_plugin_is_recorded_with_all_it_offers(strangers: Strangers) -> None:
    record = load(strangers.plugin(GOOD))
    assert (record.distribution, record.version, record.entry_point) == ("bb-stranger", "1.2", "stranger")
    assert record.value == "bb_stranger_stranger"
    assert (record.state, record.error, record.reason) == ("loaded", None, "")
    assert record.hooks == ("register_backends", "register_agents", "register_scenarios", "register_commands")
    assert {word: [o.qualified for o in offers] for word, offers in record.offers.items()} == {
        "backend": ["bb-stranger/abacus"],
        "agent": ["bb-stranger/sleeper"],
        "scenario": ["bb-stranger/hamlet-v1"],
    }


def test_loading_imports_no_factory(strangers: Strangers) -> None:
    strangers.module("abacus_backend", "raise RuntimeError('too early')")
    assert load(strangers.plugin(GOOD)).state == "loaded"
    assert "abacus_backend" not in sys.modules


def test_any_object_with_hooks_is_a_plugin(strangers: Strangers) -> None:
    module = strangers.module(
        "objects",
        """
        class Plugin:
            @hookimpl
            def register_agents(self, register):
                register(AgentSpec("sleeper", "rests", "sleepers:sleeper"))

        plugin = Plugin()
        """,
    )
    assert load(candidate(f"{module}:plugin")).offers["agent"][0].name == "sleeper"


def test_a_hook_may_have_another_name_by_specname(strangers: Strangers) -> None:
    record = load(
        strangers.plugin(
            """
            @hookimpl(specname="register_agents")
            def ours(register):
                register(AgentSpec("sleeper", "rests", "sleepers:sleeper"))
            """
        )
    )
    assert record.hooks == ("register_agents",)
    assert record.offers["agent"][0].name == "sleeper"


def test_a_module_that_is_not_there() -> None:
    assert failed(load(candidate("no_such_module_here"))) == (
        "ModuleNotFoundError: No module named 'no_such_module_here'"
    )


def test_an_attribute_that_is_not_there(strangers: Strangers) -> None:
    record = load(candidate(f"{strangers.module('bare', '')}:plugin"))
    assert "has no attribute 'plugin'" in failed(record)


def test_an_import_that_raises_keeps_the_exception(strangers: Strangers) -> None:
    record = load(strangers.plugin("raise ZeroDivisionError('at import')"))
    assert failed(record) == "ZeroDivisionError: at import"
    assert isinstance(record.error, ZeroDivisionError)
    assert record.error.__traceback__ is not None


def test_an_exception_without_words_is_named_by_its_class(strangers: Strangers) -> None:
    assert failed(load(strangers.plugin("raise ValueError"))) == "ValueError"
    mute = """
        from bucket_brigade import BucketBrigadeError

        class Mute(BucketBrigadeError):
            def __str__(self):
                raise ValueError

        raise Mute
    """
    assert failed(load(strangers.plugin(mute))) == "Mute"


def test_a_message_of_many_lines_is_cut(strangers: Strangers) -> None:
    reason = failed(load(strangers.plugin("raise RuntimeError('undefined symbol\\n' * 1000)")))
    assert reason.startswith("RuntimeError: undefined symbol undefined symbol")
    assert reason.endswith("…")
    assert len(reason) < 600


def test_a_syntax_error(strangers: Strangers) -> None:
    assert failed(load(strangers.plugin("def broken(:"))).startswith("SyntaxError: invalid syntax")


def test_an_import_that_ends_the_process_does_not(strangers: Strangers) -> None:
    assert failed(load(strangers.plugin("import sys; sys.exit('bye')"))) == "SystemExit: bye"


def test_a_panic_that_is_no_exception_stays_inside(strangers: Strangers) -> None:
    source = "class PanicException(BaseException): pass\nraise PanicException('index out of bounds')"
    assert failed(load(strangers.plugin(source))) == "PanicException: index out of bounds"


def test_the_users_interrupt_goes_through(strangers: Strangers) -> None:
    with pytest.raises(KeyboardInterrupt):
        load(strangers.plugin("raise KeyboardInterrupt"))


@pytest.mark.parametrize(
    ("source", "value", "what"),
    [
        ("", "bb_stranger_stranger", "The module is no plugin: it implements no hook."),
        ("thing = 7", "bb_stranger_stranger:thing", "The int object is no plugin: it implements no hook."),
        (
            "thing = 'text'",
            "bb_stranger_stranger:thing",
            "The str object is no plugin: it implements no hook.",
        ),
        (
            "thing = None",
            "bb_stranger_stranger:thing",
            "The NoneType object is no plugin: it implements no hook.",
        ),
    ],
)
def test_what_is_no_plugin(strangers: Strangers, source: str, value: str, what: str) -> None:
    strangers.plugin(source)
    assert failed(load(candidate(value))) == (
        f"{what} Hooks: register_backends, register_agents, register_scenarios, register_commands. "
        "Mark a hook with @bucket_brigade.hookimpl."
    )


def test_an_object_that_fails_when_looked_at(strangers: Strangers) -> None:
    strangers.plugin(
        """
        class Touchy:
            def __dir__(self):
                raise OSError("do not look")

        plugin = Touchy()
        """
    )
    assert failed(load(candidate("bb_stranger_stranger:plugin"))) == "OSError: do not look"


def test_a_misspelt_hook(strangers: Strangers) -> None:
    record = load(strangers.plugin("@hookimpl\ndef register_backend(register): pass"))
    assert failed(record) == (
        "Unknown hook 'register_backend'. Did you mean 'register_backends'? "
        "Hooks: register_backends, register_agents, register_scenarios, register_commands."
    )


def test_a_hook_without_its_mark(strangers: Strangers) -> None:
    record = load(
        strangers.plugin(
            """
            @hookimpl
            def register_backends(register): pass

            def register_agents(register): pass
            """
        )
    )
    assert failed(record) == (
        "register_agents is not marked as a hook, so it would never be called. "
        "Put @bucket_brigade.hookimpl above it."
    )


def test_a_hook_with_another_argument(strangers: Strangers) -> None:
    record = load(strangers.plugin("@hookimpl\ndef register_backends(registry): pass"))
    assert failed(record) == (
        "A hook has the wrong signature: register_backends(registry). Signatures: register_backends(register), "
        "register_agents(register), register_scenarios(register), register_commands(cli)."
    )
    assert record.error is not None
    assert record.error.__cause__ is not None


@pytest.mark.parametrize("arguments", ["", "register=None"])
def test_a_hook_that_would_never_be_given_its_argument(strangers: Strangers, arguments: str) -> None:
    record = load(strangers.plugin(f"@hookimpl\ndef register_agents({arguments}): pass"))
    assert failed(record).startswith(
        "The hook register_agents does not take the argument 'register', so it cannot register anything."
    )


def test_a_hook_that_raises_halfway_leaves_nothing(strangers: Strangers) -> None:
    record = load(
        strangers.plugin(
            """
            @hookimpl
            def register_backends(register):
                register(BackendSpec("abacus", "beads", "abacus_backend:Abacus"))

            @hookimpl
            def register_agents(register):
                register(AgentSpec("sleeper", "rests", "sleepers:sleeper"))
                raise RuntimeError("halfway")
            """
        )
    )
    assert failed(record) == "RuntimeError: halfway"


@pytest.mark.parametrize(
    ("hook", "kind"),
    [
        ("def register_agents(register):\n    yield", "generator"),
        ("async def register_agents(register):\n    register(None)", "coroutine"),
        ("def register_agents(register):\n    return [1]", "list"),
    ],
)
def test_a_hook_that_returns_instead_of_registering(strangers: Strangers, hook: str, kind: str) -> None:
    record = load(strangers.plugin(f"@hookimpl\n{hook}"))
    assert failed(record) == f"register_agents returned a {kind}: it must register, and return nothing."


def test_registering_after_the_hook_has_returned(strangers: Strangers) -> None:
    module = strangers.plugin(
        """
        kept = []

        @hookimpl
        def register_agents(register):
            kept.append(register)
        """
    )
    assert load(module).state == "loaded"
    spec = candidate("bucket_brigade.agents.base:AgentSpec").entry_point.load()("late", "too late", "a:b")
    with pytest.raises(PluginError, match="register_agents has returned: register while it runs, not later"):
        sys.modules["bb_stranger_stranger"].kept[0](spec)


OFFERS = [
    ("backends", "None", "It registered a NoneType as a backend: it must be a BackendSpec."),
    (
        "backends",
        "BackendSpec",
        "It registered the class BackendSpec as a backend: it must be a BackendSpec.",
    ),
    (
        "backends",
        "AgentSpec('a', '', 'm:a')",
        "It registered an AgentSpec as a backend: it must be a BackendSpec.",
    ),
    ("agents", "'hero'", "It registered a str as an agent: it must be an AgentSpec."),
    ("scenarios", "{}", "It registered a dict as a scenario: it must be a Scenario."),
    (
        "backends",
        "BackendSpec('a/b', '', 'm:a')",
        "It registered a backend with the name 'a/b': a name is made of letters, digits, '.', '_' and '-'.",
    ),
    (
        "backends",
        "BackendSpec('', '', 'm:a')",
        "It registered a backend with the name '': a name is made of letters, digits, '.', '_' and '-'.",
    ),
    (
        "backends",
        "BackendSpec('auto', '', 'm:a')",
        (
            "It registered a backend with the name 'auto': a name is made of letters, digits, '.', '_' and '-'; "
            "'auto' is reserved."
        ),
    ),
    (
        "agents",
        "AgentSpec(7, '', 'm:a')",
        "It registered an agent with the name 7: a name is made of letters, digits, '.', '_' and '-'.",
    ),
    (
        "backends",
        "BackendSpec('x', '', 'module.attribute')",
        "The backend 'x': factory = 'module.attribute' must be 'module:attribute'.",
    ),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', probe='p')",
        "The backend 'x': probe = 'p' must be 'module:attribute'.",
    ),
    ("backends", "BackendSpec('x', '', print)", "must be 'module:attribute'."),
    ("backends", "BackendSpec('x', None, 'm:a')", "The backend 'x': summary = None must be text."),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', install=['pip'])",
        "The backend 'x': install = ['pip'] must be text.",
    ),
    ("agents", "AgentSpec('x', '', 'm:a', url=7)", "The agent 'x': url = 7 must be text."),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', speed=float('nan'))",
        "The backend 'x': speed = nan must be a finite number, 0 or more.",
    ),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', smallest_batch=1.5)",
        "The backend 'x': smallest_batch = 1.5 must be an integer, 0 or more.",
    ),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', exact_stream='yes')",
        "The backend 'x': exact_stream = 'yes' must be True or False.",
    ),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', api_version=2)",
        (
            "The backend 'x' was made for api_version 2. This version of Bucket Brigade understands 1. "
            "Upgrade bucket-brigade."
        ),
    ),
    (
        "backends",
        "BackendSpec('x', '', 'm:a', api_version=0)",
        (
            "The backend 'x' was made for api_version 0. This version of Bucket Brigade understands 1. "
            "Upgrade the plugin."
        ),
    ),
    (
        "agents",
        "AgentSpec('x', '', 'm:a', api_version='1')",
        (
            "The agent 'x' was made for api_version '1'. This version of Bucket Brigade understands 1. "
            "Upgrade the plugin."
        ),
    ),
    (
        "agents",
        "AgentSpec('x', '', 'm:a', traits={'nativ': True})",
        (
            "Agent 'x': unknown trait 'nativ'. Did you mean 'native'? Traits: native, state_only, deterministic, "
            "memoryless, honest."
        ),
    ),
    (
        "agents",
        "AgentSpec('x', '', 'm:a', traits={'native': 'yes'})",
        "Agent 'x': trait native = 'yes' must be True or False.",
    ),
    (
        "scenarios",
        "get_scenario('easy-v1').replace(name='hamlet')",
        (
            "The scenario 'hamlet' has no version: call it 'hamlet-v1', so that results can name the exact game "
            "they were played in."
        ),
    ),
    (
        "scenarios",
        "get_scenario('easy-v1').replace(max_nights=0)",
        "Scenario 'easy-v1': max_nights = 0 is not allowed: it must be an integer from 1 to 10,000.",
    ),
]


@pytest.mark.parametrize(("hook", "offer", "reason"), OFFERS, ids=[offer for _, offer, _ in OFFERS])
def test_offers_that_break_the_contract(strangers: Strangers, hook: str, offer: str, reason: str) -> None:
    record = load(strangers.plugin(f"@hookimpl\ndef register_{hook}(register):\n    register({offer})"))
    assert failed(record).endswith(reason)
    assert isinstance(record.error, BucketBrigadeError)


def test_a_name_registered_twice(strangers: Strangers) -> None:
    register = "    register(AgentSpec('twin', '', 'm:a'))\n"
    record = load(strangers.plugin(f"@hookimpl\ndef register_agents(register):\n{register}{register}"))
    assert failed(record) == "It registered the agent 'twin' twice."


def test_entry_points_that_cannot_be_read() -> None:
    unreadable = candidate("", name="entry_points.txt")
    record = load(Candidate("bb-x", "1", unreadable.entry_point, problem=TypeError("no value")))
    assert failed(record) == "Its entry_points.txt cannot be read."
    assert isinstance(record.error, PluginError)
    assert isinstance(record.error.__cause__, TypeError)


def test_a_plugin_left_out_is_not_imported(strangers: Strangers) -> None:
    record = left_out(strangers.plugin("raise RuntimeError('imported')"))
    assert (record.state, record.error) == ("left out", None)
    assert "bb_stranger_stranger" not in sys.modules
