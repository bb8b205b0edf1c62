"""The command, its errors and exit codes.

0: done. 1: it failed (a backend is unavailable or declined, a plugin broke). 2: it was asked for
something impossible (an unknown name, a value out of range).
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
from bucket_brigade.cli.sweep import sweep
from bucket_brigade.cli.tournament import tournament
from bucket_brigade.errors import BucketBrigadeError, ConfigError, InvalidInput, UnknownName
from bucket_brigade.plugins import active_plugins, use_plugins
from bucket_brigade.plugins.commands import add_commands

__all__ = ["make_app", "run"]

FAILED, IMPOSSIBLE, INTERRUPTED = 1, 2, 130

NO_PLUGINS = "--no-plugins"


def make_app() -> typer.Typer:
    """Return the command line with our commands; plugins add theirs to it."""
    app = typer.Typer(
        name="bucket-brigade",
        help="Ten houses on a ring, fires, and agents who would rather rest: cooperation, played exactly.",
        no_args_is_help=True,
        add_completion=False,
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
    try:
        _run()
    except SystemExit as leaving:
        _leave(leaving)
        raise


def _run() -> None:
    warnings.showwarning = _show_warning
    if {"-q", "--quiet"} & set(sys.argv):
        logging.getLogger("bucket_brigade").setLevel(logging.ERROR)
    try:
        with ExitStack() as stack:
            # Plugins may add commands, so they are loaded before the command line is read; an option
            # about them has to be seen even earlier.
            if NO_PLUGINS in sys.argv:
                stack.enter_context(use_plugins(()))
            app = make_app()
            add_commands(app, active_plugins())
            app()
    except BucketBrigadeError as error:
        print(f"Error: {error}", file=sys.stderr)
        sys.exit(IMPOSSIBLE if isinstance(error, InvalidInput | UnknownName | ConfigError) else FAILED)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has had enough; what is left to flush has nowhere to go.
        sys.stderr.close()
        sys.exit(FAILED)


def _leave(leaving: SystemExit) -> None:
    """Leave at once if a probe hangs: the work is done, and what it left behind could hold the process forever."""
    from bucket_brigade.registry.probing import a_probe_hangs

    if a_probe_hangs():
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(leaving.code if isinstance(leaving.code, int) else FAILED if leaving.code else 0)


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
    print(f"Note: {message}", file=sys.stderr)
