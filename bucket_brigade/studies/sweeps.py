"""Equilibria over a grid of two numbers of a scenario: which regime holds where.

A *regime* is what all symmetric equilibria among the given strategies use: ``rest`` where all rest,
``rest + work`` where they mix, ``rest | work`` where either can last. An axis of rewards costs nothing but
the solving: games are evaluated once for each value of the other axis, and priced again along this one.
"""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.nash import NashEquilibrium, NashResult, check_distinct, equilibria_of
from bucket_brigade.errors import InvalidInput
from bucket_brigade.execution import Execution
from bucket_brigade.game.heuristic_simplex import CORNERS
from bucket_brigade.game.payoffs import reprice
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.normal_form.compositions import composition_index, compositions
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.runs.files import json_bytes
from bucket_brigade.runs.keeper import Keeper
from bucket_brigade.studies.sweep_axes import Axis

__all__ = ["MOST_CELLS", "QUANTITIES", "Cell", "Sweep", "best_composition_payoff", "sweep"]

Change = dict[str, float | int]
"""Fields of a scenario and their new values."""

MOST_CELLS = 100_000

SURE = 2.0
"""A cell is decided if no change of its payoffs by this many standard errors could change the regime."""

QUANTITIES = {
    "payoff": "payoff of each agent in the best equilibrium",
    "loss": "payoff lost against the best composition",
    "regret": "regret",
}


@dataclass(frozen=True)
class Cell:
    """One scenario of the grid; payoffs are per agent and game, in payoff units."""

    x: float
    y: float
    regime: str
    decided: bool
    """False if ties, or errors of simulated payoffs, leave open which equilibria there are."""
    mixtures: tuple[tuple[float, ...], ...]
    """Every symmetric equilibrium found, the best payoff first."""
    payoffs: tuple[float, ...]
    """What each of them pays."""
    best: float
    """The largest mean payoff of any composition of the strategies."""
    regret: float
    """The largest regret of the equilibria."""

    @property
    def payoff(self) -> float:
        """What the best equilibrium pays."""
        return self.payoffs[0]

    @property
    def loss(self) -> float:
        """What the best equilibrium falls short of the best composition."""
        return self.best - self.payoff


@dataclass(frozen=True, eq=False)
class Sweep:
    """The grid, X columns and Y rows."""

    scenario: Scenario
    labels: tuple[str, ...]
    """The names of the K strategies, in the order of every mixture."""
    x: Axis
    y: Axis
    cells: tuple[tuple[Cell, ...], ...]
    """Y rows of X cells."""
    seating: str
    evaluations: int
    """How many games were evaluated; the other cells were priced again."""
    provenance: Mapping[str, Any]

    @cached_property
    def regimes(self) -> tuple[str, ...]:
        """The different regimes, the most frequent first."""
        names = [cell.regime for row in self.cells for cell in row]
        return tuple(sorted(set(names), key=lambda name: (-names.count(name), name)))

    @property
    def regime_numbers(self) -> NDArray[np.intp]:
        """(Y, X) the place of each cell's regime in `regimes`."""
        return np.array([[self.regimes.index(cell.regime) for cell in row] for row in self.cells])

    @property
    def decided(self) -> NDArray[np.bool_]:
        """(Y, X) whether each cell's regime is certain."""
        return np.array([[cell.decided for cell in row] for row in self.cells])

    def quantity(self, name: str) -> NDArray[np.float64]:
        """Return (Y, X) values of `payoff`, `loss` or `regret`; see `QUANTITIES`."""
        if name not in QUANTITIES:
            raise InvalidInput(
                f"quantity = {name!r} is not allowed: it must be one of {', '.join(QUANTITIES)}."
            )
        return np.array([[getattr(cell, name) for cell in row] for row in self.cells])

    def rows(self) -> list[dict[str, Any]]:
        """Return one flat record a cell, x fastest, for a table."""
        return [
            {
                self.x.field: cell.x,
                self.y.field: cell.y,
                "regime": cell.regime,
                "decided": cell.decided,
                "payoff": cell.payoff,
                "best_composition": cell.best,
                "loss": cell.loss,
                "regret": cell.regret,
                **{
                    f"share_{label}": share
                    for label, share in zip(self.labels, cell.mixtures[0], strict=True)
                },
                "equilibria": len(cell.mixtures),
            }
            for row in self.cells
            for cell in row
        ]

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "scenario": self.scenario.name,
            "strategies": list(self.labels),
            "seating": self.seating,
            "x": {"field": self.x.field, "values": list(self.x.values)},
            "y": {"field": self.y.field, "values": list(self.y.values)},
            "regimes": list(self.regimes),
            "evaluations": self.evaluations,
            "cells": [
                {
                    "x": cell.x,
                    "y": cell.y,
                    "regime": cell.regime,
                    "decided": cell.decided,
                    "equilibria": [
                        {"mixture": dict(zip(self.labels, mixture, strict=True)), "payoff": payoff}
                        for mixture, payoff in zip(cell.mixtures, cell.payoffs, strict=True)
                    ],
                    "best_composition": cell.best,
                    "regret": cell.regret,
                }
                for row in self.cells
                for cell in row
            ],
            "provenance": dict(self.provenance),
        }


