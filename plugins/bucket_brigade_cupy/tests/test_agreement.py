"""The kernels and the other engines play the same games, bit for bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.kernels import Kernel, kernel_of_all, kernels_of
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import Backend, Counts, PlayRequest
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario
from bucket_brigade.simulation import simulate
from bucket_brigade.testing.hypothesis_strategies import play_requests

TEAM: list[Strategy] = [Heuristic(ARCHETYPES["firefighter"]), Heuristic(ARCHETYPES["free_rider"])]
SOCIAL: list[Strategy] = [Social(ARCHETYPES["hero"]), Social(ARCHETYPES["liar"])]


def assert_same(ours: Counts, theirs: Counts) -> None:
    for name in ("sums", "products", "per_game"):
        one, other = getattr(ours, name), getattr(theirs, name)
        assert (one is None) == (other is None), name
        if one is not None:
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other, err_msg=name)


@settings(max_examples=100)
@given(request=play_requests())
def test_identical_counts(host: CupyBackend, rust: Backend, request: PlayRequest) -> None:
    assert_same(host.play(request), rust.play(request))


@settings(max_examples=40)
@given(request=play_requests(max_games=4, max_entries=3, one_ring_size=True), data=st.data())
def test_identical_nights(
    host: CupyBackend, rust: Backend, request: PlayRequest, data: st.DataObject
) -> None:
    program = request.program
    drawn = data.draw(st.lists(st.integers(0, program.num_entries - 1), min_size=1, max_size=5))
    entries = np.array(drawn, dtype=np.uint32)
    games = np.arange(len(entries), dtype=np.uint64) + np.uint64(2**32 - 2)
    ours, theirs = (b.stepper(program, request.seed, entries, games) for b in (host, rust))
    for _ in range(int(program.max_nights.max()) + 1):
        for part in ("nights", "houses", "last_actions", "finished", "counts"):
            one, other = getattr(ours, part), getattr(theirs, part)
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other, err_msg=part)
        tonight = ours.decide()
        np.testing.assert_array_equal(tonight, theirs.decide())
        ours.apply(tonight)
        theirs.apply(tonight)
    assert (ours.finished > 0).all()


@pytest.mark.parametrize("second_moments", [True, False])
@pytest.mark.parametrize("keep_games", [True, False])
@pytest.mark.parametrize(
    ("scenario", "team"),
    [("default-v1", TEAM), ("default-v2", TEAM), ("hard-v2", SOCIAL)],
    ids=["never spreads", "spreads", "social"],
)
def test_the_kernels_of_a_gpu_play_many_games_on_few_lanes(
    exact_host: CupyBackend,
    rust: Backend,
    scenario: str,
    team: list[Strategy],
    *,
    second_moments: bool,
    keep_games: bool,
) -> None:
    # Lanes take several games, warps add up many times, the last block is not full.
    program = compile_program([get_scenario(scenario)], team, [[0, 1, 1, 0], [1, 0, 0, 1]])
    request = PlayRequest(
        program,
        seed=7,
        games=1009,
        first_game=[2**32 - 500, 3],
        keep_games=keep_games,
        second_moments=second_moments,
    )
    assert_same(exact_host.play(request), rust.play(request))


def test_tables_on_the_kernel_of_a_gpu(exact_host: CupyBackend, rust: Backend) -> None:
    town = get_scenario("two_houses-v2")
    rng = np.random.default_rng(3)
    table = Tabular(rng.dirichlet(np.ones(4), size=9))
    program = compile_program([town], [table, *TEAM, *SOCIAL], [[0, 1, 3, 0], [0, 0, 0, 0]])
    request = PlayRequest(program, seed=1, games=300, keep_games=True)
    assert_same(exact_host.play(request), rust.play(request))


def test_the_longest_game_overflows_nothing(host: CupyBackend, rust: Backend) -> None:
    # Three agents own up to six of sixteen houses: the counts that share a register are at their largest.
    for spread in ("before-burn-out", "after-burn-out"):
        town = get_scenario("default-v1").replace(
            num_houses=16,
            num_agents=3,
            prob_initial_fire=0.9,
            prob_house_catches_fire=1.0 if spread == "after-burn-out" else 0.02,
            prob_solo_agent_extinguishes_fire=0.0,
            spread=spread,
            min_nights=10_000,
            max_nights=10_000,
        )
        program = compile_program([town], [Heuristic(ARCHETYPES["hero"])], [[0, 0, 0]])
        request = PlayRequest(program, seed=5, games=2, keep_games=True)
        assert_same(host.play(request), rust.play(request))


def test_each_entry_is_played_by_its_own_kernel() -> None:
    towns = [get_scenario(name) for name in ("default-v1", "default-v2", "two_houses-v1")]
    program = compile_program(towns, [*TEAM, *SOCIAL], [[0] * 4, [0] * 4, [2] * 4, [0] * 4], [0, 1, 1, 2])
    shown = {str(kernel): list(map(int, entries)) for kernel, entries in kernels_of(program)}
    assert shown == {
        "4 agents, up to 12 houses, spread never, heuristic strategies": [0],
        "4 agents, up to 12 houses, spread before burn-out, heuristic strategies": [1],
        "4 agents, up to 12 houses, spread before burn-out, heuristic and social strategies": [2],
        "4 agents, up to 4 houses, spread never, heuristic strategies": [3],
    }
    assert kernel_of_all(program) == Kernel(4, 3, 2, 3)


def test_a_result_says_who_played(host: CupyBackend, rust: Backend) -> None:
    ours = simulate("easy", "hero,liar,social:hero,free_rider", games=50, seed=3, backend=host)
    theirs = simulate("easy", "hero,liar,social:hero,free_rider", games=50, seed=3, backend=rust)
    np.testing.assert_array_equal(ours.payoffs, theirs.payoffs)
    np.testing.assert_array_equal(ours.standard_errors, theirs.standard_errors)
    assert (ours.provenance.backend, ours.provenance.chosen_by) == ("cupy", "argument")


def test_requests_are_not_changed(host: CupyBackend) -> None:
    town: Scenario = get_scenario("easy")
    request = PlayRequest(compile_program([town], TEAM, [[0, 1, 0, 1]]), seed=1, games=30)
    before = {name: np.array(value) for name, value in vars(request.program).items()}
    first = host.play(request)
    assert_same(first, host.play(replace(request)))
    for name, value in before.items():
        np.testing.assert_array_equal(value, getattr(request.program, name))
