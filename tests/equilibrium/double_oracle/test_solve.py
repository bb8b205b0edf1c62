"""Double oracle on small towns: certificates confirmed by brute force, refused where they must be."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.exact import ExactBackend, Expectation, OptimizeRequest
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.equilibrium.double_oracle import (
    Certificate,
    DoubleOracleResult,
    Iteration,
    certify_profile,
    solve_double_oracle,
)
from bucket_brigade.equilibrium.double_oracle.deviators import Objective, Sets, SolutionConcept
from bucket_brigade.equilibrium.double_oracle.iteration import Progress, run_from
from bucket_brigade.equilibrium.double_oracle.oracles import Assessment
from bucket_brigade.errors import BackendCannotRun, InvalidInput
from bucket_brigade.game.heuristic_simplex import heuristic, traits_of
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Heuristic, Strategy
from bucket_brigade.payoffs.exact_payoffs import PayoffRequests
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.registry import get_scenario
from tests.payoffs.closed_form import ClosedForm


def small(name: str, houses: int, agents: int) -> Scenario:
    return get_scenario(name).replace(num_houses=houses, num_agents=agents, homes=())


TOWNS = {
    "two_houses-v1": get_scenario("two_houses-v1"),
    "two_houses-v2": get_scenario("two_houses-v2"),
    "default-v2": small("default-v2", 3, 3),
    "rest_trap-v1": small("rest_trap-v1", 2, 3),
    "sparse_heroics-v2": small("sparse_heroics-v2", 3, 2),
}

GRID = [(0.0, 0.0), *itertools.product((0.15, 0.3, 0.5, 0.7, 0.85, 1.0), (0.0, 0.5, 1.0))]


def seat_payoffs(town: Scenario, teams: Sequence[Sequence[Strategy]], backend: Backend) -> Floats:
    """Return everybody's exact payoffs in each team, (teams, N), without any of the code under test."""
    strategies = list(dict.fromkeys(s for team in teams for s in team))
    rows = [[strategies.index(s) for s in team] for team in teams]
    assert isinstance(backend, ExactBackend)
    counts = backend.expect(compile_program([town], strategies, rows)).counts
    return np.asarray(counts @ price_matrix(town).T)


def gains_by_brute_force(
    town: Scenario, result: DoubleOracleResult, deviations: list[Strategy], backend: Backend
) -> Floats:
    """Return what each deviation gains on each seat over what is played there, (deviations, N)."""
    rows = result.mixtures if result.mixtures.ndim == 2 else np.tile(result.mixtures, (town.num_agents, 1))
    strategies: list[Any] = result.strategies
    draws = [[(strategies[k], p) for k, p in enumerate(row) if p > 0] for row in rows]
    teams, weights = [], []
    for seat, (place, deviation) in itertools.product(range(town.num_agents), enumerate([*deviations, None])):
        options = [list(d) for d in draws]
        if deviation is not None:
            options[seat] = [(deviation, 1.0)]
        for drawn in itertools.product(*options):
            teams.append([strategy for strategy, _ in drawn])
            weights.append((place, seat, math.prod(p for _, p in drawn)))
    payoffs = seat_payoffs(town, teams, backend)
    totals = np.zeros((len(deviations) + 1, town.num_agents))
    for (place, seat, weight), values in zip(weights, payoffs, strict=True):
        totals[place, seat] += weight * values[seat]
    assert totals[-1] == pytest.approx(result.payoffs, abs=1e-9)
    return np.asarray(totals[:-1] - totals[-1])


