"""Nested answers of environments, compared to the last bit."""

from __future__ import annotations

from typing import Any

import numpy as np


def assert_same(one: Any, other: Any, path: str = "") -> None:
    """Fail unless two answers hold the same, arrays of objects and dictionaries included."""
    if isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for key in one:
            assert_same(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, tuple | list):
        assert len(one) == len(other), path
        for place, (left, right) in enumerate(zip(one, other, strict=True)):
            assert_same(left, right, f"{path}[{place}]")
    elif isinstance(one, np.ndarray) and one.dtype == object:
        assert_same(list(one), list(other), path)
    elif one is None or other is None:
        assert one is other, path
    else:
        np.testing.assert_array_equal(one, other, err_msg=path)
