"""What `simulate` and `replay` are asked: refused in our words, kept as plain numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from bucket_brigade.agents import OneGame, one_game
from bucket_brigade.errors import BucketBrigadeError, InvalidInput
from bucket_brigade.game.strategy import Scripted
from bucket_brigade.registry import Member
from bucket_brigade.simulation import replay, simulate

TEAM = "hero,liar,hero,free_rider"


def patrol(game: OneGame) -> tuple[int, int]:
    """Work at home every night."""
    return game.home, 1


@pytest.mark.parametrize(
    "changes",
    [
        {"team": 5},
        {"team": None},
        {"team": 1.5},
        {"team": [b"hero"] * 4},
        {"team": np.zeros(10)},
        {"team": "[" * 5_000},
        {"seed": 1.5},
        {"seed": "1"},
        {"games": 2.0},
        {"games": None},
        {"first_game": 1.5},
        {"first_game": [[1], [2, 3]]},
        {"first_game": 2**64 - 1, "games": 2},
        {"workers": 1.5},
        {"workers": 2**62},
        {"keep_games": "yes"},
        {"backend": 5},
        {"scenario": 5},
        {"scenario": "a\0.toml"},
        {"scenario": "\ud800"},
        {"scenario": "x" * 5_000},
    ],
    ids=lambda changes: str(changes)[:40],
)
def test_arguments_that_are_not_allowed(changes: dict[str, Any]) -> None:
    arguments = {"scenario": "easy", "team": TEAM, "games": 1, "backend": "python", **changes}
    with pytest.raises(BucketBrigadeError) as caught:
        simulate(arguments.pop("scenario"), arguments.pop("team"), **arguments)
    assert len(str(caught.value)) < 1_000


def test_a_set_is_no_team_since_it_has_no_order() -> None:
    with pytest.raises(InvalidInput, match=r"team = .* A set has no order of its own"):
        simulate("easy", {"hero", "liar"}, games=1)


def test_numpy_integers_do_not_reach_what_is_written_down() -> None:
    numbers: dict[str, Any] = {"seed": np.int64(3), "games": np.int32(2), "first_game": np.uint8(1)}
    played = simulate("easy", TEAM, backend="python", **numbers)
    assert json.loads(json.dumps(played.provenance.to_json()))["first_game"] == 1
    watched = replay("easy", TEAM, seed=np.int64(3), game=np.uint64(7), backend="python")  # type: ignore[arg-type]
    written = json.loads(json.dumps(watched.to_json()))
    assert (written["seed"], written["game"], written["provenance"]["seed"]) == (3, 7, 3)


def test_a_function_is_told_how_to_sit_down() -> None:
    with pytest.raises(InvalidInput, match=r"Scripted\('patrol', one_game\(patrol\)\)") as caught:
        simulate("easy", [patrol, "hero", "hero", "hero"], games=1)  # type: ignore[list-item]
    assert "bucket_brigade.agents" in str(caught.value)
    typed: list[Member] = [Scripted("patrol", one_game(patrol)), "hero", "hero", "hero"]
    assert simulate("easy", typed, games=1, backend="python").games == 1


def test_an_agent_is_told_to_give_its_class() -> None:
    agent = one_game(patrol)()
    with pytest.raises(InvalidInput, match="Give the class of an agent"):
        simulate("easy", [agent, "hero", "hero", "hero"], games=1)  # type: ignore[list-item]
