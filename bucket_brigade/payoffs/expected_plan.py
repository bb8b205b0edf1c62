"""From a plan of profiles to exact payoffs, or to the reason why there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import No
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend
from bucket_brigade.errors import AgentError, CannotTabulate
from bucket_brigade.exact.dispatch import find_exact_backend
from bucket_brigade.exact.methods import EXACT, as_tables, looks_only_at_houses, no_table
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.payoffs.expected_profiles import ExpectedProfiles, count_arrangements, seat_profiles
from bucket_brigade.payoffs.payoff_table import PlayedProfiles
from bucket_brigade.payoffs.profile_play import Plan, Progress
from bucket_brigade.statistics.estimates import Replication

__all__ = ["MOST_ARRANGEMENTS", "Evaluated", "expect_plan", "too_many_arrangements"]


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


def expect_plan(
    plan: Plan,
    seating: str,
    scenario: Scenario,
    strategies: Sequence[Strategy],
    labels: Sequence[str],
    resolved: ResolvedBackend,
    *,
    workers: int | None,
    progress: Progress | None,
) -> Evaluated | No:
    """Return the exact payoffs of a plan's cells, or why there are none.

    One call of the backend evaluates every different seating once, unless progress is wanted, which is
    told of (expectations done, expectations in all).
    """
    too_many = too_many_arrangements(count_arrangements(plan, seating, MOST_ARRANGEMENTS))
    if too_many is not None:
        return too_many
    arrangements = seat_profiles(plan, seating)
    tables = as_tables(strategies)
    seen = looks_only_at_houses(tables, labels)
    if isinstance(seen, No):
        return seen
    try:
        program = compile_program([scenario], tables, arrangements.seats)
    except (AgentError, CannotTabulate) as error:
        return no_table(error)
    answers = find_exact_backend(resolved, program, tables, labels)
    if isinstance(answers, No):
        return answers
    expected = answers.expect(program, workers=workers, progress=progress)
    played = ExpectedProfiles(plan, seating, arrangements, expected.counts)
    payoffs = played.priced(scenario)
    return Evaluated(payoffs[0], payoffs[:0], Replication(1, 0), answers.provenance, played, EXACT)


def too_many_arrangements(arrangements: int) -> No | None:
    """Return why so many ways of seating profiles are not evaluated exactly, or None if they are."""
    if arrangements <= MOST_ARRANGEMENTS:
        return None
    return No(
        f"the profiles can be seated in more than {MOST_ARRANGEMENTS:,} different ways, too many to evaluate each"
    )
