"""What a generation costs: engine, fitness around it, and DEAP, on one workload.

    python benchmarks/evolution.py [--out docs/benchmarks/evolution]

200 genomes, 50 games on each of 4 seats, default-v2. Every engine evaluates the same population, and the values are
compared before a time is printed. The published figure for this workload is 1.5 s a generation on 64 cores.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from deap import algorithms, base, tools

from benchmarks.machine import machine
from benchmarks.running import exact_engines, keep, with_threads
from bucket_brigade.backends.base import Backend, Counts, PlayRequest, Stepper, Verdict
from bucket_brigade.evolution import EvolutionSettings, FitnessEvaluator, Individual, PrivateRandom, stream
from bucket_brigade.evolution.generation import first_state, next_state
from bucket_brigade.evolution.operators import clipped
from bucket_brigade.game.program import Program

SCENARIO, GENOMES, GAMES, SEED = "default-v2", 200, 50, 2026
POOL = "firefighter,free_rider,hero,coordinator,liar"
MODES: dict[str, dict[str, Any]] = {
    "mixed": {"fitness": "mixed", "opponents": POOL},
    "against": {"fitness": "against", "opponents": "firefighter,free_rider,hero"},
    "clones": {"fitness": "clones"},
}
REPEATS = 15


@dataclass(frozen=True)
class Cost:
    """One generation; times in milliseconds, medians over the repetitions, and the shortest."""

    fitness: str
    rule: str
    engine: str
    threads: int
    games: int
    play: float
    """In the engine."""
    evaluate: float
    """Genomes to fitness, the engine included."""
    shortest: float
    """The shortest of these."""
    processor: float
    """Processor time of these, all threads together: what they would take on one core that is nobody else's."""


class Timed:
    """A backend that adds up the seconds it takes."""

    def __init__(self, backend: Backend) -> None:
        self.inner, self.seconds = backend, 0.0
        self.name, self.version = backend.name, backend.version

    def can_run(self, request: PlayRequest) -> Verdict:
        """Ask the backend."""
        return self.inner.can_run(request)

    def play(self, request: PlayRequest) -> Counts:
        """Play, and look at the clock."""
        start = time.perf_counter()
        counts = self.inner.play(request)
        self.seconds += time.perf_counter() - start
        return counts

    def stepper(self, program: Program, seed: int, entries: Any, games: Any) -> Stepper:
        """Ask the backend."""
        return self.inner.stepper(program, seed, entries, games)


def main() -> None:
    """Measure, compare, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, help="write OUT.md and OUT.json")
    chosen = parser.parse_args()
    costs = [cost for rule in ("heuristic", "social") for mode in MODES for cost in _measure(rule, mode)]
    breeding = {
        "DEAP": _processor_time(_deap_generation()),
        "own": _processor_time(_own_generation()),
    }
    text = _markdown(costs, breeding)
    print(text)
    result = {
        "seed": SEED,
        "costs": [asdict(cost) for cost in costs],
        "breeding_ms": breeding,
    }
    keep(chosen.out, text, result)


def _measure(rule: str, mode: str) -> list[Cost]:
    genomes = stream(SEED).random((GENOMES, 10))
    costs, values = [], []
    for engine, threads in with_threads(exact_engines()):
        timed = Timed(engine.backend)
        evaluator = FitnessEvaluator(
            SCENARIO,
            GAMES,
            method="simulate",
            backend=timed,
            seed=SEED,
            rule=rule,
            workers=threads,
            **MODES[mode],
        )
        played, whole, busy = [], [], []
        for _ in range(2 if engine.name == "python" else REPEATS):
            timed.seconds, start, spent = 0.0, time.perf_counter(), time.process_time()
            result = evaluator.evaluate(genomes)
            busy.append(1e3 * (time.process_time() - spent))
            whole.append(1e3 * (time.perf_counter() - start))
            played.append(1e3 * timed.seconds)
        values.append(result.values)
        costs.append(
            Cost(
                mode,
                rule,
                engine.name,
                threads,
                GENOMES * result.games,
                statistics.median(played),
                statistics.median(whole),
                min(whole),
                statistics.median(busy),
            )
        )
    for other in values[1:]:
        np.testing.assert_array_equal(other, values[0])
    return costs


def _deap_generation() -> Callable[[], None]:
    """Return what eaSimple does with a population beside evaluating it: select, clone, cross, mutate."""
    toolbox = base.Toolbox()
    toolbox.register("select", tools.selTournament, tournsize=3)
    toolbox.register("mate", clipped(tools.cxBlend), alpha=0.5)
    toolbox.register("mutate", clipped(tools.mutGaussian), mu=0.0, sigma=0.15, indpb=0.2)
    people = [Individual.random(stream(SEED, i)) for i in range(GENOMES)]
    for place, person in enumerate(people):
        person.fitness.values = (float(place),)

    def generation() -> None:
        with PrivateRandom(SEED):
            algorithms.varAnd(toolbox.select(people, GENOMES), toolbox, 0.6, 0.3)

    return generation


def _own_generation() -> Callable[[], None]:
    """Return the same for a run of the command line, less an evaluation that costs nothing."""
    settings = EvolutionSettings((SCENARIO,), population=GENOMES, games=1, method="simulate", seed=SEED)
    evaluator = FitnessEvaluator(SCENARIO, 1, method="simulate", seed=SEED)
    state = first_state(settings, evaluator)
    answer = evaluator.evaluate(state.genomes[: GENOMES - settings.elite])

    class Free:
        """Gives the same fitness to everybody."""

        method, games_per_genome = "simulate", 1

        def evaluate(self, genomes: Any, generation: int = 0) -> Any:  # noqa: ARG002
            return answer

    return lambda: _ignore(next_state(state, settings, Free()))  # type: ignore[arg-type]


def _ignore(_: object) -> None:
    """Forget it."""


def _processor_time(work: Callable[[], None]) -> float:
    """Return milliseconds."""
    times = []
    for _ in range(REPEATS):
        start = time.process_time()
        work()
        times.append(1e3 * (time.process_time() - start))
    return statistics.median(times)


def _markdown(costs: list[Cost], breeding: dict[str, float]) -> str:
    about = ", ".join(f"{key} {value}" for key, value in machine().items())
    head = (
        f"A generation of {GENOMES} genomes on {SCENARIO}, {GAMES} games on each of 4 seats (clones: {GAMES} games of "
        "four), in milliseconds: in the engine; from genomes to fitness and standard errors, the engine included; "
        "the shortest of these; and their processor time, all threads together, which a busy machine stretches least."
    )
    columns = (
        "fitness | rule | engine | threads | games | engine, ms | evaluate, ms | shortest, ms | processor, ms"
    )
    rows = [
        f"| {c.fitness} | {c.rule} | {c.engine} | {c.threads} | {c.games:,} | {c.play:,.1f} | {c.evaluate:,.1f} "
        f"| {c.shortest:,.1f} | {c.processor:,.1f} |"
        for c in costs
    ]
    beside = (
        f"Beside that, breeding {GENOMES} genomes (select, copy, cross, mutate) takes DEAP {breeding['DEAP']:.1f} ms "
        f"of processor time, and the operators of `bucket-brigade evolve` {breeding['own']:.1f} ms."
    )
    how = (
        f"Medians of {REPEATS} repetitions (the Python reference: 2). Measured by `python benchmarks/evolution.py` in "
        f"one run on: {about}."
    )
    lines = [
        head,
        "",
        f"| {columns} |",
        "|---|---|---|---:|---:|---:|---:|---:|---:|",
        *rows,
        "",
        beside,
        "",
        how,
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
