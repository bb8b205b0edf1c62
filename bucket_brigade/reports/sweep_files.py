"""A sweep on the disk: its cells as JSON and CSV, and its pictures."""

from __future__ import annotations

from pathlib import Path

from bucket_brigade.errors import InvalidInput
from bucket_brigade.reports.phase_plots import phase_diagram, sweep_heatmap
from bucket_brigade.reports.plots import new_figure
from bucket_brigade.reports.report_pictures import png_bytes
from bucket_brigade.runs.run_directory import json_bytes, write_atomically
from bucket_brigade.runs.tabular_text import csv_text
from bucket_brigade.studies.sweeps import Sweep

__all__ = ["check_folder", "write_sweep"]


def check_folder(folder: Path) -> None:
    """Raise before any work if the folder cannot be used or pictures cannot be drawn."""
    new_figure()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InvalidInput(f"Cannot use the directory {str(folder)!r}: {error.strerror or error}.") from error


def write_sweep(sweep: Sweep, folder: Path) -> list[Path]:
    """Write ``sweep.json``, ``sweep.csv``, ``regimes.png``, ``payoff.png`` and ``loss.png``; return them."""
    regimes = new_figure(8.0, 4.4)
    phase_diagram(sweep, ax=regimes.subplots())
    contents = {
        "sweep.json": json_bytes(sweep.to_json()),
        "sweep.csv": csv_text(sweep.rows()).encode(),
        "regimes.png": png_bytes(regimes),
    }
    for quantity in ("payoff", "loss"):
        figure = new_figure(7.0, 4.4)
        sweep_heatmap(sweep, quantity, ax=figure.subplots())
        contents[f"{quantity}.png"] = png_bytes(figure)
    for name, content in contents.items():
        write_atomically(folder / name, content)
    return [folder / name for name in contents]
