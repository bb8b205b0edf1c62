"""Reports: equilibria of many scenarios as tables, files and pictures, and what the scenarios claim.

General layout, from the ground up:

    nfg                      games as ``.nfg`` files, written and read
    corners                  the three things a heuristic strategy does in a night
    scenario_report, tables  what is said of one scenario; many of them as tables
    measure                  from a scenario to its report
    run_directory            a directory that survives a kill
    all_scenarios            the twelve scenarios into such a directory
    sweep_axes, sweeps, sweep_files
                             equilibria over two numbers of a scenario
    tournament_files         tournaments, kept while they are played
    plots, phase_plots, tournament_plots, overview_plots, report_pictures
                             pictures; matplotlib is imported when one is drawn
    claims                   what the scenarios claim, judged on exact payoffs
"""

from bucket_brigade.reports.all_scenarios import TWELVE, Run, run_scenarios, twelve_scenarios
from bucket_brigade.reports.measure import measure_scenario
from bucket_brigade.reports.nfg import NormalForm, parse_nfg, symmetric_normal_form
from bucket_brigade.reports.overview_plots import anarchy_plot
from bucket_brigade.reports.phase_plots import phase_diagram, sweep_heatmap
from bucket_brigade.reports.plots import exploitability_plot, mixture_bars, payoff_heatmap, share_bars
from bucket_brigade.reports.scenario_report import ScenarioReport
from bucket_brigade.reports.sweep_axes import Axis, parse_axis
from bucket_brigade.reports.sweeps import Sweep, sweep
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
    "Axis",
    "NormalForm",
    "Run",
    "ScenarioReport",
    "Sweep",
    "agent_payoff_heatmap",
    "anarchy_plot",
    "cooperation_plot",
    "exploitability_plot",
    "keep_tournament",
    "measure_scenario",
    "mixture_bars",
    "parse_axis",
    "parse_nfg",
    "payoff_heatmap",
    "phase_diagram",
    "ranked_box_plot",
    "run_scenarios",
    "share_bars",
    "sweep",
    "sweep_heatmap",
    "symmetric_normal_form",
    "synergy_heatmap",
    "twelve_scenarios",
    "value_plot",
]
