"""A trained policy as an agent: it sits in any team, beside any others, and needs NumPy alone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.observations import Observations
from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.envs.policy import Policy
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Scripted

__all__ = ["Network", "PolicyAgent", "policy_agent"]

Network = Callable[[NDArray[np.float32]], Any]
"""From vector observations, float32 (G, W), to logits of house, mode and signal, (G, H + 4). What it answers for a
row must depend on that row alone, not on the batch, or games depend on how they are cut into batches."""


class PolicyAgent:
    """A `ScriptedAgent` that sees what the environment shows and does what a policy says.

    `policy` is a `Policy` or a `Network`. House, mode and signal are drawn independently by the words 0, 1 and 2
    of the agent; a *greedy* agent takes the likeliest of each (of equals the first) and draws nothing.
    """

    def __init__(self, policy: Policy | Network, *, greedy: bool = False) -> None:
        self._policy, self._greedy = policy, greedy

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:  # noqa: ARG002
        """Prepare for a seat; raises `InvalidInput` if the policy is for another ring or team."""
        layout = ObservationLayout(scenario)
        encoding = layout.encoding([seat])
        columns = (
            self._policy.columns(scenario) if isinstance(self._policy, Policy) else np.arange(layout.width)
        )
        self._source = encoding.source[0, columns].astype(np.intp)
        self._start, self._table = encoding.start[0, columns], encoding.table
        self._parts = np.cumsum([scenario.num_houses, 2])

    def see(self, observations: Observations) -> NDArray[np.float32]:
        """Return what the policy reads of tonight, (G, in): entries of the environment's vector observation."""
        acted = np.stack(
            [observations.last_locations, observations.last_modes, observations.last_signals], axis=2
        )
        games = observations.num_games
        features = np.zeros((games, observations.houses.shape[1] + acted.shape[1] * 3 + 2), dtype=np.int64)
        features[:, : observations.houses.shape[1]] = observations.houses
        features[:, observations.houses.shape[1] : -2] = acted.reshape(games, -1)
        features[:, -2] = observations.night.astype(np.int64) - 1
        return np.asarray(self._table[self._start + features[:, self._source]], dtype=np.float32)

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Return tonight's actions, (G, 3)."""
        rows = np.flatnonzero(observations.active)
        inputs = self.see(observations)[rows]
        policy = self._policy
        logits = np.asarray(
            policy.logits(inputs) if isinstance(policy, Policy) else policy(inputs), np.float64
        )
        if logits.shape != (len(rows), self._parts[-1] + 2) or not np.isfinite(logits).all():
            raise InvalidInput(
                f"the policy answered with logits of shape {logits.shape}: they must be finite, of shape "
                f"{(len(rows), int(self._parts[-1]) + 2)}"
            )
        actions = np.zeros((observations.num_games, 3), dtype=np.int64)
        for k, part in enumerate(np.split(logits, self._parts, axis=1)):
            if self._greedy:
                actions[rows, k] = part.argmax(axis=1)
            else:
                weights = np.ones((observations.num_games, part.shape[1]))
                weights[rows] = np.exp(part - part.max(axis=1, keepdims=True))
                actions[:, k] = observations.weighted(k, weights)
        return actions


def policy_agent(policy: Policy | Network | str | Path, *, name: str = "", greedy: bool = False) -> Scripted:
    """Return a policy as a member of a team, for `simulate`, payoff tables and tournaments.

    `policy` is a `Policy`, the ``.npz`` file of one, or any `Network`. Raises `InvalidInput` for a file that
    cannot be read; a policy for another ring or team is refused as an `AgentError` when games begin.
    """
    label = name
    if isinstance(policy, str | Path):
        label = name or Path(policy).stem
        policy = Policy.load(policy)
    return Scripted(label or "policy", partial(PolicyAgent, policy, greedy=greedy))
