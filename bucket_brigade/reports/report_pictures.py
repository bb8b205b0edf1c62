"""The picture of one report: payoffs, the mixture, and how the search closed in on it; and how pictures are kept."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.reports.plots import (
    exploitability_plot,
    mixture_bars,
    new_figure,
    payoff_heatmap,
    plain_text,
    share_bars,
)
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.studies.scenario_report import ScenarioReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = [
    "can_draw",
    "draw_report",
    "payoff_matrix",
    "png_bytes",
    "report_figure",
    "seat_payoffs",
    "write_pictures",
]

log = logging.getLogger("bucket_brigade")

MOST_STRATEGIES = 8
"""Shown in a picture: those in use come first."""


def report_figure(report: ScenarioReport) -> Figure:
    """Return a figure of three panels."""
    figure = new_figure(12.0, 3.8)
    left, middle, right = figure.subplots(1, 3, width_ratios=(1.15, 1.0, 1.0))
    if report.concept == "symmetric":
        _symmetric_panels(report, left, middle)
    else:
        _asymmetric_panels(report, left, middle)
    exploitability_plot(report.history, epsilon=report.epsilon, title="gain by other traits", ax=right)
    figure.suptitle(plain_text(report.scenario), fontweight="bold")
    return figure


def draw_report(report: ScenarioReport) -> bytes:
    """Return the figure of a report as PNG."""
    return png_bytes(report_figure(report))


def can_draw() -> bool:
    """Return whether matplotlib is there and takes its settings; if not, a note says why, before any work."""
    try:
        new_figure()
    except Exception as error:  # Whatever a package, a font or a file of settings may raise.
        log.warning("No pictures will be drawn: %s", _reason(error))
        return False
    return True


def write_pictures(
    directory: RunDirectory, pictures: Iterable[tuple[str, Callable[[], bytes]]]
) -> list[Path]:
    """Draw each picture and write it under its name; return the files.

    Data are worth more than pictures, so one that cannot be drawn is a note. An old one of that name is removed: it
    would show other numbers.
    """
    files: list[Path] = []
    failed: dict[str, list[str]] = {}
    for name, draw in pictures:
        try:
            content = draw()
        except Exception as error:  # As above.
            failed.setdefault(_reason(error), []).append(name)
            directory.remove(name)
        else:
            files.append(directory.write(name, content))
    for reason, names in failed.items():
        log.warning("Not drawn: %s. %s", ", ".join(names), reason)
    return files


def _reason(error: Exception) -> str:
    """Return the first line of what matplotlib says, which may be the log of a whole TeX run."""
    said = str(error).strip() or type(error).__name__
    return said.splitlines()[0][:300]


def png_bytes(figure: Figure) -> bytes:
    """Return a figure as PNG, the same bytes for the same figure."""
    stream = io.BytesIO()
    figure.savefig(stream, format="png", metadata={"Software": None})
    return stream.getvalue()


def payoff_matrix(report: ScenarioReport) -> NDArray[np.float64]:
    """Return the payoff of each strategy of a symmetric restricted game among opponents who all play another.

    Shape (K', K'), in the order of the game's strategies.
    """
    game = SymmetricGame(report.num_agents, np.array(report.game, dtype=np.float64))
    alone = np.eye(game.num_strategies)
    return np.column_stack([game.payoffs_against(opponents) for opponents in alone])


def seat_payoffs(report: ScenarioReport) -> tuple[list[str], NDArray[np.float64]]:
    """Return what each strategy would pay each seat in an asymmetric equilibrium, (strategies, seats).

    NaN where a strategy is not in the seat's restricted game.
    """
    game = NormalFormGame(np.array(report.game, dtype=np.float64))
    names = list(dict.fromkeys(name for names in report.game_strategies for name in names))
    mixtures = [
        np.array([_share(report, seat, name) for name in mine])
        for seat, mine in enumerate(report.game_strategies)
    ]
    values = np.full((len(names), report.num_agents), np.nan)
    for seat, mine in enumerate(report.game_strategies):
        table = np.moveaxis(game.payoffs[seat], seat, 0)
        for other in (mixtures[i] for i in range(report.num_agents) if i != seat):
            table = np.tensordot(table, other, axes=(1, 0))
        values[[names.index(name) for name in mine], seat] = table
    return names, values


def _symmetric_panels(report: ScenarioReport, left: Axes, middle: Axes) -> None:
    names = report.game_strategies[0] if report.game else report.strategies
    shares = [_share(report, 0, name) for name in names]
    shown = sorted(range(len(names)), key=lambda k: (-shares[k], k))[:MOST_STRATEGIES]
    labels = [names[k] for k in shown]
    if report.game:
        matrix = payoff_matrix(report)[shown][:, shown]
        payoff_heatmap(
            matrix, labels, center=report.mean_payoff, title="payoffs (white: the equilibrium's)", ax=left
        )
    else:
        left.set_axis_off()
    mixture_bars([shares[k] for k in shown], labels, title="the equilibrium", ax=middle)


def _asymmetric_panels(report: ScenarioReport, left: Axes, middle: Axes) -> None:
    seats = [f"seat {i}" for i in range(report.num_agents)]
    if report.game:
        names, values = seat_payoffs(report)
        payoff_heatmap(
            values[:MOST_STRATEGIES],
            names[:MOST_STRATEGIES],
            seats,
            title="payoffs in the equilibrium",
            ax=left,
        )
    else:
        left.set_axis_off()
    share_bars(report.mixtures, seats, report.strategies, title="the equilibrium", ax=middle)


def _share(report: ScenarioReport, seat: int, name: str) -> float:
    mixture = report.mixtures[seat if len(report.mixtures) > 1 else 0]
    return mixture[report.strategies.index(name)] if name in report.strategies else 0.0
