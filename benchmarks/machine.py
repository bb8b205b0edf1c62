"""What machine a benchmark ran on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy as np

__all__ = ["machine"]


def machine() -> dict[str, str | int]:
    """Return processor, cores, system and versions as plain data."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                flags = info.read_text(encoding="utf-8")
                level = "AVX-512" if "avx512f" in flags else "AVX2" if "avx2" in flags else "SSE2"
                return f"{line.split(':', 1)[1].strip()} ({level})"
    return platform.processor() or "unknown"