@pytest.mark.parametrize("concept", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("name", TOWNS)
def test_certified_equilibria_withstand_a_grid_of_deviations(
    name: str, concept: str, python: PythonReference
) -> None:
    town = TOWNS[name]
    result = solve_double_oracle(town, concept=concept, backend=python)
    certificate = result.certificate
    assert result.converged
    assert result.stop_reason == "converged"
    assert certificate.exact
    assert 0.0 <= certificate.exploitability_traits <= certificate.exploitability_traits_upper <= 1e-6
    near = [
        heuristic(min(1.0, max(0.0, w + dw)), min(1.0, max(0.0, e + de)))
        for w, e in (traits_of(s) for s in result.strategies if isinstance(s, Heuristic))
        for dw, de in itertools.product((-3e-3, 1e-4), (-1e-2, 0.0))
    ]
    gains = gains_by_brute_force(town, result, [*itertools.starmap(heuristic, GRID), *near], python)
    if concept == "symmetric":
        # One strategy for all seats, the mean counts; told its seat, a deviator may gain more.
        assert gains.mean(axis=1).max() <= 1e-6
        assert (gains.max(axis=0) <= certificate.trait_gains_upper + 1e-9).all()
    else:
        assert gains.max() <= 1e-6
    json.dumps(result.to_json(), allow_nan=False)


@pytest.mark.parametrize("concept", ["symmetric", "asymmetric"])
@pytest.mark.parametrize("name", ["two_houses-v1", "default-v2"])
def test_the_markov_half_is_that_of_backward_induction(
    name: str, concept: str, python: PythonReference
) -> None:
    town = TOWNS[name]
    result = solve_double_oracle(town, concept=concept, backend=python)
    rows = np.atleast_2d(result.mixtures)
    assert ((rows == 0.0) | (rows == 1.0)).all(), "this test is about pure profiles"
    seats = rows if concept == "asymmetric" else np.tile(rows, (town.num_agents, 1))
    team = [result.strategies[int(np.argmax(row))] for row in seats]
    strategies: list[Any] = list(dict.fromkeys(team))
    program = compile_program([town], strategies, [[strategies.index(s) for s in team]] * town.num_agents)
    request = OptimizeRequest(program, np.arange(town.num_agents), price_matrix(town))
    gains = python.best_responses(request).values - result.payoffs
    certificate = result.certificate
    assert certificate.markov_gains == pytest.approx(gains, abs=1e-8)
    assert certificate.markov_gains_lower == pytest.approx(gains, abs=1e-8)
    expected = gains.max() if concept == "asymmetric" else gains.mean()
    assert certificate.exploitability_markov == pytest.approx(expected, abs=1e-8)
    assert certificate.exploitability_markov_lower == pytest.approx(expected, abs=1e-8)


def test_against_mixing_opponents_the_markov_half_is_an_interval(python: PythonReference) -> None:
    town = TOWNS["sparse_heroics-v2"]
    rest, work = heuristic(0.0, 0.0), heuristic(1.0, 1.0)
    certificate = certify_profile(town, [rest, work], [0.6, 0.4], backend=python)
    lower, upper = certificate.exploitability_markov_lower, certificate.exploitability_markov
    assert lower is not None and upper is not None
    assert 0.0 < lower < upper
    # Told what the other one drew, the best policy against each draw can be played.
    payoffs = seat_payoffs(town, [list(p) for p in itertools.product([rest, work], repeat=2)], python)
    present = np.array([0.36, 0.24, 0.24, 0.16]) @ payoffs
    told = []
    for seat in range(2):
        program = compile_program([town], [rest, work], [[0, 0], [1, 1]])
        prices = np.tile(price_matrix(town)[seat], (2, 1))
        values = python.best_responses(OptimizeRequest(program, [seat, seat], prices)).values
        told.append(0.6 * values[0] + 0.4 * values[1] - present[seat])
    assert upper == pytest.approx(np.mean(told), abs=1e-8)
    assert certificate.markov_gains == pytest.approx(told, abs=1e-8)


@pytest.mark.parametrize(
    ("strategies", "mixture"),
    [(["free_rider"], [1.0]), (["hero", "liar"], [0.5, 0.5]), (["firefighter"], [1.0])],
)
def test_what_is_no_equilibrium_is_not_called_one(
    strategies: list[str], mixture: list[float], python: PythonReference
) -> None:
    town = TOWNS["two_houses-v2"]
    certificate = certify_profile(town, strategies, mixture, backend=python)
    assert not certificate.converged
    assert certificate.exploitability_traits > 1.0
    assert certificate.exploitability_traits_upper >= certificate.exploitability_traits
    assert certificate.exploitability_markov is not None
    assert certificate.exploitability_markov >= certificate.exploitability_traits
    assert certificate.best_deviation is not None


def test_a_certified_profile_with_a_wrong_mixture_is_refused(python: PythonReference) -> None:
    town = TOWNS["sparse_heroics-v2"]
    result = solve_double_oracle(town, backend=python)
    certificate = certify_profile(town, result.strategies, result.mixtures, backend=python)
    assert certificate.converged
    assert certificate.exploitability_traits == pytest.approx(
        result.certificate.exploitability_traits, abs=1e-6
    )
    rest = heuristic(0.0, 0.0)
    wrong = certify_profile(town, [*result.strategies, rest], [*(0.9 * result.mixtures), 0.1], backend=python)
    assert not wrong.converged
    assert wrong.exploitability_traits > 1e-3


@pytest.mark.parametrize("concept", ["symmetric", "asymmetric"])
def test_the_exploitability_of_a_profile_is_the_best_of_a_grid_or_more(
    concept: str, python: PythonReference
) -> None:
    town = small("default-v2", 2, 3)
    mixtures: Any = [0.3, 0.7] if concept == "symmetric" else [[1, 0], [0, 1], [0.5, 0.5]]
    strategies = [heuristic(0.25, 1.0), heuristic(0.75, 0.5)]
    certificate = certify_profile(town, strategies, mixtures, concept=concept, backend=python, markov=False)
    result = solve_double_oracle(town, backend=python, markov=False)
    fake = DoubleOracleResult(
        **{
            **vars(result),
            "concept": concept,
            "entries": tuple(_named(s, town.num_agents) for s in strategies),
            "mixtures": np.array(mixtures, dtype=float),
            "payoffs": _expected(town, strategies, np.array(mixtures, dtype=float), python),
        }
    )
    gains = gains_by_brute_force(town, fake, list(itertools.starmap(heuristic, GRID)), python)
    best = gains.mean(axis=1).max() if concept == "symmetric" else gains.max()
    assert best <= certificate.exploitability_traits_upper + 1e-9
    assert certificate.exploitability_traits >= best - 1e-9
    assert certificate.markov_gains is None
    assert certificate.exploitability_markov is None


def _named(strategy: Strategy, agents: int) -> Any:
    from bucket_brigade.payoffs.pool import entry_of

    return entry_of(strategy, agents)


def _expected(town: Scenario, strategies: list[Heuristic], mixtures: Floats, backend: Backend) -> Floats:
    rows = np.broadcast_to(mixtures, (town.num_agents, len(strategies)))
    draws = list(itertools.product(range(len(strategies)), repeat=town.num_agents))
    payoffs = seat_payoffs(town, [[strategies[i] for i in draw] for draw in draws], backend)
    chances = [math.prod(rows[seat, i] for seat, i in enumerate(draw)) for draw in draws]
    return np.asarray(np.array(chances) @ payoffs)


def test_equal_arguments_give_equal_results(python: PythonReference) -> None:
    town = TOWNS["two_houses-v2"]
    first, second = (solve_double_oracle(town, backend=python).to_json() for _ in range(2))
    assert first == second


def test_no_profile_is_evaluated_twice() -> None:
    class Counting(PythonReference):
        def __init__(self) -> None:
            self.seen: list[tuple[Any, ...]] = []

        def expect(self, program: Program, workers: int | None = None) -> Expectation:
            rows = program.chances[program.seats][:, :, :2].reshape(program.num_entries, -1)
            self.seen += [tuple(row) for row in rows.tolist()]
            return super().expect(program, workers)

    backend = Counting()
    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=backend, markov=False)
    assert len(backend.seen) == len(set(backend.seen)) == result.evaluations


