"""The library of agents: every page is whole, plays everywhere, and what it declares is true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bucket_brigade.agents import Observations, ScriptedAgent, library, tabulate
from bucket_brigade.agents.base import TRAIT_CLAIMS, AgentSpec
from bucket_brigade.agents.library.mixed_volunteer import chance_to_volunteer
from bucket_brigade.agents.ring import arc_lengths, beside, by_distance, first
from bucket_brigade.backends import seated
from bucket_brigade.backends.base import Backend
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic
from bucket_brigade.registry import get_scenario, get_strategy, list_agents
from bucket_brigade.registry.objects import make
from bucket_brigade.simulation import simulate
from bucket_brigade.testing import check_agent
from bucket_brigade.testing.hypothesis_strategies import scenarios, seeds

PAGES = dict(library.pages())
SPECS: dict[str, AgentSpec] = {name: page.SPEC for name, page in PAGES.items()}
SCRIPTED = [name for name, spec in SPECS.items() if not spec.traits["native"]]
NATIVE = [name for name, spec in SPECS.items() if spec.traits["native"]]
SIZES = [(2, 1), (2, 16), (3, 5), (10, 4), (16, 1), (16, 16)]


@dataclass(frozen=True, eq=False)
class Watched(Observations):
    """Observations that know whether a word was drawn; words do not depend on the night."""

    drawn: list[int] | None = None

    def words(self, k: int) -> NDArray[np.uint32]:
        if self.drawn is not None:
            self.drawn.append(k)
        return replace(
            self, night=np.ones_like(self.night), drawn=None, active=np.ones_like(self.active)
        )._raw(k)

    def _raw(self, k: int) -> NDArray[np.uint32]:
        return super().words(k)


def town(houses: int, agents: int) -> Scenario:
    return get_scenario("default-v2").replace(num_houses=houses, num_agents=agents)


def sight(
    scenario: Scenario, seat: int, seed: int, night: int, drawn: list[int], games: int = 400
) -> Watched:
    """Return what a seat might see, any houses after anything that may have happened the night before."""
    rng = np.random.default_rng([seed, night])
    agents = scenario.num_agents
    past = 0 if night == 1 else 1
    return Watched(
        seat,
        np.full(games, night, np.uint32),
        rng.integers(0, 3, (games, scenario.num_houses)).astype(np.uint8),
        (past * rng.integers(0, 2, (games, agents))).astype(np.uint8),
        (past * rng.integers(0, scenario.num_houses, (games, agents))).astype(np.uint8),
        (past * rng.integers(0, 2, (games, agents))).astype(np.uint8),
        np.ones(games, bool),
        seed,
        np.arange(games, dtype=np.uint64),
        drawn,
    )


def seat_of(name: str, scenario: Scenario, seat: int) -> ScriptedAgent:
    agent = make(SPECS[name].factory)
    assert isinstance(agent, ScriptedAgent)
    agent.reset(seat, scenario, 400)
    return agent


def nights_of(name: str) -> Iterator[tuple[Watched, NDArray[np.integer], NDArray[np.integer]]]:
    """Yield what an agent sees, what it does, and what one does that was reset just now."""
    for houses, agents in SIZES:
        scenario = town(houses, agents)
        for seat in {0, agents - 1}:
            agent = seat_of(name, scenario, seat)
            for night in range(1, 5):
                seen = sight(scenario, seat, houses, night, [])
                yield seen, agent.act(seen), seat_of(name, scenario, seat).act(replace(seen, drawn=None))


@pytest.mark.parametrize("name", library.PAGES)
def test_a_page_is_whole(name: str) -> None:
    page, spec = PAGES[name], SPECS[name]
    assert spec.name == name
    assert set(spec.traits) == set(TRAIT_CLAIMS)
    assert page.__doc__ is not None
    about, source = page.__doc__.split("\n\nSource: ")
    assert len(about) > 200 and source.strip().endswith(".")
    assert name in list_agents()
    assert get_strategy(name) is not None


@pytest.mark.parametrize("name", library.PAGES)
def test_the_kit_finds_no_fault(name: str) -> None:
    check_agent(name).raise_if_failed()


def test_every_file_is_a_page() -> None:
    folder = Path(library.__file__).parent
    assert {file.stem for file in folder.glob("*.py")} - {"__init__"} == set(library.PAGES)


@pytest.mark.parametrize("name", NATIVE)
def test_native_agents_are_what_they_declare(name: str) -> None:
    strategy, traits = make(SPECS[name].factory), SPECS[name].traits
    assert isinstance(strategy, Heuristic)
    honesty, work, *_, rest, _ = strategy.theta
    assert traits["state_only"] and traits["memoryless"]
    assert traits["honest"] == (honesty == 1.0)
    assert traits["deterministic"] == (work * (1 - rest) == 0.0 and honesty in (0.0, 1.0))


@pytest.mark.parametrize("name", SCRIPTED)
def test_scripted_agents_are_what_they_declare(name: str) -> None:
    """Every claim holds wherever we look, and where none is made, one would be false."""
    draws = lies = remembers = False
    for seen, answer, fresh in nights_of(name):
        assert answer.shape == (400, 3) and answer.dtype.kind in "iu"
        assert (answer >= 0).all() and (answer < [seen.houses.shape[1], 2, 2]).all()
        draws |= bool(seen.drawn)
        lies |= bool((answer[:, 1] != answer[:, 2]).any())
        remembers |= bool((answer != fresh).any())
    traits = SPECS[name].traits
    assert (traits["deterministic"], traits["honest"], traits["memoryless"]) == (
        not draws, not lies, not remembers,
    )  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTED)
def test_who_looks_only_at_the_houses(name: str) -> None:
    """Two games with other pasts come to the same houses."""
    scenario, elsewhere = town(10, 4), False
    for night in range(2, 6):
        seen = sight(scenario, 1, 5, night, [])
        other = replace(sight(scenario, 1, 6, night + 7, []), houses=seen.houses, _seed=seen._seed)
        one, two = seat_of(name, scenario, 1), seat_of(name, scenario, 1)
        one.act(sight(scenario, 1, 7, night - 1, []))
        two.act(sight(scenario, 1, 8, night + 6, []))
        elsewhere |= bool((one.act(seen) != two.act(other)).any())
    assert SPECS[name].traits["state_only"] == (not elsewhere)


@pytest.mark.parametrize("name", [name for name in SCRIPTED if SPECS[name].traits["state_only"]])
@pytest.mark.parametrize("size", [(2, 3), (4, 3)])
def test_who_looks_only_at_the_houses_becomes_a_table(name: str, size: tuple[int, int]) -> None:
    for seat in range(size[1]):
        tabulate(
            lambda: make(SPECS[name].factory), town(*size), seat, any_signal=not SPECS[name].traits["honest"]
        )


@settings(max_examples=40)
@given(data=st.data(), seed=seeds())
def test_every_agent_plays_everywhere_and_alike(data: st.DataObject, seed: int) -> None:
    """On any ring, in any team and seat: batches never matter, and the loopback plays the same games."""
    scenario = data.draw(scenarios(longest=12))
    team = [data.draw(st.sampled_from(library.PAGES)) for _ in range(scenario.num_agents)]
    whole = simulate(scenario, team, games=5, seed=seed, backend="python", keep_games=True).counts
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(seated, "_BATCH", 2)
        parts = simulate(scenario, team, games=5, seed=seed, backend="loopback", keep_games=True).counts
    assert whole.per_game is not None
    np.testing.assert_array_equal(parts.per_game, whole.per_game)


def test_the_library_plays_the_same_games_on_rust(python: Backend, rust: Backend) -> None:
    scenario = get_scenario("default-v1").replace(num_agents=16)
    for team in (library.PAGES[:16], library.PAGES[-16:]):
        mine, theirs = (
            simulate(scenario, list(team), games=40, backend=b, seed=3).counts for b in (python, rust)
        )
        np.testing.assert_array_equal(mine.sums, theirs.sums)
        np.testing.assert_array_equal(mine.products, theirs.products)


def test_houses_by_distance() -> None:
    assert by_distance(town(5, 1), 3).tolist() == [3, 4, 2, 0, 1]
    assert by_distance(town(2, 1), 1).tolist() == [1, 0]
    order, mask = by_distance(town(5, 1), 3), np.array([[1, 0, 1, 0, 0], [0, 0, 0, 0, 0]], dtype=bool)
    assert first(mask, order).tolist() == [2, -1]
    assert first(mask, order[:0]).tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("houses", "lengths", "neighbours"),
    [
        ("1101", [3, 3, 0, 3], [2, 1, 2, 1]),
        ("1010", [1, 0, 1, 0], [0, 2, 0, 2]),
        ("1111", [4, 4, 4, 4], [2, 2, 2, 2]),
        ("0000", [0, 0, 0, 0], [0, 0, 0, 0]),
        ("11", [2, 2], [2, 2]),
        ("10", [1, 0], [0, 2]),
        ("110110", [2, 2, 0, 2, 2, 0], [1, 1, 2, 1, 1, 2]),
    ],
)
def test_arcs_and_neighbours(houses: str, lengths: list[int], neighbours: list[int]) -> None:
    mask = np.array([[letter == "1" for letter in houses]])
    assert arc_lengths(mask).tolist() == [lengths]
    assert beside(mask).tolist() == [neighbours]


def test_the_chance_of_the_volunteers_dilemma() -> None:
    """Diekmann's examples: with K/U = 1/2, each of two stays away with chance 1/2, each of three with 0.71."""
    assert chance_to_volunteer(1.0, 2.0, 2) == pytest.approx(0.5)
    assert chance_to_volunteer(1.0, 2.0, 3) == pytest.approx(1 - 0.5**0.5)
    assert chance_to_volunteer(2.0, 1.0, 4) == 0.0
    assert chance_to_volunteer(1.0, 2.0, 1) == chance_to_volunteer(-1.0, -2.0, 5) == 1.0
