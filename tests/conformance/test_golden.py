"""Every backend reproduces the golden games: tallies, end, nights, actions and payoffs."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.game.draws import philox4x32
from bucket_brigade.simulation import replay, simulate
from tests.conformance.golden import GAMES, GOLDEN, label, scenario_of, team_of

ROOT = Path(__file__).parent.parent.parent

RECORDED = [game for game in GAMES if "actions" in game]


def test_the_games_that_ship_are_those_of_every_engine() -> None:
    """The kit works from an installed package, and Rust reads its copy beside its sources."""
    shipped = files("bucket_brigade.testing") / "data" / "golden.json"
    assert shipped.read_bytes() == (ROOT / "tests" / "golden.json").read_bytes()


@pytest.mark.parametrize("vector", GOLDEN["philox4x32_10"], ids=["zeros", "ones", "pi"])
def test_philox_gives_the_published_words(vector: dict[str, Any]) -> None:
    assert philox4x32(vector["counter"], tuple(vector["key"])).tolist() == vector["words"]


@pytest.mark.parametrize("game", GAMES, ids=map(label, GAMES))
def test_golden_game(backend: Backend, game: dict[str, Any]) -> None:
    result = simulate(
        scenario_of(game), team_of(game), games=1, seed=game["seed"], first_game=game["game"], backend=backend
    )
    for seat, expected in enumerate(game["tallies"]):
        assert {name: int(values[seat]) for name, values in result.tallies.items()} == expected
    assert bool(result.counts.sums[0, -1]) is game["terminated"]
    np.testing.assert_allclose(result.payoffs, game["payoffs"], rtol=1e-9)


@pytest.mark.parametrize("game", RECORDED, ids=map(label, RECORDED))
def test_golden_game_night_by_night(backend: Backend, game: dict[str, Any]) -> None:
    played = replay(scenario_of(game), team_of(game), seed=game["seed"], game=game["game"], backend=backend)
    shown = played.to_json()
    for key in ("houses", "actions", "tallies", "terminated"):
        assert shown[key] == game[key], key
    np.testing.assert_allclose(shown["payoffs"], game["payoffs"], rtol=1e-9)
