"""A stand-in for a device: the source compiled as C++, lanes as fibers, blocks one after the other.

For tests and for looking into a kernel: it shows that the code is right, not that it is fast. It needs a C++
compiler (``CXX``, else ``c++``) on Linux.
"""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import DTypeLike, NDArray

from bucket_brigade_cupy.kernels import FOLDER, Kernel

__all__ = ["HostDevice", "compiler"]

GENERAL = {"groups": 4, "spread": 2, "kinds": 7}


def compiler() -> str | None:
    """Return the C++ compiler, or None if there is none."""
    return shutil.which(os.environ.get("CXX") or "c++")


class HostDevice:
    """Runs the kernels on the host. Libraries are kept in `cache`, each compiled once."""

    def __init__(self, cache: Path | None = None, *, block: int = 64, exact: bool = False) -> None:
        """`exact` compiles each kernel as a GPU would; else one for each team size, for blocks of `block` lanes."""
        self._block = block
        self._exact = exact
        self._cache = cache or platformdirs.user_cache_path("bucket-brigade") / "cupy-host"
        self._libraries: dict[Kernel, ctypes.CDLL] = {}

    def array(self, values: NDArray[Any]) -> NDArray[Any]:
        """Copy."""
        return np.array(values, order="C")

    def zeros(self, shape: tuple[int, ...], dtype: DTypeLike) -> NDArray[Any]:
        """Make an array of zeros."""
        return np.zeros(shape, dtype)

    def address(self, array: Any) -> int:
        """Return where an array starts."""
        return int(array.ctypes.data)

    def numpy(self, array: Any) -> NDArray[Any]:
        """Copy."""
        return np.array(array)

    def adopt(self, given: Any) -> NDArray[Any]:
        """Return an array as it is, or what can be seen as one."""
        return np.asarray(given)

    def launch(self, kernel: Kernel, function: str, blocks: int, arguments: NDArray[np.void]) -> None:
        """Run all blocks to their ends."""
        getattr(self.library(kernel), f"run_{function}")(
            ctypes.c_uint(blocks), ctypes.c_void_p(arguments.ctypes.data)
        )

    def lanes(self, kernel: Kernel, function: str) -> int:  # noqa: ARG002  all are alike here
        """Return the lanes of two blocks, so that small requests too are cut into several."""
        return 2 * kernel.threads

    def specialise(self, kernel: Kernel) -> Kernel:
        """Return one general kernel for each team size: compiling takes longer than playing."""
        return kernel if self._exact else Kernel(kernel.agents, **GENERAL, block=self._block)

    def release(self) -> None:
        """Hold nothing."""

    def room(self) -> int:
        """Return no bytes: nobody counts them here."""
        return 0

    def library(self, kernel: Kernel) -> ctypes.CDLL:
        """Return the library of a kernel, compiled if it is not there yet."""
        if kernel not in self._libraries:
            self._libraries[kernel] = ctypes.CDLL(str(self._compiled(kernel)))
        return self._libraries[kernel]

    def _compiled(self, kernel: Kernel) -> Path:
        command = [compiler() or "c++", *kernel.options()]
        command += ["-O1", "-g0", "-fPIC", "-shared", "-Wall", "-Werror", "-Wno-unknown-pragmas"]
        command += [str(FOLDER / "host.cpp")]
        parts = sorted(FOLDER.iterdir())
        content = b"".join(part.read_bytes() for part in parts) + "\n".join(command).encode()
        library = self._cache / f"{hashlib.sha256(content).hexdigest()[:32]}.so"
        if library.exists():
            return library
        self._cache.mkdir(parents=True, exist_ok=True)
        with _alone(library.with_suffix(".lock")):
            if not library.exists():
                # Made beside and moved there: whoever finds the library finds all of it.
                with tempfile.TemporaryDirectory(dir=self._cache) as folder:
                    made = Path(folder) / "library.so"
                    done = subprocess.run(
                        [*command, "-o", str(made)], capture_output=True, text=True, check=False
                    )
                    if done.returncode:
                        raise RuntimeError(f"{command[0]} failed:\n{done.stderr}")
                    made.replace(library)
        return library


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time into the block: several compiling the same would only slow each other."""
    import fcntl

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
