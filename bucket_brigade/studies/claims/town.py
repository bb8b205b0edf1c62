"""Claims about the town itself: its fires, its stakes, and where its volunteers stand.

Each function takes `Facts` and returns findings, most of them about heuristic strategies only. See
`bucket_brigade.studies.claims.cooperation` for the words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bucket_brigade.game.heuristic_simplex import ANY_FIRE, heuristic
from bucket_brigade.studies.claims.facts import Facts
from bucket_brigade.studies.claims.finding import HEURISTIC, MARKOV, SMALL, Finding

__all__ = [
    "barely_enough",
    "by_hand",
    "dearer_than",
    "few_suffice",
    "first_nights_decide",
    "guards_another",
    "long_and_quiet",
    "private_against_public",
    "volunteers_apart",
]

Findings = Iterator[Finding]


def long_and_quiet(f: Facts) -> Findings:
    """A volunteers' town has twenty nights and more, with less than one fire a night."""
    tallies = f.outcomes[f.everyone].tallies
    nights = float(tallies["nights"][0])
    fires = f.scenario.num_houses - float(tallies["safe"][0] + tallies["ruined"][0]) / nights
    yield Finding(
        "where all volunteer, games last twenty nights or more with less than one fire a night",
        HEURISTIC,
        nights >= 20 and fires < 1,
        {"nights": nights, "fires at the end of a night": fires},
    )


def few_suffice(f: Facts) -> Findings:
    """Half of the volunteers achieve three quarters of what all of them achieve."""
    none, half, every = (f.mean_welfare(k) for k in (0, f.agents // 2, f.agents))
    share = (half - none) / (every - none)
    yield Finding(
        "half of the volunteers achieve three quarters of what all achieve",
        HEURISTIC,
        every > none and share >= 0.75,
        {"share": share},
    )


def first_nights_decide(f: Facts) -> Findings:
    """A quarter of the nights does at least half of the harm."""
    nights = max(1, f.scenario.min_nights // 4)
    for team, who in ((f.everyone, "all volunteer"), (frozenset[int](), "all rest")):
        early, late = f.lost_by(nights, team), f.lost(team)
        yield Finding(
            f"if {who}, half of the houses lost are lost in the first {nights} nights",
            HEURISTIC,
            early >= late / 2,
            {"houses lost early": early, "houses lost in all": late},
        )


def barely_enough(f: Facts) -> Findings:
    """A team that cooperates is better off than with nothing, but below half of what an unharmed town pays."""
    town = f.scenario
    unharmed = f.agents * town.min_nights * (town.team_reward_house_survives + town.reward_rest)
    for among, value, who in (
        (HEURISTIC, f.welfare(f.everyone), "all volunteers"),
        (MARKOV, f.optimum, "the best joint policy"),
    ):
        numbers = {"sum of payoffs": value, "share of an unharmed town's": value / unharmed}
        if among == HEURISTIC:
            numbers["houses lost"] = f.lost(f.everyone)
        yield Finding(
            f"{who}: the sum is positive, and less than half of what a town without fires pays",
            among,
            0.0 < value < unharmed / 2,
            numbers,
        )


def private_against_public(f: Facts, least: float, most: float) -> Findings:
    """Of what volunteering brings, the private part is this many times the public part."""
    private, public = f.stakes(f.everyone)
    words = f"{least:g} to {most:g} times" if np.isfinite(most) else f"more than {least:g} times"
    yield Finding(
        f"of what four volunteers bring, the private part is {words} the public part",
        HEURISTIC,
        public > 0 and least * public <= private <= most * public,
        {"private part": private, "public part": public},
    )


def volunteers_apart(f: Facts) -> Findings:
    """Volunteers who see to different houses do more for the town than those who may meet at one."""
    several = [s for s in f.sets if len(s) > 1]
    meeting = f.expect([f.team(s, ANY_FIRE) for s in several])
    least = min(f.welfare(s) - result.welfare for s, result in zip(several, meeting, strict=True))
    yield Finding(
        "two volunteers or more do more for all if each sees to its own house first than if each takes any fire",
        HEURISTIC,
        least > SMALL,
        {"least difference": least},
    )
    spread = [round(i * f.scenario.num_houses / f.agents) for i in range(f.agents)]
    apart = f.expect([f.team(f.everyone)], f.scenario.replace(homes=spread))[0].welfare
    beside = f.expect([f.team(f.everyone)], f.scenario.replace(homes=list(range(f.agents))))[0].welfare
    yield Finding(
        "four volunteers do more for all if their homes are spread around the ring than if they are neighbours",
        HEURISTIC,
        apart > beside + SMALL,
        {"sum, spread": apart, "sum, neighbours": beside},
    )
    apart, together = (result.welfare for result in f.expect([f.ranked_team(True), f.ranked_team(False)]))
    yield Finding(
        "a team in which each takes another fire does more for all than one in which all take the same",
        MARKOV,
        apart > together + SMALL,
        {"sum, another each": apart, "sum, the same": together},
    )


def dearer_than(f: Facts, plain: Facts) -> Findings:
    """Volunteering gains less than in a town where distance costs nothing, whoever volunteers already."""
    most = max(f.gain(s, i) - plain.gain(s, i) for s, i in f.joining)
    yield Finding(
        f"volunteering gains its volunteer less than in {plain.scenario.name}, whoever else volunteers",
        HEURISTIC,
        most < -SMALL,
        {"largest difference": most},
    )
    pairs = zip(f.replies_to_none, plain.replies_to_none, strict=True)
    most = max(mine.gain - theirs.gain for mine, theirs in pairs)
    yield Finding(
        f"where all rest, the best response gains less than in {plain.scenario.name}",
        MARKOV,
        most < -SMALL,
        {"largest difference": most},
    )


def guards_another(f: Facts) -> Findings:
    """Somebody sees to a fire at another's house, though its own houses are worth more to it."""
    equal = f.expect([[heuristic(1.0, own)] * f.agents for own in (0.0, 1.0)])
    saves = [float(np.mean(result.tallies["other_saves"])) for result in equal]
    most = max(f.trait_gains(f.team(f.everyone)))
    yield Finding(
        "all volunteers at home first are an equilibrium, and they save others' houses too",
        HEURISTIC,
        most <= SMALL and saves[1] > 0,
        {"largest gain": most, "an agent's others' houses saved, home first": saves[1], "any fire": saves[0]},
    )
    for replies, who in (
        (f.replies_to_none, "all others rest"),
        (f.replies_among_volunteers, "all others volunteer"),
    ):
        shares = [f.goes_to_others(reply) for reply in replies]
        yield Finding(
            f"if {who}, everybody's best response goes to a lone fire at another's house",
            MARKOV,
            min(shares) > 0,
            {"least share of such houses": min(shares), "largest share": max(shares)},
        )


def by_hand(f: Facts) -> Findings:
    """The states of the houses can be counted on fingers, and the reference, which writes them out, agrees."""
    states = 3**f.scenario.num_houses
    team = f.team(f.everyone)
    reference = Facts(f.scenario, backend="python")
    difference = float(np.abs(f.expect([team])[0].payoffs - reference.expect([team])[0].payoffs).max())
    yield Finding(
        "there are nine states of the houses, and writing them all out gives the same payoffs",
        HEURISTIC,
        states == 9 and difference <= SMALL,
        {"states": states, "largest difference": difference},
    )
    difference = abs(f.optimum - reference.optimum)
    yield Finding(
        "trying every joint action in each of them gives the same social optimum",
        MARKOV,
        difference <= SMALL,
        {"the best sum": f.optimum, "difference": difference},
    )
