"""One generation to the next: select, cross, mutate, evaluate, survive.

Everything random comes from the streams of (seed, generation, purpose), so a generation follows from the one before
and the settings, and from nothing else: no state of a generator is ever kept.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution.evaluator import FitnessEvaluator
from bucket_brigade.evolution.operators import CROSSOVER, MUTATION, tournament
from bucket_brigade.evolution.settings import EvolutionSettings
from bucket_brigade.evolution.state import Hall, State
from bucket_brigade.evolution.streams import Purpose, stream
from bucket_brigade.execution import SIMULATE
from bucket_brigade.game.strategy import TRAITS, Heuristic, Social
from bucket_brigade.registry import get_strategy

__all__ = ["first_state", "next_state", "reason_to_stop"]


def first_state(settings: EvolutionSettings, evaluator: FitnessEvaluator) -> State:
    """Return generation 0: the members of `start`, and uniform draws."""
    genomes = stream(settings.seed, 0, Purpose.INITIAL).random((settings.population, len(TRAITS)))
    for place, member in enumerate(settings.start):
        strategy = get_strategy(tuple(member) if isinstance(member, list) else member)
        if not isinstance(strategy, Heuristic | Social):
            raise InvalidInput(f"start holds {member!r}: it must be a strategy with ten traits.")
        genomes[place] = strategy.theta
    _fix_traits(genomes, settings)
    result = evaluator.evaluate(genomes, 0)
    empty = State(0, genomes, result.values, result.standard_errors, Hall.empty(), 0, -math.inf, 0)
    return _recorded(empty, settings, evaluator, len(genomes))


def next_state(state: State, settings: EvolutionSettings, evaluator: FitnessEvaluator) -> State:
    """Return the generation after `state`.

    Where fitness is an estimate on the games of one generation, survivors and the hall of fame are estimated again
    with the children: numbers of two generations differ by luck that all genomes share, and cannot be compared.
    """
    generation = state.generation + 1
    again = _estimates_again(settings, evaluator)
    plus = settings.algorithm == "plus"
    children = _offspring(state, settings, generation, _children(settings))
    kept = np.argsort(-state.values, kind="stable")[: None if plus else settings.elite]
    genomes = np.concatenate([state.genomes[kept], children])
    hall, best = state.hall, state.best
    if again:
        result = evaluator.evaluate(np.concatenate([genomes, hall.genomes]), generation)
        values, of_hall = np.split(result.values, [len(genomes)])
        errors, of_hall_errors = np.split(result.standard_errors, [len(genomes)])
        hall = replace(hall, values=of_hall, standard_errors=of_hall_errors)
        best = float(of_hall.max())
    else:
        result = evaluator.evaluate(children, generation)
        values = np.concatenate([state.values[kept], result.values])
        errors = np.concatenate([state.standard_errors[kept], result.standard_errors])
    if plus:
        fittest = np.argsort(-values, kind="stable")[: settings.population]
        genomes, values, errors = genomes[fittest], values[fittest], errors[fittest]
    made = replace(
        state,
        generation=generation,
        genomes=genomes,
        values=values,
        standard_errors=errors,
        hall=hall,
        best=best,
    )
    return _recorded(made, settings, evaluator, len(result))


def _estimates_again(settings: EvolutionSettings, evaluator: FitnessEvaluator) -> bool:
    return evaluator.method == SIMULATE and settings.generation_rule == "fresh"


def _children(settings: EvolutionSettings) -> int:
    return settings.population - (0 if settings.algorithm == "plus" else settings.elite)


def _offspring(state: State, settings: EvolutionSettings, generation: int, count: int) -> Floats:
    """Return children, (count, 10)."""
    parents = tournament(
        range(len(state.genomes)),
        count + count % 2,
        rng=stream(settings.seed, generation, Purpose.SELECT),
        size=settings.tournament,
        key=state.values.__getitem__,
    )
    children = state.genomes[parents].copy()
    crossing = stream(settings.seed, generation, Purpose.CROSSOVER)
    for pair in range(0, len(children), 2):
        if crossing.random() < settings.crossover_rate:
            CROSSOVER[settings.crossover](children[pair], children[pair + 1], rng=crossing)
    mutating = stream(settings.seed, generation, Purpose.MUTATE)
    for child in children:
        MUTATION[settings.mutation](
            child, rng=mutating, rate=settings.mutation_rate, size=settings.mutation_size
        )
    _fix_traits(children, settings)
    return children[:count]


def _fix_traits(genomes: Floats, settings: EvolutionSettings) -> None:
    for trait, value in settings.fixed_traits.items():
        genomes[:, TRAITS.index(trait)] = value


def _recorded(
    state: State, settings: EvolutionSettings, evaluator: FitnessEvaluator, evaluated: int
) -> State:
    """Return the state with its logbook row, hall of fame and counts, and stopped if it is to stop."""
    hall = state.hall.updated(
        state.genomes, state.values, state.standard_errors, state.generation, settings.hall_of_fame
    )
    top = int(np.argmax(state.values))
    best, best_generation = state.best, state.best_generation
    if float(state.values[top]) > best + settings.tolerance:
        best, best_generation = float(state.values[top]), state.generation
    evaluations = state.evaluations + evaluated
    error = float(state.standard_errors[top])
    row: dict[str, Any] = {
        "gen": state.generation,
        "nevals": evaluated,
        "evaluations": evaluations,
        "games": evaluated * evaluator.games_per_genome,
        "best": float(state.values[top]),
        "best_error": None if math.isnan(error) else error,
        "mean": float(state.values.mean()),
        "std": float(state.values.std()),
        "min": float(state.values.min()),
        "diversity": float(state.genomes.std(axis=0).mean()),
        "best_ever": float(hall.values[0]),
    }
    made = replace(
        state,
        hall=hall,
        evaluations=evaluations,
        best=best,
        best_generation=best_generation,
        rows=(*state.rows, row),
    )
    return replace(made, stopped=reason_to_stop(made, settings, evaluator))


def reason_to_stop(state: State, settings: EvolutionSettings, evaluator: FitnessEvaluator) -> str | None:
    """Return why a run is over after `state`, or None if it goes on; settings that have grown may say otherwise."""
    if state.generation >= settings.generations:
        return f"all {settings.generations} generations are done"
    if settings.stagnation is not None and state.generation - state.best_generation >= settings.stagnation:
        return f"no better fitness for {settings.stagnation} generations"
    if settings.budget is not None:
        cost = _children(settings)
        if _estimates_again(settings, evaluator):
            kept = settings.population if settings.algorithm == "plus" else settings.elite
            cost += kept + len(state.hall.genomes)
        if state.evaluations + cost > settings.budget:
            return f"the budget of {settings.budget:,} evaluations is spent"
    return None
