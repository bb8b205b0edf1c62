"""Claims about what each does against what is best for all, as predicates on exact payoffs.

Each function takes `Facts` and returns findings: first among heuristic strategies, then among all Markov
policies where that makes a difference. See `bucket_brigade.studies.claims.cooperation` for the words.
"""

from __future__ import annotations

from collections.abc import Iterator

from bucket_brigade.game.heuristic_simplex import heuristic
from bucket_brigade.studies.claims.facts import Facts
from bucket_brigade.studies.claims.finding import HEURISTIC, MARKOV, SMALL, Finding

__all__ = [
    "acting_as_one_pays",
    "all_at_once_is_waste",
    "all_rest",
    "half_would_be_better",
    "one_volunteer_pays",
    "own_interest_against_the_town",
    "together_better",
    "work_is_dear",
]

Findings = Iterator[Finding]


def all_rest(f: Facts) -> Findings:
    """Resting is best for each, whatever the others do; so all rest."""
    most = max(f.gain(s, i) for s, i in f.joining)
    yield Finding(
        "volunteering never pays the volunteer, whoever else volunteers",
        HEURISTIC,
        most < -SMALL,
        {"largest gain": most},
    )
    none = max(f.trait_gains(f.team(())))
    yield Finding(
        "where all rest, nobody gains by other traits", HEURISTIC, none <= SMALL, {"largest gain": none}
    )
    most = max(reply.gain for reply in f.replies_to_none)
    yield Finding(
        "where all rest, nobody's best response gains anything",
        MARKOV,
        most <= SMALL,
        {"largest gain": most, "what that does to the others": max(r.others for r in f.replies_to_none)},
    )


def together_better(f: Facts) -> Findings:
    """Everybody has more where all work than where all rest, and nothing is better for all together."""
    least = float((f.payoffs[f.everyone] - f.payoffs[frozenset()]).min())
    yield Finding(
        "everybody has more where all volunteer than where all rest",
        HEURISTIC,
        least > SMALL,
        {"least gain": least},
    )
    sums = {f"sum, {k} volunteers": f.mean_welfare(k) for k in range(f.agents + 1)}
    best = max(sums.values())
    yield Finding(
        "no other number of volunteers is better for all together",
        HEURISTIC,
        f.mean_welfare(f.agents) >= best - SMALL,
        sums,
    )


def acting_as_one_pays(f: Facts) -> Findings:
    """Some joint policy is better for all together than everybody resting."""
    rest = f.welfare(frozenset())
    yield Finding(
        "some joint policy is better for all together than resting",
        MARKOV,
        f.optimum > rest + SMALL,
        {
            "the best sum": f.optimum,
            "sum where all rest": rest,
            "sum where all volunteer": f.welfare(f.everyone),
        },
    )


def half_would_be_better(f: Facts) -> Findings:
    """Everybody would gain if half worked, in both readings of half."""
    rest = f.payoffs[frozenset()]
    half_nights = f.expect([[heuristic(0.5)] * f.agents])[0].payoffs
    least = float((half_nights - rest).min())
    yield Finding(
        "everybody has more if all work every other night than if all rest",
        HEURISTIC,
        least > SMALL,
        {"least gain": least},
    )
    half = f.agents // 2
    least = min(float((f.payoffs[s] - rest).min()) for s in f.sets if len(s) == half)
    yield Finding(
        f"everybody has more if {half} of {f.agents} volunteer than if all rest",
        HEURISTIC,
        least > SMALL,
        {"least gain": least},
    )


def all_at_once_is_waste(f: Facts) -> Findings:
    """Three of four volunteers are better for all together than four, and nine nights of twelve than all."""
    most, fewer = f.mean_welfare(f.agents), f.mean_welfare(f.agents - 1)
    yield Finding(
        f"the sum is larger with {f.agents - 1} volunteers than with {f.agents}",
        HEURISTIC,
        fewer > most + SMALL,
        {f"sum, {f.agents - 1} volunteers": fewer, f"sum, {f.agents} volunteers": most},
    )
    rarer = f.expect([[heuristic(0.75)] * f.agents])[0].welfare
    yield Finding(
        "the sum is larger if all work three nights in four than if all work always",
        HEURISTIC,
        rarer > most + SMALL,
        {"sum, three nights in four": rarer, "sum, always": most},
    )
    change = min(reply.kept + reply.others for reply in f.replies_among_volunteers)
    yield Finding(
        "where all volunteer, anybody's best response raises the sum",
        MARKOV,
        change > SMALL,
        {"least change of the sum": change},
    )


def one_volunteer_pays(f: Facts) -> Findings:
    """The first volunteer gains for itself; where there is one, another gains less than a tenth of that."""
    first = min(f.gain(frozenset(), i) for i in f.everyone)
    later = max(f.gain(s, i) for s, i in f.joining if s)
    yield Finding(
        "where all rest, anybody gains by volunteering", HEURISTIC, first > SMALL, {"least gain": first}
    )
    yield Finding(
        "beside a volunteer, nobody gains a tenth of that by another",
        HEURISTIC,
        later < first / 10,
        {"largest gain": later},
    )
    first = min(reply.gain for reply in f.replies_to_none)
    yield Finding(
        "where all rest, anybody's best response gains", MARKOV, first > SMALL, {"least gain": first}
    )
    replies = f.replies([(f.team(s), i) for s, i in f.joining if len(s) == 1])
    later = max(reply.gain for reply in replies)
    yield Finding(
        "beside a volunteer, nobody's best response gains a tenth of that",
        MARKOV,
        later < first / 10,
        {"largest gain": later},
    )


def own_interest_against_the_town(f: Facts) -> Findings:
    """The last volunteer costs itself more than it gains, and still raises the sum."""
    own = max(f.gain(f.everyone - {i}, i) for i in f.everyone)
    total = min(f.welfare(f.everyone) - f.welfare(f.everyone - {i}) for i in f.everyone)
    yield Finding(
        "beside three volunteers, the fourth loses by it and all together gain",
        HEURISTIC,
        own < -SMALL and total > SMALL,
        {"largest own gain": own, "least gain of the sum": total},
    )
    yield from _free_riding(f)


def work_is_dear(f: Facts) -> Findings:
    """Where all others volunteer, everybody would rather rest."""
    most = max(f.gain(f.everyone - {i}, i) for i in f.everyone)
    yield Finding(
        "beside three volunteers, nobody gains by being the fourth",
        HEURISTIC,
        most < -SMALL,
        {"largest gain": most},
    )
    yield from _free_riding(f)


def _free_riding(f: Facts) -> Findings:
    replies = f.replies_among_volunteers
    gain, others = min(reply.gain for reply in replies), max(reply.others for reply in replies)
    yield Finding(
        "where all volunteer, everybody's best response gains at the others' expense",
        MARKOV,
        gain > SMALL and others < -SMALL,
        {"least gain": gain, "largest change for the others": others},
    )
