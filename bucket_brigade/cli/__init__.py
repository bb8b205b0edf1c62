"""The command line: ``bucket-brigade``.

    app.py         the command, its errors and exit codes
    signals.py, streams.py, text.py
                   the borders: Ctrl-C and SIGTERM, where output goes, what may be shown of foreign text
    options.py     the options every command shares
    output.py      JSON, remarks and progress; tables.py: tables that fit
    check.py, evolve.py, plugins.py, scenarios.py, play.py, payoffs.py, nash.py, sweep.py
                   one command each; nash_all.py is nash --all
    ring.py        the town drawn in a terminal

Commands import what they need when they run, so that ``--help`` stays quick.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line; exits with the codes of `bucket_brigade.cli.app`."""
    from bucket_brigade.cli.signals import leave_at_once

    leave_at_once()
    from bucket_brigade.cli.app import run

    run()
