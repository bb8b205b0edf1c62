"""Pictures of payoffs and equilibria. Every function draws on the axes it is given and returns them.

Without `ax` a new figure is made with pyplot; nothing is shown or saved. matplotlib is an optional
package, ``pip install 'bucket-brigade[plots]'``, and is imported when something is drawn. Colours are those
of M. Okabe and K. Ito, "Color universal design" (2008), which colour-blind readers can tell apart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.errors import BucketBrigadeError, InvalidInput, explain

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "COLORS",
    "FAINT",
    "INK",
    "exploitability_plot",
    "mixture_bars",
    "new_axes",
    "new_figure",
    "payoff_heatmap",
    "plain_text",
    "readable_on",
    "require_matplotlib",
    "share_bars",
    "short_number",
]

COLORS = ("#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442", "#999999")
INK, FAINT = "#222222", "#777777"

HAIR_SPACE = "\u200a"

MOST_NUMBERED = 12
"""Rows or columns of a heatmap beyond which numbers would not be read."""


def plain_text(text: str) -> str:
    """Return a name from outside as matplotlib will draw it, letter by letter.

    It would take what stands between two dollar signs as mathematics, and fail where that is none; it would leave
    out of legends what begins with an underscore; and no font has a glyph for an escape code.
    """
    shown = "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text).replace("$", r"\$")
    return f"{HAIR_SPACE}{shown}" if shown.startswith("_") else shown


def require_matplotlib() -> None:
    """Raise `BucketBrigadeError`, saying what to install, unless matplotlib can be imported."""
    try:
        import matplotlib as mpl  # noqa: F401
    except ImportError as error:
        raise BucketBrigadeError(
            explain(
                "A picture was asked for, and matplotlib, which draws it, is not installed.",
                do="Type: pip install 'bucket-brigade[plots]'",
            )
        ) from error


def new_figure(width: float = 6.4, height: float = 4.0) -> Figure:
    """Return an empty figure (inches) that belongs to no window, for pictures that go to files."""
    require_matplotlib()
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", dpi=150)


def payoff_heatmap(
    payoffs: ArrayLike,
    labels: Sequence[str],
    columns: Sequence[str] | None = None,
    *,
    center: float | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the payoff of each strategy (row) among opponents who all play each strategy (column).

    `payoffs` has shape (K, K), in payoff units, and is printed in the cells up to twelve strategies; where the
    columns are something else, name them: then it has shape (K, C), and NaN leaves a cell empty. With
    `center`, such as what an equilibrium pays, colours tell better from worse than that.
    """
    values = np.asarray(payoffs, dtype=np.float64)
    across = labels if columns is None else columns
    if values.shape != (len(labels), len(across)):
        raise InvalidInput(
            f"payoffs of shape {values.shape} do not fit {len(labels)} x {len(across)} labels."
        )
    ax = new_axes(ax)
    norm, colours = None, "cividis"
    if center is not None:
        from matplotlib.colors import TwoSlopeNorm

        # A diverging map needs room on both sides of its middle.
        reach = max(float(np.nanmax(np.abs(values - center))), 1e-12)
        norm, colours = TwoSlopeNorm(center, center - reach, center + reach), "PuOr"
    image = ax.imshow(values, cmap=colours, norm=norm)
    ax.set_xticks(
        range(len(across)), [*map(plain_text, across)], rotation=30, ha="right", rotation_mode="anchor"
    )
    ax.set_yticks(range(len(labels)), [*map(plain_text, labels)])
    if columns is None:
        ax.set_xlabel("all opponents play")
        ax.set_ylabel("one agent plays")
    ax.set_title(plain_text(title))
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if max(values.shape) <= MOST_NUMBERED:
        _write_numbers(ax, values, np.asarray(image.cmap(image.norm(values))))
    bar = ax.get_figure(root=True).colorbar(image, ax=ax, shrink=0.85)  # type: ignore[union-attr]
    bar.set_label("payoff" if center is None else f"payoff (white: {short_number(center)})")
    bar.outline.set_visible(False)
    return ax


