"""Other solvers read the games that are written here, and judge the equilibria that are found here.

They need ``pip install 'bucket-brigade[oracles]'``; each test is skipped where its peer is absent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bucket_brigade.normal_form import NormalFormGame, SymmetricGame, find_symmetric_equilibria
from bucket_brigade.normal_form.compositions import count_compositions
from bucket_brigade.registry import get_scenario
from bucket_brigade.studies.measure import measure_scenario
from tests.normal_form.nfg_reader import parse_nfg

SIZES = [(2, 2), (3, 2), (2, 4), (4, 3)]


def random_game(strategies: int, players: int) -> SymmetricGame:
    shape = strategies, count_compositions(players - 1, strategies)
    scale = np.random.default_rng(players).choice([1e-9, 1.0, 1e12], size=shape)
    return SymmetricGame(players, np.random.default_rng(strategies).normal(size=shape) * scale)


def well_scaled_game(strategies: int, players: int) -> SymmetricGame:
    shape = strategies, count_compositions(players - 1, strategies)
    return SymmetricGame(players, np.random.default_rng(7).normal(size=shape))


def form_of(game: SymmetricGame) -> NormalFormGame:
    labels = [f"strategy {i}" for i in range(game.num_strategies)]
    return NormalFormGame.from_symmetric(game, labels, title="a game of chance: [0.5,1]")


def gambit_game(tmp_path: Path, text: str) -> Any:
    gambit = pytest.importorskip("pygambit")
    file = tmp_path / "game.nfg"
    file.write_text(text, encoding="utf-8")
    return gambit.read_nfg(str(file))


@pytest.mark.parametrize(("strategies", "players"), SIZES)
@pytest.mark.parametrize("names", [False, True])
def test_gambit_reads_every_payoff_exactly(
    tmp_path: Path, strategies: int, players: int, names: bool
) -> None:
    form = form_of(random_game(strategies, players))
    read = gambit_game(tmp_path, form.to_nfg(names=names))
    assert read.title == form.title
    theirs = np.array(read.to_arrays(dtype=float), dtype=np.float64)
    assert theirs.tobytes() == form.payoffs.tobytes()


@pytest.mark.parametrize(("strategies", "players"), SIZES)
def test_what_gambit_writes_reads_back(tmp_path: Path, strategies: int, players: int) -> None:
    form = form_of(random_game(strategies, players))
    read = parse_nfg(gambit_game(tmp_path, form.to_nfg(names=True)).to_nfg())
    assert read.payoffs.tobytes() == form.payoffs.tobytes()
    assert read.strategies == form.strategies


@pytest.mark.parametrize(("strategies", "players"), SIZES)
def test_openspiel_reads_every_payoff_exactly(strategies: int, players: int) -> None:
    pyspiel = pytest.importorskip("pyspiel")
    form = form_of(random_game(strategies, players))
    read = pyspiel.load_nfg_game(form.to_nfg())
    if players == 2:
        theirs = np.array([read.row_utilities(), read.col_utilities()])
    else:
        theirs = np.array([read.player_utilities(p) for p in range(players)]).reshape(form.payoffs.shape)
    assert theirs.tobytes() == form.payoffs.tobytes()


@pytest.mark.parametrize(("strategies", "players"), SIZES)
def test_gambit_finds_no_gain_in_our_equilibria(tmp_path: Path, strategies: int, players: int) -> None:
    game = well_scaled_game(strategies, players)
    read = gambit_game(tmp_path, form_of(game).to_nfg())
    for equilibrium in find_symmetric_equilibria(game):
        theirs = read.mixed_strategy_profile(data=[equilibrium.mixture.tolist()] * players, rational=False)
        assert float(theirs.max_regret()) <= 1e-8


def test_our_regret_finds_no_gain_in_gambits_symmetric_equilibria(tmp_path: Path) -> None:
    gambit = pytest.importorskip("pygambit")
    game = well_scaled_game(3, 2)
    read = gambit_game(tmp_path, form_of(game).to_nfg())
    symmetric = []
    for profile in gambit.nash.enummixed_solve(read).equilibria:
        row, column = (np.array([float(p) for _, p in profile[player]]) for player in read.players)
        if np.abs(row - column).max() < 1e-9:
            symmetric.append(row)
    assert symmetric
    for mixture in symmetric:
        assert game.regret(mixture) <= 1e-8


@pytest.mark.parametrize("cost", [2.0, 14.0, 500.0])
def test_gambit_and_openspiel_read_the_game_of_a_report(tmp_path: Path, cost: float) -> None:
    town = get_scenario("two_houses-v2").replace(
        num_agents=3, max_nights=12, min_nights=3, cost_to_work_one_night=cost
    )
    report = measure_scenario(town, backend="python")
    form = report.normal_form
    assert form is not None
    read = gambit_game(tmp_path, form.to_nfg())
    (names,) = report.game_strategies
    mixture = [0.0] * len(names)
    for name, share in zip(report.strategies, report.mixtures[0], strict=True):
        mixture[names.index(name)] = share
    profile = read.mixed_strategy_profile(data=[mixture] * 3, rational=False)
    assert float(profile.max_regret()) <= 2 * report.epsilon
    assert float(profile.payoffs["agent 0"]) == pytest.approx(report.mean_payoff)
    pyspiel = pytest.importorskip("pyspiel")
    assert pyspiel.load_nfg_game(form.to_nfg()).num_players() == 3


def test_our_regret_finds_no_gain_in_nashpys_symmetric_equilibria() -> None:
    nashpy = pytest.importorskip("nashpy")
    game = well_scaled_game(3, 2)
    symmetric = [
        row
        for row, column in nashpy.Game(game.payoffs, game.payoffs.T).vertex_enumeration()
        if np.abs(row - column).max() < 1e-9
    ]
    assert symmetric
    ours = [e.mixture for e in find_symmetric_equilibria(game)]
    for mixture in symmetric:
        assert game.regret(mixture) <= 1e-8
        assert min(np.abs(mixture - x).max() for x in ours) <= 1e-6
