"""Evolve a strategy for greedy_neighbor with DEAP, as any script of DEAP does.

    python examples/evolve_deap.py [--scenario greedy_neighbor] [--generations 30] [--algorithm simple|plus|cma]

The whole population is evaluated in one call. Equal seeds give equal runs, whatever else draws random numbers.
"""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from deap import algorithms, base, cma, tools

from bucket_brigade.evolution import (
    FitnessEvaluator,
    Individual,
    PrivateRandom,
    fitness_statistics,
    logbook_rows,
    stream,
)
from bucket_brigade.evolution.operators import clipped
from bucket_brigade.game.strategy import ARCHETYPES, TRAITS

GAMES = 5_000
"""Of each genome: with a standard error of about 4, the luck of selection no longer hides what is better."""


def make_toolbox(evaluator: FitnessEvaluator, seed: int) -> base.Toolbox:
    """Register what the algorithms need; only the last two lines are ours."""
    toolbox = base.Toolbox()
    toolbox.register("individual", Individual.random, stream(seed))
    toolbox.register("population", tools.initRepeat, list, toolbox.individual)
    toolbox.register("select", tools.selTournament, tournsize=3)
    toolbox.register("mate", tools.cxBlend, alpha=0.5)
    toolbox.register("mutate", tools.mutGaussian, mu=0.0, sigma=0.15, indpb=0.2)
    toolbox.decorate("mate", clipped)
    toolbox.decorate("mutate", clipped)
    toolbox.register("evaluate", evaluator)
    toolbox.register("map", evaluator.map)
    return toolbox


def evolve(
    scenario: str, algorithm: str, population: int, generations: int, seed: int, workers: int | None = None
) -> tuple[tools.HallOfFame, tools.Logbook]:
    """Return the hall of fame and the logbook of one run."""
    # With few games selection follows luck, and what wins is worse than the archetypes once it is judged.
    evaluator = FitnessEvaluator(
        scenario, games=GAMES, method="simulate", seed=seed, bounds="reflect", workers=workers
    )
    toolbox = make_toolbox(evaluator, seed)
    hall = tools.HallOfFame(5)
    log: dict[str, Any] = {"stats": fitness_statistics(), "halloffame": hall, "verbose": False}
    # The algorithms draw from the global generators: in here those are private, and seeded.
    with PrivateRandom(seed):
        if algorithm == "cma":
            strategy = cma.Strategy(centroid=[0.5] * len(TRAITS), sigma=0.2, lambda_=population)
            toolbox.register("generate", strategy.generate, Individual)
            toolbox.register("update", strategy.update)
            _, logbook = algorithms.eaGenerateUpdate(toolbox, ngen=generations, **log)
        elif algorithm == "plus":
            first = toolbox.population(n=population)
            _, logbook = algorithms.eaMuPlusLambda(
                first, toolbox, population, population, 0.6, 0.3, generations, **log
            )
        else:
            first = toolbox.population(n=population)
            _, logbook = algorithms.eaSimple(first, toolbox, 0.6, 0.3, generations, **log)
    return hall, logbook


def main() -> None:
    """Evolve, and compare the best with the archetypes exactly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenario", default="greedy_neighbor")
    parser.add_argument("--algorithm", choices=("simple", "plus", "cma"), default="simple")
    parser.add_argument("--population", type=int, default=100)
    parser.add_argument("--generations", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    hall, logbook = evolve(**vars(chosen))
    for row in logbook_rows(logbook):
        print(f"{row['gen']:>4}  best {row['max']:8.2f}  mean {row['mean']:8.2f}  spread {row['std']:7.2f}")
    # The games that chose the winners flatter them: they are judged anew, exactly or on games that nobody has seen.
    judge = FitnessEvaluator(chosen.scenario, games=20_000, bounds="reflect", first_game=1 << 62)
    judged = judge.evaluate(hall[:])
    first = int(np.argmax(judged.values))
    print(f"\nMean payoff of a team of clones, {judged.method}:\n")
    print(f"{'best found':<12} {judged.values[first]:8.2f}  {np.round(hall[first], 3).tolist()}")
    for name, value in zip(ARCHETYPES, judge.evaluate_strategies(list(ARCHETYPES)).values, strict=True):
        print(f"{name:<12} {value:8.2f}")


if __name__ == "__main__":
    main()
