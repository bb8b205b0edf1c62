"""What every benchmark needs: engines worth timing, and a place for what was measured."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from bucket_brigade.backends.dispatch import ResolvedBackend
from bucket_brigade.errors import BackendUnavailable
from bucket_brigade.registry import resolve_backend

__all__ = ["exact_engines", "keep", "release_rust", "with_threads"]


def release_rust() -> ResolvedBackend:
    """Return the Rust backend, or leave if it is a debug build; raises `BackendUnavailable` if it is not there."""
    rust = resolve_backend("rust")
    if rust.backend.build_profile != "release":  # type: ignore[attr-defined]
        sys.exit("The Rust core is a debug build: its speed means nothing. Type: make wheel")
    return rust


def exact_engines() -> list[ResolvedBackend]:
    """Return the reference and, if it is there, Rust; without it, say so."""
    python = resolve_backend("python")
    try:
        return [python, release_rust()]
    except BackendUnavailable as error:
        print(f"Without Rust: {error}", file=sys.stderr)
        return [python]


def with_threads(engines: list[ResolvedBackend]) -> list[tuple[ResolvedBackend, int]]:
    """Return each engine with the numbers of threads to time it on; the first one, the reference, has but one."""
    reference, *others = engines
    counts = sorted({1, int(machine()["cores"])})
    return [(reference, 1), *((engine, threads) for engine in others for threads in counts)]


def keep(out: Path | None, text: str, result: dict[str, Any]) -> None:
    """Write OUT.md and OUT.json, the machine first, if a place was named."""
    if out is None:
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    everything = {"machine": machine(), **result}
    out.with_suffix(".json").write_text(json.dumps(everything, indent=1) + "\n", encoding="utf-8")
    out.with_suffix(".md").write_text(text + "\n", encoding="utf-8")
