"""Payoffs by simulation: the same numbers however they are asked for, with honest errors."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, Counts, No, PlayRequest, Stepper, Verdict, Yes
from bucket_brigade.equilibrium import (
    PayoffEvaluator,
    run_heuristic_episode,
)
from bucket_brigade.errors import BackendCannotRun, InvalidInput, UnknownName
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.draws import words
from bucket_brigade.game.program import Program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social
from bucket_brigade.payoffs.profile_play import Progress
from bucket_brigade.registry import Member
from bucket_brigade.simulation import simulate

NAMES = ["firefighter", "free_rider", "hero"]
PriceOf = Callable[[int, tuple[int, ...], int], float]


@dataclass
class KnownBackend:
    """A backend that pays ``price(own strategy, counts of the opponents, seat)`` plus noise of known size.

    Strategy i is the heuristic with work tendency i/10, `strategies` of them. An agent's payoff is its
    `worked` count in thousandths (see `known_town`). The noise has a part that all agents of a game share and one that
    is each seat's own; both depend on the game number and not on the strategies, so games of different
    profiles share their luck.
    """

    price: PriceOf
    strategies: int
    shared_noise: float = 1.0
    own_noise: float = 1.0
    name: str = "known"
    version: str = "1"
    requests: list[PlayRequest] = field(default_factory=list)

    def can_run(self, request: PlayRequest) -> Verdict:
        """Refuse what these tests never ask for."""
        return No("it counts no products") if request.second_moments else Yes()

    def play(self, request: PlayRequest) -> Counts:
        """Pay every seat of every entry."""
        self.requests.append(request)
        program = request.program
        strategy_of = np.rint(program.chances[:, 0] / 2**32 * 10).astype(int)[program.seats]
        agents = program.num_agents
        sums = np.zeros((program.num_entries, num_counts(agents)), dtype=np.int64)
        means = {row: self._mean(row) for row in set(map(tuple, strategy_of.tolist()))}
        expected = np.array([means[row] for row in map(tuple, strategy_of.tolist())])
        firsts, places = np.unique(np.asarray(request.first_game), return_inverse=True)
        games = (firsts[:, None] + np.arange(request.games, dtype=np.uint64)).ravel()
        shared = self.shared_noise * _standard(words(request.seed, games, 0, 40, 1))
        own = self.own_noise * _standard(words(request.seed, games, 0, 41, agents))
        noise = (shared + own).reshape(len(firsts), request.games, agents)
        values = expected[:, None, :] + noise[places]
        sums[:, : 4 * agents : 4] = np.rint(1000.0 * values).astype(np.int64).sum(axis=1)
        return Counts(request.games, sums)

    def _mean(self, row: tuple[int, ...]) -> list[float]:
        counts = [row.count(i) for i in range(self.strategies)]
        others = [tuple(c - (i == own) for i, c in enumerate(counts)) for own in row]
        return [self.price(own, m, seat) for seat, (own, m) in enumerate(zip(row, others, strict=True))]

    def stepper(
        self, program: Program, seed: int, entries: NDArray[np.uint32], games: NDArray[np.uint64]
    ) -> Stepper:
        """Not part of these tests."""
        raise NotImplementedError


def _standard(drawn: NDArray[np.uint32]) -> NDArray[np.float64]:
    """Return uniform numbers of mean 0 and variance 1."""
    return np.asarray((drawn / 2**32 - 0.5) * np.sqrt(12.0))


def known_town(agents: int) -> Scenario:
    """A scenario in which the payoff is a thousandth of the `worked` count."""
    return Scenario(
        prob_initial_fire=0.0,
        prob_house_catches_fire=0.0,
        prob_fire_spreads_to_neighbor=0.0,
        prob_solo_agent_extinguishes_fire=0.0,
        min_nights=1,
        cost_to_work_one_night=-0.001,
        reward_rest=0.0,
        team_reward_house_survives=0.0,
        team_penalty_house_burns=0.0,
        reward_own_house_survives=0.0,
        reward_other_house_survives=0.0,
        penalty_own_house_burns=0.0,
        penalty_other_house_burns=0.0,
        num_agents=agents,
    )


def known_strategies(count: int) -> list[list[float]]:
    """Strategy i works with probability i/10."""
    return [[0.0, i / 10, *[0.0] * 8] for i in range(count)]


def rugged(own: int, others: tuple[int, ...], seat: int) -> float:
    """A payoff that depends on everything, in no simple way."""
    return 3.0 * own - own * own * others[0] + 0.5 * others[-1] ** 2 + 0.7 * seat * (own + 1)


def seat_average(own: int, others: tuple[int, ...], seats: range) -> float:
    return sum(rugged(own, others, seat) for seat in seats) / len(seats)


@pytest.mark.parametrize("agents", [1, 2, 4, 6])
@pytest.mark.parametrize("seating", ["random", "published"])
def test_without_noise_payoffs_are_exact_averages_over_seats(agents: int, seating: str) -> None:
    backend = KnownBackend(rugged, 3, shared_noise=0.0, own_noise=0.0)
    evaluator = PayoffEvaluator(known_town(agents), 1, backend=backend, seating=seating)
    strategies = known_strategies(3)
    empirical = evaluator.evaluate_symmetric_game(strategies)
    seats = range(agents) if seating == "random" else range(1)
    for (own, payoffs), (column, others) in itertools.product(
        enumerate(empirical.game.payoffs), enumerate(empirical.game.compositions)
    ):
        expected = seat_average(own, tuple(others), seats)
        assert payoffs[column] == pytest.approx(expected, abs=1e-3)
    matrix = evaluator.evaluate_payoff_matrix(strategies)
    for own, other in itertools.product(range(3), repeat=2):
        others = tuple((agents - 1) * (i == other) for i in range(3))
        expected = seat_average(own, others, seats)
        assert matrix[own, other] == pytest.approx(expected, abs=1e-3)
        alone = evaluator.evaluate_symmetric_payoff(strategies[own], strategies[other])
        assert alone == pytest.approx(
            expected if own != other else evaluator.evaluate_payoff_matrix([strategies[own]])[0, 0], abs=1e-3
        )


def z_scores(evaluate: Callable[[int], tuple[float, float]], truth: float, seeds: int) -> NDArray[np.float64]:
    pairs = (evaluate(seed) for seed in range(seeds))
    return np.array([(value - truth) / error for value, error in pairs])


@pytest.mark.parametrize(
    ("agents", "seating"), [(2, "random"), (4, "random"), (4, "published"), (7, "random")]
)
def test_standard_errors_are_calibrated(agents: int, seating: str) -> None:
    backend = KnownBackend(rugged, 2)
    town, (focal, others) = known_town(agents), known_strategies(2)
    seats = range(agents) if seating == "random" else range(1)
    truth = seat_average(0, (0, agents - 1), seats)

    def evaluate(seed: int) -> tuple[float, float]:
        evaluator = PayoffEvaluator(town, 1, seed=seed, backend=backend, seating=seating)
        estimate = evaluator.evaluate_symmetric_payoff(focal, others)
        return estimate.value, estimate.standard_error

    z = z_scores(evaluate, truth, 200)
    # For 200 values of Student's t with 60 degrees of freedom: mean 0 ± 0.07, standard deviation 1.02 ± 0.05.
    assert abs(z.mean()) < 0.25
    assert 0.85 < z.std(ddof=1) < 1.2


def test_shared_luck_cancels_in_differences() -> None:
    backend = KnownBackend(rugged, 2, shared_noise=10.0, own_noise=0.1)
    evaluator = PayoffEvaluator(known_town(4), 960, backend=backend)
    matrix = evaluator.evaluate_payoff_matrix(known_strategies(2))
    difference = matrix.difference((1, 0), (0, 0))
    assert matrix[1, 0].standard_error > 0.2
    assert difference.standard_error < 0.02
    assert difference == pytest.approx(matrix[1, 0] - matrix[0, 0])


@pytest.mark.parametrize("seating", ["random", "published"])
def test_parts_and_workers_do_not_change_results(
    python: Backend, monkeypatch: pytest.MonkeyPatch, seating: str
) -> None:
    def means(progress: Progress | None = None, **options: Any) -> bytes:
        evaluator = PayoffEvaluator("easy", 1, seed=3, backend=python, seating=seating, **options)
        return evaluator.evaluate_symmetric_game(NAMES, progress=progress).replicate_means.tobytes()

    whole = means()
    assert means(num_workers=3) == whole
    assert means(parallel=False) == whole
    reports: list[tuple[int, int]] = []
    assert means(lambda done, total: reports.append((done, total))) == whole
    assert len(reports) > 5
    assert reports[0][0] == 0
    assert reports[-1][0] == reports[-1][1]
    assert [done for done, _ in reports] == sorted({done for done, _ in reports})
    monkeypatch.setattr("bucket_brigade.payoffs.profile_play._MOST_COUNTS_PER_CALL", 1)
    assert means() == whole


def test_a_whole_matrix_is_one_call_and_sums_only() -> None:
    backend = KnownBackend(rugged, 3)
    evaluator = PayoffEvaluator(known_town(4), 100, backend=backend, num_workers=2)
    evaluator.evaluate_payoff_matrix(known_strategies(3))
    (request,) = backend.requests
    assert request.workers == 2
    assert request.program.num_entries == (9 * 24 * 4)
    assert not request.second_moments
    PayoffEvaluator(
        known_town(4), 100, backend=backend, num_workers=2, parallel=False
    ).evaluate_payoff_matrix(known_strategies(2))
    assert backend.requests[-1].workers == 1


def test_value_matrix_and_game_are_of_the_same_games(python: Backend) -> None:
    for seating in ("random", "published"):
        evaluator = PayoffEvaluator("easy", 1, backend=python, seating=seating)
        matrix = evaluator.evaluate_payoff_matrix(NAMES)
        empirical = evaluator.evaluate_symmetric_game(NAMES)
        for own, other in itertools.product(range(3), repeat=2):
            against = empirical.payoffs_against(np.eye(3)[other])[own]
            assert against == pytest.approx(matrix[own, other], rel=1e-12)
            assert against.standard_error == pytest.approx(matrix[own, other].standard_error, rel=1e-9)
        assert evaluator.evaluate_symmetric_payoff("firefighter", "hero") == matrix[0, 2]


def test_a_new_strategy_at_the_end_leaves_the_other_payoffs_as_they_are(python: Backend) -> None:
    evaluator = PayoffEvaluator("easy", 1, backend=python)
    two = evaluator.evaluate_symmetric_game(NAMES[:2])
    three = evaluator.evaluate_symmetric_game(NAMES)
    assert np.array_equal(three.restricted([0, 1]).replicate_means, two.replicate_means)
    assert np.array_equal(three.restricted([0, 1]).game.payoffs, two.game.payoffs)


def test_backends_with_the_exact_stream_give_the_same_payoffs(python: Backend, rust: Backend) -> None:
    members: list[Member] = [*NAMES, "social:liar", [0.5] * 10]
    for seating in ("random", "published"):
        slow, fast = (
            PayoffEvaluator("default", 1, seed=2**64 - 1, backend=backend, seating=seating)
            .evaluate_payoff_matrix(members, first_game=2**40)
            .replicate_means
            for backend in (python, rust)
        )
        assert np.array_equal(slow, fast)


def test_published_seating_is_the_focal_agent_on_seat_0(python: Backend) -> None:
    evaluator = PayoffEvaluator("easy-v1", 1, seed=4, backend=python, seating="published")
    estimate = evaluator.evaluate_symmetric_payoff("hero", "free_rider")
    result = simulate(
        "easy-v1", ["hero", *["free_rider"] * 3], games=evaluator.provenance.games, seed=4, backend=python
    )
    assert estimate == pytest.approx(result.payoffs[0], rel=1e-12)
    assert estimate.standard_error == pytest.approx(result.standard_errors[0], rel=0.35)


def test_random_seating_averages_what_each_seat_earns(python: Backend) -> None:
    # One and the same strategy on all seats: every game pays every seat, so the average is over all.
    evaluator = PayoffEvaluator("easy-v1", 1, seed=4, backend=python)
    estimate = evaluator.evaluate_symmetric_payoff("hero", "hero")
    result = simulate("easy-v1", ["hero"] * 4, games=evaluator.provenance.games, seed=4, backend=python)
    assert estimate == pytest.approx(result.payoffs.mean(), rel=1e-12)


def test_other_rewards_price_the_same_games(python: Backend) -> None:
    rewards: dict[str, Any] = {
        "cost_to_work_one_night": 7.0,
        "reward_own_house_survives": (1.0, 2.0, 3.0, 4.0),
    }
    town = PayoffEvaluator("easy", 1, backend=python).scenario
    for seating in ("random", "published"):
        before = PayoffEvaluator(town, 1, backend=python, seating=seating)
        after = PayoffEvaluator(town.replace(**rewards), 1, backend=python, seating=seating)
        matrix = before.evaluate_payoff_matrix(NAMES).reprice(**rewards)
        assert np.array_equal(matrix.payoffs, after.evaluate_payoff_matrix(NAMES).payoffs)
        empirical = before.evaluate_symmetric_game(NAMES).reprice(**rewards)
        expected = after.evaluate_symmetric_game(NAMES)
        assert np.array_equal(empirical.game.payoffs, expected.game.payoffs)
        assert np.array_equal(empirical.standard_errors, expected.standard_errors)
    with pytest.raises(InvalidInput, match="re-price"):
        matrix.reprice(num_houses=3)


def test_counts_that_were_not_kept_cannot_be_repriced(
    python: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bucket_brigade.payoffs.payoff_evaluator._MOST_KEPT_COUNTS", 0)
    matrix = PayoffEvaluator("easy", 1, backend=python).evaluate_payoff_matrix(NAMES)
    with pytest.raises(InvalidInput, match="play it again"):
        matrix.reprice(cost_to_work_one_night=1.0)
    empirical = PayoffEvaluator("easy", 1, backend=python).evaluate_symmetric_game(NAMES)
    with pytest.raises(InvalidInput, match="do not come with counts"):
        empirical.restricted([0, 1]).reprice(cost_to_work_one_night=1.0)


def test_results_say_where_they_come_from(python: Backend) -> None:
    evaluator = PayoffEvaluator("easy", 100, seed=None, backend=python)
    assert type(evaluator.backend) is type(python)
    assert evaluator.seed == 0
    matrix = evaluator.evaluate_payoff_matrix(["hero", [1] * 10, "hero"])
    assert matrix.labels == ("hero", "[1,1,1,1,1,1,1,1,1,1]", "hero#2")
    assert matrix.games == 192
    assert matrix.provenance == evaluator.provenance
    assert (matrix.provenance.backend, matrix.provenance.chosen_by) == ("python", "argument")
    data = matrix.to_json()
    assert data["payoffs"] == matrix.payoffs.tolist()
    assert data["provenance"]["games"] == 192
    assert np.asarray(matrix).tolist() == data["payoffs"]
    game = evaluator.evaluate_symmetric_game(["hero", "liar"]).to_json()
    assert game["compositions"] == [[3, 0], [2, 1], [1, 2], [0, 3]]


def test_one_episode_is_game_0_with_the_focal_agent_on_seat_0(python: Backend) -> None:
    hero, liar = ARCHETYPES["hero"], np.array(ARCHETYPES["liar"])
    team = [Heuristic(hero), *[Heuristic(ARCHETYPES["liar"])] * 3]
    for seed in range(3):
        expected = simulate("easy", team, games=1, seed=seed, backend=python).payoffs[0]
        episode = run_heuristic_episode("easy", hero, liar, seed)
        assert type(episode) is float
        assert episode == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"num_simulations": 0}, "games = 0"),
        ({"games": 1.5}, "games = 1.5"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 2**64}, "seed"),
        ({"num_workers": 0}, "workers = 0"),
        ({"seating": "publish"}, "Did you mean 'published'"),
    ],
)
def test_bad_settings_are_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        PayoffEvaluator("easy", **options)


def test_bad_strategies_are_refused_before_any_game() -> None:
    backend = KnownBackend(rugged, 2)
    evaluator = PayoffEvaluator(known_town(3), backend=backend)
    with pytest.raises(InvalidInput, match="work_tendency = 2"):
        evaluator.evaluate_symmetric_payoff([0.0, 2.0, *[0.0] * 8], [0.0] * 10)
    with pytest.raises(UnknownName, match="Did you mean 'hero'"):
        evaluator.evaluate_payoff_matrix(["heroe"])
    with pytest.raises(InvalidInput, match="at least one"):
        evaluator.evaluate_payoff_matrix([])
    with pytest.raises(InvalidInput, match="A set has no order"):
        evaluator.evaluate_payoff_matrix({"hero", "liar"})
    with pytest.raises(InvalidInput, match="from outside"):
        evaluator.evaluate_symmetric_game([External()])
    with pytest.raises(InvalidInput, match="first_game"):
        evaluator.evaluate_payoff_matrix(known_strategies(1), first_game=2**64 - 10)
    with pytest.raises(InvalidInput, match="leave out some strategies"):
        PayoffEvaluator(known_town(16), backend=backend).evaluate_symmetric_game(known_strategies(10))
    assert backend.requests == []


def test_a_backend_that_declines_is_named_with_its_reason() -> None:
    class Declining(KnownBackend):
        def can_run(self, request: PlayRequest) -> Verdict:
            return No(f"{request.program.num_agents} agents are too many")

    evaluator = PayoffEvaluator(known_town(3), backend=Declining(rugged, 2))
    with pytest.raises(BackendCannotRun, match="3 agents are too many"):
        evaluator.evaluate_payoff_matrix(known_strategies(2))


def test_social_strategies_are_played_too(python: Backend) -> None:
    evaluator = PayoffEvaluator("easy", 1, backend=python)
    typed = evaluator.evaluate_symmetric_payoff("social:hero", "liar")
    made = evaluator.evaluate_symmetric_payoff(Social(ARCHETYPES["hero"]), ARCHETYPES["liar"])
    assert (typed, typed.standard_error) == (made, made.standard_error)


def test_a_text_names_strategies_as_that_of_a_team_does(python: Backend) -> None:
    evaluator = PayoffEvaluator(known_town(3), 100, backend=python)
    of_text = evaluator.evaluate_payoff_matrix("hero, liar")
    assert of_text.labels == ("hero", "liar")
    assert of_text.payoffs.tolist() == evaluator.evaluate_payoff_matrix(["hero", "liar"]).payoffs.tolist()


def test_older_names_of_arguments_mean_the_same_and_are_not_given_twice(python: Backend) -> None:
    old = PayoffEvaluator("two_houses", num_simulations=7, num_workers=2, backend=python)
    assert (old.games, old.num_workers) == (7, 2)
    assert PayoffEvaluator("two_houses", workers=8, parallel=False).num_workers == 1
    doubled: list[dict[str, Any]] = [{"games": 7, "num_simulations": 7}, {"workers": 2, "num_workers": 2}]
    for twice in doubled:
        with pytest.raises(InvalidInput, match="one argument"):
            PayoffEvaluator("two_houses", **twice)
