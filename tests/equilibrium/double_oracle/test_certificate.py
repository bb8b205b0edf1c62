"""Certificates say what brute force finds, and nothing is called converged that is not."""

from __future__ import annotations

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle import certify_profile, solve_double_oracle
from bucket_brigade.exact import expect_team
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic
from bucket_brigade.registry import get_scenario


def heuristic(work: float, own: float) -> Heuristic:
    return Heuristic((1.0, work, 0.0, own, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))


def largest_gain_on_a_grid(town: Scenario, strategy: Heuristic, seat: int) -> float:
    def payoff(own: Heuristic) -> float:
        team = [own if i == seat else strategy for i in range(town.num_agents)]
        return float(expect_team(town, team, backend="python").payoffs[seat])

    grid = np.linspace(0.0, 1.0, 9)
    return max(payoff(heuristic(w, e)) for w in grid for e in grid) - payoff(strategy)


@pytest.mark.parametrize("name", ["two_houses-v1", "two_houses-v2"])
def test_no_deviation_of_a_grid_gains_more_than_certified(name: str) -> None:
    town = get_scenario(name).replace(num_agents=2)
    strategy = heuristic(0.4, 0.5)
    certificate = certify_profile(town, [strategy], [1.0], backend="python")
    gains = [largest_gain_on_a_grid(town, strategy, seat) for seat in range(2)]
    assert certificate.exact
    assert np.mean(gains) <= certificate.exploitability_traits_upper + 1e-9
    assert certificate.exploitability_markov is not None
    assert certificate.exploitability_traits <= certificate.exploitability_markov + 1e-9


def test_a_solution_is_certified_and_brute_force_agrees() -> None:
    town = get_scenario("two_houses-v2").replace(num_agents=2)
    result = solve_double_oracle(town, concept="asymmetric", backend="python")
    assert result.converged
    assert result.certificate.exploitability_traits_upper <= 1e-6


def test_what_is_no_equilibrium_is_not_certified(rust: Backend) -> None:
    certificate = certify_profile("greedy_neighbor-v2", ["hero"], [1.0], backend=rust)
    assert certificate.exploitability_traits > 100.0


def test_rest_trap_ends_with_a_certified_equilibrium_per_seat(rust: Backend) -> None:
    result = solve_double_oracle("rest_trap-v1", concept="asymmetric", backend=rust)
    assert result.converged
    assert not result.cycled
    assert result.certificate.exact
    assert result.certificate.exploitability_traits_upper <= 1e-6
