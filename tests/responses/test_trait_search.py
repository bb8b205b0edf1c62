"""The search for the best heuristic deviation, on payoffs that are known in closed form."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
import pytest

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.equilibrium.double_oracle.candidates import behavioral_reduction, simplified
from bucket_brigade.equilibrium.double_oracle.deviators import AsymmetricConcept, SymmetricConcept
from bucket_brigade.equilibrium.double_oracle.quasi_newton import polish
from bucket_brigade.game.heuristic_simplex import barycentric, heuristic, traits_at, traits_of
from bucket_brigade.game.strategy import Heuristic
from bucket_brigade.payoffs.exact_payoffs import run_batched
from bucket_brigade.payoffs.mixed_profile import MixedProfile, Profile
from bucket_brigade.payoffs.pool import Pool
from bucket_brigade.registry import get_scenario
from bucket_brigade.responses.simplex_polynomials import (
    HIGHEST_DEGREE,
    evaluate,
    fit,
    highest,
    node_traits,
    num_nodes,
    place_of,
)
from bucket_brigade.responses.trait_search import (
    Surfaces,
    TraitDeviation,
    best_trait_deviation,
)

Points = list[Floats]


class ClosedForm:
    """Payoffs of each seat as a function of everybody's (rest, any fire, home first)."""

    def __init__(self, agents: int, function: Callable[[Points], Iterable[float]]) -> None:
        self.pool, self.function = Pool(agents), function
        self.scenario = get_scenario("default-v2").replace(num_agents=agents, homes=())
        self.asked: Counter[Profile] = Counter()
        self.evaluations = 0

    def require(self, profiles: Iterable[Profile]) -> None:
        self.asked.update(set(profiles) - set(self.asked))

    def of(self, profile: Profile) -> Floats:
        assert profile in self.asked, "a payoff was read that was never asked for"
        return np.array(list(self.function([self._point(i) for i in profile])))

    def knows(self, profile: Profile) -> bool:
        return profile in self.asked

    def expected(self, profile: MixedProfile) -> Floats:
        self.require(one for one, _ in profile.pure_profiles)
        return np.asarray(sum(p * self.of(one) for one, p in profile.pure_profiles))

    def outcome(self, profile: MixedProfile) -> tuple[float, float | None]:
        raise NotImplementedError

    def lift(self) -> None:
        raise NotImplementedError

    @property
    def provenance(self) -> Provenance:
        raise NotImplementedError

    def _point(self, entry: int) -> Floats:
        traits = self.pool.traits(entry)
        assert traits is not None
        return barycentric(traits)


def search(
    payoffs: ClosedForm, profile: MixedProfile, tolerance: float = 1e-8, sharpness: float = 0.999
) -> TraitDeviation:
    """Return the best deviation of seat 0."""
    objective = AsymmetricConcept(profile.agents, 1e-9).objectives[0]
    level = objective.level(payoffs.expected(profile))
    return run_batched(
        payoffs,
        [
            best_trait_deviation(
                Surfaces(payoffs),
                objective.terms(profile),
                level,
                list(profile.supports[0]),
                tolerance=tolerance,
                sharpness=sharpness,
                early=False,
            )
        ],
    )[0]


