"""Equilibria of simulated games: what is reported, and whether its errors are honest."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium import EmpiricalGame, NashResult, PayoffEvaluator, equilibria_of, solve_nash
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.statistics.estimates import Replication
from tests.payoffs.test_payoff_evaluator import KnownBackend, known_strategies, known_town

COST = 0.4
AGENTS = 4
VOLUNTEERS = 1 - COST ** (1 / (AGENTS - 1))


def dilemma(own: int, others: tuple[int, ...], seat: int) -> float:
    """A volunteer's dilemma (strategy 0 volunteers) in which some seats are worth more than others."""
    return 0.3 * seat + (1 - COST if own == 0 else float(others[0] > 0))


def solve(seed: int, games: int = 1, shared_noise: float = 1.0, own_noise: float = 1.0) -> NashResult:
    backend = KnownBackend(dilemma, 2, shared_noise, own_noise)
    return solve_nash(known_town(AGENTS), known_strategies(2), games=games, seed=seed, backend=backend)


TRUTH = SymmetricGame.from_function(
    2, AGENTS, lambda own, m: float(np.mean([dilemma(own, m, seat) for seat in range(AGENTS)]))
)


def test_without_noise_the_equilibrium_is_exact() -> None:
    (equilibrium,) = solve(0, shared_noise=0.0, own_noise=0.0).equilibria
    assert equilibrium.mixture == pytest.approx([VOLUNTEERS, 1 - VOLUNTEERS], abs=1e-9)
    assert equilibrium.payoff == pytest.approx(1 - COST + 0.45, abs=1e-9)
    assert equilibrium.regret.value == pytest.approx(0.0, abs=1e-12)
    assert equilibrium.regret.upper == pytest.approx(0.0, abs=1e-9)


def test_errors_of_mixture_payoff_and_regret_are_calibrated() -> None:
    mixture_z, payoff_z, covered = [], [], []
    for seed in range(200):
        (equilibrium,) = solve(seed, games=384, shared_noise=1.0, own_noise=0.5).equilibria
        x = equilibrium.mixture
        assert equilibrium.mixture_errors is not None
        mixture_z.append((x[0] - VOLUNTEERS) / equilibrium.mixture_errors[0])
        payoff_z.append((equilibrium.payoff - TRUTH.payoff(x)) / equilibrium.payoff.standard_error)
        covered.append(TRUTH.regret(x) <= equilibrium.regret.upper)
    # 200 draws from about the standard normal: mean 0 ± 0.07, standard deviation 1 ± 0.05.
    for z in (np.array(mixture_z), np.array(payoff_z)):
        assert abs(z.mean()) < 0.25
        assert 0.85 < z.std(ddof=1) < 1.2
    # 95 % or more are promised; of 200, at least 182 then, but for one time in a thousand.
    assert sum(covered) >= 182
    assert np.mean([solve(seed, games=384).equilibria[0].regret.upper for seed in range(5)]) < 0.5


def empirical(payoffs: Any, noise: Any, replicates: int = 61) -> EmpiricalGame:
    """Return a two-player game with given payoffs and replicates spread around them."""
    payoffs = np.asarray(payoffs, dtype=np.float64)
    spread = np.random.default_rng(0).normal(size=(replicates, *payoffs.shape)) * np.asarray(noise)
    means = payoffs + spread - spread.mean(axis=0)
    made = PayoffEvaluator(known_town(2), backend=KnownBackend(dilemma, 2))
    return EmpiricalGame(
        scenario=made.scenario,
        labels=tuple(f"s{i}" for i in range(len(payoffs))),
        seating="random",
        replicate_means=means,
        replication=Replication(1, replicates),
        provenance=made.provenance,
        game=SymmetricGame.from_matrix(payoffs),
    )


def test_regret_of_a_pure_equilibrium_names_the_best_deviation() -> None:
    game = empirical([[3.0, 0.0, 0.0], [2.5, 1.0, 0.0], [1.0, 0.0, 0.5]], noise=0.5)
    regret = game.regret([1.0, 0.0, 0.0])
    assert regret.value == 0.0
    assert regret.best_deviation == 1
    assert regret.gain == pytest.approx(-0.5)
    assert regret.standard_error == pytest.approx(0.5 * np.sqrt(2 / 61), rel=0.3)
    assert regret.upper == 0.0
    assert empirical([[3.0, 0.0], [2.95, 1.0]], noise=0.5).regret([1.0, 0.0]).upper > 0.0


