"""Wrappers for learners that know only one number as an action."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium import spaces
from gymnasium.vector import VectorEnv, VectorWrapper
from gymnasium.vector.utils import batch_space

from bucket_brigade.envs.spaces import as_actions
from bucket_brigade.errors import InvalidInput

__all__ = ["FlattenMultiDiscrete", "FlattenMultiDiscreteVector"]


class FlattenMultiDiscrete(gym.ActionWrapper[Any, Any, Any], gym.utils.RecordConstructorArgs):
    """Turn the `MultiDiscrete` actions of an environment into one `Discrete` number.

    The number counts the parts in row-major order, the last part fastest: of ``[house, mode, signal]`` it is
    ``4 * house + 2 * mode + signal``. Raises `InvalidInput` for an environment with other actions, or for more
    than 2**31 of them.
    """

    def __init__(self, env: gym.Env[Any, Any]) -> None:
        gym.utils.RecordConstructorArgs.__init__(self)
        super().__init__(env)
        self._parts = _parts(env.action_space)
        self.action_space = spaces.Discrete(int(np.prod(self._parts, dtype=np.int64)))

    def action(self, action: Any) -> Any:
        """Return the parts of a number; raises `InvalidInput` if it is not in the space."""
        return _unflatten(action, self._parts, ())


class FlattenMultiDiscreteVector(VectorWrapper):
    """The same for a `VectorEnv`: actions are numbers of shape (num_envs,)."""

    def __init__(self, env: VectorEnv[Any, Any, Any]) -> None:
        super().__init__(env)
        self._parts = _parts(env.single_action_space)
        self.single_action_space = spaces.Discrete(int(np.prod(self._parts, dtype=np.int64)))
        self.action_space = batch_space(self.single_action_space, env.num_envs)

    def step(self, actions: Any) -> Any:
        """Play a night of every row."""
        return self.env.step(_unflatten(actions, self._parts, (self.num_envs,)))


def _parts(space: spaces.Space[Any]) -> np.ndarray[Any, np.dtype[np.int64]]:
    if not isinstance(space, spaces.MultiDiscrete):
        raise InvalidInput(f"Actions of {space} cannot be flattened: they must be MultiDiscrete.")
    if np.prod(space.nvec, dtype=float) > 2**31:
        raise InvalidInput(f"Actions of {space} are too many to be numbered.")
    return np.asarray(space.nvec, dtype=np.int64)


def _unflatten(numbers: Any, parts: np.ndarray[Any, np.dtype[np.int64]], shape: tuple[int, ...]) -> Any:
    count = int(np.prod(parts))
    array = as_actions(numbers, shape, f"from 0 to {count - 1}")
    if (array < 0).any() or (array >= count).any():
        raise InvalidInput(f"action = {numbers!r} is not allowed: it must be from 0 to {count - 1}.")
    places = np.unravel_index(array, tuple(parts.ravel()))
    return np.stack(places, axis=-1).reshape(*shape, *parts.shape)
