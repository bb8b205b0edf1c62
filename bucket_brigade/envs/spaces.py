"""Gymnasium spaces of actions and observations."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario

__all__ = ["action_space", "as_actions", "observation_space", "shown", "team_action_space"]


def action_space(scenario: Scenario) -> spaces.MultiDiscrete:
    """Return the actions of a seat: a house, a mode (1 works) and a signal."""
    return spaces.MultiDiscrete([scenario.num_houses, 2, 2])


def team_action_space(scenario: Scenario) -> spaces.MultiDiscrete:
    """Return the actions of the whole team, (N, 3)."""
    return spaces.MultiDiscrete(np.array([[scenario.num_houses, 2, 2]] * scenario.num_agents))


def observation_space(layout: ObservationLayout) -> spaces.Space[Any]:
    """Return the observations of a seat: a `Box`, or a `Dict` of discrete spaces by the names of the parts."""
    if layout.kind != "dict":
        return spaces.Box(np.zeros_like(layout.high), layout.high, dtype=layout.dtype.type)
    parts: dict[str, spaces.Space[Any]] = {}
    for part in layout.parts:
        values = int(part.high) + 1
        if part.size == 1 and part.name in ("night", "seat"):
            parts[part.name] = spaces.Discrete(values)
        else:
            parts[part.name] = spaces.MultiDiscrete([values] * part.size, dtype=np.int32)
    return spaces.Dict(parts)


def shown(layout: ObservationLayout, row: NDArray[Any]) -> Any:
    """Return one observation (W,) as the space has it."""
    if layout.kind != "dict":
        return row
    return {
        part.name: np.int64(row[part.start]) if part.name in ("night", "seat") else row[part.entries].copy()
        for part in layout.parts
    }


def as_actions(actions: object, shape: tuple[int, ...], what: str) -> NDArray[np.integer]:
    """Return actions as an array of integers of this shape, or raise `InvalidInput` that says `what` it must be."""
    try:
        array = np.asarray(actions)
    except ValueError:
        raise InvalidInput(f"actions = {actions!r} cannot be read: it must be {what}.") from None
    if array.shape != shape or array.dtype.kind not in "iu":
        raise InvalidInput(
            f"actions of shape {array.shape} and dtype {array.dtype} are not allowed: it must be {what}, integers "
            f"of shape {shape}."
        )
    return array
