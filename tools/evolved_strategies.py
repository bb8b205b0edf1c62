"""Writes docs/reference/evolved-strategies.md and the numbers and the picture of docs/tutorial/evolve-a-strategy.md.

    python tools/evolved_strategies.py

Everything is evolved and judged anew, some minutes of work. Runs are kept in target/evolved/, so that one that was
stopped goes on where it was.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from bucket_brigade.backends.dispatch import own_version
from bucket_brigade.evolution import EvolutionSettings, FitnessEvaluator, run_evolution
from bucket_brigade.evolution.generation import first_state, next_state
from bucket_brigade.evolution.run import FINAL_GAME, evaluator_of
from bucket_brigade.evolution.scorecard import Score, scorecard
from bucket_brigade.game.strategy import ARCHETYPES, TRAITS, Heuristic, Social, Theta, check_theta
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.reports.all_scenarios import twelve_scenarios
from bucket_brigade.reports.evolution_plots import fitness_band, fitness_curve
from bucket_brigade.reports.plots import new_figure
from bucket_brigade.reports.report_pictures import png_bytes
from bucket_brigade.reports.tables import markdown_table
from bucket_brigade.runs.run_directory import RunDirectory

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "evolved"
PAGE = ROOT / "docs" / "reference" / "evolved-strategies.md"
TUTORIAL = ROOT / "docs" / "tutorial" / "evolve-a-strategy.md"
PICTURE = ROOT / "docs" / "images" / "evolution-greedy_neighbor.png"

TOWN = "greedy_neighbor-v2"
SEEDS = range(10)
GAMES = 20_000
EVERYBODY = tuple(ARCHETYPES)
HOUSES_ONLY = {"coordination": 0.0, "fatigue_memory": 0.0}
WATCH: dict[str, Any] = {
    "rule": "social",
    "fixed_traits": HOUSES_ONLY,
    "population": 80,
    "generations": 40,
    "games": 400,
}
RUNS: dict[str, dict[str, Any]] = {
    "team": {"scenarios": [TOWN], "population": 40, "generations": 25},
    "loner": {
        "scenarios": [TOWN],
        "fitness": "mixed",
        "opponents": list(EVERYBODY),
        "population": 60,
        "generations": 30,
    },
}

HEAD = """\
# Evolved strategies

*Written by `python tools/evolved_strategies.py`; edit that, not this.*

Strategies that evolution found ([how](../tutorial/evolve-a-strategy.md)), on all twelve scenarios. **Specialist**:
evolved for the scenario of its row, to do well as a team of clones. **Generalist**: evolved for all twelve at once; its
fitness is the mean of its payoffs as a team, in each scenario measured from the worst archetype (0) to the best (1).
Both are played by the social rule without `coordination` and `fatigue_memory`, so they look only at the houses, and
their teams have exact payoffs. **Team** and **loner** are played by the heuristic rule and were evolved on
greedy_neighbor alone: as a team of clones, and beside draws from the archetypes.
"""

TEAMS = """\
## As a team of clones

Payoff of an agent, exact.
"""

BESIDE = """\
## Beside archetypes

Payoff of one agent on every seat in turn, the other seats drawn from the five archetypes: {games:,} games on each seat,
the same for all; standard errors are {low:.1f} to {high:.1f}, and those of differences much smaller.
"""

EXPLOIT = """\
## How much one agent gains by leaving the team

