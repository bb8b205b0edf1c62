"""The command, its errors and exit codes.

0: done, also if the reader of a pipe had enough before the end, as with ``| head``: nothing has failed.
1: it failed (a backend is unavailable or declined, a plugin broke, the result could not be written).
2: it was asked for something impossible (an unknown name, a value out of range).
130, 143: it was interrupted by Ctrl-C, or ended by SIGTERM; nothing is kept of what was cut short.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from contextlib import ExitStack
from typing import Annotated

import typer

from bucket_brigade.cli.check import check
from bucket_brigade.cli.evolve import evolve
from bucket_brigade.cli.nash import nash
from bucket_brigade.cli.payoffs import payoffs
from bucket_brigade.cli.play import play
from bucket_brigade.cli.plugins import plugins
from bucket_brigade.cli.scenarios import scenarios
from bucket_brigade.cli.signals import exit_code, raising_signals
from bucket_brigade.cli.streams import OutputLost, guarded_streams
from bucket_brigade.cli.sweep import sweep
from bucket_brigade.cli.text import visible
from bucket_brigade.cli.tournament import tournament
from bucket_brigade.errors import BucketBrigadeError, ConfigError, InvalidInput, UnknownName
from bucket_brigade.plugins import active_plugins, use_plugins
from bucket_brigade.plugins.commands import add_commands

__all__ = ["make_app", "run"]

NAME = "bucket-brigade"
DONE, FAILED, IMPOSSIBLE, INTERRUPTED = 0, 1, 2, 130

NO_PLUGINS = "--no-plugins"


def make_app() -> typer.Typer:
    """Return the command line with our commands; plugins add theirs to it."""
    app = typer.Typer(
        name=NAME,
        help="Ten houses on a ring, fires, and agents who would rather rest: cooperation, played exactly.",
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        pretty_exceptions_enable=False,
    )
    for command in (nash, evolve, payoffs, play, sweep, tournament, scenarios, plugins):
        app.command()(command)
    app.add_typer(check, name="check")
    app.callback()(_common)
    return app


def run() -> None:
    """Run the command line and exit."""
    with guarded_streams():
        code = _outcome()
    _leave_if_a_probe_hangs(code)
    sys.exit(code)


def _outcome() -> int:
    """Return the exit code, with everything printed that there is to print."""
    try:
        code = _outcome_of_command()
        sys.stdout.flush()
    except OutputLost as lost:
        if lost.enough:
            return DONE
        print(f"Error: The result could not be written to stdout: {lost}.", file=sys.stderr)
        return FAILED
    return code


def _outcome_of_command() -> int:
    try:
        with raising_signals():
            _run()
    except SystemExit as leaving:
        if leaving.code != INTERRUPTED:
            return leaving.code if isinstance(leaving.code, int) else FAILED if leaving.code else DONE
    except BucketBrigadeError as error:
        print(f"Error: {visible(str(error))}", file=sys.stderr)
        return IMPOSSIBLE if isinstance(error, InvalidInput | UnknownName | ConfigError) else FAILED
    except KeyboardInterrupt:
        pass
    code = exit_code()
    print("Interrupted." if code == INTERRUPTED else "Terminated.", file=sys.stderr)
    return code


def _run() -> None:
    warnings.showwarning = _show_warning
    if {"-q", "--quiet"} & set(sys.argv):
        logging.getLogger("bucket_brigade").setLevel(logging.ERROR)
    with ExitStack() as stack:
        # Plugins may add commands, so they are loaded before the command line is read; an option
        # about them has to be seen even earlier.
        if NO_PLUGINS in sys.argv:
            stack.enter_context(use_plugins(()))
        app = make_app()
        add_commands(app, active_plugins())
        app(prog_name=NAME)


def _leave_if_a_probe_hangs(code: int) -> None:
    """Leave at once if one does: the work is done, and what it left behind could hold the process forever."""
    from bucket_brigade.registry.probing import a_probe_hangs

    if a_probe_hangs():
        os._exit(code)


def _print_version(wanted: bool) -> None:
    if wanted:
        from bucket_brigade import __version__

        print(f"bucket-brigade {__version__}")
        raise typer.Exit


def _common(
    no_plugins: Annotated[
        bool, typer.Option(NO_PLUGINS, help="Load no plugins but those of Bucket Brigade itself.")
    ] = False,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    pass


def _show_warning(message: Warning | str, *_: object, **__: object) -> None:
    print(f"Note: {visible(str(message))}", file=sys.stderr)