def test_the_bound_covers_the_deviation_that_is_least_certain() -> None:
    game = empirical([[1.0, 0.0, 0.0], [0.9, 1.0, 0.0], [0.5, 0.0, 0.5]], noise=[[0.0], [0.01], [9.0]])
    regret = game.regret([1.0, 0.0, 0.0])
    assert regret.best_deviation == 1
    assert regret.upper > 1.0


def test_exact_payoffs_give_exact_regret() -> None:
    game = empirical([[1.0, 3.0], [2.0, 0.0]], noise=0.0)
    exact = EmpiricalGame(
        scenario=game.scenario,
        labels=game.labels,
        seating="random",
        replicate_means=game.replicate_means[:0],
        replication=Replication(0, 0),
        provenance=game.provenance,
        game=game.game,
    )
    (equilibrium,) = equilibria_of(exact).equilibria
    assert equilibrium.mixture == pytest.approx([0.75, 0.25])
    assert equilibrium.payoff.standard_error == 0.0
    assert equilibrium.mixture_errors is not None
    assert equilibrium.mixture_errors.tolist() == [0.0, 0.0]
    assert equilibrium.regret.upper == equilibrium.regret.value


def test_ties_leave_the_mixture_without_an_error() -> None:
    result = equilibria_of(empirical([[1.0, 1.0], [1.0, 1.0]], noise=0.1))
    assert all(equilibrium.mixture_errors is None for equilibrium in result.equilibria)
    assert result.equilibria[0].to_json(result.labels)["mixture_standard_errors"] is None


def test_one_strategy_has_no_deviation() -> None:
    result = equilibria_of(empirical([[1.0]], noise=0.1))
    (equilibrium,) = result.equilibria
    assert equilibrium.regret.best_deviation is None
    assert equilibrium.to_json(result.labels)["best_deviation"] is None


def test_results_become_plain_data(python: Backend) -> None:
    result = solve_nash("greedy_neighbor", games=1, backend=python)
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["scenario"] == result.scenario.name
    assert data["strategies"] == list(ARCHETYPES)
    assert data["games"] == 96
    assert data["backend"] == data["provenance"]["backend"] == "python"
    assert data["seating"] == "random"
    assert "not considered" in data["regret_meaning"]
    for equilibrium in data["equilibria"]:
        assert list(equilibrium["mixture"]) == list(ARCHETYPES)
        assert sum(equilibrium["mixture"].values()) == pytest.approx(1.0)
        assert equilibrium["regret"] <= 1e-9 * data["span"]
        assert equilibrium["regret_upper_95"] >= equilibrium["regret"]
        assert set(equilibrium["support"]) == {name for name, p in equilibrium["mixture"].items() if p > 0}
        best = max(equilibrium["payoffs"].values())
        assert equilibrium["payoff"] == pytest.approx(best)


def test_an_equilibrium_is_the_same_on_every_exact_backend(python: Backend, rust: Backend) -> None:
    slow, fast = (
        solve_nash(
            "rest_trap",
            ["hero", "free_rider", "liar"],
            games=1,
            backend=backend,
            method="simulate",
        ).to_json()
        for backend in (python, rust)
    )
    for data in (slow, fast):
        del data["backend"], data["provenance"]
    assert slow == fast


def test_progress_is_passed_on_and_bad_input_refused() -> None:
    reports: list[tuple[int, int]] = []
    backend = KnownBackend(dilemma, 2)
    town, strategies = known_town(3), known_strategies(2)
    solve_nash(town, strategies, games=1, backend=backend, progress=lambda *p: reports.append(p))
    assert reports[-1] == (4 * 66, 4 * 66)
    with pytest.raises(InvalidInput, match="tolerance"):
        solve_nash(town, strategies, games=1, backend=backend, tolerance=0.0)
