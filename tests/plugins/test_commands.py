"""Sub-commands from plugins."""

from __future__ import annotations

import pytest
import typer
from typer.main import get_group

from bucket_brigade.errors import PluginError
from bucket_brigade.plugins import PluginWarning
from bucket_brigade.plugins.commands import add_commands
from tests.strangers import Strangers

GREET = """
@hookimpl
def register_commands(cli):
    @cli.command()
    def greet_all(name: str = "you"):
        print(f"hello {name}")
"""
BAD = {
    "raises halfway": (GREET + "\n    raise RuntimeError('halfway')", "RuntimeError: halfway"),
    "name that is taken": (
        GREET.replace("greet_all", "play"),
        "It added the command 'play', which is there already.",
    ),
    "command that cannot be built": (
        GREET.replace("name: str", 'name: "Town"'),
        "NameError: name 'Town' is not defined",
    ),
    "callback": (
        "@hookimpl\ndef register_commands(cli):\n    @cli.callback()\n    def everything(): pass",
        "It set a callback for the whole command: add sub-commands only.",
    ),
}


@pytest.fixture
def cli() -> typer.Typer:
    app = typer.Typer()
    app.command()(lambda: None)
    app.command(name="play")(lambda: None)
    app.command(name="nash")(lambda: None)
    return app


def commands(cli: typer.Typer) -> set[str]:
    return set(get_group(cli).commands) - {"<lambda>"}


def test_a_command_is_added(strangers: Strangers, cli: typer.Typer) -> None:
    add_commands(cli, strangers.load(GREET))
    assert commands(cli) == {"play", "nash", "greet-all"}


def test_a_group_of_commands_is_added(strangers: Strangers, cli: typer.Typer) -> None:
    group = """
    import typer

    @hookimpl
    def register_commands(cli):
        town = typer.Typer()
        town.command()(build)
        town.command()(burn)
        cli.add_typer(town, name="town")

    def build(): pass
    def burn(): pass
    """
    add_commands(cli, strangers.load(group))
    assert commands(cli) == {"play", "nash", "town"}


@pytest.mark.parametrize("fault", BAD)
def test_a_plugin_that_fails_adds_nothing_and_stops_nobody(
    strangers: Strangers, cli: typer.Typer, fault: str
) -> None:
    source, reason = BAD[fault]
    plugins = strangers.load(source, GREET)
    with pytest.warns(PluginWarning) as told:
        add_commands(cli, plugins)
    (message,) = (str(w.message) for w in told)
    assert message.startswith(f"Plugin bb-a 1.2 (entry point 'plugin0') could not add its commands: {reason}")
    assert commands(cli) == {"play", "nash", "greet-all"}


def test_two_plugins_cannot_add_the_same_command(strangers: Strangers, cli: typer.Typer) -> None:
    with pytest.warns(PluginWarning, match="bb-b 1.2.*'greet-all', which is there already"):
        add_commands(cli, strangers.load(GREET, GREET))
    assert commands(cli) == {"play", "nash", "greet-all"}


def test_strict_mode_raises(strangers: Strangers, cli: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    plugins = strangers.load(BAD["raises halfway"][0])
    monkeypatch.setenv("BUCKET_BRIGADE_STRICT", "1")
    with pytest.raises(PluginError, match=r"RuntimeError: halfway \(BUCKET_BRIGADE_STRICT\)") as caught:
        add_commands(cli, plugins)
    assert isinstance(caught.value.__cause__, RuntimeError)
