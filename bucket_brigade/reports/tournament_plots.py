"""Pictures of a tournament. Every function draws on the axes it is given and returns them; see `plots`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.reports.plots import (
    COLORS,
    FAINT,
    INK,
    MOST_NUMBERED,
    new_axes,
    new_figure,
    plain_text,
    readable_on,
    short_number,
)
from bucket_brigade.reports.report_pictures import png_bytes
from bucket_brigade.tournament.effects import Effect
from bucket_brigade.tournament.result import TournamentResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "agent_payoff_heatmap",
    "cooperation_plot",
    "ranked_box_plot",
    "synergy_heatmap",
    "tournament_pictures",
    "value_plot",
]

LONGEST_LABEL = 26
"""A strategy given as ten numbers would push the picture off the page."""


def ranked_box_plot(
    result: TournamentResult, *, response: str = "payoff", title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw how payoffs of each agent spread over teams, the best mean on top.

    One value is the mean payoff of a seat of a team (`response` ``payoff``) or of its whole team
    (``team_payoff``), less the means of its game block and of its seat, so that stakes of scenarios, luck that
    all teams share, and better seats do not count as differences between agents. Boxes hold the middle half,
    whiskers 90 per cent; the white mark is the mean.
    """
    if response not in ("payoff", "team_payoff"):
        raise InvalidInput(f"response = {response!r} is not allowed: it must be payoff or team_payoff.")
    values: list[list[NDArray[np.float64]]] = [[] for _ in result.labels]
    for o in result.outcomes:
        payoffs = (
            o.payoffs if response == "payoff" else np.broadcast_to(o.team_payoffs[..., None], o.teams.shape)
        )
        relative = payoffs - payoffs.mean(axis=(1, 2), keepdims=True)
        relative = relative - relative.mean(axis=(0, 1), keepdims=True)
        for agent, kept in enumerate(values):
            kept.append(relative[o.teams == agent])
    samples = [np.concatenate(kept) for kept in values]
    order = sorted(range(len(samples)), key=lambda k: float(samples[k].mean()))
    ax = new_axes(ax)
    ax.axvline(0.0, color=FAINT, linewidth=1, linestyle="--", zorder=0)
    places = list(range(len(order)))
    drawn = ax.boxplot(
        [samples[k] for k in order],
        positions=places,
        orientation="horizontal",
        whis=(5, 95),
        widths=0.6,
        showfliers=False,
        showmeans=True,
        patch_artist=True,
        meanprops={"marker": "D", "markerfacecolor": "white", "markeredgecolor": INK, "markersize": 5},
        medianprops={"color": INK},
        whiskerprops={"color": FAINT},
        capprops={"color": FAINT},
    )
    for box in drawn["boxes"]:
        box.set(facecolor=COLORS[5], edgecolor=FAINT)
    ax.set_yticks(places, _short([result.labels[k] for k in order]))
    what = "payoff" if response == "payoff" else "payoff of its team"
    ax.set_xlabel(f"{what}, less the means of game block and seat")
    ax.set_title(plain_text(title))
    return _open(ax)


