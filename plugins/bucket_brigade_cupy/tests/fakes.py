"""A stand-in for CuPy: as much of it as is used, over NumPy, with kernels behind a C++ compiler.

It counts what it gives, can run out of memory, and can fail in all the ways a GPU can.
"""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pytest
from bucket_brigade_cupy import detection
from bucket_brigade_cupy.host import HostDevice
from bucket_brigade_cupy.kernels import Kernel


class CUDARuntimeError(RuntimeError):
    """As CuPy raises it."""


class CUDADriverError(RuntimeError):
    """As CuPy raises it."""


class OutOfMemoryError(MemoryError):
    """As CuPy raises it."""


@dataclass
class Machine:
    """What a fake GPU is like."""

    driver: int = 13000
    runtime: int = 12090
    devices: int = 1
    count_error: str = ""
    capability: str = "90"
    is_hip: bool = False
    capacity: int = 2**40
    """Bytes that one array may have."""
    launch_error: str = ""
    """Raised by the next launch."""
    interrupt_after: int = -1
    """Launches after which Ctrl-C is pressed."""
    binary_for_gpu: bool = True
    launches: int = 0
    allocators: int = 0
    """Allocations outside a pool of the backend's own."""


class DeviceArray(np.ndarray):
    """An array "on the device"; `data` has a pointer as CuPy's has."""

    @property
    def data(self) -> Any:
        """Where it is."""
        return types.SimpleNamespace(ptr=self.ctypes.data)


def fake_cupy(machine: Machine) -> types.ModuleType:
    """Return a module that works as CuPy does on `machine`."""
    cupy: Any = types.ModuleType("cupy")
    pools: list[Any] = []

    def allocate(values: Any) -> DeviceArray:
        if not pools:
            machine.allocators += 1
        if values.nbytes > machine.capacity:
            raise OutOfMemoryError(
                f"Out of memory allocating {values.nbytes:,} bytes (allocated so far: 0 bytes)."
            )
        return np.array(values, order="K").view(DeviceArray)

    class Device:
        def __init__(self) -> None:
            self.id = 0
            self.attributes = {"MultiProcessorCount": 2, "MaxThreadsPerMultiProcessor": 2048}
            self.compute_capability = machine.capability

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None: ...

    class MemoryPool:
        def malloc(self) -> None: ...

        def free_all_blocks(self) -> None: ...

        def free_bytes(self) -> int:
            return 1000

        def total_bytes(self) -> int:
            return 5_000_000

    class Event:
        def record(self) -> None: ...

        def synchronize(self) -> None: ...

    @contextmanager
    def using_allocator(allocator: Any) -> Iterator[None]:
        pools.append(allocator)
        try:
            yield
        finally:
            pools.pop()

    class RawKernel:
        def __init__(self, kernel: Kernel, name: str) -> None:
            self._host, self._kernel, self._name = HostDevice(exact=True), kernel, name
            self.num_regs, self.local_size_bytes, self.shared_size_bytes = 80, 0, 11_940

        @property
        def kernel(self) -> Any:
            if not machine.binary_for_gpu:
                raise CUDADriverError(
                    "CUDA_ERROR_NO_BINARY_FOR_GPU: no kernel image is available for execution"
                )
            return types.SimpleNamespace(ptr=1)

        def __call__(self, grid: Any, block: Any, arguments: Any) -> None:
            if machine.launches == machine.interrupt_after:
                raise KeyboardInterrupt
            machine.launches += 1
            if machine.launch_error:
                raise CUDADriverError(machine.launch_error)
            assert block == (self._kernel.threads,)
            assert isinstance(arguments[0], np.ndarray) and arguments[0].size == 1
            self._host.launch(self._kernel, self._name, grid[0], arguments[0])

    class RawModule:
        def __init__(self, *, code: str, options: tuple[str, ...]) -> None:
            assert 'extern "C" __global__' in code
            macros = dict(option[2:].split("=") for option in options if option.startswith("-DBB_"))
            parts = ("AGENTS", "GROUPS", "SPREAD", "KINDS", "THREADS")
            self._kernel = Kernel(*(int(macros[f"BB_{part}"]) for part in parts))

        def get_function(self, name: str) -> RawKernel:
            return RawKernel(self._kernel, name)

    def device_count() -> int:
        if machine.count_error:
            raise CUDARuntimeError(machine.count_error)
        return machine.devices

    runtime = types.SimpleNamespace(
        is_hip=machine.is_hip,
        driverGetVersion=lambda: machine.driver,
        runtimeGetVersion=lambda: machine.runtime,
        getDeviceCount=device_count,
        getDeviceProperties=lambda _: {"name": b"Fake H100", "totalGlobalMem": 80 * 10**9},
        memGetInfo=lambda: (machine.capacity, machine.capacity),
        CUDARuntimeError=CUDARuntimeError,
    )
    driver = types.SimpleNamespace(
        CUDADriverError=CUDADriverError, occupancyMaxActiveBlocksPerMultiprocessor=lambda *_: 1
    )
    cupy.cuda = types.SimpleNamespace(
        Device=Device,
        MemoryPool=MemoryPool,
        using_allocator=using_allocator,
        Event=Event,
        get_elapsed_time=lambda *_: 2.5,
        runtime=runtime,
        driver=driver,
        memory=types.SimpleNamespace(OutOfMemoryError=OutOfMemoryError),
    )
    cupy.RawModule = RawModule
    cupy.ndarray = DeviceArray
    cupy.asarray = lambda values: values if isinstance(values, DeviceArray) else allocate(np.asarray(values))
    cupy.from_dlpack = lambda given: np.from_dlpack(given).view(DeviceArray)
    cupy.zeros = lambda shape, dtype: allocate(np.zeros(shape, dtype))
    cupy.asnumpy = np.array
    cupy.__version__ = "14.2.0"
    return cupy  # type: ignore[no-any-return]


def install(monkeypatch: pytest.MonkeyPatch, machine: Machine) -> Machine:
    """Let `machine` be what ``import cupy`` finds."""
    monkeypatch.setitem(sys.modules, "cupy", fake_cupy(machine))
    detection.probe.cache_clear()
    return machine
