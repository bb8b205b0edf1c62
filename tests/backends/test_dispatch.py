"""Scripted agents do not slow down those who play without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bucket_brigade.agents.observations import Observations
from bucket_brigade.backends.base import No, PlayRequest
from bucket_brigade.backends.dispatch import ResolvedBackend, check_can_play, play
from bucket_brigade.backends.loopback import Loopback
from bucket_brigade.backends.seated import play_seated
from bucket_brigade.errors import AgentError, BackendCannotRun
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Scripted, Strategy
from bucket_brigade.registry import get_scenario


class Sleeper:
    """Rests at house 0."""

    def reset(self, seat: int, scenario: Any, num_games: int) -> None:
        self.games = num_games

    def act(self, observations: Observations) -> np.ndarray:
        return np.zeros((self.games, 3), dtype=np.int64)


class Broken(Sleeper):
    """Fails on the last games, which are fewer."""

    def act(self, observations: Observations) -> np.ndarray:
        if self.games < 5:
            raise ValueError("no idea")
        return super().act(observations)


def request(agent: type = Sleeper, entries: int = 5, **how: Any) -> PlayRequest:
    town = get_scenario("default-v2").replace(max_nights=15)
    strategies: list[Strategy] = [
        Heuristic(ARCHETYPES["hero"]),
        Heuristic(ARCHETYPES["liar"]),
        Scripted("sleeper", agent),
    ]
    seats = [[0, 1, 0, 1], [0, 2, 1, 0], [1, 1, 1, 1], [2, 2, 2, 2], [0, 0, 0, 1]][:entries]
    program = compile_program([town], strategies, seats)
    first = np.arange(entries) * 1000
    return PlayRequest(program, seed=4, games=12, first_game=first, **how)


def resolved(backend: Any = None) -> ResolvedBackend:
    return ResolvedBackend(backend or Loopback(), "loopback", "a test")


@pytest.mark.parametrize("keep_games", [False, True])
@pytest.mark.parametrize("second_moments", [False, True])
def test_parts_are_the_games_of_the_whole(keep_games: bool, second_moments: bool) -> None:
    asked = request(keep_games=keep_games, second_moments=second_moments)
    chosen = resolved()
    found, expected = play(chosen, asked), play_seated(Loopback(), asked)
    for name in ("sums", "products", "per_game"):
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)
    (whole,) = chosen.backend.requests  # type: ignore[attr-defined]
    assert whole.program.num_entries == 3
    np.testing.assert_array_equal(whole.first_game, [0, 2000, 4000])


def test_only_a_single_entry_leaves_what_was_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    from bucket_brigade.backends import seated

    monkeypatch.setattr(seated, "_BATCH", 5)
    town = get_scenario("default-v2").replace(max_nights=15)
    program = compile_program(
        [town], [Heuristic(ARCHETYPES["hero"]), Scripted("broken", Broken)], [[0, 1, 0, 0]]
    )
    with pytest.raises(AgentError) as alone:
        play(resolved(), PlayRequest(program, seed=4, games=12))
    assert alone.value.finished.games == 10  # type: ignore[attr-defined]
    both = compile_program(
        [town], [Heuristic(ARCHETYPES["hero"]), Scripted("broken", Broken)], [[0, 1, 0, 0], [0, 0, 0, 0]]
    )
    with pytest.raises(AgentError) as several:
        play(resolved(), PlayRequest(both, seed=4, games=12))
    assert several.value.finished is None


class Picky(Loopback):
    def can_run(self, request: PlayRequest) -> Any:
        return No("it does not feel like it")


def test_what_the_backend_declines_is_said_before_any_agent_plays() -> None:
    for ask in (check_can_play, play):
        with pytest.raises(BackendCannotRun, match="does not feel like it"):
            ask(resolved(Picky()), request(Broken))
    only_scripted = request().program.select(np.array([1, 3]))
    check_can_play(resolved(Picky()), PlayRequest(only_scripted, seed=1, games=1))
