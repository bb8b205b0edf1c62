"""Game-nights a second of every exact engine, on the same games in one run.

    python benchmarks/engines.py [--games 20000] [--out docs/benchmarks/engines]

Writes a Markdown table and the numbers as JSON. Every engine first plays the same games, whose totals
are compared; then each is timed on as many more as keep it busy for a while. A debug build of the Rust core is refused.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.running import exact_engines, keep, with_threads
from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.backends.dispatch import ResolvedBackend
from bucket_brigade.game.counts import column
from bucket_brigade.registry import get_scenario, parse_team
from bucket_brigade.simulation import compile_team, team_of

WORK = [
    ("easy-v1", "firefighter"),
    ("default-v1", "firefighter"),
    ("hard-v1", "firefighter"),
    ("default-v1", "social:firefighter"),
]
SECONDS_AN_ENGINE = 2.0
SECONDS_A_PLAY = 0.2
SEED = 2026


@dataclass(frozen=True)
class Speed:
    """One engine on one piece of work."""

    scenario: str
    strategy: str
    engine: str
    threads: int
    games: int
    game_nights: int
    seconds: float
    """Median over the repetitions."""

    @property
    def game_nights_per_second(self) -> float:
        """Nights of single games, however many agents play them."""
        return self.game_nights / self.seconds


def main() -> None:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--games",
        type=int,
        default=20_000,
        help="games that all engines must agree on; faster ones are timed on more",
    )
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    chosen = parser.parse_args()
    engines = with_threads(exact_engines())
    speeds = [speed for work in WORK for speed in _measure(*work, chosen.games, engines)]
    text = _markdown(speeds, chosen.games)
    print(text)
    numbers = [{**asdict(s), "game_nights_per_second": s.game_nights_per_second} for s in speeds]
    result = {"seed": SEED, "speeds": numbers}
    keep(chosen.out, text, result)


def _measure(
    scenario: str, strategy: str, games: int, engines: list[tuple[ResolvedBackend, int]]
) -> list[Speed]:
    town = get_scenario(scenario)
    program = compile_team(town, team_of(town, parse_team(",".join([strategy] * town.num_agents))))
    speeds, totals = [], []
    for engine, threads in engines:
        request = PlayRequest(program, seed=SEED, games=games, workers=threads)
        start = time.perf_counter()
        totals.append(engine.backend.play(request))
        # A piece of work that takes milliseconds measures how threads wake up: faster engines play more games.
        more = max(1, round(SECONDS_A_PLAY / (time.perf_counter() - start)))
        request = replace(request, games=games * more)
        seconds: list[float] = []
        while sum(seconds) < SECONDS_AN_ENGINE or len(seconds) < 3:
            start = time.perf_counter()
            counts = engine.backend.play(request)
            seconds.append(time.perf_counter() - start)
        nights = int(counts.sums[0, column("nights", town.num_agents)])
        median = statistics.median(seconds)
        speeds.append(Speed(scenario, strategy, engine.name, threads, request.games, nights, median))
    for counts in totals[1:]:
        np.testing.assert_array_equal(counts.sums, totals[0].sums)
        np.testing.assert_array_equal(counts.products, totals[0].products)
    return speeds


def _markdown(speeds: list[Speed], games: int) -> str:
    about = ", ".join(f"{key} {value}" for key, value in machine().items())
    lines = [
        "| scenario | four of | engine | threads | game-nights/s | agent-nights/s | games/s | ratio to python |",
        "|---|---|---|---:|---:|---:|---:|---:|",
    ]
    for s in speeds:
        base = next(
            b for b in speeds if (b.scenario, b.strategy, b.engine) == (s.scenario, s.strategy, "python")
        )
        ratio = s.game_nights_per_second / base.game_nights_per_second
        rates = (s.game_nights_per_second, 4 * s.game_nights_per_second, s.games / s.seconds)
        cells = (
            s.scenario,
            s.strategy,
            s.engine,
            str(s.threads),
            *(f"{r:,.0f}" for r in rates),
            f"{ratio:,.1f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    command = f"python benchmarks/engines.py --games {games}"
    return "\n".join([*lines, "", f"Measured by `{command}` in one run on: {about}."])


if __name__ == "__main__":
    main()
