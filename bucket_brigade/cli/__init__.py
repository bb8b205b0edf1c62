"""The command line: ``bucket-brigade``.

    app.py         the command, its errors and exit codes
    options.py     the options every command shares
    output.py      tables, JSON and progress
    check.py, evolve.py, plugins.py, scenarios.py, play.py, payoffs.py, nash.py, sweep.py
                   one command each; nash_all.py is nash --all
    ring.py        the town drawn in a terminal

Commands import what they need when they run, so that ``--help`` stays quick.
"""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the command line; exits with 0, 1 (it failed) or 2 (it was asked for something impossible)."""
    from bucket_brigade.cli.app import run

    run()
