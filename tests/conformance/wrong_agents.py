"""Agents with one fault each; each names the checks that must see it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from time import perf_counter as stopwatch
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents import Observations, OneGame, actions, one_game
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social

Actions = NDArray[np.int64]


class Right:
    """Remembers how often its home burned, draws, and is right in everything."""

    caught_by: tuple[str, ...] = ()
    """The checks that must fail: these and no others."""
    traits: Mapping[str, bool] = {}

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        self.home, self.seat = scenario.home(seat), seat
        self.burned = np.zeros(num_games, dtype=np.int64)
        self.nights = 0

    def act(self, observations: Observations) -> Actions:
        self.nights += 1
        self.burned += observations.burning[:, self.home] & observations.active
        return self.choose(observations)

    def choose(self, observations: Observations) -> Actions:
        fire = observations.pick(0, observations.burning)
        works = (self.burned > 1) | observations.chance(1, 0.7)
        return actions(np.where(fire >= 0, fire, self.home), works, observations.chance(2, 0.5))

    def at_home(self, works: Any) -> Actions:
        return actions(np.full(len(self.burned), self.home), works)


@one_game
def right_function(game: OneGame) -> tuple[int, int]:
    game.memory["nights"] = game.memory.get("nights", 0) + 1
    return (game.choice(0, game.burning), 1) if game.burning else (game.home, game.memory["nights"] % 2)


class MadeForTen(Right):
    caught_by = ("legal_actions",)

    def choose(self, observations: Observations) -> Actions:
        return actions(np.full(observations.num_games, 9), 1)


class Floats(Right):
    caught_by = ("legal_actions",)

    def choose(self, observations: Observations) -> Any:
        return super().choose(observations) * 1.0


class TiresOnNightSeven(Right):
    caught_by = ("legal_actions",)

    def choose(self, observations: Observations) -> Actions:
        if self.nights == 7:
            raise RuntimeError("enough")
        return super().choose(observations)


class GlobalRandom(Right):
    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(random.random() < 0.5)


class GlobalNumpyRandom(Right):
    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(np.random.random(observations.num_games) < 0.5)  # noqa: NPY002


class SeedsGlobally(Right):
    """Reproducible, but at the price of everybody else's luck."""

    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        np.random.seed(self.nights)  # noqa: NPY002
        return self.at_home(True)


class OwnEntropy(Right):
    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(np.random.default_rng().random(observations.num_games) < 0.5)


class LooksAtTheClock(Right):
    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(time.time() > 0)


class LooksAtTheStopwatch(Right):
    """Under a name of its own."""

    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(stopwatch() > 0)


