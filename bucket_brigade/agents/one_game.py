"""Plain functions as agents: write what one agent does in one game, and let it play a batch.

Such an agent is as slow as its Python, some microseconds a game-night; arrays are more than ten times as fast.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations
from bucket_brigade.errors import AgentError
from bucket_brigade.game.scenario import Scenario

__all__ = ["Action", "OneGame", "OneGameAgent", "one_game"]

Action = tuple[int, int] | tuple[int, int, int]
"""House and mode, and the signal unless it is the mode."""


@dataclass
class OneGame:
    """Tonight in one game, as one seat sees it, in plain Python numbers; N agents, H houses."""

    seat: int
    home: int
    night: int
    """The night that begins, from 1."""
    houses: list[int]
    """H numbers: 0 safe, 1 burning, 2 ruined."""
    last_signals: list[int]
    last_locations: list[int]
    last_modes: list[int]
    """N numbers each, of last night; zeros on night 1."""
    scenario: Scenario
    memory: dict[str, Any]
    """Empty when the game begins; whatever is put in is there on the nights that follow."""
    _words: Callable[[int], int] = field(repr=False)

    @property
    def burning(self) -> list[int]:
        """The numbers of the houses that burn, ascending."""
        return [house for house, state in enumerate(self.houses) if state == 1]

    def uniform(self, k: int) -> float:
        """Return a number in [0, 1) by word `k`, from 0 to 31."""
        return self._words(k) * 2.0**-32

    def chance(self, k: int, probability: float) -> bool:
        """Return True with this probability, by word `k`."""
        return self._words(k) < int(probability * 4294967296.0 + 0.5)

    def choice(self, k: int, options: Sequence[Any]) -> Any:
        """Return one of the options with equal chances, by word `k`."""
        return options[self._words(k) * len(options) >> 32]


class OneGameAgent:
    """A `ScriptedAgent` that calls a function for every running game; see `one_game`."""

    def __init__(self, function: Callable[[OneGame], Action]) -> None:
        self._function = function

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Start with empty memories."""
        self._seat, self._scenario = seat, scenario
        self._memories: list[dict[str, Any]] = [{} for _ in range(num_games)]

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Call the function once for each game that runs."""
        drawn: dict[int, list[int]] = {}

        def word(k: int, row: int) -> int:
            if k not in drawn:
                drawn[k] = observations.words(k).tolist()
            return drawn[k][row]

        columns = (
            observations.night,
            observations.houses,
            observations.last_signals,
            observations.last_locations,
            observations.last_modes,
        )
        running = np.flatnonzero(observations.active)
        rows, home, done = running.tolist(), self._scenario.home(self._seat), []
        # Whole columns become lists at once: an array is dear to look into, number by number.
        seen = (column[running].tolist() for column in columns)
        for row, night, houses, signals, locations, modes in zip(rows, *seen, strict=True):
            game = OneGame(
                self._seat,
                home,
                night,
                houses,
                signals,
                locations,
                modes,
                self._scenario,
                self._memories[row],
                partial(word, row=row),
            )
            done.append(_completed(self._function(game)))
        answers = np.zeros((observations.num_games, 3), dtype=np.int64)
        if done:
            answers[running] = done
        return answers


def one_game(function: Callable[[OneGame], Action]) -> Callable[[], OneGameAgent]:
    """Return a factory of agents that play every game of a batch by this function.

    The function is given a `OneGame` and returns ``(house, mode)`` or ``(house, mode, signal)``. Use it as a
    decorator, and name the result as the factory of an `AgentSpec`; or give it to `Scripted`.
    """

    def factory() -> OneGameAgent:
        return OneGameAgent(function)

    factory.__name__, factory.__doc__ = getattr(function, "__name__", "agent"), function.__doc__
    factory.__module__, factory.__qualname__ = function.__module__, function.__qualname__
    return factory


def _completed(action: object) -> tuple[int, int, int]:
    if type(action) is tuple and len(action) == 2 and type(action[0]) is type(action[1]) is int:
        return action[0], action[1], action[1]
    if (
        not isinstance(action, tuple | list)
        or len(action) not in (2, 3)
        or not all(isinstance(part, int | np.integer | np.bool_) for part in action)
    ):
        raise AgentError(
            f"the function returned {action!r}, not (house, mode) or (house, mode, signal) in integers"
        )
    house, mode, *signal = (int(part) for part in action)
    return house, mode, signal[0] if signal else mode
