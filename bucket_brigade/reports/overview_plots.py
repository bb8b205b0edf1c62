"""Pictures of several reports at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bucket_brigade.reports.plots import COLORS, FAINT, new_axes, plain_text
from bucket_brigade.studies.scenario_report import ScenarioReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["anarchy_plot"]


def anarchy_plot(reports: Sequence[ScenarioReport], *, title: str = "", ax: Axes | None = None) -> Axes:
    """Draw what an agent expects in each equilibrium, and at the social optimum, with the gap between."""
    ax = new_axes(ax)
    places = np.arange(len(reports))
    mine = np.array([report.mean_payoff for report in reports])
    best = np.array([np.nan if r.optimum is None else r.optimum / r.num_agents for r in reports])
    ax.hlines(places, mine, best, color="#cccccc", linewidth=3, zorder=1)
    ax.plot(mine, places, "o", color=COLORS[3], markersize=7, label="equilibrium", zorder=2)
    ax.plot(best, places, "D", color=COLORS[0], markersize=6, label="social optimum", zorder=2)
    ax.set_yticks(places, [plain_text(report.scenario) for report in reports])
    ax.invert_yaxis()
    ax.axvline(0.0, color=FAINT, linewidth=0.8, zorder=0)
    ax.set_xlabel("payoff of an agent per game")
    ax.set_title(plain_text(title))
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#eeeeee", linewidth=0.6)
    ax.set_axisbelow(True)
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False)
    return ax
