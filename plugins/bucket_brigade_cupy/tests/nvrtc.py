"""NVIDIA's run-time compiler from its wheel, without a GPU: what it makes of the kernels, in its own words."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files

from bucket_brigade_cupy.kernels import Kernel, source

DISTRIBUTIONS = ("nvidia-cuda-nvrtc", "nvidia-cuda-nvrtc-cu12")
LIBRARY = re.compile(r"(libnvrtc\.so\.\d+|nvrtc64_\d+_0\.dll)$")
USE = re.compile(
    r"Compiling entry function '(?P<name>\w+)'.*?"
    r"(?P<stack>\d+) bytes stack frame, (?P<stores>\d+) bytes spill stores, (?P<loads>\d+) bytes spill loads.*?"
    r"Used (?P<registers>\d+) registers(?P<rest>[^\n]*)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Use:
    """What a function takes of a multiprocessor, as the assembler tells."""

    registers: int
    stack: int
    """Bytes of local memory for its frame."""
    spills: int
    """Bytes moved between registers and local memory."""
    shared: int
    """Bytes of shared memory for a block."""


@dataclass(frozen=True)
class Compiled:
    """A kernel as compiled."""

    code: bytes
    use: dict[str, Use]


@cache
def library() -> ctypes.CDLL | None:
    """Return the compiler, or None if no wheel of it is installed."""
    for distribution in DISTRIBUTIONS:
        try:
            found = files(distribution) or []
        except PackageNotFoundError:
            continue
        for file in found:
            if LIBRARY.search(file.name):
                return ctypes.CDLL(str(file.locate()))
    return None


def compile_kernel(kernel: Kernel, target: str) -> Compiled:
    """Compile for ``sm_90`` or, to PTX, ``compute_80``; raises `RuntimeError` with the compiler's log."""
    nvrtc = library()
    assert nvrtc is not None
    program = ctypes.c_void_p()
    _check(nvrtc.nvrtcCreateProgram(ctypes.byref(program), source().encode(), b"game.cu", 0, None, None))
    options = [*kernel.options(), f"--gpu-architecture={target}", "--ptxas-options=-v"]
    given = (ctypes.c_char_p * len(options))(*(option.encode() for option in options))
    failed = nvrtc.nvrtcCompileProgram(program, len(options), given)
    log = _text(nvrtc, "ProgramLog", program).decode()
    if failed:
        raise RuntimeError(log)
    code = _text(nvrtc, "CUBIN" if target.startswith("sm_") else "PTX", program)
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return Compiled(code, {match["name"]: _use(match) for match in USE.finditer(log)})


def _use(match: re.Match[str]) -> Use:
    shared = re.search(r"(\d+) bytes smem", match["rest"])
    return Use(
        registers=int(match["registers"]),
        stack=int(match["stack"]),
        spills=int(match["stores"]) + int(match["loads"]),
        shared=int(shared[1]) if shared else 0,
    )


def _text(nvrtc: ctypes.CDLL, what: str, program: ctypes.c_void_p) -> bytes:
    size = ctypes.c_size_t()
    _check(getattr(nvrtc, f"nvrtcGet{what}Size")(program, ctypes.byref(size)))
    buffer = ctypes.create_string_buffer(size.value)
    _check(getattr(nvrtc, f"nvrtcGet{what}")(program, buffer))
    return buffer.raw


def _check(error: int) -> None:
    if error:
        raise RuntimeError(f"NVRTC error {error}")
