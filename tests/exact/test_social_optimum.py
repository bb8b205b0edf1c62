"""The best for all, and what selfishness costs."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.python_reference.exact import Town
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.exact import PriceOfAnarchy, expect_team, price_of_anarchy, social_optimum
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External
from bucket_brigade.registry import Member, get_scenario, get_strategy
from bucket_brigade.responses import best_markov_response
from tests.exact.test_expected import exact_rust, small_town, tables  # noqa: F401  the fixture


def pair(version: int) -> Scenario:
    """Two agents on three houses: few enough joint actions to try them all."""
    return small_town(version).replace(num_agents=2)


@pytest.mark.parametrize("version", [1, 2])
def test_nobody_alone_and_no_team_does_better(python: Backend, version: int) -> None:
    town = pair(version)
    best = social_optimum(town, backend=python)
    members: list[Member] = ["hero", "free_rider", "liar", *tables(3, seed=8, count=2)]
    teams = [[a, b] for a, b in itertools.product(members, repeat=2)]
    assert best.value > max(expect_team(town, team, backend=python).welfare for team in teams)
    assert best.per_agent == best.value / 2
    assert best.provenance.method == "exact"


@pytest.mark.parametrize("version", [1, 2])
def test_alone_the_best_for_all_is_the_best_for_oneself(python: Backend, version: int) -> None:
    town = small_town(version).replace(num_agents=1)
    best = best_markov_response(town, ["free_rider"], 0, backend=python)
    assert social_optimum(town, backend=python).value == pytest.approx(best.value, rel=1e-12)


@pytest.mark.parametrize("version", [1, 2])
def test_games_played_by_the_best_team_have_its_value(backend: Backend, version: int) -> None:
    # The contract gives the value alone; the joint policy is that of the reference's own induction.
    town = pair(version)
    best = social_optimum(town, backend="python")
    program = compile_teams(town, [[External()] * 2])
    chain = Town.of(program, 0)
    actions = list(itertools.product(range(6), repeat=2))
    options = [
        [chain.night(state, [np.eye(6)[a] for a in joint]) for joint in actions] for state in chain.states
    ]
    value, policy = chain.best(options, price_matrix(town).sum(axis=0))
    assert value == pytest.approx(best.value, rel=1e-12)
    games = 20_000
    stepper = backend.stepper(
        program, 21, np.zeros(games, dtype=np.uint32), np.arange(games, dtype=np.uint64)
    )
    night = 0
    while not stepper.finished.all():
        chosen = np.array(actions)[policy[night, stepper.houses @ 3 ** np.arange(3)]]
        stepper.apply(np.stack([chosen // 2, chosen % 2, chosen % 2], axis=-1).astype(np.uint8))
        night += 1
    welfare = stepper.counts @ price_matrix(town).sum(axis=0)
    error = welfare.std(ddof=1) / np.sqrt(games)
    assert abs(welfare.mean() - best.value) <= 4 * error


@pytest.mark.parametrize("houses", [2, 3])
@pytest.mark.parametrize("version", [1, 2])
def test_backends_find_the_same_optimum(
    python: Backend,
    exact_rust: Backend,  # noqa: F811
    houses: int,
    version: int,
) -> None:
    town = small_town(version, houses).replace(num_agents=2)
    slow, fast = (social_optimum(town, backend=backend).value for backend in (python, exact_rust))
    assert fast == pytest.approx(slow, rel=1e-12)


def test_the_optimum_on_ten_houses_bounds_every_team(exact_rust: Backend) -> None:  # noqa: F811
    best = social_optimum("rest_trap-v1", backend=exact_rust).value
    response = best_markov_response("rest_trap-v1", ["firefighter"] * 4, 0, backend=exact_rust)
    teams: list[list[Member]] = [
        ["hero"] * 4,
        ["free_rider"] * 4,
        ["hero", "liar", "free_rider", "coordinator"],
        [response.stationary.strategy, *["firefighter"] * 3],
    ]
    for team in teams:
        assert expect_team("rest_trap-v1", team, backend=exact_rust).welfare <= best


def test_the_price_of_anarchy(python: Backend) -> None:
    town = pair(2)
    optimum = social_optimum(town, backend=python)
    welfare = expect_team(town, ["hero"] * 2, backend=python).welfare
    price = price_of_anarchy(town, welfare, backend=python)
    assert price == price_of_anarchy(town, welfare, optimum=optimum) == PriceOfAnarchy(welfare, optimum.value)
    assert price.gap == pytest.approx(optimum.value - welfare)
    assert price.ratio == pytest.approx(optimum.value / welfare)
    with pytest.raises(InvalidInput, match="another scenario"):
        price_of_anarchy("two_houses", welfare, optimum=optimum)


@pytest.mark.parametrize(("welfare", "optimum"), [(-1.0, 5.0), (0.0, 5.0), (-2.0, -1.0)])
def test_a_ratio_needs_positive_welfares_and_a_gap_does_not(welfare: float, optimum: float) -> None:
    price = PriceOfAnarchy(welfare, optimum)
    assert price.ratio is None
    assert price.gap == optimum - welfare


def test_rings_that_are_too_large_are_refused(python: Backend) -> None:
    with pytest.raises(BackendCannotRun, match="up to 5 houses"):
        social_optimum("default", backend=python)


def test_who_sits_there_does_not_matter(python: Backend) -> None:
    town = get_scenario("two_houses").replace(num_agents=2)
    answers = [
        python.social_optimum(  # type: ignore[attr-defined]
            compile_teams(town, [[get_strategy(name)] * 2]), price_matrix(town).sum(axis=0)[None]
        )[0]
        for name in ("hero", "free_rider")
    ]
    assert answers[0] == answers[1] == social_optimum(town, backend=python).value