Exact: over all strategies, for an agent that knows its seat, averaged over the seats ([what that
means](../explanation/exact.md)). 0 would be an equilibrium.
"""

TRAIT_TABLE = """\
## Their traits
"""


def main() -> int:
    """Evolve, judge, draw and write."""
    towns = [town.name for town in twelve_scenarios("v2")]
    best: dict[str, Heuristic | Social] = {
        name: Heuristic(_run(name, settings)) for name, settings in RUNS.items()
    }
    generalist = Social(_run("generalist", {**WATCH, "scenarios": towns, "games": 200}))
    specialists = {town: Social(_run(town, {**WATCH, "scenarios": [town]})) for town in towns}
    scores = {
        town: _scores(town, {"specialist": specialists[town], "generalist": generalist, **best})
        for town in towns
    }
    traits: dict[str, Heuristic | Social] = {**best, "generalist": generalist, **specialists}
    PAGE.write_text(_page(scores, traits), encoding="utf-8")
    curves = _curves()
    _draw(curves, scores[TOWN])
    text = TUTORIAL.read_text(encoding="utf-8")
    found = {"specialist": specialists[TOWN], **best}
    TUTORIAL.write_text(_filled(text, _numbers(scores[TOWN], curves, found)), encoding="utf-8")
    return 0


def _run(name: str, values: Mapping[str, Any]) -> Theta:
    _say(f"evolving {name}")
    settings = EvolutionSettings.of({"seed": 1, **values})
    return check_theta(run_evolution(settings, directory=WORK / name, resume=True).best)


def _scores(town: str, evolved: Mapping[str, Heuristic | Social]) -> dict[str, Score]:
    """Return the scores of these and of the archetypes, kept for the next time."""
    _say(f"scores in {town}")
    members: dict[str, Member] = {**evolved, **{name: name for name in EVERYBODY}}
    asked = {
        "scenario": get_scenario(town).to_mapping(),
        "evolved": {name: [type(strategy).__name__, *strategy.theta] for name, strategy in evolved.items()},
        "games": GAMES,
        "bucket_brigade": own_version(),
    }
    kept = RunDirectory(WORK / "scores" / town, asked)
    with kept.opened(resume=True):
        found = kept.load("scores") or kept.save(
            "scores", [score.to_json() for score in scorecard(members, [town], games=GAMES)]
        )
    return {score["strategy"]: Score(**score) for score in found}


def _curves() -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what the best of each generation is worth on games that no generation played, (S, T)."""
    judge = FitnessEvaluator(TOWN, 4000, method="simulate", rule="social", first_game=FINAL_GAME)
    curves = []
    for seed in SEEDS:
        _say(f"seed {seed}")
        settings = EvolutionSettings.of({**WATCH, "scenarios": [TOWN], "seed": seed})
        evaluator = evaluator_of(settings)
        state = first_state(settings, evaluator)
        best = [state.genomes[np.argmax(state.values)]]
        while state.stopped is None:
            state = next_state(state, settings, evaluator)
            best.append(state.genomes[np.argmax(state.values)])
        curves.append(judge.evaluate(best).values)
    return np.stack(curves)


def _leads(evolved: Mapping[str, Heuristic | Social], archetype: str) -> dict[str, tuple[float, float]]:
    """Return how much more than an archetype each earns beside archetypes, and the standard error of that.

    Differences are taken within generations of games, which are independent samples.
    """
    evaluator = FitnessEvaluator(
        TOWN,
        500,
        "mixed",
        EVERYBODY,
        "simulate",
        generation_rule="fresh",
        first_game=FINAL_GAME,
    )
    members: list[Member] = [archetype, *evolved.values()]
    values = np.stack([evaluator.evaluate_strategies(members, number).values for number in range(100)])
    leads = values[:, 1:] - values[:, :1]
    errors = leads.std(axis=0, ddof=1) / np.sqrt(len(leads))
    return {
        name: (float(mean), float(error))
        for name, mean, error in zip(evolved, leads.mean(axis=0), errors, strict=True)
    }


def _draw(curves: np.ndarray[Any, np.dtype[np.float64]], scores: Mapping[str, Score]) -> None:
    figure = new_figure(7.2, 4.2)
    marks = {name: scores[name].team for name in ("free_rider", "coordinator", "firefighter")}
    fitness_curve(
        curves,
        marks=marks,
        ylabel="payoff of an agent in a team of clones",
        title=f"The best of each generation on {TOWN}, {len(curves)} seeds",
        ax=figure.subplots(),
    )
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(png_bytes(figure))


