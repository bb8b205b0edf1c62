"""Simulated payoffs agree with the exact ones within four standard errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.simulation import simulate
from tests.conformance.golden import EXACT

IDS = [f"{case['scenario']}-{'+'.join(case['profile'])}" for case in EXACT]
GAMES = {"python": 4_000, "rust": 100_000}


@pytest.mark.parametrize("case", EXACT, ids=IDS)
def test_simulated_payoffs_are_within_four_standard_errors(backend: Backend, case: dict[str, Any]) -> None:
    games = GAMES[backend.name]
    result = simulate(case["scenario"], case["profile"], games=games, seed=2026, backend=backend)
    assert np.all(np.abs(result.payoffs - case["payoffs"]) <= 4 * result.standard_errors)


@pytest.mark.parametrize("case", EXACT, ids=IDS)
def test_simulated_tallies_are_within_four_standard_errors(backend: Backend, case: dict[str, Any]) -> None:
    result = simulate(
        case["scenario"], case["profile"], games=GAMES[backend.name], seed=2027, backend=backend
    )
    # A count is priced like a payoff: one unit each, nothing else.
    assert result.counts.products is not None
    agents, games = len(case["profile"]), result.games
    expected = {4 * agents: case["nights"], 4 * agents + 1: case["safe"], 4 * agents + 2: case["ruined"]}
    expected |= {4 * seat: worked for seat, worked in enumerate(case["worked"])}
    for column, exact in expected.items():
        mean = result.counts.sums[0, column] / games
        variance = result.counts.products[0, column, column] / games - mean**2
        assert abs(mean - exact) <= 4 * np.sqrt(variance / games)
