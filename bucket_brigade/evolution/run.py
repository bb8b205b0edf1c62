"""A whole run: from settings to a hall of fame, in memory or in a directory that survives a kill."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.dispatch import own_version
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.evolution.checkpoints import load_checkpoint, save_checkpoint
from bucket_brigade.evolution.evaluator import FitnessEvaluator
from bucket_brigade.evolution.fitness import FitnessResult
from bucket_brigade.evolution.generation import first_state, next_state, reason_to_stop
from bucket_brigade.evolution.settings import EvolutionSettings
from bucket_brigade.evolution.state import State
from bucket_brigade.execution import SIMULATE
from bucket_brigade.game.strategy import ARCHETYPES, TRAITS, Scripted, Strategy, Tabular, Tabulated
from bucket_brigade.registry.states import backend_table
from bucket_brigade.runs.files import json_bytes, read_regular_file
from bucket_brigade.runs.run_directory import SETTINGS, RunDirectory, settings_of
from bucket_brigade.runs.tabular_text import csv_text

__all__ = ["FINAL_GAME", "EvolutionResult", "evaluator_of", "read_run", "run_evolution"]

FINAL_GAME = 1 << 62
"""The first of the games on which the hall of fame is judged; no generation gets so far."""

GROWING = ("generations", "budget", "stagnation", "final_games")
"""Settings that say when to stop and how to judge: larger ones go on from where smaller ones stopped."""

Report = Callable[[Mapping[str, Any]], None]
"""Called with the logbook row of every generation."""


@dataclass(frozen=True, eq=False)
class EvolutionResult:
    """The result of a run."""

    settings: EvolutionSettings
    state: State
    final: FitnessResult
    """Of the hall of fame, in its order: on games that no generation played, or exact."""
    archetypes: FitnessResult
    """Of the five archetypes in the same role, on the same games."""
    provenance: Mapping[str, Any]

    @property
    def ranking(self) -> list[int]:
        """Places in the hall of fame, by final fitness, the best first."""
        return [int(place) for place in np.argsort(-self.final.values, kind="stable")]

    @property
    def best(self) -> tuple[float, ...]:
        """The genome with the best final fitness."""
        return tuple(self.state.hall.genomes[self.ranking[0]].tolist())

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "settings": self.settings.to_json(),
            "stopped": self.state.stopped,
            "generations": self.state.generation,
            "evaluations": self.state.evaluations,
            "method": self.final.method,
            "fallback_reason": self.final.fallback_reason,
            "hall_of_fame": self.hall_of_fame(),
            "archetypes": {name: _pair(self.archetypes, place) for place, name in enumerate(ARCHETYPES)},
            "provenance": dict(self.provenance),
        }

    def hall_of_fame(self) -> list[dict[str, Any]]:
        """Return the hall of fame as plain data, the best final fitness first."""
        hall = self.state.hall
        return [
            {
                "traits": dict(zip(TRAITS, hall.genomes[place].tolist(), strict=True)),
                **_pair(self.final, place),
                "search_fitness": float(hall.values[place]),
                "generation": int(hall.born[place]),
            }
            for place in self.ranking
        ]


def evaluator_of(
    settings: EvolutionSettings, *, backend: str | Backend | None = None, workers: int | None = None
) -> FitnessEvaluator:
    """Return the evaluator that settings describe."""
    return _evaluator(settings, backend, workers, games=settings.games, first_game=0)


def run_evolution(
    settings: EvolutionSettings,
    *,
    directory: Path | None = None,
    resume: bool = False,
    backend: str | Backend | None = None,
    workers: int | None = None,
    report: Report | None = None,
) -> EvolutionResult:
    """Evolve strategies as `settings` say and return the hall of fame, judged on games of its own.

    With a `directory` every file is written atomically, and checkpoints are kept; `resume` goes on from the last one,
    or starts where there is none. A run that was stopped at any moment and resumed leaves the same bytes as one that
    never stopped, whatever `workers` is; with larger `GROWING` settings, those of a run that had them from the start.
    Raises `InvalidInput` for a directory that holds other settings, was played by another stream, or is in use;
    `RunDirectoryError` if it cannot be written, leaving the last checkpoint; and what `FitnessEvaluator` raises.
    """
    evaluator = evaluator_of(settings, backend=backend, workers=workers)
    judge = _evaluator(settings, backend, workers, games=settings.final_games, first_game=FINAL_GAME)
    remarks = _remarks(evaluator)
    if directory is None:
        state = _evolve(settings, evaluator, None, None, report)
        return _judged(settings, state, judge, remarks)
    kept = RunDirectory(
        directory,
        {**settings.to_json(), "fixed": _fixed(evaluator)},
        remarks,
        growing=GROWING,
        go_on=f"type: bucket-brigade evolve --resume {shlex.quote(str(directory))}",
    )
    with kept.opened(resume=resume):
        state = _evolve(settings, evaluator, kept, _found(kept, settings, evaluator), report)
        result = _judged(settings, state, judge, kept.remarks)
        _write_results(kept, result)
    return result


def read_run(directory: Path) -> EvolutionSettings:
    """Return the settings of the run in a directory; raises `InvalidInput` if there is none."""
    try:
        values, _ = settings_of(read_regular_file(directory / SETTINGS), directory)
    except OSError as error:
        raise InvalidInput(
            explain(
                f"There is no run to go on with in {str(directory)!r}: {error.strerror or error}.",
                do="Start one: bucket-brigade evolve SCENARIO --out DIR",
            )
        ) from error
    if "fixed" not in values:
        raise InvalidInput(f"The run in {str(directory)!r} is not one of evolution.")
    del values["fixed"]
    return EvolutionSettings.of(values, origin=str(directory / SETTINGS))


def _evolve(
    settings: EvolutionSettings,
    evaluator: FitnessEvaluator,
    kept: RunDirectory | None,
    state: State | None,
    report: Report | None,
) -> State:
    if state is None:
        state = first_state(settings, evaluator)
        _told(state, report)
        if kept is not None:
            save_checkpoint(kept, state)
    while state.stopped is None:
        state = next_state(state, settings, evaluator)
        _told(state, report)
        due = state.generation % settings.checkpoint_every == 0 or state.stopped is not None
        if kept is not None and due:
            save_checkpoint(kept, state)
    return state


def _found(kept: RunDirectory, settings: EvolutionSettings, evaluator: FitnessEvaluator) -> State | None:
    """Return the state to go on from; settings that have grown may let it go on, or give another reason to stop."""
    found = load_checkpoint(kept)
    if found is None:
        return None
    state = replace(found, stopped=reason_to_stop(found, settings, evaluator))
    if state.stopped not in (None, found.stopped):
        save_checkpoint(kept, state)
    return state


def _told(state: State, report: Report | None) -> None:
    if report is not None:
        report(state.rows[-1])


def _judged(
    settings: EvolutionSettings, state: State, judge: FitnessEvaluator, remarks: Mapping[str, Any]
) -> EvolutionResult:
    return EvolutionResult(
        settings,
        state,
        judge.evaluate(state.hall.genomes),
        judge.evaluate_strategies(list(ARCHETYPES)),
        remarks,
    )


def _write_results(kept: RunDirectory, result: EvolutionResult) -> None:
    rows = [dict(row) for row in result.state.rows]
    kept.write("logbook.json", json_bytes(rows))
    kept.write("logbook.csv", csv_text(rows))
    kept.write("hall_of_fame.json", json_bytes(result.hall_of_fame()))
    kept.write("result.json", json_bytes(result.to_json()))


def _evaluator(
    settings: EvolutionSettings,
    backend: str | Backend | None,
    workers: int | None,
    *,
    games: int,
    first_game: int,
) -> FitnessEvaluator:
    return FitnessEvaluator(
        settings.scenarios,
        games,
        settings.fitness,
        [tuple(member) if isinstance(member, list) else member for member in settings.opponents],
        settings.method,
        backend,
        settings.seed,
        rule=settings.rule,
        generation_rule=settings.generation_rule,
        first_game=first_game,
        combine=settings.combine,
        scale=settings.scale,
        workers=workers,
    )


def _fixed(evaluator: FitnessEvaluator) -> dict[str, Any]:
    """Return what names in the settings stand for today, and which streams play: all that numbers depend on."""
    return {
        "towns": [town.to_mapping() for town in evaluator.scenarios],
        "opponents": [_described(strategy) for strategy in evaluator.opponents],
        "method": evaluator.method,
        "fitness_stream": _stream(evaluator),
        # NumPy may change its distributions with any release (NEP 19).
        "variation_stream": f"Philox4x64-10, numpy {np.__version__}",
        "bucket_brigade": own_version(),
    }


def _stream(evaluator: FitnessEvaluator) -> str:
    """Return whose numbers they are. Backends with the exact stream play the same games, so any may go on."""
    p = evaluator.provenance
    if evaluator.method == SIMULATE and _plays_exact_stream(evaluator.backend.name):
        return "exact stream"
    return f"{p.backend} {p.backend_version}"


def _plays_exact_stream(name: str) -> bool:
    table = backend_table()
    return any(table.name(offer) == name and offer.value.exact_stream for offer in table.offers)


def _remarks(evaluator: FitnessEvaluator) -> dict[str, Any]:
    p = evaluator.provenance
    return {
        "backend": p.backend,
        "backend_version": p.backend_version,
        "backend_chosen_by": p.chosen_by,
        "bucket_brigade": p.bucket_brigade,
        "numpy": np.__version__,
        "method": evaluator.method,
        "fallback_reason": evaluator.fallback_reason,
    }


def _described(strategy: Strategy) -> str:
    if isinstance(strategy, Tabular):
        return f"tabular {hashlib.sha256(strategy.table.tobytes()).hexdigest()}"
    if isinstance(strategy, Scripted):
        return f"scripted {strategy.name} {strategy.plugin}".rstrip()
    if isinstance(strategy, Tabulated):
        return f"tabulated {strategy.scripted.name} {strategy.scripted.plugin}".rstrip()
    return f"{type(strategy).__name__.lower()} {list(getattr(strategy, 'theta', ()))}"


def _pair(result: FitnessResult, place: int) -> dict[str, float | None]:
    error = float(result.standard_errors[place])
    return {"fitness": float(result.values[place]), "standard_error": None if np.isnan(error) else error}
