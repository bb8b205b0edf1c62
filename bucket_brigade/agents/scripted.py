"""The contract of an agent written in Python, and the guard that stands between it and the games.

An agent plays one seat in a whole batch of games at once: one call a night. Its row ``g`` is one game from
`reset` on; what it does there may depend on nothing but what that row has shown, and on its own words.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations
from bucket_brigade.errors import AgentError, explain
from bucket_brigade.game.actions import action_limits, all_legal
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Scripted

__all__ = ["GuardedAgent", "ScriptedAgent"]


@runtime_checkable
class ScriptedAgent(Protocol):
    """Plays one seat of a batch of games. G games, H houses."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Forget everything; `num_games` new games begin, in which the agent sits on `seat`."""

    def act(self, observations: Observations) -> NDArray[np.integer]:
        """Return what to do tonight in every game: integers of shape (G, 3), a house, a mode and a signal.

        The house is 0 … H-1, the mode 0 (rest) or 1 (work), the signal 0 or 1; see
        `bucket_brigade.agents.actions`. Rows of games that are over may hold anything.
        """


_FAILURES = (Exception, SystemExit)
"""An agent that calls `sys.exit` has failed; it must not end the run of whoever uses it in silence."""


class GuardedAgent:
    """A scripted agent on its seat: what it raises or gets wrong becomes an `AgentError` that names it."""

    def __init__(
        self,
        scripted: Scripted,
        seat: int,
        scenario: Scenario,
        games: NDArray[np.uint64],
        seed: int | NDArray[np.uint64],
    ) -> None:
        """Make the agent and reset it for these games, numbers of shape (G,), of one seed or of one each."""
        self._scripted, self.seat, self._scenario = scripted, seat, scenario
        self._games, self._seed = games, seed
        try:
            made = scripted.factory()
        except _FAILURES as error:
            raise self._error("cannot be made", error) from error
        if not isinstance(made, ScriptedAgent):
            raise self._error(f"is a {type(made).__name__} without the methods reset and act")
        self._agent = made
        try:
            self._agent.reset(seat, scenario, len(games))
        except _FAILURES as error:
            raise self._error("failed to reset", error) from error

    def act(
        self,
        night: NDArray[np.uint32],
        houses: NDArray[np.uint8],
        last: NDArray[np.uint8],
        active: NDArray[np.bool_],
    ) -> NDArray[np.uint8]:
        """Return the checked actions of tonight, shape (G, 3); zeros in games that are over.

        `last` has shape (G, N, 3), as `Stepper.last_actions`. Raises `AgentError`.
        """
        seen = Observations(
            self.seat,
            night,
            houses,
            last[..., 2],
            last[..., 0],
            last[..., 1],
            active,
            self._seed,
            self._games,
        )
        for array in (
            seen.night,
            seen.houses,
            seen.last_signals,
            seen.last_locations,
            seen.last_modes,
            active,
        ):
            array.flags.writeable = False
        tonight = int(night[int(np.argmax(active))])
        try:
            answer = self._agent.act(seen)
        except _FAILURES as error:
            raise self._error("raised", error, night=tonight) from error
        return self._checked(answer, active, tonight)

    def _checked(self, answer: object, active: NDArray[np.bool_], night: int) -> NDArray[np.uint8]:
        shape = (len(active), 3)
        if not isinstance(answer, np.ndarray):
            raise self._error(
                f"answered with a {type(answer).__name__}: it must be an array of shape {shape}", night=night
            )
        if answer.shape != shape:
            raise self._error(f"answered with shape {answer.shape}: it must be {shape}", night=night)
        if answer.dtype.kind not in "iu":
            holds = ", which holds NaN" if answer.dtype.kind == "f" and np.isnan(answer).any() else ""
            raise self._error(f"answered with dtype {answer.dtype}{holds}: it must be integers", night=night)
        if not all_legal(answer, self._scenario.num_houses):
            self._refuse_illegal(answer, active, night)
        checked = answer.astype(np.uint8)
        checked *= active[:, None]
        return checked

    def _refuse_illegal(self, answer: NDArray[np.integer], active: NDArray[np.bool_], night: int) -> None:
        limits = action_limits(self._scenario.num_houses)
        wrong = ((answer < 0) | (answer >= limits)) & active[:, None]
        if wrong.any():
            row, part = (int(i) for i in np.argwhere(wrong)[0])
            what = ("house", "mode", "signal")[part]
            raise self._error(
                f"chose {what} {int(answer[row, part])}: it must be from 0 to {limits[part] - 1}",
                night=night,
                game=int(self._games[row]),
            )

    def _error(
        self,
        what: str,
        cause: BaseException | None = None,
        *,
        night: int | None = None,
        game: int | None = None,
    ) -> AgentError:
        owner = f" ({self._scripted.plugin})" if self._scripted.plugin else ""
        first, last = (int(self._games[0]), int(self._games[-1])) if game is None else (game, game)
        games = f"game {first}" if first == last else f"games {first} to {last}"
        when = f"night {night} of {games}" if night is not None else games
        why = f": {type(cause).__name__}: {cause}".rstrip(".") if cause is not None else ""
        return AgentError(
            explain(
                f"Agent {self._scripted.name!r}{owner} on seat {self.seat} of scenario {self._scenario.name!r}, "
                f"{when}, {what}{why}.",
                do=f"Type: bucket-brigade check agent {self._scripted.name}" if self._scripted.plugin else "",
            )
        )
