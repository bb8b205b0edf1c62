"""Gymnasium spaces of actions and observations."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario

__all__ = [
    "action_space",
    "as_actions",
    "as_space",
    "observation_space",
    "rows_as_space",
    "team_action_space",
]

NATIVE_DTYPES = (np.dtype(np.int64), np.dtype(np.int32), np.dtype(np.uint8))
"""Dtypes of actions that engines read without a copy."""


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


def as_space(layout: ObservationLayout, row: NDArray[Any]) -> Any:
    """Return one observation, (W,), as an element of the observation space."""
    if layout.kind != "dict":
        return row
    return {
        part.name: np.int64(row[part.start]) if part.name in ("night", "seat") else row[part.entries].copy()
        for part in layout.parts
    }


def rows_as_space(layout: ObservationLayout, rows: NDArray[Any], space: Any) -> Any:
    """Return observations, (G, W), as an element of the batched space whose single space is `space`."""
    if layout.kind != "dict":
        return rows
    parts = layout.split(rows)
    return {name: np.ascontiguousarray(part, dtype=space[name].dtype) for name, part in parts.items()}


def as_actions(actions: object, shape: tuple[int, ...], what: str) -> NDArray[np.integer]:
    """Return actions of any integer dtype as an array of one that every backend takes, with the same values.

    Raises `InvalidInput`, which says `what` an action must be, for another shape or dtype. Whether the values
    are within the rules is for the batch to check.
    """
    try:
        array = np.asarray(actions)
    except ValueError:
        raise InvalidInput(f"actions = {actions!r} cannot be read: it must be {what}.") from None
    if array.shape != shape or array.dtype.kind not in "iu":
        raise InvalidInput(
            f"actions of shape {array.shape} and dtype {array.dtype} are not allowed: it must be {what}, integers "
            f"of shape {shape}."
        )
    if array.dtype in NATIVE_DTYPES:  # Equality of dtypes covers the byte order.
        return array
    if array.dtype == np.uint64:  # What does not fit is off the rules, and stays so.
        array = np.minimum(array, np.uint64(np.iinfo(np.int64).max))
    return array.astype(np.int64)
