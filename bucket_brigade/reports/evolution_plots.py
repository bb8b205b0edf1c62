"""Fitness over generations, over several seeds: the mean, and how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.reports.plots import COLORS, FAINT, new_axes, plain_text
from bucket_brigade.statistics.estimates import t_quantile
from bucket_brigade.validation import check_fraction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["fitness_band", "fitness_curve"]


def fitness_band(curves: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """Return mean, lower and upper bound, (T,) each, of curves over S seeds, shape (S, T).

    The bounds are those of Student's t for the mean over seeds, generation by generation. Raises `InvalidInput` for
    fewer than two seeds.
    """
    confidence = check_fraction("confidence", confidence)
    values = np.asarray(curves, dtype=np.float64)
    if values.ndim != 2 or len(values) < 2:
        raise InvalidInput(f"curves of shape {values.shape} have no band: it takes at least two seeds.")
    mean = values.mean(axis=0)
    error = values.std(axis=0, ddof=1) / np.sqrt(len(values))
    reach = t_quantile((1.0 + confidence) / 2.0, len(values) - 1) * error
    return mean, mean - reach, mean + reach


def fitness_curve(
    curves: ArrayLike,
    *,
    marks: Mapping[str, float] | None = None,
    label: str = "",
    ylabel: str = "fitness",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the mean of curves over seeds, shape (S, T), its 95 % band, and every seed in thin lines.

    `marks` are values to compare with, such as those of archetypes, drawn as named horizontal lines.
    """
    values = np.asarray(curves, dtype=np.float64)
    mean, low, high = fitness_band(values)
    ax = new_axes(ax)
    steps = np.arange(len(mean))
    for curve in values:
        ax.plot(steps, curve, color=COLORS[0], linewidth=0.5, alpha=0.35)
    ax.fill_between(steps, low, high, color=COLORS[0], alpha=0.25, linewidth=0)
    ax.plot(steps, mean, color=COLORS[0], linewidth=2, label=plain_text(label) or None)
    for name, value in (marks or {}).items():
        ax.axhline(value, color=FAINT, linestyle="--", linewidth=0.8)
        ax.annotate(
            plain_text(name),
            (1.0, value),
            (3, 0),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            va="center",
        )
    ax.set_xlabel("generation")
    ax.set_ylabel(plain_text(ylabel))
    ax.set_title(plain_text(title))
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    if label:
        ax.legend(loc="lower right", frameon=False)
    return ax