def test_callbacks_see_every_iteration_and_nothing_of_the_clock(python: PythonReference) -> None:
    seen: list[Iteration] = []
    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=python, callback=seen.append)
    assert tuple(seen) == result.history
    assert [iteration.number for iteration in seen] == [1, 2]
    assert seen[0].start == "rest"
    assert seen[-1].best == min(iteration.exploitability for iteration in seen)
    assert "seconds" not in json.dumps(result.to_json())


def test_an_interrupt_returns_the_best_so_far(python: PythonReference) -> None:
    def interrupt(_: Iteration) -> None:
        raise KeyboardInterrupt

    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=python, callback=interrupt)
    assert result.stop_reason == "interrupted"
    assert not result.converged
    assert result.labels == ("rest",)
    assert result.certificate.exploitability_traits > 0.0
    assert result.certificate.exploitability_traits_upper == math.inf
    assert len(result.history) == 1
    assert (
        json.loads(json.dumps(result.to_json(), allow_nan=False))["certificate"]["traits"]["exploitability"][
            1
        ]
        is None
    )


def test_an_interrupt_before_anything_is_known_stays_one() -> None:
    class Interrupted(PythonReference):
        def expect(self, program: Program, workers: int | None = None) -> Expectation:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        solve_double_oracle(TOWNS["two_houses-v2"], backend=Interrupted())


