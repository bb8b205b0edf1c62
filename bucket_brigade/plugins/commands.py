"""Sub-commands that plugins add to the command line, each plugin in isolation."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from bucket_brigade import config
from bucket_brigade.errors import PluginError
from bucket_brigade.plugins.loading import PluginRecord, call_hook, describe
from bucket_brigade.plugins.manager import Plugins, PluginWarning

if TYPE_CHECKING:
    import typer

__all__ = ["add_commands", "command_problem"]

_problems: WeakKeyDictionary[PluginRecord, str] = WeakKeyDictionary()
"""What went wrong with the commands of plugins that are otherwise loaded."""


def add_commands(cli: typer.Typer, plugins: Plugins) -> None:
    """Let every plugin add its sub-commands to `cli`.

    A plugin that raises, whose command cannot be built, or that takes the name of a command which is
    there already, adds nothing: one `PluginWarning` says so, or with BUCKET_BRIGADE_STRICT a
    `PluginError`.
    """
    for record in plugins.records:
        _problems.pop(record, None)
        if "register_commands" not in record.hooks:
            continue
        try:
            own = _commands_of(record, cli)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _report(record, error)
        else:
            cli.registered_commands += own.registered_commands
            cli.registered_groups += own.registered_groups


def command_problem(record: PluginRecord) -> str:
    """Return why a plugin's commands are missing, in a line; empty if they are not, or nobody asked for them."""
    return _problems.get(record, "")


def _commands_of(record: PluginRecord, cli: typer.Typer) -> typer.Typer:
    """Return the commands of one plugin in an application of their own, built once to see that they can be."""
    import typer
    from typer.main import get_group

    own = typer.Typer()
    assert record.manager is not None
    call_hook(record.manager, "register_commands", cli=own)
    if own.registered_callback is not None:
        raise PluginError("It set a callback for the whole command: add sub-commands only.")
    repeated = sorted(set(get_group(own).commands) & set(get_group(cli).commands))
    if repeated:
        raise PluginError(f"It added the command {repeated[0]!r}, which is there already.")
    return own


def _report(record: PluginRecord, error: BaseException) -> None:
    _problems[record] = describe(error)
    message = f"Plugin {record} could not add its commands: {describe(error)}"
    if config.strict():
        raise PluginError(f"{message} ({config.STRICT})") from error
    warnings.warn(message, PluginWarning, stacklevel=3)
