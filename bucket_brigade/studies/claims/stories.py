"""The claims of the named scenarios, and the predicates that each stands for."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.registry import get_scenario
from bucket_brigade.studies.claims import cooperation, dilemmas, town
from bucket_brigade.studies.claims.facts import Facts
from bucket_brigade.studies.claims.finding import ClaimReport, Finding

__all__ = ["CLAIMS", "check_claim"]

Predicate = Callable[[Facts], Iterator[Finding]]


def _as_default(f: Facts) -> Iterator[Finding]:
    return town.dearer_than(f, Facts(get_scenario("default-v2"), backend=f.backend, workers=f.workers))


def _as_large(f: Facts) -> Iterator[Finding]:
    return town.private_against_public(f, 0.5, 2.0)


def _outweighs(f: Facts) -> Iterator[Finding]:
    return town.private_against_public(f, 1.0, float("inf"))


CLAIMS: dict[str, tuple[Predicate, ...]] = {
    "default-v2": (cooperation.one_more_helps, cooperation.each_would_rather_it_were_another),
    "easy-v2": (cooperation.cooperation_holds,),
    "hard-v2": (cooperation.cooperation_holds, town.barely_enough),
    "trivial_cooperation-v2": (cooperation.everyone_gains_by_helping,),
    "early_containment-v2": (town.first_nights_decide, dilemmas.work_is_dear),
    "greedy_neighbor-v2": (dilemmas.all_rest, dilemmas.together_better, dilemmas.acting_as_one_pays),
    "sparse_heroics-v2": (town.long_and_quiet, town.few_suffice, dilemmas.all_at_once_is_waste),
    "rest_trap-v2": (dilemmas.all_rest, dilemmas.half_would_be_better, dilemmas.acting_as_one_pays),
    "chain_reaction-v2": (town.volunteers_apart,),
    "deceptive_calm-v2": (dilemmas.one_volunteer_pays,),
    "overcrowding-v2": (dilemmas.all_rest, dilemmas.all_at_once_is_waste),
    "mixed_motivation-v2": (_as_large, dilemmas.own_interest_against_the_town),
    "minimal_specialization-v2": (_outweighs, town.guards_another),
    "positional_default-v2": (
        cooperation.one_more_helps,
        cooperation.each_would_rather_it_were_another,
        _as_default,
    ),
    "two_houses-v2": (town.by_hand,),
}
"""For each scenario with a claim, what its `about` line says, part by part."""


def check_claim(name: str, *, backend: str | None = None, workers: int | None = None) -> ClaimReport:
    """Judge the claim of a scenario on exact payoffs, among heuristic strategies and all Markov policies.

    Raises `InvalidInput` for a scenario without a claim, and what `bucket_brigade.exact` raises.
    """
    if name not in CLAIMS:
        raise InvalidInput(
            explain(
                f"No claim is known of {name!r}.{did_you_mean(name, CLAIMS)}",
                exists=f"Claims: {', '.join(CLAIMS)}.",
            )
        )
    scenario = get_scenario(name)
    facts = Facts(scenario, backend=backend, workers=workers)
    findings = itertools.chain.from_iterable(predicate(facts) for predicate in CLAIMS[name])
    return ClaimReport(name, scenario.about, tuple(findings))
