"""Double oracle on the named scenarios: ten houses, four agents, exact payoffs of the Rust backend."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle import DoubleOracleResult, solve_double_oracle
from bucket_brigade.game.heuristic_simplex import heuristic
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.registry import get_scenario
from tests.equilibrium.double_oracle.test_solve import gains_by_brute_force, seat_payoffs

GRID = [(0.0, 0.0), *itertools.product(np.linspace(0.05, 1.0, 20), np.linspace(0.0, 1.0, 5))]


def check(result: DoubleOracleResult, backend: Backend, deviations: list[Strategy]) -> None:
    """Confirm a certified equilibrium by brute force."""
    assert result.converged
    assert result.stop_reason == "converged"
    assert result.certificate.exact
    assert result.certificate.exploitability_traits_upper <= 1e-6
    gains = gains_by_brute_force(result.scenario, result, deviations, backend)
    best = gains.max() if result.concept == "asymmetric" else gains.mean(axis=1).max()
    assert best <= 1e-6


def test_best_replies_alone_run_in_circles_on_rest_trap_v1(rust: Backend) -> None:
    # The corners are enough to see it: everybody's best response to rest is work, and to work it is rest.
    corners = {
        "rest": heuristic(0.0, 0.0),
        "work": heuristic(1.0, 1.0),
        "any fire": heuristic(1.0, 0.0),
    }
    town = get_scenario("rest_trap-v1")
    names: tuple[str, ...] = ("rest",) * 4
    seen = []
    for _ in range(4):
        seen.append(names)
        replies = []
        for seat in range(4):
            teams = [[corners[n] for n in (*names[:seat], other, *names[seat + 1 :])] for other in corners]
            payoffs = seat_payoffs(town, teams, rust)[:, seat]
            replies.append(list(corners)[int(np.argmax(payoffs))])
        names = tuple(replies)
    assert seen == [("rest",) * 4, ("work",) * 4] * 2


def test_rest_trap_v1_ends_with_a_certified_equilibrium_for_every_seat(rust: Backend) -> None:
    result = solve_double_oracle("rest_trap-v1", concept="asymmetric", backend=rust)
    check(result, rust, list(itertools.starmap(heuristic, GRID)))
    assert result.mixtures.shape[0] == 4
    markov = result.certificate.markov_gains
    assert markov is not None
    assert (markov >= result.certificate.trait_gains).all()


@pytest.mark.parametrize("name", ["easy-v1", "greedy_neighbor-v1", "mixed_motivation-v1", "hard-v1"])
def test_published_scenarios_have_certified_symmetric_equilibria(name: str, rust: Backend) -> None:
    result = solve_double_oracle(name, backend=rust, markov=False)
    check(result, rust, list(itertools.starmap(heuristic, GRID[::3])))


@pytest.mark.parametrize("name", ["rest_trap-v2", "hard-v2", "default-v2", "sparse_heroics-v2"])
def test_the_game_as_told_takes_few_evaluations(name: str, rust: Backend) -> None:
    result = solve_double_oracle(name, backend=rust, markov=False)
    assert result.converged
    # A profile of ten houses takes up to 60 ms here, so this is what decides how long all twelve take.
    assert result.evaluations <= (300 if len(result.labels) > 1 else 150)


def test_threads_change_no_result(rust: Backend) -> None:
    scenario = get_scenario("chain_reaction-v2").replace(num_houses=6)
    one, two = (solve_double_oracle(scenario, backend=rust, workers=workers).to_json() for workers in (1, 2))
    assert one == two