def test_an_interrupted_certificate_keeps_what_the_search_knows() -> None:
    class Impatient(PythonReference):
        def best_responses(self, request: OptimizeRequest) -> Any:
            raise KeyboardInterrupt

    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=Impatient())
    assert result.stop_reason == "interrupted"
    assert result.converged
    assert result.certificate.exploitability_markov is None


def test_a_time_limit_that_is_over_at_once_says_so(python: PythonReference) -> None:
    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=python, time_limit=1e-9)
    assert result.stop_reason == "time limit"
    assert not result.converged
    assert result.labels == ("rest",)
    assert result.history == ()
    assert result.game is None


def test_too_few_profiles_say_so(python: PythonReference) -> None:
    result = solve_double_oracle(TOWNS["two_houses-v2"], backend=python, max_profiles=20, markov=False)
    assert result.stop_reason == "too large"
    assert not result.converged
    assert result.certificate.exploitability_traits > 0.0


def test_all_starts_return_the_equilibrium_that_pays_most(python: PythonReference) -> None:
    town = TOWNS["two_houses-v1"]
    first = solve_double_oracle(town, backend=python, markov=False)
    every = solve_double_oracle(town, backend=python, markov=False, all_starts=True)
    assert first.labels == ("rest",)
    assert every.labels == ("home_first",)
    assert every.converged
    assert every.payoffs.sum() > first.payoffs.sum()
    assert [tuple(e.name for e in other.entries) for other in every.also] == [("rest",)]


def test_published_seating_asks_seat_0_only(python: PythonReference) -> None:
    town = TOWNS["default-v2"]
    result = solve_double_oracle(town, seating="published", backend=python)
    assert result.converged
    assert result.seating == "published"
    gains = gains_by_brute_force(town, result, list(itertools.starmap(heuristic, GRID)), python)
    assert gains[:, 0].max() <= 1e-6
    assert np.isnan(result.certificate.trait_gains[1:]).all()
    assert result.to_json()["certificate"]["traits"]["gains"][1] is None


@pytest.mark.parametrize("concept", ["symmetric", "asymmetric"])
def test_markov_strategies(concept: str, python: PythonReference) -> None:
    town = small("two_houses-v2", 2, 2)
    result = solve_double_oracle(
        town, concept=concept, space="markov", epsilon=2.0, starts=["firefighter"], backend=python
    )
    certificate = result.certificate
    assert certificate.exploitability_markov is not None
    traits = solve_double_oracle(town, concept=concept, backend=python).certificate.exploitability_markov
    # What no policy gains much over is nothing that a heuristic equilibrium comes near.
    assert traits is not None
    assert certificate.exploitability_markov < 0.25 * traits
    assert result.converged == (certificate.exploitability_markov <= 2.0)
    json.dumps(result.to_json(), allow_nan=False)


class Circle:
    """An oracle whose only deviation is in the game already, and still gains."""

    def assess(self, profile: MixedProfile) -> Assessment:
        entry = profile.supports[0][0]
        return Assessment(profile, 1.0, 2.0, ((0, entry), (0, 1 - entry)), rank=1.0)

    def before(self, profile: MixedProfile) -> list[MixedProfile]:
        return []

    def after(self, assessment: Assessment) -> list[MixedProfile]:
        return []


class PureForm(SolutionConcept):
    """Every entry of the only set is an equilibrium of the restricted game."""

    name = "symmetric"
    objectives = (Objective((0,)),)

    def equilibria(self, payoffs: Any, sets: Sets) -> PayoffRequests[list[MixedProfile]]:
        yield []
        return [MixedProfile.pure((entry,)) for entry in sets[0]]


