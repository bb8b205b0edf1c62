"""Fitness: what it means, what it depends on, and what it does not depend on."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.agents import Observations
from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.loopback import Loopback
from bucket_brigade.errors import BackendCannotRun, InvalidInput, UnknownName
from bucket_brigade.evolution import (
    FitnessEvaluator,
    FitnessResult,
)
from bucket_brigade.evolution.matchups import count_games, exact_matchups, played_matchups
from bucket_brigade.exact import expect_team
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Scripted, Tabular
from bucket_brigade.promised import PythonFitnessEvaluator, RustFitnessEvaluator
from bucket_brigade.registry import get_scenario
from bucket_brigade.simulation import simulate

TOWN = "two_houses-v2"
HERO, RIDER = ARCHETYPES["hero"], ARCHETYPES["free_rider"]
MODES: list[dict[str, Any]] = [
    {"fitness": "clones"},
    {"fitness": "mixed", "opponents": "hero,liar,social:coordinator"},
    {"fitness": "against", "opponents": "hero,free_rider,liar"},
]
SEED = 5


def genomes(count: int, seed: int = 0) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.Generator(np.random.Philox(seed)).random((count, 10))


def played(town: str | list[str] = TOWN, games: int = 20, **more: Any) -> FitnessEvaluator:
    return FitnessEvaluator(town, games, method="simulate", seed=SEED, **more)


def test_clones_earn_what_simulate_says() -> None:
    result = played(games=300).evaluate([HERO])
    team = simulate(TOWN, [Heuristic(HERO)] * 4, games=300, seed=SEED)
    assert result.values[0] == pytest.approx(team.payoffs.mean(), rel=1e-12)
    assert result.standard_errors[0] == pytest.approx(np.sqrt(team.covariance.mean()), rel=1e-9)
    assert result.games == 300


def test_against_sits_on_every_seat_in_turn() -> None:
    others = ["hero", "free_rider", "liar"]
    result = played(games=200, fitness="against", opponents=others).evaluate([RIDER])
    payoffs, squares = [], []
    for seat in range(4):
        team: list[Any] = [*others[:seat], RIDER, *others[seat:]]
        found = simulate(TOWN, team, games=200, seed=SEED, first_game=200 * seat)
        payoffs.append(found.payoffs[seat])
        squares.append(found.standard_errors[seat] ** 2)
    assert result.values[0] == pytest.approx(np.mean(payoffs), rel=1e-12)
    assert result.standard_errors[0] == pytest.approx(np.sqrt(sum(squares)) / 4, rel=1e-9)
    alone = played(fitness="against", opponents=["hero"]).evaluate([RIDER])
    three = played(fitness="against", opponents=["hero"] * 3).evaluate([RIDER])
    assert alone.values == three.values


def test_mixed_plays_the_teams_that_are_drawn() -> None:
    pool = ["hero", "free_rider"]
    evaluator = played(games=3, fitness="mixed", opponents=pool)
    matchups = played_matchups("mixed", 4, 2, 3, SEED, 0)
    payoffs = []
    for team, game in zip(matchups.teams, matchups.first_games, strict=True):
        members: list[Any] = [RIDER if member < 0 else pool[member] for member in team]
        found = simulate(TOWN, members, games=1, seed=SEED, first_game=int(game))
        payoffs.append(found.payoffs[int(np.flatnonzero(team < 0)[0])])
    assert len(payoffs) == 12
    result = evaluator.evaluate([RIDER])
    assert result.values[0] == pytest.approx(np.mean(payoffs), rel=1e-12)
    by_seat = np.array(payoffs).reshape(4, 3)
    error = np.sqrt((by_seat.var(axis=1, ddof=1) / 3).sum()) / 4
    assert result.standard_errors[0] == pytest.approx(error, rel=1e-9)


def test_games_are_counted_as_they_are_cast() -> None:
    for fitness in ("clones", "mixed", "against"):
        for games in (1, 7, 24, 25, 50, 57, 199, 200, 1001):
            matchups = played_matchups(fitness, 4, 3, games, 0, 0)
            assert matchups.games_per_genome == count_games(fitness, 4, games)
            each = matchups.games_per_genome // (1 if fitness == "clones" else 4)
            assert each == games if fitness != "mixed" else games <= each < games + 8


def test_mixed_draws_everybody_equally_often_on_every_other_seat() -> None:
    matchups = played_matchups("mixed", 4, 3, 4000, 7, 0)
    assert matchups.games == 8
    assert matchups.games_per_genome == 16_000
    for seat in range(4):
        drawn = matchups.teams[:, seat]
        others = drawn[drawn >= 0]
        assert len(others) == 1500
        counts = np.bincount(others, minlength=3)
        assert (np.abs(counts - 500) < 4 * np.sqrt(500 * 2 / 3)).all()
    exact = exact_matchups("mixed", 3, 2)
    assert len(exact.teams) == len({tuple(team) for team in exact.teams.tolist()}) == 3 * 4


@pytest.mark.parametrize("mode", [MODES[0], {"fitness": "mixed", "opponents": "hero,liar"}, MODES[2]])
def test_simulation_agrees_with_exact_fitness(mode: dict[str, Any]) -> None:
    few = genomes(6)
    exact = FitnessEvaluator(TOWN, method="exact", **mode).evaluate(few)
    sampled = played(games=4000, **mode).evaluate(few)
    assert exact.method == "exact" and exact.games == 0
    assert not exact.standard_errors.any()
    # Common luck makes the six deviations nearly one.
    assert (np.abs(sampled.values - exact.values) < 4 * sampled.standard_errors).all()


def test_exact_clones_earn_what_expect_team_says() -> None:
    result = FitnessEvaluator(TOWN).evaluate([HERO, RIDER])
    for place, theta in enumerate((HERO, RIDER)):
        expected = expect_team(TOWN, [Heuristic(theta)] * 4).payoffs.mean()
        assert result.values[place] == pytest.approx(expected, rel=1e-12)


def test_the_standard_error_is_the_spread_of_independent_generations() -> None:
    for mode in MODES:
        evaluator = played(games=24, generation_rule="fresh", **mode)
        values, errors = [], []
        for generation in range(120):
            result = evaluator.evaluate([HERO], generation)
            values.append(result.values[0])
            errors.append(result.standard_errors[0])
        # The spread of 120 values has a relative error of 6.5 %; that of their mean error is smaller.
        ratio = np.sqrt(np.mean(np.square(errors))) / np.std(values, ddof=1)
        assert 0.8 < ratio < 1.25, mode


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("rule", ["heuristic", "social"])
@settings(max_examples=10)
@given(order=st.permutations(range(7)), keep=st.integers(1, 7), workers=st.integers(1, 4))
def test_fitness_depends_on_nobody_else(
    mode: dict[str, Any], rule: str, order: list[int], keep: int, workers: int
) -> None:
    everybody = genomes(7)
    together = played(rule=rule, **mode).evaluate(everybody)
    some = [order[i] for i in range(keep)]
    apart = played(rule=rule, num_workers=workers, **mode).evaluate(everybody[[*some, some[0]]])
    assert apart.values.tolist() == together.values[[*some, some[0]]].tolist()
    assert apart.standard_errors.tolist() == together.standard_errors[[*some, some[0]]].tolist()


def test_exact_fitness_depends_on_nobody_else() -> None:
    for town in (TOWN, "easy-v1"):
        everybody = genomes(5)
        evaluator = FitnessEvaluator(town, method="exact")
        together = evaluator.evaluate(everybody).values.tolist()
        assert [evaluator(genome)[0] for genome in everybody] == together


@pytest.mark.parametrize("mode", MODES)
def test_backends_give_the_same_fitness(rust: Backend, mode: dict[str, Any]) -> None:
    few = genomes(4)
    arguments: dict[str, Any] = {"method": "simulate", "seed": SEED, **mode}
    fast = RustFitnessEvaluator("default-v2", 3, **arguments)
    slow = PythonFitnessEvaluator("default-v2", 3, **arguments)
    assert fast.evaluate(few).values.tolist() == slow.evaluate(few).values.tolist()
    assert fast.evaluate(few).standard_errors.tolist() == slow.evaluate(few).standard_errors.tolist()
    assert fast.provenance.backend == rust.name == "rust"
    assert slow.provenance.chosen_by == "PythonFitnessEvaluator"


def test_a_population_is_one_call_of_the_backend() -> None:
    for mode in MODES:
        loopback = Loopback()
        evaluator = played(backend=loopback, **mode)
        before = len(loopback.requests)
        evaluator.map(functools.partial(evaluator), genomes(30).tolist())
        assert len(loopback.requests) == before + 1


def test_generations_play_the_same_games_or_games_of_their_own() -> None:
    fixed, fresh = played(), played(generation_rule="fresh")
    few = genomes(3)
    assert fixed.evaluate(few, 4).values.tolist() == fixed.evaluate(few).values.tolist()
    assert fresh.evaluate(few, 0).values.tolist() == fixed.evaluate(few).values.tolist()
    assert fresh.evaluate(few, 4).values.tolist() != fresh.evaluate(few).values.tolist()
    later = played(first_game=4 * fresh.games_per_genome)
    assert fresh.evaluate(few, 4).values.tolist() == later.evaluate(few).values.tolist()
    assert fresh.evaluate(few, 4).provenance.first_game == 80
    mixed = played(generation_rule="fresh", **MODES[1])
    assert mixed.games_per_genome == 80
    last = played(first_game=2**64 - 20)
    assert last.evaluate(few).games == 20
    with pytest.raises(InvalidInput, match="first_game of the generation"):
        played(first_game=2**64 - 19).evaluate(few)


def test_map_is_a_drop_in() -> None:
    evaluator = played()
    people = genomes(4).tolist()
    expected = [evaluator(person) for person in people]
    ways: list[Callable[..., Any]] = [evaluator, functools.partial(evaluator), evaluator.__call__]
    for way in ways:
        assert evaluator.map(way, people) == expected
        assert evaluator.map(way, iter(people)) == expected
    assert evaluator.map(evaluator, []) == []
    assert evaluator.map(len, people) == [10] * 4
    assert evaluator.map(lambda a, b: a + b, [1, 2], [3, 4]) == [4, 6]

    @functools.wraps(evaluator)
    def decorated(genome: list[float]) -> tuple[float]:
        return evaluator(genome)

    assert evaluator.map(decorated, people) == expected
    fresh = played(generation_rule="fresh")
    third = functools.partial(fresh, generation=3)
    assert fresh.map(third, people) == [fresh(person, 3) for person in people] != fresh.map(fresh, people)


def test_evaluators_can_be_pickled() -> None:
    table = np.full((9, 4), 0.25)
    evaluator = PythonFitnessEvaluator(
        TOWN, 10, "against", [HERO, "social:liar", Tabular(table)], "simulate", None, 9, bounds="reflect"
    )
    copy = pickle.loads(pickle.dumps(evaluator))
    assert type(copy) is PythonFitnessEvaluator
    few = genomes(3)
    assert copy.evaluate(few).values.tolist() == evaluator.evaluate(few).values.tolist()


def test_several_scenarios_are_measured_by_the_archetypes() -> None:
    towns = ["two_houses-v2", "two_houses-v1"]
    general = played(towns, games=50)
    few = genomes(3)
    result = general.evaluate(few)
    assert result.by_scenario.shape == (2, 3)
    marks = general.evaluate_strategies(list(ARCHETYPES)).by_scenario
    scaled = (result.by_scenario - marks.min(axis=1)[:, None]) / np.ptp(marks, axis=1)[:, None]
    np.testing.assert_allclose(result.values, scaled.mean(axis=0))
    worst = played(towns, games=50, combine="worst").evaluate(few)
    np.testing.assert_allclose(worst.values, scaled.min(axis=0))
    plain = played(towns, games=50, scale="payoff").evaluate(few)
    np.testing.assert_allclose(plain.values, result.by_scenario.mean(axis=0))
    best = general.evaluate_strategies(list(ARCHETYPES)).by_scenario.argmax(axis=1)
    assert (general.evaluate_strategies([list(ARCHETYPES)[best[0]]]).values <= 1.0).all()


def test_towns_of_different_sizes_and_teams() -> None:
    small = get_scenario(TOWN).replace(name="three", num_agents=3)
    large = get_scenario("default-v2")
    both = FitnessEvaluator([small, large, TOWN], 5, method="simulate", seed=SEED, scale="payoff")
    few = genomes(2)
    result = both.evaluate(few)
    for place, town in enumerate((small, large, get_scenario(TOWN))):
        alone = FitnessEvaluator(town, 5, method="simulate", seed=SEED, first_game=5 * place).evaluate(few)
        assert alone.values.tolist() == result.by_scenario[place].tolist()


def test_auto_is_exact_where_that_is_cheap_and_says_why_not() -> None:
    assert FitnessEvaluator(TOWN).method == "exact"
    assert FitnessEvaluator(TOWN, fitness="against", opponents="hero").method == "exact"
    many = FitnessEvaluator(TOWN, fitness="mixed", opponents="hero,liar")
    assert many.method == "simulate" and "32 expectations" in many.fallback_reason
    social = FitnessEvaluator(TOWN, rule="social")
    assert social.method == "simulate" and "more than the houses" in social.fallback_reason
    with pytest.raises(BackendCannotRun, match="more than the houses"):
        FitnessEvaluator(TOWN, rule="social", method="exact")


def test_bounds_are_kept_or_mended() -> None:
    outside = [1.25, -0.5, *[0.5] * 8]
    with pytest.raises(InvalidInput, match=r"honesty = .*1\.25.*clip"):
        played().evaluate([outside])
    clipped = played(bounds="clip")
    assert clipped(outside) == clipped([1.0, 0.0, *[0.5] * 8])
    mirrored = played(bounds="reflect")
    assert mirrored(outside) == mirrored([0.75, 0.5, *[0.5] * 8])
    for bounds in ("refuse", "clip", "reflect"):
        with pytest.raises(InvalidInput, match="nan"):
            played(bounds=bounds).evaluate([[np.nan] * 10])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fitness": "clone"}, "Did you mean 'clones'"),
        ({"fitness": "mixed"}, "name the pool"),
        ({"opponents": "hero"}, "has no opponents"),
        ({"fitness": "against", "opponents": "hero,hero"}, "one opponent for each of 3 seats"),
        ({"rule": "sociall"}, "Did you mean 'social'"),
        ({"generation_rule": "new"}, "fixed, fresh"),
        ({"num_games": 0}, "games = 0"),
        ({"seed": -1}, "seed"),
        ({"method": "exactly"}, "exact"),
        ({"num_workers": 0}, "workers = 0"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        FitnessEvaluator(TOWN, **arguments)


def test_bad_genomes_are_refused() -> None:
    for bad in ([[0.5] * 9], [], [[0.5] * 10, [0.5]], ["heroic"]):
        with pytest.raises(InvalidInput, match="genomes"):
            played().evaluate(bad)  # type: ignore[arg-type]
    with pytest.raises(UnknownName, match="hero"):
        played(fitness="mixed", opponents="heroo")
    with pytest.raises(InvalidInput, match="scenario is empty"):
        FitnessEvaluator([])


class Resting:
    """An agent that rests at house 0."""

    def reset(self, *_: Any) -> None:
        pass

    def act(self, observations: Observations) -> np.ndarray[Any, np.dtype[np.uint8]]:
        return np.zeros((len(observations.houses), 3), dtype=np.uint8)


def test_opponents_may_be_written_in_python() -> None:
    resting = Scripted("resting", Resting)
    evaluator = FitnessEvaluator(TOWN, 30, "against", [resting, "hero", resting], seed=SEED)
    assert evaluator.method == "simulate" and "resting" in evaluator.fallback_reason
    payoffs = []
    for seat in range(4):
        team: list[Any] = [resting, "hero", resting]
        team.insert(seat, HERO)
        payoffs.append(simulate(TOWN, team, games=30, seed=SEED, first_game=30 * seat).payoffs[seat])
    assert evaluator(HERO)[0] == pytest.approx(np.mean(payoffs), rel=1e-12)


def test_a_result_says_how_it_came_about() -> None:
    result = played(generation_rule="fresh").evaluate(genomes(2), 3)
    assert isinstance(result, FitnessResult)
    assert len(result) == 2
    p = result.provenance
    assert (p.seed, p.games, p.first_game) == (SEED, 20, 60)
    assert p.chosen_by.startswith("auto")
