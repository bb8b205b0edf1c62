"""Reports: results as tables, files and pictures; nothing is computed here.

General layout, from the ground up:

    tables                   scenario reports as tables, for people and for spreadsheets
    all_scenarios            the twelve scenarios into a run directory
    sweep_files, tournament_files
                             sweeps and tournaments as files
    plots, phase_plots, tournament_plots, overview_plots, evolution_plots, report_pictures
                             pictures; matplotlib is imported when one is drawn
    agents_page              the reference page of the library of agents
"""

from bucket_brigade.reports.all_scenarios import TWELVE, Run, run_scenarios, twelve_scenarios
from bucket_brigade.reports.overview_plots import anarchy_plot
from bucket_brigade.reports.phase_plots import phase_diagram, sweep_heatmap
from bucket_brigade.reports.plots import exploitability_plot, mixture_bars, payoff_heatmap, share_bars
from bucket_brigade.reports.tournament_files import keep_tournament
from bucket_brigade.reports.tournament_plots import (
    agent_payoff_heatmap,
    cooperation_plot,
    ranked_box_plot,
    synergy_heatmap,
    value_plot,
)

__all__ = [
    "TWELVE",
    "Run",
    "agent_payoff_heatmap",
    "anarchy_plot",
    "cooperation_plot",
    "exploitability_plot",
    "keep_tournament",
    "mixture_bars",
    "payoff_heatmap",
    "phase_diagram",
    "ranked_box_plot",
    "run_scenarios",
    "share_bars",
    "sweep_heatmap",
    "synergy_heatmap",
    "twelve_scenarios",
    "value_plot",
]