def test_a_circle_is_called_one() -> None:
    progress = Progress(None)
    payoffs = ClosedForm(1, lambda _: [0.0])
    for traits in ((0.0, 0.0), (1.0, 1.0)):
        payoffs.pool.add_traits(traits)
    reason, sets = run_from(
        PureForm(1, 1e-9),
        Circle(),
        payoffs,
        progress,
        ((0,),),
        name="rest",
        epsilon=1e-6,
        max_iterations=10,
    )
    assert reason == "cycled"
    assert progress.cycled
    assert sets == ((0, 1),)
    # The first round added the other entry; in the second, nothing that gains was new.
    assert [iteration.entries for iteration in progress.history] == [(1,), (2,)]


def test_rounds_without_end_are_ended() -> None:
    class Endless(Circle):
        def assess(self, profile: MixedProfile) -> Assessment:
            entry = payoffs.pool.add_traits((1.0 / (2 + len(payoffs.pool.entries)), 1.0))
            return Assessment(profile, 1.0, 2.0, ((0, entry),), rank=1.0)

    payoffs = ClosedForm(1, lambda _: [0.0])
    payoffs.pool.add_traits((0.0, 0.0))
    reason, _ = run_from(
        PureForm(1, 1e-9),
        Endless(),
        payoffs,
        Progress(None),
        ((0,),),
        name="rest",
        epsilon=0.0,
        max_iterations=3,
    )
    assert reason == "max_iterations"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"concept": "symmetrical"}, "Did you mean 'symmetric'"),
        ({"seating": "randon"}, "Did you mean 'random'"),
        ({"space": "trait"}, "Did you mean 'traits'"),
        ({"epsilon": -1.0}, "epsilon"),
        ({"starts": []}, "starts"),
        ({"starts": "hero"}, "starts"),
        ({"starts": [External()]}, "from outside"),
        ({"time_limit": 0.0}, "time_limit"),
        ({"max_iterations": 0}, "max_iterations"),
        ({"method": "exactly"}, "Did you mean 'exact'"),
        ({"space": "markov", "method": "simulate"}, "needs exact payoffs"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], said: str, python: PythonReference) -> None:
    with pytest.raises(InvalidInput, match=said):
        solve_double_oracle("two_houses-v2", backend=python, **arguments)


def test_exact_payoffs_that_cannot_be_had_are_refused(python: PythonReference) -> None:
    with pytest.raises(BackendCannotRun, match="No exact answer"):
        solve_double_oracle("two_houses-v2", starts=["social:hero"], method="exact", backend=python)


@pytest.mark.parametrize("mixtures", [[0.5, 0.6], [1.0], [[0.5, 0.5]] * 4, [-0.5, 1.5], [np.nan, 1.0]])
def test_mixtures_that_are_none_are_refused(mixtures: Any, python: PythonReference) -> None:
    with pytest.raises(InvalidInput, match="mixtures"):
        certify_profile("two_houses-v2", ["hero", "liar"], mixtures, backend=python)


def test_converged_means_the_upper_number_of_the_space() -> None:
    def certificate(space: str, traits: float, markov: float | None) -> Certificate:
        gains = np.zeros(2)
        return Certificate(
            space=space,
            epsilon=0.5,
            trait_gains=gains,
            trait_gains_upper=gains,
            exploitability_traits=0.0,
            exploitability_traits_upper=traits,
            markov_gains=None,
            markov_gains_lower=None,
            exploitability_markov=markov,
            exploitability_markov_lower=0.0,
            best_deviation=None,
            exact=True,
        )

    assert certificate("traits", 0.5, 9.0).converged
    assert not certificate("traits", 0.51, 0.0).converged
    assert certificate("markov", 9.0, 0.5).converged
    assert not certificate("markov", 0.0, 0.51).converged
    assert not certificate("markov", 0.0, None).converged


def test_the_backend_is_asked_for_by_name_and_named_in_the_result() -> None:
    result = solve_double_oracle("two_houses-v1", backend="python", markov=False)
    assert result.provenance.backend == "python"
    assert result.to_json()["provenance"]["backend"] == "python"
