"""What exact answers cost, and what simulation would have to spend for the same precision.

    python benchmarks/exact.py [--scenarios default-v1,default-v2] [--out docs/benchmarks/exact]

Writes two Markdown tables and the numbers as JSON. Everything runs on one thread of the Rust backend, in one
run; seconds are those of the processor, so that other work on the machine does not count. Each scenario is
evaluated on many profiles of heuristic strategies at once, as a payoff tensor is, and on one alone. A debug
build of the Rust core is refused.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.machine import machine
from benchmarks.running import keep, release_rust
from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.backends.exact import ExactBackend, OptimizeRequest
from bucket_brigade.game.counts import column
from bucket_brigade.game.payoffs import covariance_of_mean, price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy
from bucket_brigade.registry import get_scenario, list_scenarios

PROFILES = 32
REPETITIONS = 5
GAMES = 200_000
PRECISIONS = (1.0, 0.1, 0.01)
TEAM = ("hero", "coordinator", "liar", "firefighter")
SEED = 2026


@dataclass(frozen=True)
class Cost:
    """Processor seconds on one thread, medians over the repetitions; an optimum is timed once."""

    scenario: str
    houses: int
    agents: int
    profile: float
    """A profile, among many."""
    alone: float
    """A profile by itself."""
    response: float
    """A best response of one seat."""
    optimum: float
    """The social optimum."""


@dataclass(frozen=True)
class Race:
    """Exact against simulated payoffs of one team."""

    scenario: str
    exact: float
    """Processor seconds for the exact payoffs of all seats."""
    games_per_second: float
    deviation: float
    """Standard deviation of a seat's payoff in one game, the largest over the seats."""
    nights: float
    simulation: tuple[float, ...]
    """Seconds until the standard error is down to each of the precisions, extrapolated."""


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenarios", help="comma-separated; all if left out")
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    chosen = parser.parse_args()
    names = chosen.scenarios.split(",") if chosen.scenarios else list_scenarios()
    player = release_rust().backend
    if not isinstance(player, ExactBackend):
        sys.exit("This Rust backend gives no exact answers. Type: make setup")
    towns = [get_scenario(name) for name in names]
    costs = [_cost(player, town) for town in towns]
    races = [_race(player, player, town) for town in towns]
    command = "python benchmarks/exact.py" + (f" --scenarios {chosen.scenarios}" if chosen.scenarios else "")
    about = ", ".join(f"{key} {value}" for key, value in machine().items())
    text = "\n\n".join([_costs(costs), _races(races), f"Measured by `{command}` in one run on: {about}."])
    print(text)
    result = {
        "seed": SEED,
        "costs": [asdict(cost) for cost in costs],
        "precisions": PRECISIONS,
        "races": [asdict(race) for race in races],
    }
    keep(chosen.out, text, result)


def _median(work: Callable[[], object]) -> float:
    seconds = []
    for _ in range(REPETITIONS):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def _cost(engine: ExactBackend, town: Scenario) -> Cost:
    draws = np.random.default_rng(SEED)
    agents = town.num_agents
    strategies: list[Strategy] = [Heuristic(tuple(row)) for row in draws.random((8, 10))]
    profiles = draws.integers(len(strategies), size=(PROFILES, agents))
    many = compile_program([town], strategies, profiles)
    one = compile_program([town], strategies, profiles[:1])
    prices = price_matrix(town)
    request = OptimizeRequest(one, [0], prices[:1], workers=1)
    start = time.process_time()
    engine.social_optimum(one, prices.sum(axis=0)[None], workers=1)
    optimum = time.process_time() - start
    return Cost(
        town.name,
        town.num_houses,
        agents,
        profile=_median(lambda: engine.expect(many, workers=1)) / PROFILES,
        alone=_median(lambda: engine.expect(one, workers=1)),
        response=_median(lambda: engine.best_responses(request)),
        optimum=optimum,
    )


def _race(engine: ExactBackend, player: Backend, town: Scenario) -> Race:
    team: list[Strategy] = [Heuristic(ARCHETYPES[TEAM[i % len(TEAM)]]) for i in range(town.num_agents)]
    program = compile_program([town], team, [range(town.num_agents)])
    start = time.process_time()
    counts = player.play(PlayRequest(program, seed=SEED, games=GAMES, workers=1))
    rate = GAMES / (time.process_time() - start)
    assert counts.products is not None
    covariance = covariance_of_mean(counts.sums[0], counts.products[0], GAMES, price_matrix(town))
    deviation = float(np.sqrt(np.diag(covariance).max() * GAMES))
    return Race(
        town.name,
        exact=_median(lambda: engine.expect(program, workers=1)),
        games_per_second=rate,
        deviation=deviation,
        nights=float(counts.sums[0, column("nights", town.num_agents)]) / GAMES,
        simulation=tuple((deviation / error) ** 2 / rate for error in PRECISIONS),
    )


def _table(head: list[str], rows: list[list[str]]) -> str:
    rule = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in [head, rule, *rows])


def _costs(costs: list[Cost]) -> str:
    head = ["scenario", "a profile, ms", "one alone, ms", "best response, s", "social optimum, s"]
    rows = [
        [
            c.scenario,
            f"{1e3 * c.profile:.2f}",
            f"{1e3 * c.alone:.2f}",
            f"{c.response:.3f}",
            f"{c.optimum:.2f}",
        ]
        for c in costs
    ]
    return (
        f"Exact answers on one thread, in processor time; a profile is one of {PROFILES} in a call.\n\n"
        + _table(head, rows)
    )


def _races(races: list[Race]) -> str:
    head = ["scenario", "exact, ms", "games/s", "nights", "deviation of a payoff"]
    head += [f"error {error:g}, s" for error in PRECISIONS]
    rows = [
        [
            r.scenario,
            f"{1e3 * r.exact:.2f}",
            f"{r.games_per_second:,.0f}",
            f"{r.nights:.1f}",
            f"{r.deviation:,.1f}",
            *(f"{seconds:,.3g}" for seconds in r.simulation),
        ]
        for r in races
    ]
    return (
        f"Exact payoffs of one team ({', '.join(TEAM)}) against simulating it until the standard error of the\n"
        f"least certain payoff is 1, 0.1 and 0.01 units, on one thread, in processor time. Games a second and\n"
        f"deviations are measured on {GAMES:,} games; times of simulation are extrapolated from them.\n\n"
        + _table(head, rows)
    )


if __name__ == "__main__":
    main()
