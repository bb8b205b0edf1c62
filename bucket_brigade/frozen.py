"""Objects that own arrays and must stay what they were when they were made."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

__all__ = ["Frozen"]


class Frozen:
    """Base of objects whose arrays are read-only, so that digests and checks made once stay true.

    NumPy's own copies and pickles can be written to, so a copy of such an object is the object itself, and one
    that comes out of a pickle has its arrays closed again.
    """

    __slots__ = ()

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> Self:
        return self

    def __setstate__(self, state: dict[str, Any]) -> None:
        for value in state.values():
            close_arrays(value)
        self.__dict__.update(state)


def close_arrays(value: object) -> None:
    """Make an array read-only, or every array in a tuple of them."""
    if isinstance(value, np.ndarray):
        value.flags.writeable = False
    elif isinstance(value, tuple):
        for part in value:
            close_arrays(part)
