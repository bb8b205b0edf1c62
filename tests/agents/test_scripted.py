"""Agents written in Python: they play beside native ones, alike in every batch and on every backend."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.agents import Observations, OneGame, actions, one_game
from bucket_brigade.backends import seated
from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium import PayoffEvaluator
from bucket_brigade.errors import AgentError, InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Scripted
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.simulation import SimulationResult, replay, simulate


class Rule:
    """The heuristic rule, written as an agent but for its words."""

    def __init__(self, work: float = 0.6, own: float = 0.3, honesty: float = 0.8) -> None:
        self.chances = work, own, honesty

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.home = scenario.home(seat)
        assert num_games > 0

    def act(self, observations: Observations) -> NDArray[np.int64]:
        work, own, honesty = self.chances
        works = observations.chance(0, work)
        at_home = observations.burning[:, self.home] & observations.chance(1, own)
        fire = observations.pick(2, observations.burning)
        house = np.where(works & ~at_home & (fire >= 0), fire, self.home)
        return actions(house, works, np.where(observations.chance(3, honesty), works, ~works))


class Counter:
    """Works on every third night it has seen of each game."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.seen = np.zeros(num_games, dtype=np.int64)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        self.seen += observations.active
        assert (self.seen == observations.night)[observations.active].all()
        return actions(observations.choice(5, observations.houses.shape[1]), self.seen % 3 == 0)


@one_game
def plain(game: OneGame) -> tuple[int, int]:
    game.memory["nights"] = game.memory.get("nights", 0) + 1
    assert game.memory["nights"] == game.night
    if game.burning and game.chance(0, 0.9):
        return game.choice(1, game.burning), 1
    return game.home, int(game.uniform(2) < 0.5 and game.last_signals[game.seat] == 0)


TEAM = (Scripted("rule", Rule), "hero", Scripted("counter", Counter), Scripted("plain", plain))


def test_all_backends_play_the_same_games(python: Backend, rust: Backend) -> None:
    results = [
        simulate("default-v2", TEAM, games=300, seed=7, backend=backend, keep_games=True)
        for backend in (python, rust)
    ]
    np.testing.assert_array_equal(results[0].counts.per_game, results[1].counts.per_game)
    np.testing.assert_array_equal(results[0].counts.products, results[1].counts.products)