def _page(scores: Mapping[str, Mapping[str, Score]], traits: Mapping[str, Heuristic | Social]) -> str:
    evolved = ("specialist", "generalist", "team", "loner")
    teams, beside, exploit = [], [], []
    for town, of in scores.items():
        best = max(EVERYBODY, key=lambda name: of[name].team)
        teams.append([town, best, _number(of[best].team), *(_number(of[name].team) for name in evolved)])
        best = max(EVERYBODY, key=lambda name: of[name].beside)
        beside.append([town, best, _number(of[best].beside), *(_number(of[name].beside) for name in evolved)])
        least = min(EVERYBODY, key=lambda name: _gain(of[name]))
        exploit.append(
            [town, least, _number(_gain(of[least])), *(_number(_gain(of[name])) for name in evolved)]
        )
    errors = [score.beside_error for of in scores.values() for score in of.values()]
    columns = ("scenario", "best archetype", "it", *evolved)
    rows = [
        [
            name,
            "social" if isinstance(strategy, Social) else "heuristic",
            *(f"{t:.2f}" for t in strategy.theta),
        ]
        for name, strategy in traits.items()
    ]
    behind = [
        town for town, of in scores.items() if of["generalist"].team < max(of[n].team for n in EVERYBODY)
    ]
    theta = dict(zip(TRAITS, traits["generalist"].theta, strict=True))
    alarm = _alarm(theta)
    outstanding = (
        f"A team of the generalist earns more than a team of any archetype in {len(scores) - len(behind)} of\n"
        f"{len(scores)} scenarios (not in {', '.join(behind) or 'none'}),\n"
        f"without being told which one it is in. With honesty {theta['honesty']:.2f} and altruism "
        f"{theta['altruism']:.2f}\nits signal is its mode, and it means to work on nights with {alarm} or more of ten "
        "houses on fire.\n"
    )
    return "\n".join(
        [
            HEAD,
            outstanding,
            TEAMS,
            markdown_table(columns, teams, left=2),
            BESIDE.format(games=GAMES, low=min(errors), high=max(errors)),
            markdown_table(columns, beside, left=2),
            EXPLOIT,
            markdown_table(("scenario", "least exploitable archetype", *columns[2:]), exploit, left=2),
            TRAIT_TABLE,
            markdown_table(("evolved", "rule", *(trait.replace("_", " ") for trait in TRAITS)), rows, left=2),
        ]
    )


def _alarm(theta: Mapping[str, float]) -> int:
    """Return how many houses must burn, home apart, for the social rule's intent to exceed one half."""
    rest = 1.0 - theta["rest_reward_bias"]
    return next(
        b for b in range(11) if (theta["work_tendency"] + theta["risk_aversion"] * b / 10) * rest > 0.5
    )


def _numbers(
    scores: Mapping[str, Score],
    curves: np.ndarray[Any, np.dtype[np.float64]],
    evolved: Mapping[str, Heuristic | Social],
) -> str:
    """Return what the tutorial says between its marks."""
    names = {
        "specialist": "**evolved, social, as a team**",
        "team": "**evolved, as a team**",
        "loner": "**evolved, alone**",
    }
    order = ["specialist", "team", *sorted(EVERYBODY, key=lambda name: -scores[name].team)]
    order.insert(2, "loner")
    rows = [
        [
            names.get(name, name),
            _number(scores[name].team),
            f"{scores[name].beside:,.1f} ± {scores[name].beside_error:.1f}",
            _number(_gain(scores[name])),
        ]
        for name in order
    ]
    table = markdown_table(
        ("strategy", "in a team of clones", "beside archetypes", "gain by leaving the team"), rows, left=1
    )
    rival = max(EVERYBODY, key=lambda name: scores[name].beside)
    leads = _leads(evolved, rival)
    ahead = (
        f"The standard errors are of luck that all share. On the same games, beside archetypes, the social team earns "
        f"{_lead(leads['specialist'])} more than the best of these, {rival}; the loner {_lead(leads['loner'])} more."
    )
    mean, low, high = (bound[-1] for bound in fitness_band(curves))
    said = (
        f"The picture: the best of each generation, judged on 4,000 games that no generation played, over "
        f"{len(curves)} seeds; thin lines are seeds, the band is the 95 % confidence interval of their mean. In the "
        f"last generation the mean is {mean:,.1f} ({low:,.1f} to {high:,.1f}); the worst seed reaches "
        f"{curves[:, -1].min():,.1f}."
    )
    return f"{table}\n{ahead}\n\n{said}\n"


def _gain(score: Score) -> float:
    assert score.exploitability is not None, score
    return max(score.exploitability, 0.0)


def _lead(lead: tuple[float, float]) -> str:
    return f"{lead[0]:.1f} ± {lead[1]:.1f}"


def _filled(text: str, numbers: str) -> str:
    begin, end = "<!-- numbers: python tools/evolved_strategies.py -->\n", "<!-- end of numbers -->"
    filled, count = re.subn(
        re.escape(begin) + r".*?" + re.escape(end), lambda _: f"{begin}{numbers}{end}", text, flags=re.DOTALL
    )
    assert count == 1, "the tutorial has no place for its numbers"
    return filled


def _number(value: float) -> str:
    return f"{value:,.1f}".replace("-", "−")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
