"""From a plan of profiles to where its payoffs come from, and to exact ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import No
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend
from bucket_brigade.execution import EXACT, SIMULATE, Execution
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.payoffs.expected_profiles import (
    Arrangements,
    ExpectedProfiles,
    count_arrangements,
    seat_profiles,
)
from bucket_brigade.payoffs.payoff_table import PlayedProfiles
from bucket_brigade.payoffs.profile_play import Plan, Progress
from bucket_brigade.payoffs.source import ExactSource, PlayedSource, choose_source
from bucket_brigade.statistics.estimates import Replication

__all__ = ["MOST_ARRANGEMENTS", "Evaluated", "choose_for_plan", "expect_plan", "too_many_arrangements"]


MOST_ARRANGEMENTS = 1 << 14
"""Different seatings of all profiles together that are evaluated: five strategies on six seats, say."""


@dataclass(frozen=True, eq=False)
class Evaluated:
    """Payoffs of the T cells of a plan, and how they came about."""

    payoffs: Floats
    """(T,)."""
    replicate_means: Floats
    """(Q, T); Q = 0 if payoffs are exact."""
    replication: Replication
    provenance: Provenance
    played: PlayedProfiles | ExpectedProfiles
    method: str
    """`exact` or `simulate`."""
    fallback_reason: str = ""
    """Why games were played although exact payoffs would have been welcome."""


def choose_for_plan(
    plan: Plan,
    seating: str,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    labels: Sequence[str],
    execution: Execution,
    resolved: ResolvedBackend,
) -> tuple[ExactSource, Arrangements] | PlayedSource:
    """Return where the payoffs of a plan come from; an exact source with every way of seating its profiles."""
    if execution.method == SIMULATE:
        too_many, arrangements = None, None
    else:
        too_many = too_many_arrangements(count_arrangements(plan, seating, MOST_ARRANGEMENTS))
        arrangements = None if too_many else seat_profiles(plan, seating)

    def compile_tables(tables: Sequence[Strategy]) -> Program:
        assert arrangements is not None
        return compile_program([scenario], tables, arrangements.seats)

    source = choose_source(execution, resolved, strategies, labels, compile_tables, too_many=too_many)
    if isinstance(source, PlayedSource):
        return source
    assert arrangements is not None
    return source, arrangements


def expect_plan(
    plan: Plan,
    seating: str,
    scenario: Scenario,
    source: ExactSource,
    arrangements: Arrangements,
    progress: Progress | None,
) -> Evaluated:
    """Return the exact payoffs of a plan's cells; every different seating is evaluated once.

    `progress` is called with (expectations done, expectations in all).
    """
    expected = source.expect(source.program, progress)
    played = ExpectedProfiles(plan, seating, arrangements, expected.counts)
    payoffs = played.priced(scenario)
    return Evaluated(payoffs[0], payoffs[:0], Replication(1, 0), source.provenance, played, EXACT)


def too_many_arrangements(arrangements: int) -> No | None:
    """Return why so many ways of seating profiles are not evaluated exactly, or None if they are."""
    if arrangements <= MOST_ARRANGEMENTS:
        return None
    return No(
        f"the profiles can be seated in more than {MOST_ARRANGEMENTS:,} different ways, too many to evaluate each"
    )
