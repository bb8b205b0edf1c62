"""The few things that are asked of a device, and a GPU behind CuPy."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bucket_brigade_cupy.kernels import Kernel

__all__ = ["Device", "OutOfDeviceMemory"]


class OutOfDeviceMemory(Exception):
    """An array that does not fit on the device now."""


class Device(Protocol):
    """Holds arrays and runs kernels. Its arrays are whatever it likes them to be."""

    threads: int
    """Lanes in a block."""

    def array(self, values: NDArray[Any]) -> Any:
        """Copy to the device, or raise `OutOfDeviceMemory`."""

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> Any:
        """Make an array of zeros, or raise `OutOfDeviceMemory`."""

    def address(self, array: Any) -> int:
        """Return where an array starts, in the device's memory."""

    def numpy(self, array: Any) -> NDArray[Any]:
        """Wait for what was launched and copy an array from the device."""

    def launch(self, kernel: Kernel, function: str, blocks: int, arguments: NDArray[np.void]) -> None:
        """Start `blocks` blocks of a function of the source with a structure of arguments."""

    def lanes(self, kernel: Kernel, function: str) -> int:
        """Return how many lanes of a function run at once."""

    def specialise(self, kernel: Kernel) -> Kernel:
        """Return the kernel to compile for what `kernel` is to play: itself, or a more general one."""

    def release(self) -> None:
        """Give memory back that is held for later use."""
