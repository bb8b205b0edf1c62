"""Payoffs of one agent against others who mix."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium import PayoffEvaluator
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.heuristic_simplex import canonical_theta, effective_traits, heuristic
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, check_theta
from bucket_brigade.payoffs import payoffs_against
from bucket_brigade.registry import Member, get_strategy
from bucket_brigade.responses import best_trait_response_to_mixture
from tests.exact.test_expected import small_town


@pytest.mark.parametrize("name", ARCHETYPES)
def test_payoffs_depend_on_two_numbers_only(python: Backend, name: str) -> None:
    theta = ARCHETYPES[name]
    work, own = effective_traits(theta)
    twin = canonical_theta(work, own)
    check_theta(twin)
    assert effective_traits(twin) == (work, own)
    teams: list[list[Member]] = [["hero", one, "liar", "hero"] for one in (name, Heuristic(twin))]
    before, after = (expect_team("two_houses", team, backend=python).payoffs for team in teams)
    assert after == pytest.approx(before, rel=1e-12)


def brute_force(
    town: Any, focal: Any, others: list[Any], mixtures: NDArray[np.float64], seats: list[int]
) -> float:
    """The focal agent's payoff, by summing over every draw of everybody else."""
    total = 0.0
    for seat in seats:
        free = [i for i in range(4) if i != seat]
        for draw in itertools.product(range(len(others)), repeat=3):
            chance = np.prod([mixtures[i, d] for i, d in zip(free, draw, strict=True)])
            if chance > 0.0:
                team = [others[d] for d in draw]
                team.insert(seat, focal)
                payoff = expect_team(town, team, backend="python").payoffs[seat]
                total += float(chance) * float(payoff) / len(seats)
    return total


@pytest.mark.parametrize(
    ("mixtures", "seats"),
    [
        ([0.2, 0.0, 0.8], None),
        ([0.2, 0.0, 0.8], [0]),
        ([[0.5, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 0.3, 0.7], [0.1, 0.2, 0.7]], [1, 3]),
    ],
    ids=["random", "published", "per seat"],
)
def test_mixing_opponents_are_summed_over(python: Backend, mixtures: Any, seats: list[int] | None) -> None:
    names = ["hero", "free_rider", "liar"]
    everywhere = np.broadcast_to(mixtures, (4, 3))
    focal = [get_strategy("coordinator"), heuristic(0.3, 0.6)]
    where = seats or [0, 1, 2, 3]
    expected = [brute_force("two_houses", one, names, everywhere, where) for one in focal]
    found = payoffs_against("two_houses", names, mixtures, focal, seats=seats, backend=python)
    assert found == pytest.approx(expected, rel=1e-12)
    own = [
        sum(
            p * brute_force("two_houses", n, names, everywhere, [s])
            for n, p in zip(names, everywhere[s], strict=True)
        )
        for s in where
    ]
    best = best_trait_response_to_mixture("two_houses", names, mixtures, seats=seats, backend=python)
    assert best.present == pytest.approx(np.mean(own), rel=1e-12)


def test_a_mixture_means_the_same_as_in_the_game_of_its_strategies(python: Backend) -> None:
    names, mixture = ["hero", "free_rider", "liar"], np.array([0.2, 0.5, 0.3])
    for seating, seats in (("random", None), ("published", [0])):
        evaluator = PayoffEvaluator("two_houses", backend=python, seating=seating, method="exact")
        game = evaluator.evaluate_symmetric_game(names).game
        values = payoffs_against("two_houses", names, mixture, names, seats=seats, backend=python)
        assert values == pytest.approx(game.payoffs_against(mixture), rel=1e-12)
    # With published seating everybody is the focal agent in turn, on seat 0; here opponents earn, too.
    whole = best_trait_response_to_mixture("two_houses", names, mixture, backend=python)
    evaluator = PayoffEvaluator("two_houses", backend=python, method="exact")
    game = evaluator.evaluate_symmetric_game(names).game
    assert whole.present == pytest.approx(game.payoff(mixture), rel=1e-12)


@pytest.mark.parametrize(
    ("mixtures", "options", "said"),
    [
        ([0.5, 0.6], {}, "sum to 1"),
        ([1.5, -0.5], {}, "sum to 1"),
        ([1.0], {}, "must be \\(2,\\)"),
        ([[0.5, 0.5]] * 3, {}, "or \\(4, 2\\)"),
        ([0.5, 0.5], {"seats": [4]}, "seat = 4"),
        ([0.5, 0.5], {"seats": []}, "sit somewhere"),
    ],
)
def test_invalid_mixtures_are_refused(
    python: Backend, mixtures: Any, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        payoffs_against("two_houses", ["hero", "liar"], mixtures, ["hero"], backend=python, **options)


def test_what_cannot_be_exact_is_refused(python: Backend) -> None:
    with pytest.raises(BackendCannotRun, match="social:hero"):
        payoffs_against("two_houses", ["hero"], [1.0], ["social:hero"], backend=python)
    town = small_town(2).replace(num_agents=16)
    with pytest.raises(InvalidInput, match="leave out strategies with small shares"):
        payoffs_against(town, ["hero", "liar"], [0.5, 0.5], ["hero"], backend=python)
