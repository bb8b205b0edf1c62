"""What tournaments of many games need: time and memory, from nothing to all files.

    python -m benchmarks.tournament [--games 1000000]

Each case runs in a process of its own, so that the largest memory is its own: the interpreter, NumPy and
matplotlib included. Seconds of all processors together tell more than those of the clock where other work keeps
the machine busy. Ends with status 1 if one needs more than 500 MB.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.machine import machine
from bucket_brigade.agents import Observations, actions
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import Member
from bucket_brigade.reports import TWELVE, keep_tournament
from bucket_brigade.tournament import plan_tournament

NATIVE = "hero,free_rider,firefighter,coordinator,liar,social:hero,social:coordinator,social:liar"
TWENTY = ",".join(f"[1,{0.05 * k:.2f},0,0.5,0,0,0,0,0,0]" for k in range(1, 21))
MOST_MEGABYTES = 500


class Watcher:
    """Works at home when home burns."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:  # noqa: ARG002
        """Remember the way home."""
        self.home = scenario.home(seat)

    def act(self, observations: Observations) -> NDArray[np.integer]:
        """Look at home alone."""
        return actions(self.home, observations.houses[:, self.home] == 1)


SCRIPTED: dict[str, Member] = {"hero": "hero", "free_rider": "free_rider", "liar": "liar", "watcher": Watcher}

CASES: dict[str, tuple[str | dict[str, Member], tuple[str, ...]]] = {
    "8 native agents, 1 scenario": (NATIVE, ("default",)),
    "8 native agents, 12 scenarios": (NATIVE, TWELVE),
    "20 native agents, 12 scenarios": (TWENTY, TWELVE),
    "3 native agents and 1 scripted, 1 scenario": (SCRIPTED, ("default",)),
}


def measure(case: str, games: int) -> str:
    """Run one case in this process and return a row of the table."""
    agents, scenarios = CASES[case]
    started, used = time.perf_counter(), time.process_time()
    plan = plan_tournament(agents, list(scenarios), games=-(-games // len(scenarios)))
    with tempfile.TemporaryDirectory() as folder:
        keep_tournament(plan, Path(folder) / "run")
    seconds, used = time.perf_counter() - started, time.process_time() - used
    # Kilobytes on Linux, bytes on macOS.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    return f"| {case} | {plan.games:,} | {seconds:.1f} | {used:.1f} | {peak:.0f} |"


def main() -> int:
    """Print the table, and say whether memory is within its bound."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=1_000_000, help="games in all, rounded up")
    parser.add_argument("--case", choices=list(CASES), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.case:
        print(measure(chosen.case, chosen.games))
        return 0
    print(
        "| agents, scenarios | games | seconds | processor seconds | MB at most |\n|---|---:|---:|---:|---:|"
    )
    largest = 0.0
    for case in CASES:
        command = [
            sys.executable,
            "-m",
            "benchmarks.tournament",
            "--games",
            str(chosen.games),
            "--case",
            case,
        ]
        row = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        largest = max(largest, float(row.split("|")[-2]))
        print(row, flush=True)
    print("\nMeasured on: " + ", ".join(f"{key} {value}" for key, value in machine().items()) + ".")
    return 0 if largest <= MOST_MEGABYTES else 1


if __name__ == "__main__":
    sys.exit(main())
