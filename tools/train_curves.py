"""Train the PPO example and hold it against the exact best response: docs/benchmarks/learners.md and its pictures.

    python -m tools.train_curves                 needs the extras rl and plots; run from the root of the repository

Every run, a scenario and a seed, is kept in a file of ``runs/learners`` once it is finished and is not repeated, so
several of these commands may share the work: ``--scenario`` and ``--seed`` name one run. Times are told as measured;
nothing else depends on the machine.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bucket_brigade.envs.policy import Policy
from bucket_brigade.envs.policy_agent import policy_agent
from bucket_brigade.exact import expect_teams
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.plots import COLORS, INK, new_figure
from bucket_brigade.responses import best_markov_response
from bucket_brigade.runs.files import write_atomically
from bucket_brigade.simulation import simulate
from examples import ppo

ROOT = Path(__file__).parent.parent
RUNS = ROOT / "runs" / "learners"
IMAGES = ROOT / "docs" / "images"
PAGE = ROOT / "docs" / "benchmarks" / "learners"
SCENARIOS = ("greedy_neighbor-v2", "chain_reaction-v2")
OPPONENTS = ["firefighter", "coordinator", "liar"]
SEEDS = (0, 1, 2)
GAMES = 200_000
"""Played to value a trained policy, with another seed than it was trained on."""


def settings_of(scenario: str, seed: int) -> ppo.Settings:
    """Return the example's own settings for a run."""
    return ppo.Settings(scenario=scenario, opponents=",".join(OPPONENTS), seed=seed)


