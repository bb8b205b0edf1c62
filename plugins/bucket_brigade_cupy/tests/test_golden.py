"""The kernels reproduce the golden games, whole and night by night."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from bucket_brigade_cupy.backend import CupyBackend

from bucket_brigade.simulation import replay, simulate
from tests.conformance.golden import GAMES, label, scenario_of, team_of

RECORDED = [game for game in GAMES if "actions" in game]


@pytest.mark.parametrize("game", GAMES, ids=map(label, GAMES))
def test_golden_game(host: CupyBackend, game: dict[str, Any]) -> None:
    result = simulate(
        scenario_of(game), team_of(game), games=1, seed=game["seed"], first_game=game["game"], backend=host
    )
    for seat, expected in enumerate(game["tallies"]):
        assert {name: int(values[seat]) for name, values in result.tallies.items()} == expected
    assert bool(result.counts.sums[0, -1]) is game["terminated"]
    np.testing.assert_allclose(result.payoffs, game["payoffs"], rtol=1e-9)


@pytest.mark.parametrize("game", RECORDED, ids=map(label, RECORDED))
def test_golden_game_night_by_night(host: CupyBackend, game: dict[str, Any]) -> None:
    played = replay(scenario_of(game), team_of(game), seed=game["seed"], game=game["game"], backend=host)
    shown = played.to_json()
    for key in ("houses", "actions", "tallies", "terminated"):
        assert shown[key] == game[key], key
    np.testing.assert_allclose(shown["payoffs"], game["payoffs"], rtol=1e-9)
