"""Pictures of sweeps: which regime holds where, and any quantity over the same grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.reports.plots import COLORS, INK, new_axes, plain_text, readable_on, short_number
from bucket_brigade.studies.sweep_axes import Axis
from bucket_brigade.studies.sweeps import QUANTITIES, Sweep

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["phase_diagram", "sweep_heatmap"]


MOST_NUMBERED_CELLS = 150


def phase_diagram(sweep: Sweep, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the regime of each cell of a sweep as a colour; cells that are not decided are hatched.

    The legend says what each regime is: ``a + b`` is a mixture, ``a | b`` means several equilibria.
    """
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    ax = new_axes(ax)
    colours = [COLORS[i % len(COLORS)] for i in range(len(sweep.regimes))]
    hatches = ["", "xx", "..", "++"]
    norm = BoundaryNorm(np.arange(len(colours) + 1) - 0.5, len(colours))
    xs, ys = _edges(sweep.x), _edges(sweep.y)
    ax.pcolormesh(xs, ys, sweep.regime_numbers, cmap=ListedColormap(colours), norm=norm, linewidth=0)
    handles = []
    for number, regime in enumerate(sweep.regimes):
        # Beyond eight regimes colours come again, so a pattern tells them apart.
        pattern = hatches[(number // len(COLORS)) % len(hatches)]
        if pattern:
            _hatch(ax, xs, ys, sweep.regime_numbers == number, pattern)
        label = plain_text(regime).replace(" | ", "\n| ")
        handles.append(Patch(facecolor=colours[number], edgecolor="white", hatch=pattern, label=label))
    if not sweep.decided.all():
        _hatch(ax, xs, ys, ~sweep.decided, "///")
        handles.append(Patch(facecolor="#dddddd", edgecolor="white", hatch="///", label="not decided"))
    ax.legend(
        handles=handles, title="equilibrium", loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False
    )
    _frame(ax, sweep, title)
    return ax


def sweep_heatmap(sweep: Sweep, quantity: str = "payoff", *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw `payoff`, `loss` or `regret` over the grid of a sweep, with numbers where they can be read."""
    values = sweep.quantity(quantity)
    ax = new_axes(ax)
    xs, ys = _edges(sweep.x), _edges(sweep.y)
    mesh = ax.pcolormesh(xs, ys, values, cmap="cividis", linewidth=0)
    if values.size <= MOST_NUMBERED_CELLS:
        colours = np.asarray(mesh.cmap(np.asarray(mesh.norm(values))))
        for (row, column), value in np.ndenumerate(values):
            ink = readable_on(tuple(colours[row, column, :3]))
            place = sweep.x.values[column], sweep.y.values[row]
            ax.text(*place, short_number(value), ha="center", va="center", color=ink, fontsize=7)
    bar = ax.get_figure(root=True).colorbar(mesh, ax=ax)  # type: ignore[union-attr]
    bar.set_label(QUANTITIES[quantity])
    bar.outline.set_visible(False)
    _frame(ax, sweep, title)
    return ax


def _hatch(ax: Axes, xs: Floats, ys: Floats, where: NDArray[np.bool_], pattern: str) -> None:
    from matplotlib.patches import Rectangle

    for row, column in np.argwhere(where):
        width, height = xs[column + 1] - xs[column], ys[row + 1] - ys[row]
        ax.add_patch(
            Rectangle(
                (xs[column], ys[row]),
                width,
                height,
                fill=False,
                hatch=pattern,
                edgecolor="white",
                linewidth=0,
            )
        )


def _edges(axis: Axis) -> Floats:
    """Return the borders of cells around ascending places: halfway between them, on the axis's scale."""
    at = np.asarray(axis.values, dtype=np.float64)
    if len(at) == 1:
        half = max(abs(float(at[0])) / 2, 0.5)
        return np.array([at[0] - half, at[0] + half])
    if axis.logarithmic:
        at = np.log(at)
    middle = (at[1:] + at[:-1]) / 2
    edges = np.concatenate([[2 * at[0] - middle[0]], middle, [2 * at[-1] - middle[-1]]])
    return np.asarray(np.exp(edges) if axis.logarithmic else edges)


def _frame(ax: Axes, sweep: Sweep, title: str) -> None:
    ax.set_xlabel(_axis_name(sweep.x))
    ax.set_ylabel(_axis_name(sweep.y))
    ax.set_title(plain_text(title or sweep.scenario.name))
    ax.tick_params(direction="out", color=INK)
    if sweep.x.logarithmic:
        ax.set_xscale("log")
    if sweep.y.logarithmic:
        ax.set_yscale("log")
    for axis, side in ((sweep.x, ax.xaxis), (sweep.y, ax.yaxis)):
        if len(axis.values) <= 12:
            side.set_ticks(axis.values, [f"{value:g}" for value in axis.values])
            side.set_ticks([], minor=True)


def _axis_name(axis: Axis) -> str:
    name = axis.field.replace("_", " ")
    return name if axis.symbol == axis.field else f"{axis.symbol}: {name}"
