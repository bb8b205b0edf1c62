"""Double oracle and certificates by playing, where strategies look at more than the houses."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle import (
    Sampling,
    certify_profile,
    default_deviations,
    solve_double_oracle,
)
from bucket_brigade.equilibrium.double_oracle.deviators import SymmetricConcept
from bucket_brigade.equilibrium.double_oracle.listed_oracle import ListedOracle
from bucket_brigade.equilibrium.double_oracle.played_certificate import Precision, gains_of
from bucket_brigade.errors import InvalidInput
from bucket_brigade.execution import Execution
from bucket_brigade.payoffs.exact_payoffs import ExactPayoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile, seated
from bucket_brigade.payoffs.played_payoffs import BLOCKS, PlayedPayoffs
from bucket_brigade.payoffs.pool import Pool, entry_of
from bucket_brigade.payoffs.source import PlayedSource
from bucket_brigade.registry import get_scenario, get_strategy, resolve_backend

TOWN = get_scenario("two_houses-v2").replace(num_agents=2)
LISTED = ["free_rider", "hero", "liar"]


def games_of(backend: Backend, seed: int) -> PlayedSource:
    """Payoffs by playing games of a seed on a backend."""
    return PlayedSource(Execution(backend=backend, seed=seed), (), (), resolve_backend(backend))


def exact_gains(mixture: list[float], deviations: list[str]) -> NDArray[np.float64]:
    """Return what each deviation gains over a mixture of hero and liar, seats averaged, exactly."""
    pool = Pool(2)
    payoffs = ExactPayoffs(TOWN, pool, execution=Execution(backend="python"))
    ids = [pool.add(entry_of(get_strategy(name), 2)) for name in ("hero", "liar")]
    profile = MixedProfile.of([ids] * 2, [np.array(mixture)] * 2)
    objective = SymmetricConcept(2, 1e-9, "random").objectives[0]
    draws = objective.draws(profile)
    entries = [pool.add(entry_of(get_strategy(name), 2)) for name in deviations]
    payoffs.require(seated(t.seat, e, t.others) for t in draws for e in entries)
    level = objective.level(payoffs.expected(profile))
    return np.array(
        [
            sum(t.weight * payoffs.of(seated(t.seat, e, t.others))[t.seat] for t in draws) - level
            for e in entries
        ]
    )


def test_the_interval_holds_the_exact_exploitability_for_every_seed(rust: Backend) -> None:
    exact = max(0.0, exact_gains([0.4, 0.6], LISTED).max())
    missed = 0
    for seed in range(40):
        sampling = Sampling(seed=seed, deviations=LISTED, width=2.0, max_games=20_000, confidence=0.9)
        certificate = certify_profile(
            TOWN, ["hero", "liar"], [0.4, 0.6], method="simulate", sampling=sampling, backend=rust
        )
        assert not certificate.exact
        assert certificate.confidence == 0.9
        assert certificate.markov_gains is None
        missed += not certificate.exploitability_traits <= exact <= certificate.exploitability_traits_upper
    # One in ten may miss; the shares of the failure probability are spent on looks that were not needed.
    assert missed <= 4


def test_gains_share_their_luck(python: Backend) -> None:
    pool = Pool(2)
    payoffs = PlayedPayoffs(TOWN, pool, games_of(python, 3), first_game=0, games=6_000)
    ids = [pool.add(entry_of(get_strategy(name), 2)) for name in ("hero", "firefighter")]
    profile = MixedProfile.pure((ids[0],) * 2)
    objective = SymmetricConcept(2, 1e-9, "random").objectives[0]
    payoffs.require(seated(t.seat, e, t.others) for t in objective.draws(profile) for e in ids)
    assert payoffs.games == BLOCKS * math.ceil(6_000 / BLOCKS)
    assert payoffs.evaluations == 3
    assert gains_of(payoffs, profile, objective, ids[0]) == pytest.approx(np.zeros(BLOCKS), abs=1e-12)
    gains = gains_of(payoffs, profile, objective, ids[1])
    # Without common random numbers, the variances of both payoffs would add.
    alone = payoffs.blocks((ids[0], ids[0]))[:, 0]
    assert gains.var() < alone.var()


def test_a_social_profile_is_certified_against_what_is_listed(python: Backend) -> None:
    sampling = Sampling(deviations=["free_rider", "social:hero"], width=5.0, max_games=4_096)
    certificate = certify_profile(TOWN, ["social:liar"], [1.0], sampling=sampling, backend=python)
    assert not certificate.exact
    assert certificate.games == BLOCKS * math.ceil(4_096 / BLOCKS)
    assert certificate.deviations == "free_rider, social:hero, social:liar"
    assert 0.0 <= certificate.exploitability_traits <= certificate.exploitability_traits_upper
    assert not certificate.converged
    document = json.loads(json.dumps(certificate.to_json(), allow_nan=False))
    assert document["markov"] is None
    assert document["traits"]["exploitability"] == [
        certificate.exploitability_traits,
        certificate.exploitability_traits_upper,
    ]


def test_a_sure_equilibrium_of_the_list_ends_with_the_first_look(python: Backend) -> None:
    # Nothing ever burns, so whoever works only pays for it.
    calm = TOWN.replace(prob_initial_fire=0.0, prob_house_catches_fire=0.0)
    sampling = Sampling(deviations=["hero", "firefighter"], width=1e-3)
    rest = [1.0, 0.0, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.0, 0.8]
    certificate = certify_profile(calm, [rest], [1.0], method="simulate", sampling=sampling, backend=python)
    assert certificate.converged
    assert certificate.exploitability_traits_upper == 0.0
    assert certificate.games < 5_000


def test_more_games_are_played_until_the_interval_is_narrow(rust: Backend) -> None:
    games = []
    for width in (4.0, 1.0):
        sampling = Sampling(deviations=LISTED, width=width, max_games=2_000_000)
        certificate = certify_profile(
            TOWN, ["hero", "liar"], [0.4, 0.6], method="simulate", sampling=sampling, backend=rust
        )
        assert certificate.exploitability_traits_upper - certificate.exploitability_traits <= width
        games.append(certificate.games)
    assert games[1] > games[0]


def test_the_failure_probability_is_shared_among_a_fixed_number_of_looks() -> None:
    assert Precision(max_games=1).looks == 1
    assert Precision(max_games=4_096).looks == 1
    assert Precision(max_games=4_097).looks == 2
    assert Precision(max_games=1_000_000).looks == 9


@pytest.mark.parametrize("concept", ["symmetric", "asymmetric"])
def test_a_search_by_playing_ends_in_an_interval(concept: str, python: Backend) -> None:
    sampling = Sampling(
        games=1_000, deviations=["free_rider", "hero", "social:hero"], width=20.0, max_games=4_096
    )
    result = solve_double_oracle(
        TOWN, concept=concept, starts=["social:liar"], sampling=sampling, backend=python, max_iterations=6
    )
    certificate = result.certificate
    assert not certificate.exact
    assert certificate.exploitability_traits_upper < math.inf
    assert result.converged == (certificate.exploitability_traits_upper <= 1e-6)
    assert (result.stop_reason == "converged") == result.converged
    assert result.houses_lost is None
    assert 1.0 <= result.nights <= 100.0
    # The certificate's games had no part in the search.
    assert result.provenance.games == BLOCKS * math.ceil(1_000 / BLOCKS)
    json.dumps(result.to_json(), allow_nan=False)


def test_gains_within_their_errors_are_none(python: Backend) -> None:
    pool = Pool(2)
    payoffs = PlayedPayoffs(TOWN, pool, games_of(python, 0), first_game=0, games=600)
    # The same strategy in all that counts; honesty is seen by social strategies alone.
    hero, twin = (pool.add(entry_of(get_strategy(name), 2)) for name in ("social:hero", "social:firefighter"))
    oracle = ListedOracle(SymmetricConcept(2, 1e-9, "random"), payoffs, [hero, twin], 1e9)
    assessment = oracle.assess(MixedProfile.pure((hero, hero)))
    assert assessment.improving == ()
    assert assessment.gain == max(0.0, assessment.gain) <= assessment.upper


def test_default_deviations_are_archetypes_by_both_rules_and_a_grid() -> None:
    deviations = default_deviations()
    assert len(deviations) == len(set(deviations)) == 5 + 5 + 13


@pytest.mark.parametrize(
    "wrong",
    [{"seed": -1}, {"games": 0}, {"max_games": 0}, {"width": 0.0}, {"confidence": 1.0}, {"confidence": 0.0}],
)
def test_sampling_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(wrong))):
        Sampling(**wrong)  # type: ignore[arg-type]