def test_batches_and_first_games_never_matter(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = simulate("default-v1", TEAM, games=50, backend=backend, keep_games=True).counts
    assert whole.per_game is not None
    for batch in (1, 7):
        monkeypatch.setattr(seated, "_BATCH", batch)
        parts = simulate("default-v1", TEAM, games=50, backend=backend, keep_games=True).counts
        np.testing.assert_array_equal(parts.per_game, whole.per_game)
        np.testing.assert_array_equal(parts.sums, whole.sums)
        np.testing.assert_array_equal(parts.products, whole.products)
    later = simulate("default-v1", TEAM, games=20, first_game=30, backend=backend, keep_games=True).counts
    np.testing.assert_array_equal(later.per_game, whole.per_game[:, 30:])


def test_sums_are_those_of_the_games(backend: Backend) -> None:
    counts = simulate(
        "two_houses", ["hero", Rule, "hero", Rule], games=40, backend=backend, keep_games=True
    ).counts
    assert counts.per_game is not None
    games = counts.per_game[0].astype(np.int64)
    np.testing.assert_array_equal(counts.sums[0], games.sum(axis=0))
    assert counts.products is not None
    np.testing.assert_array_equal(counts.products[0], games.T @ games)


def test_a_replay_is_the_game_that_was_simulated(backend: Backend) -> None:
    counts = simulate("default-v2", TEAM, games=5, seed=3, backend=backend, keep_games=True).counts
    played = replay("default-v2", TEAM, seed=3, game=4, backend=backend)
    assert counts.per_game is not None
    np.testing.assert_array_equal(played.counts, counts.per_game[0, 4])


def test_an_agent_with_the_chances_of_a_rule_earns_what_the_rule_does(rust: Backend) -> None:
    theta = (0.8, 0.6, 0, 0.3, 0, 0, 0, 0, 0, 0)
    mine = simulate("default-v2", [Rule, "hero", "liar", "coordinator"], games=20_000, seed=1, backend=rust)
    rule = simulate("default-v2", [theta, "hero", "liar", "coordinator"], games=20_000, seed=2, backend=rust)
    error = np.hypot(mine.standard_errors, rule.standard_errors)
    assert (np.abs(mine.payoffs - rule.payoffs) < 4.5 * error).all()


def test_payoff_evaluators_play_them_too(python: Backend) -> None:
    evaluator = PayoffEvaluator("two_houses", games=200, backend=python)
    matrix = evaluator.evaluate_payoff_matrix([Scripted("rule", Rule), "hero"])
    assert np.isfinite(matrix.payoffs).all() and (matrix.standard_errors > 0).all()


class Wrong:
    """Does one thing wrong from some night on."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        if self.answer == "reset":
            raise ValueError("no such seat")

    def act(self, observations: Observations) -> Any:
        good = actions(np.zeros(observations.num_games, dtype=int), 0)
        if observations.night[0] < 3:
            return good
        return self.answer(good, observations)


def _boom(good: Any, observations: Observations) -> Any:
    raise ZeroDivisionError("division by zero")


def _exits(good: Any, observations: Observations) -> Any:
    sys.exit("enough")


def _illegal(good: Any, observations: Observations) -> Any:
    good[2] = 99, 1, 0
    return good


def _mutates(good: Any, observations: Observations) -> Any:
    observations.houses[:] = 0
    return good


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (_boom, "night 3 of games 10 to 14, raised: ZeroDivisionError: division by zero."),
        (_exits, "night 3 of games 10 to 14, raised: SystemExit: enough."),
        (_illegal, "night 3 of game 12, chose house 99: it must be from 0 to 9."),
        (lambda good, _: good[:, :2], "answered with shape (5, 2): it must be (5, 3)."),
        (lambda good, _: good.tolist(), "answered with a list: it must be an array of shape (5, 3)."),
        (lambda good, _: good * np.nan, "answered with dtype float64, which holds NaN: it must be integers."),
        (lambda good, _: -good - 1, "chose house -1: it must be from 0 to 9."),
        (_mutates, "raised: ValueError: assignment destination is read-only."),
        (lambda _, seen: seen.words(32), "raised: InvalidInput: word k = 32 is not there"),
        ("reset", "games 10 to 14, failed to reset: ValueError: no such seat."),
    ],
    ids=["raises", "exits", "illegal", "shape", "list", "nan", "negative", "mutates", "word", "reset"],
)
def test_what_an_agent_gets_wrong_is_named(answer: Any, said: str, backend: Backend) -> None:
    wrong = Scripted("wrong", lambda: Wrong(answer), plugin="stranger 1.2")
    with pytest.raises(AgentError) as caught:
        simulate("default-v2", ["hero", "hero", wrong, "hero"], games=5, first_game=10, backend=backend)
    message = str(caught.value)
    assert message.startswith("Agent 'wrong' (stranger 1.2) on seat 2 of scenario 'default-v2', ")
    assert said in message


def test_what_was_finished_is_kept(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seated, "_BATCH", 10)
    made = []

    def factory() -> Wrong:
        made.append(1)
        return Wrong(_boom if len(made) > 2 else lambda good, _: good)

    team: list[Member] = [Scripted("wrong", factory), "hero", "hero", "hero"]
    with pytest.raises(AgentError) as caught:
        simulate("default-v2", team, games=50, backend=backend)
    kept = caught.value.finished
    assert isinstance(kept, SimulationResult) and kept.games == 20
    still = Scripted("still", lambda: Wrong(lambda good, _: good))
    whole = simulate("default-v2", [still, "hero", "hero", "hero"], games=20, backend=backend)
    np.testing.assert_array_equal(kept.payoffs, whole.payoffs)


def test_words_have_their_places(python: Backend) -> None:
    """The words of rules.md, section 3, purposes 32 to 63, index the seat."""
    from bucket_brigade.game.draws import words

    drawn: dict[int, NDArray[np.uint32]] = {}

    class Draws:
        def reset(self, seat: int, scenario: Scenario, num_games: int) -> None: ...

        def act(self, observations: Observations) -> NDArray[np.int64]:
            if observations.night[0] == 2:
                drawn.update({k: observations.words(k) for k in (0, 31)})
            return actions(np.zeros(observations.num_games, dtype=int), 0)

    simulate(
        "default-v2", ["hero", "hero", "hero", Draws], games=6, first_game=2**32 - 3, seed=5, backend=python
    )
    games = np.arange(2**32 - 3, 2**32 + 3, dtype=np.uint64)
    for k, found in drawn.items():
        np.testing.assert_array_equal(found, words(5, games, 2, 32 + k, 4)[:, 3])


def _seen(games: int) -> Observations:
    zeros = np.zeros((games, 4), dtype=np.uint8)
    return Observations(
        1, np.ones(games, np.uint32), zeros, zeros, zeros, zeros, np.ones(games, bool), 3,
        np.arange(games, dtype=np.uint64),
    )  # fmt: skip


def test_draws_have_their_chances() -> None:
    seen, games = _seen(100_000), 100_000
    assert abs(seen.chance(0, 0.3).mean() - 0.3) < 0.01
    assert abs(seen.uniform(1).mean() - 0.5) < 0.01
    np.testing.assert_allclose(np.bincount(seen.choice(2, 5)) / games, np.full(5, 0.2), atol=0.01)
    np.testing.assert_allclose(np.bincount(seen.weighted(3, [1, 0, 3])) / games, [0.25, 0, 0.75], atol=0.01)
    mask = np.array([False, True, False, True])
    np.testing.assert_allclose(
        np.bincount(seen.pick(4, np.tile(mask, (games, 1)))) / games, [0, 0.5, 0, 0.5], atol=0.01
    )
    assert (seen.pick(4, np.zeros((games, 4), bool)) == -1).all()
    word = seen.words(2).astype(np.int64)
    np.testing.assert_array_equal(seen.choice(2, 5), word * 5 >> 32)
    np.testing.assert_array_equal(seen.chance(0, 1.0), True)
    np.testing.assert_array_equal(seen.chance(0, 0.0), False)


@pytest.mark.parametrize(
    "draw",
    [
        lambda seen: seen.chance(0, 1.5),
        lambda seen: seen.chance(0, np.nan),
        lambda seen: seen.choice(0, 0),
        lambda seen: seen.weighted(0, [0, 0]),
        lambda seen: seen.weighted(0, [1, np.inf]),
        lambda seen: seen.uniform(-1),
    ],
)
def test_draws_that_make_no_sense_are_refused(draw: Any) -> None:
    with pytest.raises(InvalidInput):
        draw(_seen(3))


def test_counts_of_scripted_games_are_counts(python: Backend) -> None:
    result = simulate("default-v2", TEAM, games=3, backend=python)
    assert result.games == 3 and result.nights >= get_scenario("default-v2").min_nights