class LooksAtTheDate(Right):
    caught_by = ("own_luck_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(datetime.now().year > 2000)


GENERATOR = np.random.default_rng(0)


class GeneratorOfTheModule(Right):
    caught_by = ("reproducible",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(GENERATOR.random(observations.num_games) < 0.5)


class CountsItsInstances(Right):
    caught_by = ("reproducible",)
    made = 0

    def __init__(self) -> None:
        type(self).made += 1
        self.number = self.made

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(self.number % 3 == 0)


class IgnoresReset(Right):
    caught_by = ("reset_is_fresh",)

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        nights = getattr(self, "nights", 0)
        super().reset(seat, scenario, num_games)
        self.nights = nights

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(self.nights > 4)


class ResetsOnce(Right):
    caught_by = ("reset_is_fresh",)

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        if hasattr(self, "home"):
            raise RuntimeError("once is enough")
        super().reset(seat, scenario, num_games)


class KeepsNightsInTheClass(Right):
    """Every reset begins anew for all instances."""

    caught_by = ("instances_apart",)
    count = 0

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        super().reset(seat, scenario, num_games)
        type(self).count = 0

    def choose(self, observations: Observations) -> Actions:
        type(self).count += 1
        return self.at_home(self.count % 2)


class LooksAtFinishedGames(Right):
    caught_by = ("finished_rows_ignored",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(int(observations.houses[~observations.active].sum()) % 2)


class LooksAtItsRow(Right):
    caught_by = ("row_order",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(np.arange(observations.num_games) % 2)


class LooksAtTheWholeBatch(Right):
    caught_by = ("one_by_one",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations.burning[observations.active].mean() > 0.25)


class WritesIntoObservations(Right):
    caught_by = ("observations_unchanged",)

    def choose(self, observations: Observations) -> Actions:
        chosen = super().choose(observations)
        observations.houses[observations.houses == 2] = 0
        return chosen


class PeeksAtTheSeed(Right):
    caught_by = ("words_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations._seed % 2)


class PeeksAtGameNumbers(Right):
    caught_by = ("words_only",)

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations._games % np.uint64(2))


class ClaimsHousesButLooksAtNights(Right):
    caught_by = ("trait_state_only",)
    traits = {"state_only": True, "memoryless": True}  # noqa: RUF012

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations.night > 5)


class ClaimsHousesButLooksAtOthers(Right):
    caught_by = ("trait_state_only",)
    traits = {"state_only": True, "memoryless": True, "deterministic": True}  # noqa: RUF012

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations.last_modes.sum(axis=1) % 2)


class ClaimsHousesButRemembers(Right):
    caught_by = ("trait_state_only", "trait_memoryless")
    traits = {"state_only": True, "memoryless": True}  # noqa: RUF012

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(self.burned > 0)


class ClaimsHousesAndHardlyEverLies(Right):
    """Looks at the night once in a million times: only a table follows such a draw."""

    caught_by = ("trait_state_only",)
    traits = {"state_only": True, "memoryless": True}  # noqa: RUF012

    def choose(self, observations: Observations) -> Actions:
        return self.at_home(observations.chance(0, 1e-6) & (observations.night > 1))


class ClaimsToBeDeterministic(Right):
    caught_by = ("trait_deterministic",)
    traits = {"deterministic": True}  # noqa: RUF012


class ClaimsToBeMemoryless(Right):
    caught_by = ("trait_memoryless",)
    traits = {"memoryless": True}  # noqa: RUF012


class ClaimsToBeHonest(Right):
    caught_by = ("trait_honest",)
    traits = {"honest": True}  # noqa: RUF012


class ClaimsToBeNative(Right):
    caught_by = ("trait_native",)
    traits = {"native": True}  # noqa: RUF012


@dataclass(frozen=True)
class Case:
    """A factory that is no class, what it claims, and what must see its fault."""

    name: str
    factory: Callable[[], Any]
    caught_by: tuple[str, ...]
    traits: Mapping[str, bool] = field(default_factory=dict)


_ONE_FOR_ALL = Right()


def _raises() -> Right:
    raise RuntimeError("no agents today")


def _social() -> Social:
    return Social(ARCHETYPES["firefighter"])


def _hero() -> Heuristic:
    return Heuristic(ARCHETYPES["hero"])


def _nearly_honest() -> Heuristic:
    return Heuristic((0.999999, *ARCHETYPES["hero"][1:]))


FACTORIES = (
    Case("one for all", lambda: _ONE_FOR_ALL, ("made_anew",)),
    Case("no agent", lambda: "agent", ("made_anew",)),  # type: ignore[return-value,unused-ignore]
    Case("a class", lambda: Right, ("made_anew",)),
    Case("raises", _raises, ("made_anew",)),
    Case("cannot be pickled", lambda: Right(), ("pickling",)),  # noqa: PLW0108  it is to be a lambda
    Case("denies that it is native", _hero, ("trait_native",), {"native": False}),
    Case("social claims state_only", _social, ("trait_state_only",), {"native": True, "state_only": True}),
    Case("hero claims deterministic", _hero, ("trait_deterministic",), {"deterministic": True}),
    Case("social claims honest", _social, ("trait_honest",), {"honest": True}),
    Case("nearly honest", _nearly_honest, ("trait_honest",), {"honest": True}),
)

WRONG: tuple[Case, ...] = (
    *(
        Case(name, value, value.caught_by, value.traits)
        for name, value in list(globals().items())
        if isinstance(value, type) and issubclass(value, Right) and value.caught_by
    ),
    *FACTORIES,
)
"""Every agent with a fault."""