def sweep(
    scenario: str | os.PathLike[str] | Scenario,
    x: Axis,
    y: Axis,
    strategies: Sequence[Member] | Mapping[str, Member] | None = None,
    *,
    games: int = 10_000,
    seed: int | None = None,
    backend: str | Backend | None = None,
    workers: int | None = None,
    method: str | None = None,
    execution: Execution | None = None,
    seating: str = "random",
    progress: Callable[[int, int], None] | None = None,
    keeper: Keeper | None = None,
) -> Sweep:
    """Return the symmetric equilibria among some strategies in every scenario of a grid.

    `strategies` are the three `CORNERS` of the heuristic square if left out; a mapping names them.
    `games`, `seed`, `backend`, `workers`, `method`, `execution` and `seating` are those of `PayoffEvaluator`.
    `progress` is called with (cells done, cells in all). A `keeper` that answers for these arguments, axes apart, is
    asked for what is done already. Raises `InvalidInput` before any work if some cell would be no scenario, and
    what `PayoffEvaluator` raises.
    """
    town = get_scenario(scenario)
    execution = Execution.of(execution, seed=seed, backend=backend, workers=workers, method=method)
    if x.field == y.field:
        raise InvalidInput(f"Both axes are {x.field}: a sweep needs two different ones.")
    if len(x.values) * len(y.values) > MOST_CELLS:
        raise InvalidInput(f"The sweep has {len(x.values) * len(y.values):,} cells: at most {MOST_CELLS:,}.")
    given = CORNERS if strategies is None else strategies
    members = list(given.values() if isinstance(given, Mapping) else given)
    check_distinct(members)
    plan = _plan(x, y)
    for fixed, rewards in plan:
        changed = town.replace(**fixed)
        for change in rewards:
            reprice(changed, dict(change))

    def evaluated(fixed: Change, rewards: Sequence[Change]) -> dict[str, Any]:
        evaluator = PayoffEvaluator(
            town.replace(**fixed),
            games=games,
            seating=seating,
            execution=execution,
        )
        game = evaluator.evaluate_symmetric_game(members)
        game = replace(game, labels=tuple(given)) if isinstance(given, Mapping) else game
        cells = []
        for change in rewards:
            at = {**fixed, **change}
            priced = game.reprice(**change) if change else game
            cells.append(asdict(_cell(float(at[x.field]), float(at[y.field]), equilibria_of(priced))))
            report(len(grid) + len(cells))
        return {"labels": list(game.labels), "cells": cells, "provenance": game.provenance.to_json()}

    def report(done: int) -> None:
        if progress is not None:
            progress(done, len(x.values) * len(y.values))

    grid: dict[tuple[float, float], Cell] = {}
    rows: list[Mapping[str, Any]] = []
    for fixed, rewards in plan:
        about = {"scenario": town.to_mapping(), "fixed": fixed, "priced": rewards}
        name = hashlib.sha256(json_bytes(fixed)).hexdigest()[:16]
        row = None if keeper is None else _kept_row(keeper.load(name), about)
        if row is None:
            row = {**about, **evaluated(fixed, rewards)}
            if keeper is not None:
                keeper.save(name, row)
        else:
            report(len(grid) + len(rewards))
        rows.append(row)
        grid |= {(cell.x, cell.y): cell for cell in map(_cell_of, row["cells"])}
    return Sweep(
        town,
        tuple(rows[0]["labels"]),
        x,
        y,
        tuple(tuple(grid[a, b] for a in x.values) for b in y.values),
        seating,
        len(rows),
        rows[0]["provenance"],
    )


