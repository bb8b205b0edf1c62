"""Are the games right? The conformance kit, and parity with Rust, whole and night by night."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario, list_scenarios
from bucket_brigade.testing import check_backend

__all__ = ["Finding", "check_kit", "check_parity", "check_sizes", "check_steps"]

SEED = 2026
TEAMS: list[list[Strategy]] = [
    [Heuristic(ARCHETYPES[name]) for name in ("firefighter", "free_rider", "hero", "liar")],
    [Social(ARCHETYPES[name]) for name in ("firefighter", "coordinator", "hero", "liar")],
    [Heuristic(ARCHETYPES["coordinator"]), Social(ARCHETYPES["liar"]), *[Heuristic(ARCHETYPES["hero"])] * 2],
]
SIZES = ((1, 2), (3, 7), (8, 12), (16, 16))
"""Agents and houses beside the four and ten of most scenarios."""


@dataclass(frozen=True)
class Finding:
    """The result of one check."""

    what: str
    games: int
    """Games compared, or checks made."""
    wrong: tuple[str, ...]
    """What differed; empty if nothing did."""


def check_kit(backend: Backend) -> Finding:
    """Run the conformance kit: the contract, the golden games, independence, steppers."""
    results = check_backend(backend, exact_stream=True).results
    failed = tuple(
        f"{result.check}: {result.reason.splitlines()[0]}" for result in results if result.status == "failed"
    )
    return Finding("conformance kit (checks)", sum(result.status != "skipped" for result in results), failed)


def check_parity(backend: Backend, other: Backend, games: int) -> Finding:
    """Play at least `games` games of all named scenarios on both; compare every count of every game."""
    towns = [get_scenario(name) for name in list_scenarios()]
    request = _request(towns, TEAMS, games)
    return Finding(
        f"parity with {other.name}, {len(towns)} scenarios",
        request.games * request.program.num_entries,
        tuple(_differences(backend, other, request)),
    )


def check_sizes(backend: Backend, other: Backend, games: int) -> Finding:
    """Play teams and rings of other sizes, with tables, on both."""
    wrong: list[str] = []
    played = 0
    for agents, houses in SIZES:
        for spread in ("before-burn-out", "after-burn-out"):
            town = get_scenario("default-v2").replace(num_agents=agents, num_houses=houses, spread=spread)
            team = [TEAMS[i % 3][i % 4] for i in range(agents)]
            if houses <= 7:
                rng = np.random.default_rng(SEED)
                team[0] = Tabular(rng.dirichlet(np.ones(2 * houses), size=3**houses))
            request = _request([town], [team], games // (2 * len(SIZES)))
            played += request.games
            wrong += [
                f"{agents} agents, {houses} houses: {name}" for name in _differences(backend, other, request)
            ]
    return Finding(f"parity with {other.name}, other sizes", played, tuple(wrong))


def check_steps(backend: Backend, other: Backend, games: int) -> Finding:
    """Step games of two scenarios of one ring size on both, night by night."""
    program = _program([get_scenario("default-v1"), get_scenario("chain_reaction-v2")], TEAMS)
    entries = np.arange(games, dtype=np.uint32) % program.num_entries
    numbers = np.arange(games, dtype=np.uint64) + np.uint64(2**32 - games // 2)
    ours, theirs = (player.stepper(program, SEED, entries, numbers) for player in (backend, other))
    wrong: list[str] = []
    night = 0
    while not wrong and not (theirs.finished > 0).all():
        night += 1
        tonight = theirs.decide()
        if not np.array_equal(ours.decide(), tonight):
            wrong.append(f"actions of night {night}")
        ours.apply(tonight)
        theirs.apply(tonight)
        parts = ("nights", "houses", "last_actions", "finished", "counts")
        wrong += [
            f"{part} after night {night}"
            for part in parts
            if not np.array_equal(getattr(ours, part), getattr(theirs, part))
        ]
    return Finding(f"parity with {other.name}, night by night", games, tuple(wrong))


def _differences(backend: Backend, other: Backend, request: PlayRequest) -> Iterator[str]:
    ours, theirs = backend.play(request), other.play(request)
    for name in ("sums", "products", "per_game"):
        if not np.array_equal(getattr(ours, name), getattr(theirs, name)):
            yield name


def _request(towns: list[Scenario], teams: list[list[Strategy]], games: int) -> PlayRequest:
    program = _program(towns, teams)
    each = -(-games // program.num_entries)
    # From before the border of 32 bits to beyond it.
    return PlayRequest(program, SEED, max(1, each), first_game=2**32 - each // 2, keep_games=True)


def _program(towns: list[Scenario], teams: list[list[Strategy]]) -> Program:
    strategies = [strategy for team in teams for strategy in team]
    size = len(teams[0])
    profiles = [list(range(t * size, (t + 1) * size)) for t in range(len(teams))]
    return compile_program(
        towns, strategies, profiles * len(towns), np.repeat(np.arange(len(towns)), len(teams))
    )
