"""``python -m bucket_brigade_cupy.check``: see the package's docstring.

Exits with 0 if all games were right, 1 if some were not, and 2, saying why, where there is nothing to check.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import BackendUnavailable
from bucket_brigade.registry import resolve_backend
from bucket_brigade_cupy import detection
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.check import games, report, speed
from bucket_brigade_cupy.host import HostDevice, compiler

GAMES, STEPPED, SECONDS, FIRST = 1_000_000, 20_000, 1.0, 1_000_000
FEW = {"games": 900, "stepped": 24, "seconds": 0.001, "first": 64}
"""As much as a host has patience for."""


class Refusal(Exception):
    """There is nothing to check here, and why."""


def main(arguments: list[str] | None = None) -> int:
    """Run everything and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="bucket_brigade_cupy.check", description="Check and measure the GPU backend."
    )
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    parser.add_argument(
        "--host", action="store_true", help="run the kernels as C++ on the host, a few games only"
    )
    chosen = parser.parse_args(arguments)
    try:
        backend, rust = _backend(host=chosen.host), _rust(host=chosen.host)
    except Refusal as refusal:
        print(f"Nothing is checked: {refusal}.", file=sys.stderr)
        return 2
    return _run(backend, rust, chosen)


def _run(backend: CupyBackend, rust: Backend, chosen: argparse.Namespace) -> int:
    start = time.perf_counter()

    def say(text: str) -> None:
        print(f"{time.perf_counter() - start:6.1f} s  {text}", flush=True)

    few = FEW if chosen.host else {"games": GAMES, "stepped": STEPPED, "seconds": SECONDS, "first": FIRST}
    about = report.machine(backend)
    say(", ".join(f"{key} {value}" for key, value in about.items()))
    checks: tuple[Callable[[], games.Finding], ...] = (
        lambda: games.check_kit(backend),
        lambda: games.check_parity(backend, rust, int(few["games"])),
        lambda: games.check_sizes(backend, rust, int(few["games"]) // 10),
        lambda: games.check_steps(backend, rust, int(few["stepped"])),
    )
    findings = []
    for check in checks:
        findings.append(check())
        found = findings[-1]
        say(
            f"{found.what}: {found.games:,}, {'WRONG: ' + ', '.join(found.wrong) if found.wrong else 'identical'}"
        )
    speeds = []
    if not any(found.wrong for found in findings):
        threads = int(about["cores"])
        speeds = speed.measure(
            backend, rust, threads=threads, seconds=float(few["seconds"]), games=int(few["first"])
        )
        say("measured")
    page = report.markdown(about, findings, speeds)
    print(page)
    if chosen.out:
        report.write(chosen.out, page, report.to_json(about, findings, speeds))
        say(f"written to {chosen.out}.md and .json")
    return int(any(found.wrong for found in findings))


def _backend(*, host: bool) -> CupyBackend:
    if host:
        if compiler() is None:
            raise Refusal("--host needs a C++ compiler: install g++ or set CXX")
        return CupyBackend(HostDevice())
    try:
        reason = detection.probe()
    except ImportError as error:
        reason = str(error)
    if reason is not None:
        raise Refusal(f"no GPU can be used here ({reason})")
    return CupyBackend(speed.Timed())


def _rust(*, host: bool) -> Backend:
    try:
        rust = resolve_backend("rust").backend
    except BackendUnavailable as error:
        raise Refusal(f"games are compared with Rust's, and {str(error).rstrip('.')}") from error
    if not host and getattr(rust, "build_profile", "release") != "release":
        raise Refusal("the Rust core is a debug build, whose speed means nothing; type: make setup")
    return rust


if __name__ == "__main__":
    sys.exit(main())