def best_composition_payoff(game: SymmetricGame) -> float:
    """Return the largest mean payoff of the N agents over all compositions of pure strategies."""
    agents, size = game.num_players, game.num_strategies
    everybody = compositions(agents, size)
    total = np.zeros(len(everybody))
    for own in range(size):
        plays = everybody[:, own] > 0
        others = everybody[plays].copy()
        others[:, own] -= 1
        total[plays] += everybody[plays, own] * game.payoffs[own, composition_index(others)]
    return float(total.max() / agents)


def _plan(x: Axis, y: Axis) -> list[tuple[Change, list[Change]]]:
    """Return what to evaluate, as changes of the scenario, and how to price each again."""
    fixed = [axis for axis in (x, y) if not axis.is_reward]
    priced = [axis for axis in (x, y) if axis.is_reward]
    return [
        (_changes(fixed, values), [_changes(priced, rewards) for rewards in _grid(priced)])
        for values in _grid(fixed)
    ]


def _grid(axes: Sequence[Axis]) -> Iterator[tuple[float, ...]]:
    return itertools.product(*(axis.values for axis in axes))


def _changes(axes: Sequence[Axis], values: Sequence[float]) -> Change:
    return {
        field: value
        for axis, at in zip(axes, values, strict=True)
        for field, value in axis.change(at).items()
    }


def _kept_row(kept: Any, about: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return what was kept of one evaluated game and its cells, or None if it is not that."""
    if not isinstance(kept, dict) or any(kept.get(key) != value for key, value in about.items()):
        return None
    try:
        whole = len([_cell_of(cell) for cell in kept["cells"]]) == len(about["priced"])
        return kept if whole and kept["labels"] and kept["provenance"] else None
    except (KeyError, TypeError):
        return None


def _cell_of(kept: Mapping[str, Any]) -> Cell:
    """Return a cell from its fields as plain data."""
    mixtures = tuple(tuple(mixture) for mixture in kept["mixtures"])
    return Cell(**{**kept, "mixtures": mixtures, "payoffs": tuple(kept["payoffs"])})


def _cell(x: float, y: float, result: NashResult) -> Cell:
    by_support = {e.point.support: None for e in sorted(result.equilibria, key=lambda e: e.point.support)}
    regime = " | ".join(" + ".join(result.labels[i] for i in support) for support in by_support)
    return Cell(
        x=x,
        y=y,
        regime=regime,
        decided=result.search.within_tolerance
        and not result.search.supports_skipped
        and all(_decided(e) for e in result.equilibria),
        mixtures=tuple(tuple(e.mixture.tolist()) for e in result.equilibria),
        payoffs=tuple(float(e.payoff) for e in result.equilibria),
        best=best_composition_payoff(result.empirical.game),
        regret=max(e.regret.value for e in result.equilibria),
    )


def _decided(equilibrium: NashEquilibrium) -> bool:
    """Return whether the errors leave the support as it is, as far as one equilibrium shows."""
    if not equilibrium.point.regular or equilibrium.mixture_errors is None:
        return False
    used = set(equilibrium.point.support)
    shares, errors = equilibrium.mixture, equilibrium.mixture_errors
    inside = len(used) == 1 or all(shares[i] > SURE * errors[i] for i in used)
    gains = (gain for i, gain in enumerate(equilibrium.gains) if i not in used)
    return inside and all(gain + SURE * gain.standard_error < 0.0 for gain in gains)
