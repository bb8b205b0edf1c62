"""The golden games, which ship with the package: games that every engine reproduces exactly (rules.md)."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.game.counts import TALLIES, tallies_of
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario

__all__ = ["GoldenGame", "golden_data", "golden_label", "golden_scenario", "golden_tallies", "golden_team"]

GoldenGame = Mapping[str, Any]
"""One game as JSON: scenario, seats, seed, game, terminated, tallies, payoffs; some with houses and actions."""


@functools.cache
def golden_data() -> dict[str, Any]:
    """Return the golden games under ``"games"``, and known words of the generator under ``"philox4x32_10"``."""
    text = (files("bucket_brigade.testing") / "data" / "golden.json").read_text(encoding="utf-8")
    data: dict[str, Any] = json.loads(text)
    return data


def golden_scenario(game: GoldenGame) -> Scenario:
    """Return the scenario of a golden game: a name, or parameters written out."""
    given = game["scenario"]
    # Qualified, so that a stranger's scenario of the same name is not in the way.
    if isinstance(given, str):
        return get_scenario(f"bucket-brigade/{given}")
    return Scenario.from_mapping(given, name="golden")


def golden_team(game: GoldenGame) -> list[Strategy]:
    """Return the strategy on each seat of a golden game."""
    kinds: dict[str, Any] = {"heuristic": Heuristic, "social": Social, "tabular": Tabular}
    return [
        kinds[seat["kind"]](seat["table"] if seat["kind"] == "tabular" else tuple(seat["theta"]))
        for seat in game["seats"]
    ]


def golden_tallies(game: GoldenGame, counts: NDArray[np.integer]) -> list[dict[str, int]]:
    """Return counts of one game, shape (D,), as the tallies of each agent, to compare with ``game["tallies"]``."""
    values = tallies_of(len(game["seats"])) @ counts
    return [dict(zip(TALLIES, map(int, row), strict=True)) for row in values]


def golden_label(game: GoldenGame) -> str:
    """Return a short name for a golden game."""
    name = game["scenario"] if isinstance(game["scenario"], str) else "inline"
    kinds = "+".join(sorted({seat["kind"] for seat in game["seats"]}))
    return f"{name}-{len(game['seats'])}x{kinds}-{game['game']}"
