"""The few things that are asked of a device, and a GPU behind CuPy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import DTypeLike, NDArray

from bucket_brigade.errors import BackendUnavailable, explain
from bucket_brigade_cupy.kernels import Kernel, source

__all__ = ["CupyDevice", "Device", "OutOfDeviceMemory"]

OLDEST_PTX = "-arch=compute_80"
"""What any newer GPU can translate for itself, if CuPy's compiler is older than the GPU."""


class OutOfDeviceMemory(Exception):
    """An array that does not fit on the device now."""


class Device(Protocol):
    """Holds arrays and runs kernels. Its arrays are whatever it likes them to be."""

    def array(self, values: NDArray[Any]) -> Any:
        """Copy to the device, or raise `OutOfDeviceMemory`."""

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> Any:
        """Make an array of zeros, or raise `OutOfDeviceMemory`."""

    def address(self, array: Any) -> int:
        """Return where an array starts, in the device's memory."""

    def numpy(self, array: Any) -> NDArray[Any]:
        """Wait for what was launched and copy an array from the device."""

    def adopt(self, given: Any) -> Any:
        """Return what another library holds on this device as an array of ours, without a copy if it can be."""

    def launch(self, kernel: Kernel, function: str, blocks: int, arguments: NDArray[np.void]) -> None:
        """Start `blocks` blocks of a function of the source with a structure of arguments."""

    def lanes(self, kernel: Kernel, function: str) -> int:
        """Return how many lanes of a function run at once."""

    def specialise(self, kernel: Kernel) -> Kernel:
        """Return the kernel to compile for what `kernel` is to play: itself, or a more general one."""

    def release(self) -> None:
        """Give memory back that is held for later use."""

    def room(self) -> int:
        """Return the bytes that are free."""


class CupyDevice:
    """CuPy's current GPU. Kernels are compiled when first used; CuPy keeps them in its cache on disk.

    Memory comes from a pool of its own over plain allocations: never managed memory, whatever allocator the
    process has set.
    """

    def __init__(self) -> None:
        """Raises `ImportError` if CuPy is not there."""
        self._cupy: Any = import_module("cupy")
        self._device = self._cupy.cuda.Device()
        self._pool = self._cupy.cuda.MemoryPool()
        self._modules: dict[Kernel, Any] = {}
        self._lanes: dict[tuple[Kernel, str], int] = {}

    def array(self, values: NDArray[Any]) -> Any:
        """Copy to the GPU. CuPy knows no structures: they travel as bytes."""
        values = np.ascontiguousarray(values)
        if values.dtype.kind == "V":
            values = values.view(np.uint8)
        with self._working():
            return self._cupy.asarray(values)

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> Any:
        """Make an array of zeros."""
        with self._working():
            return self._cupy.zeros(shape, dtype)

    def address(self, array: Any) -> int:
        """Return where an array starts."""
        return int(array.data.ptr)

    def numpy(self, array: Any) -> NDArray[Any]:
        """Wait for what was launched and copy."""
        with self._working():
            copied: NDArray[Any] = self._cupy.asnumpy(array)
        return copied

    def adopt(self, given: Any) -> Any:
        """Take anything with ``__cuda_array_interface__`` or DLPack."""
        with self._working():
            known = isinstance(given, self._cupy.ndarray) or hasattr(given, "__cuda_array_interface__")
            return self._cupy.asarray(given) if known else self._cupy.from_dlpack(given)

    def launch(self, kernel: Kernel, function: str, blocks: int, arguments: NDArray[np.void]) -> None:
        """Launch on the current stream and return at once."""
        with self._working():
            self.function(kernel, function)((blocks,), (kernel.threads,), (arguments,))

    def lanes(self, kernel: Kernel, function: str) -> int:
        """Return how many lanes the multiprocessors hold, as the driver works it out."""
        if (kernel, function) not in self._lanes:
            with self._working():
                code = self.function(kernel, function).kernel.ptr
                driver = self._cupy.cuda.driver
                blocks = driver.occupancyMaxActiveBlocksPerMultiprocessor(code, kernel.threads, 0)
                processors = self._device.attributes["MultiProcessorCount"]
            self._lanes[kernel, function] = int(blocks) * int(processors) * kernel.threads
        return self._lanes[kernel, function]

    def specialise(self, kernel: Kernel) -> Kernel:
        """Return the kernel itself: compiling takes a second or two, once."""
        return kernel

    def release(self) -> None:
        """Return the pool's free blocks to the driver."""
        self._pool.free_all_blocks()

    def room(self) -> int:
        """Return the bytes that the driver and the pool have to give."""
        with self._device:
            return int(self._cupy.cuda.runtime.memGetInfo()[0]) + int(self._pool.free_bytes())

    def function(self, kernel: Kernel, function: str) -> Any:
        """Return a function of the source as CuPy's `RawKernel`, compiled if nobody has."""
        if kernel not in self._modules:
            self._modules[kernel] = self._compiled(kernel)
        return self._modules[kernel].get_function(function)

    def _compiled(self, kernel: Kernel) -> Any:
        options = kernel.options()
        module = self._cupy.RawModule(code=source(), options=options)
        try:
            module.get_function("play").kernel  # noqa: B018  this is where it is compiled and loaded
        except Exception as error:
            if "NO_BINARY_FOR_GPU" not in str(error):
                raise
            # The compiler is older than the GPU. CuPy then compiles for the newest GPU it knows, which this
            # one cannot run; what it can is an intermediate form.
            nvrtc = import_module("cupy_backends.cuda.libs.nvrtc")
            program = nvrtc.createProgram(source(), "game.cu", (), ())
            try:
                nvrtc.compileProgram(program, (*options, OLDEST_PTX))
                ptx = nvrtc.getPTX(program)
            finally:
                nvrtc.destroyProgram(program)
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "game.ptx"
                path.write_bytes(ptx if isinstance(ptx, bytes) else ptx.encode())
                module = self._cupy.RawModule(path=str(path))
                module.get_function("play").kernel  # noqa: B018  loads the file while it is there
        return module

    @contextmanager
    def _working(self) -> Iterator[None]:
        """Work on this device with its own memory; say in our words what goes wrong."""
        cuda = self._cupy.cuda
        try:
            with self._device, cuda.using_allocator(self._pool.malloc):
                yield
        except cuda.memory.OutOfMemoryError as error:
            raise OutOfDeviceMemory(str(error)) from error
        except (cuda.runtime.CUDARuntimeError, cuda.driver.CUDADriverError) as error:
            if "OutOfMemory" in str(error) or "OUT_OF_MEMORY" in str(error):
                raise OutOfDeviceMemory(str(error)) from error
            raise BackendUnavailable(
                explain(
                    f"The GPU stopped: {error}.",
                    why="Nothing of this request was kept; what was returned before stands.",
                    do="A process cannot use a GPU again after most of its failures: start a new one.",
                )
            ) from error