FUNCTIONS: dict[str, Callable[[float, float], float]] = {
    "a corner": lambda x, y: 3.0 * x - 2.0 * y,
    "an edge": lambda x, y: -((x - 0.37) ** 2) - y,
    "the third edge": lambda x, y: -((x - y - 0.3) ** 2) + 2 * (x + y),
    "inside": lambda x, y: -((x - 0.21) ** 2) - 2 * (y - 0.33) ** 2 + 0.5 * x * y,
    "convex": lambda x, y: (x - 0.4) ** 2 + (y - 0.5) ** 2,
    "two hills": lambda x, y: float(np.sin(9 * x) + np.cos(7 * y) - x * y),
    "steep": lambda x, y: float(np.exp(-6 * x) + 0.8 * np.exp(-9 * (1 - y))),
    "rational": lambda x, y: (1 + x) / (1 + 3 * x**2 + 4 * (y - 0.2) ** 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_best_deviation_is_the_largest_value_of_the_function(name: str) -> None:
    function = FUNCTIONS[name]
    payoffs = ClosedForm(1, lambda points: [function(points[0][1], points[0][2])])
    start = payoffs.pool.add_traits((0.5, 0.5))
    found = search(payoffs, MixedProfile.pure((start,)))
    dense = [(i / 400, j / 400) for i in range(401) for j in range(401 - i)]
    now = function(0.25, 0.25)
    best = max(function(x, y) for x, y in dense) - now
    assert found.gain >= best - 1e-4
    assert found.gain <= found.upper
    assert best <= found.upper + 1e-7
    # The gain is that of the strategy that is returned, exactly.
    traits = payoffs.pool.traits(found.entry)
    assert traits is not None
    x, y = place_of(traits)
    assert found.gain == pytest.approx(function(x, y) - now, abs=1e-12)


def test_gains_are_means_over_seats_and_draws() -> None:
    def function(points: Points) -> list[float]:
        work = [1.0 - point[0] for point in points]
        return [(2.0 + i) * (w - 0.5) * (1.5 - sum(work)) for i, w in enumerate(work)]

    payoffs = ClosedForm(3, function)
    ids = [payoffs.pool.add_traits(t) for t in ((0.0, 0.0), (1.0, 1.0))]
    profile = MixedProfile.of([ids] * 3, [np.array([0.3, 0.7])] * 3)
    objective = SymmetricConcept(3, 1e-9, "random").objectives[0]
    terms = objective.terms(profile)
    assert sum(term.weight for term in terms) == pytest.approx(1.0)
    assert len(terms) == 3 * 4
    level = objective.level(payoffs.expected(profile))
    (found,) = run_batched(
        payoffs,
        [
            best_trait_deviation(
                Surfaces(payoffs), terms, level, ids, tolerance=1e-9, sharpness=1.0, early=False
            )
        ],
    )
    # Everybody else works 0.7 of the time, so w is worth 3 (w - 0.5) (0.1 - w) on average.
    values = [3.0 * (w - 0.5) * (0.1 - w) for w in np.linspace(0, 1, 100_001)]
    assert found.gain + level == pytest.approx(max(values), abs=1e-8)


def test_smooth_payoffs_take_few_evaluations() -> None:
    payoffs = ClosedForm(1, lambda points: [-((points[0][1] - 0.3) ** 2) - points[0][2] ** 2])
    search(payoffs, MixedProfile.pure((payoffs.pool.add_traits((0.0, 0.0)),)))
    assert len(payoffs.asked) <= num_nodes(4) + 3


def test_nodes_determine_polynomials_of_every_degree() -> None:
    places = np.array([place_of(traits) for traits in node_traits()])
    assert len({tuple(place) for place in places}) == num_nodes(HIGHEST_DEGREE)
    assert {tuple(place) for place in places[:3]} == {(0.0, 0.0), (1.0, 0.0), (0.0, 1.0)}
    rng = np.random.default_rng(0)
    inside = rng.dirichlet(np.ones(3), size=200)[:, 1:]
    for degree in range(1, HIGHEST_DEGREE + 1):
        powers = [(i, j) for i in range(degree + 1) for j in range(degree + 1 - i)]
        weights = rng.normal(size=len(powers))

        def polynomial(at: Floats, powers: list[tuple[int, int]] = powers, w: Floats = weights) -> Floats:
            return np.asarray(
                sum(c * at[:, 0] ** i * at[:, 1] ** j for c, (i, j) in zip(w, powers, strict=True))
            )

        fitted = fit(polynomial(places), degree)
        assert evaluate(fitted, inside) == pytest.approx(polynomial(inside), abs=1e-9)


def test_the_bound_is_the_highest_point_under_all_constraints() -> None:
    plane = fit(np.array([0.0, 0.0, 1.0]), 1)  # f = any fire
    known = np.array([[1.0, 0.0]])
    # At (1, 0) the function is known to fall short by 0.5, and it may rise by 1 for each step away.
    height, _ = highest(plane, 10.0, 1.0, known, np.array([-0.5]))
    direct = [
        x + min(10.0, -0.5 + float(np.hypot(x - 1.0, y)))
        for x, y in itertools.product(np.linspace(0, 1, 301), repeat=2)
        if x + y <= 1.0
    ]
    assert height == pytest.approx(max(direct), abs=1e-6)


def test_traits_are_rounded_as_engines_round_them() -> None:
    assert traits_of(Heuristic((1.0, 0.0, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.0, 0.8))) == (0.0, 0.0)
    w, e = traits_of(Heuristic((1.0, 0.9, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.25, 0.8)))
    assert w * 2**32 == round(w * 2**32) == round(0.675 * 2**32)
    assert e * 2**32 == round(0.8 * 2**32)
    assert traits_of(heuristic(w, e)) == (w, e)
    assert traits_at(barycentric((w, e))) == pytest.approx((w, e), abs=2**-31)


def test_polishing_finds_the_equilibrium_between_strategies() -> None:
    # A Cournot game: working w earns w (1 - sum of all w); three agents work 1/4 each in equilibrium.
    def function(points: Points) -> list[float]:
        work = [1.0 - point[0] for point in points]
        return [w * (1.0 - sum(work)) for w in work]

    payoffs = ClosedForm(3, function)
    place = payoffs.pool.add_traits
    for concept in (SymmetricConcept(3, 1e-10, "random"), AsymmetricConcept(3, 1e-10)):
        start = MixedProfile.pure((place((0.4, 1.0)),) * 3)
        (found,) = run_batched(payoffs, [polish(concept, payoffs, start, 1e-10)])
        assert found is not None
        for support in found.supports:
            traits = payoffs.pool.traits(support[0])
            assert traits is not None
            assert traits[0] == pytest.approx(0.25, abs=1e-4)
            assert traits[1] == 1.0


def test_polishing_moves_mixed_strategies_and_their_shares_together() -> None:
    # Matching pennies in one's place p = w: with probability x near 0.2 and else near 0.8; see the payoff.
    def function(points: Points) -> list[float]:
        a, b = (1.0 - point[0] for point in points)
        hills = -((a - 0.2) ** 2) * (a - 0.8) ** 2
        return [
            100 * hills - (a - 0.5) * (b - 0.35),
            100 * -((b - 0.2) ** 2) * (b - 0.8) ** 2 - (a - 0.35) * (b - 0.5),
        ]

    payoffs = ClosedForm(2, function)
    ids = [payoffs.pool.add_traits((w, 1.0)) for w in (0.23, 0.78)]
    concept = SymmetricConcept(2, 1e-10, "random")
    start = MixedProfile.of([ids] * 2, [np.array([0.6, 0.4])] * 2)
    (found,) = run_batched(payoffs, [polish(concept, payoffs, start, 1e-10)])
    assert found is not None
    works = [traits[0] for traits in map(payoffs.pool.traits, found.supports[0]) if traits is not None]
    # Opponents that work 0.35 on average leave only the hills, whose tops are at 0.2 and 0.8.
    assert works == pytest.approx([0.2, 0.8], abs=1e-4)
    assert np.array(found.shares[0]) == pytest.approx([0.75, 0.25], abs=1e-4)


def test_where_payoffs_are_convex_nothing_is_polished() -> None:
    payoffs = ClosedForm(1, lambda points: [(points[0][0] - 0.5) ** 2])
    start = MixedProfile.pure((payoffs.pool.add_traits((0.4, 1.0)),))
    assert run_batched(payoffs, [polish(AsymmetricConcept(1, 1e-9), payoffs, start, 1e-9)]) == [None]


def test_guesses() -> None:
    payoffs = ClosedForm(2, lambda _: [0.0, 0.0])
    add = payoffs.pool.add_traits
    mixed = MixedProfile.of([[add((0.0, 0.0)), add((1.0, 1.0))]] * 2, [np.array([0.25, 0.75])] * 2)
    even = behavioral_reduction(payoffs, mixed)
    assert even is not None
    assert payoffs.pool.traits(even.supports[0][0]) == (0.75, 1.0)
    assert behavioral_reduction(payoffs, even) is None
    near = MixedProfile.of(
        [[add((0.60, 0.99)), add((0.62, 1.0)), add((0.01, 0.0))]] * 2, [np.array([0.5, 0.2, 0.3])] * 2
    )
    simple = simplified(SymmetricConcept(2, 1e-9, "random"), payoffs, near)
    assert simple is not None
    assert [payoffs.pool.traits(i) for i in simple.supports[0]] == [
        pytest.approx((0.6057, 1.0), abs=5e-3),
        (0.0, 0.0),
    ]
    assert simple.shares[0] == pytest.approx((0.7, 0.3))
