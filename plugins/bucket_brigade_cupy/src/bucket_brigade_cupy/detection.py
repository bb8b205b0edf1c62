"""Whether a GPU can be used here, and if not, why not.

Nothing heavy is imported at the top: this module is what `bucket-brigade plugins` looks at. The registry runs
the probe once, in a thread of its own, and waits a few seconds at the most.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["probe"]

OLDEST = 70
"""Compute capability, times ten, from which on the lanes of a warp go their own ways (Volta)."""


@cache
def probe() -> str | None:
    """Return None if there is a GPU to play on, else the reason as text.

    Raises `ModuleNotFoundError` if CuPy is not installed, and `ImportError` if it is and cannot be imported.
    """
    return reason(_cupy())


def _cupy() -> Any:
    try:
        cupy = import_module("cupy")
    except ModuleNotFoundError as error:
        if error.name == "cupy":
            raise ModuleNotFoundError("CuPy is not installed", name="cupy") from error
        raise ImportError(f"CuPy is installed, but not all that it needs: {error}") from error
    if not hasattr(cupy, "cuda"):
        # A folder of that name passes for an empty package.
        raise ModuleNotFoundError("CuPy is not installed", name="cupy")
    return cupy


def reason(cupy: Any) -> str | None:
    """Return why no GPU can be played on through this CuPy, or None if one can."""
    runtime = cupy.cuda.runtime
    if runtime.is_hip:
        return "this CuPy is built for AMD GPUs"
    driver, built_for = runtime.driverGetVersion(), runtime.runtimeGetVersion()
    if driver == 0:
        return "no NVIDIA driver is installed"
    if driver // 1000 < built_for // 1000:
        return (
            f"the NVIDIA driver is too old: it knows CUDA {_shown(driver)}, CuPy is built for {_shown(built_for)}; "
            f"update the driver or install cupy-cuda{driver // 1000}x"
        )
    try:
        devices = runtime.getDeviceCount()
    except runtime.CUDARuntimeError as error:
        name, _, text = str(error).partition(": ")
        return (
            "there is no NVIDIA GPU"
            if name == "cudaErrorNoDevice"
            else f"CUDA does not start: {text or name}"
        )
    if not devices:
        return "there is no NVIDIA GPU"
    capability = str(cupy.cuda.Device().compute_capability)
    if int(capability) < OLDEST:
        return f"the GPU is too old: compute capability {_dotted(int(capability))}, needed is {_dotted(OLDEST)} or more"
    return None


def _shown(version: int) -> str:
    return f"{version // 1000}.{version % 1000 // 10}"


def _dotted(capability: int) -> str:
    return f"{capability // 10}.{capability % 10}"
