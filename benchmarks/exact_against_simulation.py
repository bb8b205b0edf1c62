"""Exact payoffs against simulated ones, in every named scenario: a check, not a race.

    python benchmarks/exact_against_simulation.py [--games 10000000] [--scenarios default-v1,default-v2]

Simulates one mixed team in each scenario and prints by how many standard errors each seat's payoff is off.
Ends with status 1 if any is off by more than four. With right answers that happens by chance in fewer than
one of a hundred runs over all scenarios; the seed is fixed, so a run can be repeated.
"""

from __future__ import annotations

import argparse
import sys

import numpy as np

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.backends.exact import ExactBackend
from bucket_brigade.game.payoffs import covariance_of_mean, mean_payoffs, price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Strategy
from bucket_brigade.registry import get_scenario, list_scenarios, resolve_backend

TEAM = ("hero", "coordinator", "liar", "firefighter")
SEED = 2026
LARGEST = 4.0
"""Standard errors."""
ROUNDING = 1e-12
"""As a share of a payoff."""


def main() -> int:
    """Compare, print, and say whether all is well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--games", type=int, default=10_000_000, help="games in each scenario")
    parser.add_argument("--scenarios", help="comma-separated; all if left out")
    chosen = parser.parse_args()
    backend = resolve_backend("rust").backend
    if not isinstance(backend, ExactBackend):
        sys.exit("This Rust backend gives no exact answers. Type: make setup")
    worst = 0.0
    print(f"{'scenario':30} {'errors off, by seat':36} standard errors")
    for name in chosen.scenarios.split(",") if chosen.scenarios else list_scenarios():
        town = get_scenario(name)
        team: list[Strategy] = [Heuristic(ARCHETYPES[TEAM[i % len(TEAM)]]) for i in range(town.num_agents)]
        program = compile_program([town], team, [range(town.num_agents)])
        prices = price_matrix(town)
        exact = prices @ backend.expect(program).counts[0]
        played = backend.play(PlayRequest(program, seed=SEED, games=chosen.games))
        assert played.products is not None
        means = mean_payoffs(played.sums[0], chosen.games, prices)
        covariance = covariance_of_mean(played.sums[0], played.products[0], chosen.games, prices)
        errors = np.sqrt(np.maximum(np.diag(covariance), 0.0))
        # Where every game pays the same, rounding is all there is.
        off = (means - exact) / np.maximum(errors, ROUNDING * np.abs(exact))
        worst = max(worst, float(np.abs(off).max()))
        print(f"{name:30} {_numbers(off, '+8.2f')} {_numbers(errors, '8.3g')}", flush=True)
    well = worst <= LARGEST
    print(f"The largest is {worst:.2f} standard errors: {'all is well' if well else 'more than four'}.")
    return 0 if well else 1


def _numbers(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], form: str) -> str:
    return " ".join(f"{value:{form}}" for value in values)


if __name__ == "__main__":
    sys.exit(main())