def run(scenario: str, seed: int) -> dict[str, Any]:
    """Train, value and keep one run, or return what was kept of it."""
    kept, settings = RUNS / f"{scenario}-{seed}.json", settings_of(scenario, seed)
    if kept.exists():
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        if found["settings"] == asdict(settings):
            return found
    wall, cpu = time.perf_counter(), time.process_time()
    policy, history = ppo.train(settings)
    result: dict[str, Any] = {
        "settings": asdict(settings),
        "seed": seed,
        "wall_seconds": round(time.perf_counter() - wall, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "nights": [seen.nights for seen in history],
        "payoffs": [seen.payoff for seen in history],
        "games": [seen.games for seen in history],
    }
    policy.save(kept.with_suffix(".npz"))
    for word, greedy in (("drawn", False), ("greedy", True)):
        result[word] = value(scenario, policy, greedy=greedy)
    write_atomically(kept, json.dumps(result).encode())
    return result


def value(scenario: str, policy: Policy, *, greedy: bool) -> list[float]:
    """Return what a policy is paid as an agent, and the standard error of that."""
    played = simulate(scenario, [policy_agent(policy, greedy=greedy), *OPPONENTS], games=GAMES, seed=2**63)
    return [float(played.payoffs[0]), float(played.standard_errors[0])]


def yardsticks(scenario: str) -> dict[str, Any]:
    """Return exact payoffs: of the archetypes, of the best response, and of the best that was found stationary.

    The social archetypes look at more than the houses, so theirs are simulated.
    """
    best = best_markov_response(scenario, ["hero", *OPPONENTS], 0)
    exact = expect_teams(scenario, [[name, *OPPONENTS] for name in ARCHETYPES]).payoffs[:, 0]
    social = {}
    for name in ARCHETYPES:
        played = simulate(scenario, [f"social:{name}", *OPPONENTS], games=GAMES, seed=2**63)
        social[f"social:{name}"] = [float(played.payoffs[0]), float(played.standard_errors[0])]
    return {
        "best": best.value,
        "stationary": best.stationary.value,
        "archetypes": dict(zip(ARCHETYPES, map(float, exact), strict=True)),
        "social": social,
    }


def draw(scenario: str, runs: list[dict[str, Any]], exact: dict[str, Any]) -> None:
    """Draw the payoffs of the games of training, with what they are to be held against."""
    figure = new_figure(6.8, 4.0)
    ax = figure.subplots()
    for color, found in zip(COLORS, runs, strict=False):
        nights, payoffs = np.array(found["nights"]) / 1e6, np.array(found["payoffs"])
        width = 5
        smooth = np.convolve(payoffs, np.ones(width) / width, mode="valid")
        ax.plot(nights, payoffs, color=color, alpha=0.25, linewidth=0.8)
        ax.plot(nights[width - 1 :], smooth, color=color, linewidth=1.6, label=f"PPO, seed {found['seed']}")
    name, archetype = best_archetype(exact)
    for level, label, style, above in (
        (exact["best"], f"best response, exact: {exact['best']:.1f}", "-", True),
        (archetype, f"best archetype ({name}), exact: {archetype:.1f}", "--", False),
    ):
        ax.axhline(level, color=INK, linestyle=style, linewidth=1.1)
        ax.annotate(
            label,
            (1.0, level),
            (-2, 3 if above else -4),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            ha="right",
            va="bottom" if above else "top",
        )
    lowest = min(min(found["payoffs"]) for found in runs)
    ax.set_ylim(lowest - 0.03 * (exact["best"] - lowest), exact["best"] + 0.12 * (exact["best"] - lowest))
    ax.set_xlim(0, max(found["nights"][-1] for found in runs) / 1e6)
    ax.set_xlabel("nights of training (millions)")
    ax.set_ylabel("payoff a game (payoff units)")
    ax.set_title(f"Seat 0 of {scenario} against {', '.join(OPPONENTS)}", fontsize="medium")
    ax.grid(axis="y", color="#dddddd", linewidth=0.6)
    ax.spines[["top", "right"]].set_visible(False)
    ax.legend(loc="lower right", frameon=False, labelcolor=INK)
    IMAGES.mkdir(parents=True, exist_ok=True)
    figure.savefig(IMAGES / f"learning-{scenario}.png", metadata={"Software": None})


def best_archetype(exact: dict[str, Any]) -> tuple[str, float]:
    """Return the best-paid heuristic archetype."""
    paid: dict[str, float] = exact["archetypes"]
    name = max(paid, key=lambda archetype: paid[archetype])
    return name, paid[name]


def page(found: dict[str, list[dict[str, Any]]], exact: dict[str, dict[str, Any]]) -> str:
    """Return the page of tables."""
    lines = [PREFACE.format(opponents=", ".join(OPPONENTS), games=GAMES)]
    for scenario, runs in found.items():
        known = exact[scenario]
        best, stationary = known["best"], known["stationary"]
        name, archetype = best_archetype(known)
        social, (paid, error) = max(known["social"].items(), key=lambda item: item[1][0])
        lines += [
            f"## {scenario}\n",
            f"![learning curves](../images/learning-{scenario}.png)\n",
            "| seat 0 plays | payoff | gap to the best response |",
            "|---|---|---|",
            f"| best response among all strategies, exact | {best:.2f} | 0 |",
            f"| the best found that does the same every night, exact | {stationary:.2f} | {best - stationary:.2f} |",
        ]
        for run_ in runs:
            for word, told in (("greedy", "PPO, the likeliest action"), ("drawn", "PPO, as trained")):
                mean, deviation = run_[word]
                gap = best - mean
                lines.append(
                    f"| {told}, seed {run_['seed']} | {mean:.2f} ± {deviation:.2f} | "
                    f"{gap:.2f} ± {deviation:.2f} ({100 * gap / best:.1f} %) |"
                )
        lines += [
            f"| best heuristic archetype, {name}, exact | {archetype:.2f} | {best - archetype:.2f} |",
            f"| best social archetype, {social} | {paid:.2f} ± {error:.2f} | {best - paid:.2f} ± {error:.2f} |",
            "",
            "| seed | nights of training | processor time | wall time |",
            "|---|---|---|---|",
        ]
        for run_ in runs:
            seconds = f"{run_['cpu_seconds']:.0f} s | {run_['wall_seconds']:.0f} s"
            lines.append(f"| {run_['seed']} | {run_['nights'][-1]:,} | {seconds} |")
        lines.append("")
    return "\n".join(lines)


PREFACE = """\
# Learners measured

Written by `python -m tools.train_curves`. `examples/ppo.py`, with the settings it has, trains seat 0 against
{opponents}. Payoffs of trained policies are means of {games:,} games that they play as agents, with another
seed than they were trained on, ± a standard error; what is called exact is computed, see
[What is exact](../explanation/exact.md). All of these opponents look only at the houses, so no strategy whatever is
paid more than the best response. Curves show the games of training: pale each round, bold the mean of five.

One process with one thread trains one policy. Processor time is what that takes. Wall time was taken on a machine whose
two cores were kept busy by other work and by several of these runs at once, so most of it is waiting. The settings were
chosen by a few runs with seed 0, before the others were made.
"""


def main() -> None:
    """Do the runs that are missing; with no run named, draw and write too."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scenario", choices=SCENARIOS, help="do only this run; needs --seed")
    parser.add_argument("--seed", type=int, choices=SEEDS)
    options = parser.parse_args()
    if (options.scenario is None) != (options.seed is None):
        parser.error("--scenario and --seed go together")
    if options.scenario is not None:
        run(options.scenario, options.seed)
        return
    found = {scenario: [run(scenario, seed) for seed in SEEDS] for scenario in SCENARIOS}
    exact = {scenario: yardsticks(get_scenario(scenario).name) for scenario in SCENARIOS}
    for scenario, runs in found.items():
        draw(scenario, runs, exact[scenario])
    data = json.dumps({"runs": found, "yardsticks": exact}, indent=1) + "\n"
    write_atomically(PAGE.with_suffix(".json"), data.encode())
    write_atomically(PAGE.with_suffix(".md"), page(found, exact).encode())


if __name__ == "__main__":
    main()
