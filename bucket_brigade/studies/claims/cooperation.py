"""Claims about working together, as predicates on exact payoffs: cooperation, and the volunteer's dilemma.

Each function takes `Facts` and returns findings: first among heuristic strategies, then among all Markov
policies where that makes a difference. Volunteers work every night, at home first. A best response is
exact over all Markov policies; what it does to the others is that of the best policy found that does
the same every night, since only such a one can be played by an engine.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from bucket_brigade.studies.claims.facts import Facts
from bucket_brigade.studies.claims.finding import HEURISTIC, MARKOV, SMALL, Finding

__all__ = [
    "cooperation_holds",
    "each_would_rather_it_were_another",
    "everyone_gains_by_helping",
    "one_more_helps",
]

Findings = Iterator[Finding]


def one_more_helps(f: Facts) -> Findings:
    """One more volunteer raises the sum of all payoffs, whoever volunteers already."""
    worst = min(f.welfare(s | {i}) - f.welfare(s) for s, i in f.joining)
    yield Finding(
        "one more volunteer raises the sum of payoffs, whoever volunteers already",
        HEURISTIC,
        worst > SMALL,
        {"least change of the sum": worst},
    )
    replies = f.replies([(f.team(s), i) for s, i in f.joining])
    worst = min(reply.kept + reply.others for reply in replies)
    yield Finding(
        "so does a resting agent who takes up its best response to them",
        MARKOV,
        worst > SMALL,
        {"least change of the sum": worst},
    )


def each_would_rather_it_were_another(f: Facts) -> Findings:
    """Whoever is about to volunteer would be better off if another did so in its place."""
    swaps = [(s, i, j) for s in f.sets for i, j in itertools.permutations(sorted(f.everyone - s), 2)]
    worst = min(float(f.payoffs[s | {j}][i] - f.payoffs[s | {i}][i]) for s, i, j in swaps)
    yield Finding(
        "an agent about to volunteer has more if another volunteers in its place",
        HEURISTIC,
        worst > SMALL,
        {"least difference": worst},
    )
    replies = dict(zip(f.joining, f.replies([(f.team(s), i) for s, i in f.joining]), strict=True))
    worst = min(float(replies[s, j].payoffs[i] - replies[s, i].response.value) for s, i, j in swaps)
    yield Finding(
        "an agent about to play its best response has more if another plays its own best response instead",
        MARKOV,
        worst > SMALL,
        {"least difference": worst},
    )


def everyone_gains_by_helping(f: Facts) -> Findings:
    """Whoever joins the volunteers gains, and so does everybody else."""
    own = min(f.gain(s, i) for s, i in f.joining)
    others = min(
        float(f.payoffs[s | {i}][j] - f.payoffs[s][j]) for s, i in f.joining for j in f.everyone - {i}
    )
    yield Finding(
        "whoever joins the volunteers gains, and so does each of the others",
        HEURISTIC,
        min(own, others) > SMALL,
        {"least own gain": own, "least gain of another": others},
    )
    replies = f.replies([(f.team(s), i) for s, i in f.joining])
    own, others = min(r.gain for r in replies), min(r.others for r in replies)
    yield Finding(
        "a resting agent's best response gains, and all others together gain by it",
        MARKOV,
        min(own, others) > SMALL,
        {"least own gain": own, "least gain of the others": others},
    )


def cooperation_holds(f: Facts) -> Findings:
    """Volunteering pays whatever the others do, and a team of volunteers has nobody who would leave."""
    least = min(f.gain(s, i) for s, i in f.joining)
    yield Finding(
        "volunteering pays the volunteer, whoever else volunteers",
        HEURISTIC,
        least > SMALL,
        {"least gain": least},
    )
    most = max(f.trait_gains(f.team(f.everyone)))
    yield Finding(
        "where all volunteer, nobody gains by other traits",
        HEURISTIC,
        most <= SMALL,
        {"largest gain": most},
    )
    replies = f.replies_among_volunteers
    worst = min(reply.others for reply in replies)
    yield Finding(
        "where all volunteer, nobody's best response costs the others anything (it does gain: no work without a fire)",
        MARKOV,
        worst >= -SMALL,
        {"largest gain": max(reply.gain for reply in replies), "least change for the others": worst},
    )
