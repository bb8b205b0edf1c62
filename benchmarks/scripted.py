"""Game-nights a second of teams with one agent written in Python, on the Rust backend and the reference.

    python benchmarks/scripted.py [--games 40960] [--out docs/benchmarks/scripted]

Three firefighters keep the agent company. Every team is first played on all backends, whose totals are
compared. One thread does everything, so processor time is measured, which other work disturbs less.
Writes a Markdown table and the numbers as JSON. A debug build of the Rust core is refused.
"""

from __future__ import annotations

import argparse
import statistics
import time
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.running import exact_engines, keep
from bucket_brigade.agents import OneGame, one_game
from bucket_brigade.backends.base import Counts, PlayRequest
from bucket_brigade.backends.dispatch import ResolvedBackend, play
from bucket_brigade.game.counts import column
from bucket_brigade.game.strategy import Scripted
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.simulation import compile_team, team_of

SCENARIOS = ("default-v1", "default-v2")
COMPANY = ("firefighter", "firefighter", "firefighter")
SECONDS_A_TEAM = 2.0
SEED = 2026


@one_game
def plain(game: OneGame) -> tuple[int, int]:
    """Work at the first fire, else rest: a plain function, called for every game."""
    return (game.burning[0], 1) if game.burning else (game.home, 0)


AGENTS: dict[str, Member] = {
    "firefighter": "firefighter",
    "tabular:nearest_fire": "tabular:nearest_fire",
    "nearest_fire": "nearest_fire",
    "tit_for_tat": "tit_for_tat",
    "mixed_volunteer": "mixed_volunteer",
    "random": "random",
    "a plain function": Scripted("plain", plain),
}
"""Native, tabulated, without words, with a memory, with two words a night, with three; one game at a time."""


@dataclass(frozen=True)
class Speed:
    """One agent among three native ones, on one backend."""

    scenario: str
    agent: str
    engine: str
    games: int
    game_nights: int
    seconds: float
    """Processor time, median over the repetitions."""

    @property
    def game_nights_per_second(self) -> float:
        """Nights of single games, however many agents play them."""
        return self.game_nights / self.seconds


def main() -> None:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--games", type=int, default=40_960, help="games of a vectorised team on the Rust backend"
    )
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    chosen = parser.parse_args()
    backends = exact_engines()
    speeds = [
        speed
        for scenario in SCENARIOS
        for agent in AGENTS
        for speed in _measure(scenario, agent, chosen.games, backends)
    ]
    text = _markdown(speeds, chosen.games)
    print(text)
    numbers = [{**asdict(s), "game_nights_per_second": s.game_nights_per_second} for s in speeds]
    result = {"seed": SEED, "speeds": numbers}
    keep(chosen.out, text, result)


def _measure(scenario: str, agent: str, games: int, backends: list[ResolvedBackend]) -> list[Speed]:
    town = get_scenario(scenario)
    program = compile_team(town, team_of(town, [AGENTS[agent], *COMPANY]))
    nights = column("nights", town.num_agents)
    speeds: list[Speed] = []
    totals: list[Counts] = []
    for resolved in backends:
        # The reference, and a function that is called for every game, get less to do.
        slow = 16 if agent == "a plain function" else 4 if resolved.name == "python" else 1
        totals.append(play(resolved, PlayRequest(program, seed=SEED, games=max(1, games // 16), workers=1)))
        request = PlayRequest(program, seed=SEED, games=max(1, games // slow), workers=1)
        seconds: list[float] = []
        while sum(seconds) < SECONDS_A_TEAM or len(seconds) < 3:
            start = time.process_time()
            counts = play(resolved, request)
            seconds.append(time.process_time() - start)
        played = int(counts.sums[0, nights])
        median = statistics.median(seconds)
        speeds.append(Speed(scenario, agent, resolved.name, request.games, played, median))
    for other in totals[1:]:
        np.testing.assert_array_equal(other.sums, totals[0].sums)
        np.testing.assert_array_equal(other.products, totals[0].products)
    return speeds


def _markdown(speeds: list[Speed], games: int) -> str:
    about = ", ".join(f"{key} {value}" for key, value in machine().items())
    lines = [
        "| scenario | agent | engine | games | game-nights/s | the agent's share, ns a night |",
        "|---|---|---|---:|---:|---:|",
    ]
    base = {(s.scenario, s.engine): s for s in speeds if s.agent == "firefighter"}
    for s in speeds:
        share = 1e9 / s.game_nights_per_second - 1e9 / base[s.scenario, s.engine].game_nights_per_second
        cells = (
            s.scenario,
            s.agent,
            s.engine,
            f"{s.games:,}",
            f"{s.game_nights_per_second:,.0f}",
            "–" if s.agent == "firefighter" else f"{max(share, 0.0):,.0f}",
        )
        lines.append("| " + " | ".join(cells) + " |")
    command = f"python benchmarks/scripted.py --games {games}"
    how = (
        f"Each agent sits with three firefighters. Measured by `{command}` in one run, processor time of one thread, "
        f"on: {about}. The agent's share is what a game-night takes beyond that of four firefighters, the stepper's "
        "part in it included."
    )
    return "\n".join([*lines, "", how])


if __name__ == "__main__":
    main()