def value_plot(
    result: TournamentResult,
    *,
    response: str = "team_payoff",
    scenario: str | None = None,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the marginal value of each agent with its interval, the largest on top.

    `response` and `scenario` as for `TournamentResult.ranking`. Hollow marks have an interval that holds 0.
    """
    rows = result.ranking(response, scenario)[::-1]
    ax = new_axes(ax)
    ax.axvline(0.0, color=FAINT, linewidth=1, linestyle="--", zorder=0)
    for place, row in enumerate(rows):
        if row.low is not None and row.high is not None:
            ax.plot([row.low, row.high], [place, place], color=COLORS[0], linewidth=2, solid_capstyle="round")
        filled = COLORS[0] if _clear(row) else "white"
        ax.plot(row.value, place, "o", markersize=7, color=COLORS[0], markerfacecolor=filled, zorder=3)
    ax.set_yticks(range(len(rows)), _short([row.agent for row in rows]))
    ax.set_xlabel(
        {
            "own_payoff": "own payoff, against an average entrant",
            "teammate_payoff": "payoff of each teammate, against an average entrant",
            "team_payoff": "mean payoff of the team, against an average entrant",
        }[response]
    )
    ax.set_title(plain_text(title))
    return _open(ax)


def agent_payoff_heatmap(result: TournamentResult, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the mean payoff of each agent (row, best first) in each scenario (column).

    Numbers are payoffs. Stakes differ between scenarios, so a colour compares agents of one column: by how much
    of the column's largest difference from its mean each one is above or below it.
    """
    payoffs = result.payoffs
    relative = payoffs - payoffs.mean(axis=0)
    reach = np.abs(relative).max(axis=0)
    shades = np.divide(relative, reach, out=np.zeros_like(relative), where=reach > 0)
    order = np.argsort(-shades.mean(axis=1), kind="stable")
    ax = new_axes(ax)
    image = ax.imshow(shades[order], cmap="PuOr", vmin=-1.0, vmax=1.0, aspect="auto")
    ax.set_xticks(
        range(len(result.scenarios)),
        [*map(plain_text, result.scenarios)],
        rotation=30,
        ha="right",
        rotation_mode="anchor",
    )
    ax.set_yticks(range(len(order)), _short([result.labels[k] for k in order]))
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if max(payoffs.shape) <= 2 * MOST_NUMBERED:
        colours = np.asarray(image.cmap(image.norm(shades[order])))
        for (row, column), value in np.ndenumerate(payoffs[order]):
            ink = readable_on(tuple(colours[row, column, :3]))
            ax.text(column, row, short_number(value), ha="center", va="center", color=ink, fontsize="small")
    bar = ax.get_figure(root=True).colorbar(image, ax=ax, shrink=0.85)  # type: ignore[union-attr]
    bar.set_ticks([-1, 0, 1], labels=["below", "mean", "above"])
    bar.set_label("within its scenario")
    bar.outline.set_visible(False)
    ax.set_title(plain_text(title))
    return ax


def cooperation_plot(result: TournamentResult, *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw the share of its nights that each agent worked: bars over all scenarios, a dot for each of them."""
    rates = result.cooperation
    means = rates.mean(axis=1)
    order = np.argsort(means, kind="stable")
    ax = new_axes(ax)
    ax.barh(range(len(order)), means[order], height=0.65, color=COLORS[5], zorder=1)
    if rates.shape[1] > 1:
        for column in range(rates.shape[1]):
            ax.plot(
                rates[order, column], range(len(order)), "o", color=INK, alpha=0.45, markersize=4, zorder=2
            )
    for place, k in enumerate(order):
        edge = float(rates[k].max())
        ax.text(edge + 0.02, place, f"{100 * means[k]:.0f} %", va="center", color=INK)
    ax.set_yticks(range(len(order)), _short([result.labels[k] for k in order]))
    ax.set_xlim(0.0, 1.16)
    ax.set_xticks([0, 0.25, 0.5, 0.75, 1.0], ["0", "25 %", "50 %", "75 %", "100 %"])
    dots = "; dots: single scenarios" if rates.shape[1] > 1 else ""
    ax.set_xlabel(f"nights worked{dots}")
    ax.set_title(plain_text(title))
    return _open(ax)


def synergy_heatmap(
    result: TournamentResult, *, scenario: str | None = None, title: str = "", ax: Axes | None = None
) -> Axes:
    """Draw what two agents are worth together beyond the values of both; bold where the interval leaves out 0.

    Cells without a number are pairs that never met or cannot be told from single values. Raises `InvalidInput`
    if no synergies were computed.
    """
    where = result.overall() if scenario is None else scenario
    rows = [s for s in result.synergies if s.scenario == where]
    if not rows:
        raise InvalidInput(f"There are no synergies for {where!r} in this tournament.")
    size = len(result.labels)
    place = {label: k for k, label in enumerate(result.labels)}
    values, clear = np.full((size, size), np.nan), np.zeros((size, size), dtype=bool)
    for s in rows:
        a, b = place[s.agent], place[s.partner]
        if s.value is not None:
            values[a, b] = values[b, a] = s.value
            clear[a, b] = clear[b, a] = s.low is not None and s.high is not None and s.low * s.high > 0
    known = np.abs(values[np.isfinite(values)])
    reach = max(float(known.max(initial=0.0)), 1e-12)
    ax = new_axes(ax)
    image = ax.imshow(values, cmap="PuOr", vmin=-reach, vmax=reach)
    labels = _short(result.labels)
    ax.set_xticks(range(size), labels, rotation=30, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(size), labels)
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    if size <= MOST_NUMBERED:
        colours = np.asarray(image.cmap(image.norm(values)))
        for (row, column), value in np.ndenumerate(values):
            if np.isfinite(value):
                ax.text(
                    column,
                    row,
                    short_number(value),
                    ha="center",
                    va="center",
                    color=readable_on(tuple(colours[row, column, :3])),
                    fontsize="small",
                    fontweight="bold" if clear[row, column] else "normal",
                )
    bar = ax.get_figure(root=True).colorbar(image, ax=ax, shrink=0.85)  # type: ignore[union-attr]
    bar.set_label("synergy: mean payoff of the team")
    bar.outline.set_visible(False)
    ax.set_title(plain_text(title))
    return ax


def tournament_pictures(result: TournamentResult) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each picture of a tournament, and what draws it as PNG."""
    high = max(2.6, 1.2 + 0.34 * len(result.labels))
    wide = max(6.4, 3.6 + 0.75 * len(result.scenarios))

    def values() -> bytes:
        figure = new_figure(11.0, high)
        left, right = figure.subplots(1, 2)
        value_plot(result, response="own_payoff", title="value to itself", ax=left)
        value_plot(result, response="team_payoff", title="value to the team", ax=right)
        return png_bytes(figure)

    def alone(draw: Callable[..., Axes], title: str, width: float, height: float) -> Callable[[], bytes]:
        def drawn() -> bytes:
            figure = new_figure(width, height)
            draw(result, title=title, ax=figure.subplots())
            return png_bytes(figure)

        return drawn

    yield "ranked", alone(ranked_box_plot, "payoffs over teams", 7.2, high)
    yield "values", values
    yield "payoffs", alone(agent_payoff_heatmap, "mean payoff", wide, high + 0.9)
    yield "cooperation", alone(cooperation_plot, "cooperation", 7.2, high)
    if result.synergies:
        side = max(4.6, 2.2 + 0.55 * len(result.labels))
        yield "synergy", alone(synergy_heatmap, "synergy of pairs", side + 1.2, side)


def _clear(row: Effect) -> bool:
    return row.low is not None and row.high is not None and row.low * row.high > 0


def _short(labels: Sequence[str]) -> list[str]:
    """Return labels that fit beside a picture: long ones lose their middle, unless that makes two alike."""
    half = LONGEST_LABEL // 2
    cut = [label if len(label) <= LONGEST_LABEL else f"{label[:half]}…{label[-half:]}" for label in labels]
    shown = (short if cut.count(short) == 1 else label for short, label in zip(cut, labels, strict=True))
    return [plain_text(label) for label in shown]


def _open(ax: Axes) -> Axes:
    ax.tick_params(axis="y", length=0)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    return ax
