"""The golden games and the exact expectations, as objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario

HERE = Path(__file__).parent.parent
GOLDEN: dict[str, Any] = json.loads((HERE / "golden.json").read_text(encoding="utf-8"))
EXACT: list[dict[str, Any]] = json.loads((HERE / "exact.json").read_text(encoding="utf-8"))["values"]
GAMES: list[dict[str, Any]] = GOLDEN["games"]


def scenario_of(game: dict[str, Any]) -> Scenario:
    """Return the scenario of a golden game: a name, or parameters written out."""
    given = game["scenario"]
    return get_scenario(given) if isinstance(given, str) else Scenario.from_mapping(given, name="golden")


def team_of(game: dict[str, Any]) -> list[Strategy]:
    """Return the strategy on each seat of a golden game."""
    kinds: dict[str, Any] = {"heuristic": Heuristic, "social": Social, "tabular": Tabular}
    return [
        kinds[seat["kind"]](seat["table"] if seat["kind"] == "tabular" else tuple(seat["theta"]))
        for seat in game["seats"]
    ]


def label(game: dict[str, Any]) -> str:
    """Return a short name for a golden game, for test ids."""
    name = game["scenario"] if isinstance(game["scenario"], str) else "inline"
    kinds = "+".join(sorted({seat["kind"] for seat in game["seats"]}))
    return f"{name}-{len(game['seats'])}x{kinds}-{game['game']}"
