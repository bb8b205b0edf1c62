"""The game of heuristic teams as a PRISM model, for a model checker that knows nothing of this project.

The night is written out as the rules tell it, one small step after another: every agent decides, every
fire is fought, every house burns down or may ignite, the night is counted. Nothing is shared with the
engines but the rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence

from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Theta

__all__ = ["prism_model"]

CERTAIN = 2**32


def prism_model(town: Scenario, team: Sequence[Theta], free: Collection[int] = ()) -> str:
    """Return the model: rewards ``payoff0`` …, ``welfare``, ``nights``; labels ``over``, ``ended``, ``ruined0`` ….

    The agents on `free` seats may do anything on any night: a Markov decision process, whose payoff is to be
    maximised.
    """
    houses = range(town.num_houses)
    first_night = town.num_houses
    decide = first_night
    # All decide at once in the game. Here one follows the other, and who is free must not see what
    # the others do; what the free ones see of each other is no news to a team that acts as one.
    order = sorted(range(len(team)), key=lambda i: i not in free)
    turn = {agent: decide + place for place, agent in enumerate(order)}
    fight = decide + len(team)
    ignite = fight + town.num_houses
    count = ignite + town.num_houses
    over = count + 1
    variables = [
        f"step : [0..{over}] init 0;",
        f"night : [0..{town.max_nights}] init 0;",
        "ended : bool init false;",
    ]
    for h in houses:
        variables += [f"s{h} : [0..2] init 0;", f"w{h} : [0..{len(team)}] init 0;", f"f{h} : [0..1] init 0;"]
    commands = [
        *_initial_fires(town),
        *(
            line
            for i, theta in enumerate(team)
            for line in (_free_choice(town, i, turn[i]) if i in free else _decision(town, theta, i, turn[i]))
        ),
        *_fighting(town, len(team), fight),
        *_ignition(town, ignite),
        *_counting(town, count, decide, over),
        f"[] step={over} -> true;",
    ]
    payoffs = [
        _payoff(town, None if i in free else theta, i, turn[i], ignite, count) for i, theta in enumerate(team)
    ]
    body = "\n  ".join([*variables, *commands])
    ruined = " + ".join(f"(s{h}=2?1:0)" for h in houses)
    return "\n".join(
        [
            "mdp" if free else "dtmc",
            f"module town\n  {body}\nendmodule",
            f"formula ruined = {ruined};",
            f'label "over" = step={over};',
            'label "ended" = ended;',
            *(f'label "ruined{k}" = step={over} & ruined={k};' for k in range(town.num_houses + 1)),
            *(f'rewards "payoff{i}"\n  {lines}\nendrewards' for i, lines in enumerate(payoffs)),
            'rewards "welfare"\n  ' + "\n  ".join(payoffs) + "\nendrewards",
            f'rewards "nights"\n  step={count} : 1;\nendrewards',
        ]
    )


def _initial_fires(town: Scenario) -> Iterator[str]:
    chance = _threshold(town.prob_initial_fire)
    for h in range(town.num_houses):
        parts = [(chance, f"(s{h}'=1)"), (CERTAIN - chance, "")]
        on = f"(step'={h + 1})"
        yield f"[] step={h} -> {_branches(parts, on)};"


def _decision(town: Scenario, theta: Theta, agent: int, step: int) -> Iterator[str]:
    on = f"(step'={step + 1})"
    for guard, rest, weights in _choices(town, theta, agent):
        parts = [(rest, ""), *((weight, f"(w{h}'=w{h}+1)") for h, weight in weights.items())]
        yield f"[] step={step} & {guard} -> {_branches(parts, on)};"


def _free_choice(town: Scenario, agent: int, step: int) -> Iterator[str]:
    yield f"[rest{agent}] step={step} -> (step'={step + 1});"
    for h in range(town.num_houses):
        yield f"[work{agent}_{h}] step={step} -> (w{h}'=w{h}+1) & (step'={step + 1});"


def _choices(town: Scenario, theta: Theta, agent: int) -> Iterator[tuple[str, int, dict[int, int]]]:
    """Yield, for every set of fires, its guard and the weights of resting and of working at each house."""
    houses, home = range(town.num_houses), town.home(agent)
    work, own = _threshold(theta[1] * (1.0 - theta[8])), _threshold(theta[3])
    for states in itertools.product((False, True), repeat=town.num_houses):
        burning = [h for h in houses if states[h]]
        first = own if home in burning else 0
        weights = dict.fromkeys(houses, 0)
        for index, h in enumerate(burning):
            # How many of the 2**32 words pick this fire.
            low, high = (-(-(i * CERTAIN) // len(burning)) for i in (index, index + 1))
            weights[h] += work * (CERTAIN - first) * (high - low)
        weights[home] += work * CERTAIN * (first if burning else CERTAIN)
        guard = " & ".join(f"s{h}{'=' if states[h] else '!='}1" for h in houses)
        yield guard, (CERTAIN - work) * CERTAIN * CERTAIN, weights


def _fighting(town: Scenario, agents: int, step: int) -> Iterator[str]:
    for h in range(town.num_houses):
        on = f"(step'={step + h + 1}) & (w{h}'=0)"
        yield f"[] step={step + h} & s{h}!=1 -> {on};"
        for workers in range(agents + 1):
            out = _threshold(_none_of(workers, town.prob_solo_agent_extinguishes_fire))
            parts = [(out, f"(f{h}'=0)"), (CERTAIN - out, f"(f{h}'=1)")]
            yield f"[] step={step + h} & s{h}=1 & w{h}={workers} -> {_branches(parts, on)};"


def _ignition(town: Scenario, step: int) -> Iterator[str]:
    for h in range(town.num_houses):
        on = f"(step'={step + h + 1})"
        yield f"[] step={step + h} & (s{h}=2 | f{h}=1) -> (s{h}'=2) & {on};"
        for near in range(3):
            lit = _ignites(town, near)
            parts = [(lit, f"(s{h}'=1)"), (CERTAIN - lit, f"(s{h}'=0)")]
            yield f"[] step={step + h} & s{h}!=2 & f{h}=0 & {_near(town, h)}={near} -> {_branches(parts, on)};"


def _counting(town: Scenario, step: int, decide: int, over: int) -> Iterator[str]:
    houses = range(town.num_houses)
    clear = " & ".join(f"(f{h}'=0)" for h in houses)
    if town.ends_when == "no-fires":
        condition = " & ".join(f"s{h}!=1" for h in houses)
    else:
        condition = " | ".join("(" + " & ".join(f"s{h}={x}" for h in houses) + ")" for x in (0, 2))
    ends = f"night+1>={town.min_nights} & ({condition})"
    last = f"night+1={town.max_nights}"
    counted = f"(night'=night+1) & {clear}"
    yield f"[] step={step} & {ends} -> (ended'=true) & (step'={over}) & {counted};"
    yield f"[] step={step} & !({ends}) & {last} -> (step'={over}) & {counted};"
    yield f"[] step={step} & !({ends}) & !({last}) -> (step'={decide}) & {counted};"


def _payoff(town: Scenario, theta: Theta | None, agent: int, decide: int, ignite: int, count: int) -> str:
    """Return the lines of what an agent gets; lines that hold at the same time add up."""
    houses = range(town.num_houses)
    works = {
        h: -town.cost_to_work_one_night - town.distance_cost * town.ring_distance(town.home(agent), h)
        for h in houses
    }
    if theta is None:
        lines = [
            f"[rest{agent}] true : {town.reward_rest!r};",
            *(f"[work{agent}_{h}] true : {works[h]!r};" for h in houses),
        ]
    else:
        lines = []
        for guard, rest, weights in _choices(town, theta, agent):
            night = rest * town.reward_rest + sum(weight * works[h] for h, weight in weights.items())
            lines.append(f"step={decide} & {guard} : {night / CERTAIN**3!r};")
    for h in houses:
        own = town.owner(h) == agent
        saved = town.stake("reward_own_house_survives" if own else "reward_other_house_survives", agent)
        burnt = town.stake("penalty_own_house_burns" if own else "penalty_other_house_burns", agent)
        for near in range(3):
            safe = 1 - _ignites(town, near) / CERTAIN
            lines.append(f"step={ignite + h} & s{h}=1 & f{h}=0 & {_near(town, h)}={near} : {saved * safe!r};")
        ruined = -town.team_penalty_house_burns / town.num_houses - burnt
        lines.append(f"step={count} & s{h}=2 : {ruined!r};")
        lines.append(f"step={count} & s{h}=0 : {town.team_reward_house_survives / town.num_houses!r};")
    return "\n  ".join(lines)


def _near(town: Scenario, house: int) -> str:
    if town.spread == "after-burn-out":
        return "0"
    return f"(f{(house - 1) % town.num_houses}+f{(house + 1) % town.num_houses})"


def _ignites(town: Scenario, near: int) -> int:
    spared = 1.0 - town.prob_house_catches_fire
    for _ in range(near):
        spared *= 1.0 - town.prob_fire_spreads_to_neighbor
    return _threshold(1.0 - spared)


def _none_of(workers: int, chance: float) -> float:
    fails = 1.0
    for _ in range(workers):
        fails *= 1.0 - chance
    return 1.0 - fails


def _threshold(probability: float) -> int:
    return int(probability * CERTAIN + 0.5)


def _branches(parts: Sequence[tuple[int, str]], then: str) -> str:
    """Return ``weight/total : effect & then + …``; an empty effect changes nothing.

    Whole numbers of PRISM end at 2**63, so weights are written as decimals.
    """
    total = sum(weight for weight, _ in parts)
    shown = [(weight, " & ".join(filter(None, (effect, then)))) for weight, effect in parts if weight]
    return " + ".join(f"{weight}.0/{total}.0 : {effects}" for weight, effects in shown)