def exploitability_plot(
    exploitability: ArrayLike,
    *,
    epsilon: float | None = None,
    label: str = "",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw what the best deviation gains after each iteration, shape (T,), in payoff units, on a log scale.

    Values that are 0 or less have no place on the scale: they are drawn hollow on the lower edge, as "none found":
    that a search found no gain does not say that there is none, and a bound may be above 0. A second
    call on the same axes adds a line; `label` names it.
    """
    gaps = np.asarray(exploitability, dtype=np.float64)
    ax = new_axes(ax)
    shown = gaps[gaps > 0]
    candidates = [*shown, *([epsilon] if epsilon else [])]
    floor = 10.0 ** (math.floor(math.log10(min(candidates))) - 1) if candidates else 1e-12
    steps = np.arange(1, len(gaps) + 1)
    drawn = np.where(gaps > 0, gaps, floor)
    (line,) = ax.plot(
        steps, drawn, "-o", markersize=5, label=plain_text(label) or None, color=_next_color(ax)
    )
    zeros = steps[gaps <= 0]
    if len(zeros):
        ax.plot(
            zeros,
            np.full(len(zeros), floor),
            "o",
            markersize=5,
            color=line.get_color(),
            mfc="white",
            zorder=3,
        )
        ax.annotate(
            "none found", (zeros[-1], floor), (0, -15), textcoords="offset points", ha="center", color=FAINT
        )
    ax.set_yscale("log")
    if len(zeros):
        ax.set_ylim(bottom=floor / 30)
    if epsilon:
        ax.axhline(epsilon, color=FAINT, linestyle="--", linewidth=1)
        ax.annotate(
            f"ε = {epsilon:g}",
            (0.0, epsilon),
            (4, 3),
            xycoords=("axes fraction", "data"),
            textcoords="offset points",
            color=FAINT,
        )
    _whole_steps(ax)
    ax.set_xlabel("iteration")
    ax.set_ylabel("exploitability (payoff units)")
    ax.set_title(plain_text(title))
    ax.grid(axis="y", color="#dddddd", linewidth=0.6)
    _open_frame(ax)
    if label:
        ax.legend(frameon=False)
    return ax


def mixture_bars(
    mixture: ArrayLike,
    labels: Sequence[str],
    *,
    errors: ArrayLike | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the probability of each strategy in a mixture, shape (K,), as bars with their shares.

    `errors`, shape (K,), are standard errors, drawn as whiskers of twice their length.
    """
    shares = np.asarray(mixture, dtype=np.float64)
    if shares.shape != (len(labels),):
        raise InvalidInput(f"A mixture of shape {shares.shape} does not fit {len(labels)} labels.")
    ax = new_axes(ax)
    places = np.arange(len(labels))
    whiskers = None if errors is None else 2.0 * np.asarray(errors, dtype=np.float64)
    ax.barh(places, shares, xerr=whiskers, color=COLORS[0], height=0.7, ecolor=INK)
    for place, share in enumerate(shares):
        clear = 0.0 if whiskers is None else float(whiskers[place])
        ax.text(share + clear + 0.015, place, _share(share), va="center", color=INK if share else FAINT)
    ax.set_yticks(places, [*map(plain_text, labels)])
    ax.invert_yaxis()
    ax.set_xlim(0, 1.18)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"])
    ax.set_xlabel("probability")
    ax.set_title(plain_text(title))
    ax.tick_params(axis="y", length=0)
    _open_frame(ax)
    return ax


def share_bars(
    shares: ArrayLike,
    rows: Sequence[str],
    labels: Sequence[str],
    *,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw one stacked bar for each row of `shares`, shape (R, K): mixtures of several seats or scenarios.

    Rows sum to 1. Larger parts are labelled with their share.
    """
    values = np.asarray(shares, dtype=np.float64)
    if values.shape != (len(rows), len(labels)):
        raise InvalidInput(
            f"Shares of shape {values.shape} do not fit {len(rows)} rows and {len(labels)} labels."
        )
    ax = new_axes(ax)
    left = np.zeros(len(rows))
    for k, label in enumerate(labels):
        color = COLORS[k % len(COLORS)]
        bars = ax.barh(
            np.arange(len(rows)), values[:, k], left=left, height=0.7, color=color, label=plain_text(label)
        )
        written = [_share(share) if share >= 0.15 else "" for share in values[:, k]]
        ax.bar_label(bars, written, label_type="center", color=readable_on(color), fontsize="small")
        left = left + values[:, k]
    ax.set_yticks(range(len(rows)), [*map(plain_text, rows)])
    ax.invert_yaxis()
    ax.set_xlim(0, 1)
    ax.set_xticks([0, 0.5, 1.0], ["0", "50 %", "100 %"])
    ax.set_title(plain_text(title))
    ax.tick_params(axis="y", length=0)
    _open_frame(ax)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return ax


def new_axes(ax: Axes | None) -> Axes:
    """Return the axes that were given, else new ones that pyplot knows."""
    if ax is not None:
        return ax
    require_matplotlib()
    from matplotlib import pyplot as plt

    axes: Axes = plt.subplots(layout="constrained")[1]
    return axes


def _write_numbers(ax: Axes, values: NDArray[np.float64], colours: NDArray[np.float64]) -> None:
    size = max(6.0, 10.0 - 0.4 * max(values.shape))
    for (row, column), value in np.ndenumerate(values):
        if math.isnan(value):
            continue
        ink = readable_on(tuple(colours[row, column, :3]))
        ax.text(column, row, short_number(value), ha="center", va="center", color=ink, fontsize=size)


def readable_on(color: str | tuple[float, ...]) -> str:
    """Return black or white, whichever has more contrast (relative luminance of WCAG 2)."""
    from matplotlib.colors import to_rgb

    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color)]  # type: ignore[arg-type]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if luminance < 0.1791 else INK


def _next_color(ax: Axes) -> str:
    solid = sum(line.get_linestyle() == "-" for line in ax.get_lines())
    return COLORS[solid % len(COLORS)]


def _whole_steps(ax: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    ax.set_xlim(0.5, max(float(np.max(line.get_xdata())) for line in ax.get_lines()) + 0.5)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _open_frame(ax: Axes) -> None:
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)


def short_number(value: float) -> str:
    """Return a number with about four digits and a real minus sign."""
    decimals = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{decimals}f}"
    return text.replace("-", "−")


def _share(share: float) -> str:
    """Return a share in per cent, never rounded to none or all."""
    if share in (0.0, 1.0):
        return f"{share:.0%}".replace("%", " %")
    if share < 0.001:
        return "< 0.1 %"
    if share > 0.999:
        return "> 99.9 %"
    return f"{100 * share:.1f} %"
