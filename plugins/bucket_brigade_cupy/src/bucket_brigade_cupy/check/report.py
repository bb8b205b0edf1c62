"""What was found, as JSON and Markdown."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from bucket_brigade_cupy import __version__
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.check.games import Finding
from bucket_brigade_cupy.check.speed import TARGET, Speed, Timed

__all__ = ["machine", "markdown", "to_json", "write"]

COLUMNS = (
    "games",
    "game-nights/s",
    "a launch, ms",
    "launches",
    "ratio to Rust",
    "registers",
    "local bytes",
    "occupancy",
    "memory, MB",
)
HOW = (
    "A play is timed whole, copies included; a launch by the GPU's clock. Rust plays on {threads} threads of the host "
    "in the same run. Occupancy is the share of the GPU's lanes that are resident, as the driver works it out from "
    "registers and shared memory."
)
HOST_ONLY = "**No GPU took part**: the kernels ran as C++ on the host, so speeds mean nothing."


def machine(backend: CupyBackend) -> dict[str, str | int]:
    """Return the GPU, the host and the versions as plain data."""
    device = backend.device
    about: dict[str, str | int] = {"gpu": "none"}
    if isinstance(device, Timed):
        about = device.about()
    return about | {
        "host": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
        "bucket-brigade-cupy": __version__,
    }


def to_json(about: dict[str, str | int], findings: list[Finding], speeds: list[Speed]) -> dict[str, Any]:
    """Return everything as plain data."""
    scenario, strategy, wanted = TARGET
    return {
        "machine": about,
        "findings": [asdict(finding) for finding in findings],
        "target": {"scenario": scenario, "strategy": strategy, "game_nights_per_second": wanted},
        "speeds": [
            {**asdict(s), "game_nights_per_second": s.game_nights_per_second, "ratio_to_rust": s.ratio}
            for s in speeds
        ],
    }


def markdown(about: dict[str, str | int], findings: list[Finding], speeds: list[Speed]) -> str:
    """Return everything as a page."""
    lines = ["# The GPU measured", ""]
    if about["gpu"] == "none":
        lines += [HOST_ONLY, ""]
    lines += ["## The same games", "", "| check | games | result |", "|---|---:|---|"]
    lines += [f"| {f.what} | {f.games:,} | {_result(f)} |" for f in findings]
    lines += [
        "",
        "## Speed",
        "",
        f"| scenario | four of | {' | '.join(COLUMNS)} |",
        "|---|---|" + "---:|" * len(COLUMNS),
    ]
    lines += [_row(s) for s in speeds]
    threads = speeds[0].rust_threads if speeds else 0
    lines += [
        "",
        HOW.format(threads=threads),
        "",
        *([_verdict(speeds), ""] if about["gpu"] != "none" else []),
        "Measured by `make gpu-check` on: "
        + ", ".join(f"{key} {value}" for key, value in about.items())
        + ".",
    ]
    return "\n".join(lines) + "\n"


def write(out: Path, page: str, data: dict[str, Any]) -> None:
    """Write ``OUT.md`` and ``OUT.json``, each whole or not at all."""
    out.parent.mkdir(parents=True, exist_ok=True)
    for suffix, text in ((".md", page), (".json", json.dumps(data, indent=1) + "\n")):
        part = out.with_suffix(suffix + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(out.with_suffix(suffix))


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def _result(finding: Finding) -> str:
    return f"**wrong**: {', '.join(finding.wrong[:5])}" if finding.wrong else "identical"


def _row(s: Speed) -> str:
    cells = (
        s.scenario,
        s.strategy,
        f"{s.games:,}",
        f"{s.game_nights_per_second:,.0f}",
        f"{1000 * s.launch_seconds:.2f}" if s.launch_seconds else "–",
        str(s.launches),
        f"{s.ratio:,.1f}",
        str(s.code.get("registers", "–")),
        str(s.code.get("local_bytes", "–")),
        f"{s.code['occupancy']:.0%}" if s.code else "–",
        f"{s.held_bytes / 1e6:.1f}" if s.held_bytes else "–",
    )
    return "| " + " | ".join(cells) + " |"


def _verdict(speeds: list[Speed]) -> str:
    scenario, strategy, wanted = TARGET
    for s in speeds:
        if (s.scenario, s.strategy) == (scenario, strategy):
            reached = s.game_nights_per_second
            word = "reached" if reached >= wanted else "**missed**"
            return f"Target, {wanted:.1e} game-nights/s on {scenario} with four of {strategy}: {word}, {reached:.2e}."
    return "The target was not measured."
