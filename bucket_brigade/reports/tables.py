"""Reports as tables: for people, for spreadsheets, and for pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bucket_brigade.studies.scenario_report import ScenarioReport

__all__ = ["COLUMNS", "markdown_table", "report_rows", "summary_cells"]

COLUMNS = (
    "scenario",
    "equilibrium",
    "payoff",
    "traits",
    "Markov",
    "anarchy",
    "gap",
    "nights",
    "lost",
)
"""The columns of `summary_cells`."""


def summary_cells(report: ScenarioReport) -> list[str]:
    """Return one line of the table for people, under `COLUMNS`.

    `payoff` is an agent's; `traits` and `Markov` are the exploitability in these spaces, at most; `anarchy`
    is the price of anarchy; `gap` what each agent could have more at the social optimum; `lost` houses.
    """
    return [
        report.scenario,
        report.equilibrium,
        f"{report.mean_payoff:,.1f}",
        gain(report.exploitability_traits_upper) + ("" if report.converged else " !"),
        gain_range(report.exploitability_markov_lower, report.exploitability_markov),
        "–" if report.price_of_anarchy is None else f"{report.price_of_anarchy:.2f}",
        "–" if report.gap is None else f"{report.gap / report.num_agents:,.1f}",
        f"{report.nights:.1f}",
        f"{report.houses_lost:.2f}",
    ]


def report_rows(reports: Sequence[ScenarioReport]) -> list[dict[str, Any]]:
    """Return one flat record a scenario, for a spreadsheet; seats have columns of their own."""
    agents = max((report.num_agents for report in reports), default=0)
    rows = []
    for report in reports:
        row: dict[str, Any] = {
            "scenario": report.scenario,
            "concept": report.concept,
            "seating": report.seating,
            "equilibrium": report.equilibrium,
            "payoff": report.mean_payoff,
        }
        for seat in range(agents):
            row[f"payoff_seat_{seat}"] = report.payoffs[seat] if seat < report.num_agents else None
        row |= {
            "converged": report.converged,
            "cycled": report.cycled,
            "epsilon": report.epsilon,
            "exploitability_traits": report.exploitability_traits,
            "exploitability_traits_upper": report.exploitability_traits_upper,
            "exploitability_markov_lower": report.exploitability_markov_lower,
            "exploitability_markov": report.exploitability_markov,
            "welfare": report.welfare,
            "optimum": report.optimum,
            "price_of_anarchy": report.price_of_anarchy,
            "gap": report.gap,
            "nights": report.nights,
            "houses_lost": report.houses_lost,
            "iterations": len(report.history),
            "strategies": len(report.strategies),
            "exact": report.exact,
        }
        rows.append(row)
    return rows


def markdown_table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Return a Markdown table whose first `left` columns are text and the others numbers."""
    # tabulate's "pipe" format pads every cell to its column, so that one longer name would change all lines of a
    # page, and lets a | in a cell through; without padding it takes a format of our own, longer than this.
    rule = [":--" if place < left else "--:" for place in range(len(columns))]
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (columns, *rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in (cells[0], rule, *cells[1:]))


def gain(value: float) -> str:
    """Return a gain by deviating in a few letters: 0, 3e-08 or 12.3."""
    if value <= 0:
        return "0"
    return f"{value:,.1f}" if value >= 0.05 else f"{value:.0e}"


def gain_range(lower: float | None, upper: float | None) -> str:
    """Return what is known of a gain: one number, or bounds."""
    if lower is None or upper is None:
        return "–"
    low, high = gain(lower), gain(upper)
    return high if low == high else f"{low}…{high}"
