"""One seat learns, the others are opponents: the Gymnasium environment."""

from __future__ import annotations

from bucket_brigade.envs.engine import EnvBatch
from bucket_brigade.envs.episodic import EpisodicEnv
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space
from bucket_brigade.game.scenario import Scenario

__all__ = ["BucketBrigadeEnv"]


class BucketBrigadeEnv(EpisodicEnv):
    """One learner against opponents in a scenario, on any backend.

    An action is ``[house, mode, signal]``, `MultiDiscrete([H, 2, 2])`. Observations are float32 in [0, 1] by
    default; ``observation="integers"`` or ``"dict"`` gives the plain numbers (see
    `bucket_brigade.envs.observations`). The reward is the learner's payoff of the night, in payoff units.
    ``terminated`` means that the rules ended the game, ``truncated`` that the night limit did.

    ``reset(seed=s)`` starts game 0 of seed ``s``; ``reset()`` goes on with the next game of the same seed;
    ``options={"game": k}`` names one. ``info`` of a reset holds ``seed`` and ``game``, by which an episode can
    be played again; ``info`` of the last step holds the ``payoffs`` of all seats, (N,), and the ``nights``.

    `scenario` is a name, file or `Scenario`; `seat` learns; `opponents` names one member for all other seats or
    one for each (firefighters by default); `backend` is a name or None for the configured one. Raises
    `InvalidInput` for actions off the rules, and `gymnasium.error.ResetNeeded` after the end.
    """

    ACTION_MEANING = "a house, a mode and a signal"

    def __init__(
        self,
        scenario: str | Scenario = "default",
        *,
        seat: int = 0,
        opponents: Opponents = None,
        observation: Observation = "vector",
        backend: str | object | None = None,
        render_mode: str | None = None,
    ) -> None:
        batch = EnvBatch(
            scenario,
            rows=1,
            learners=seat,
            opponents=opponents,
            observation=observation,
            backend=backend,
            workers=1,
        )
        self._set_batch(batch, render_mode)
        self.action_space = action_space(self.scenario)
