"""What is asked of many scenarios: equilibria over a grid of two numbers, and what scenarios claim.

General layout, from the ground up:

    scenario_report, measure  what is said of one scenario; from a scenario to its report
    sweep_axes, sweeps        equilibria over two numbers of a scenario
    claims                    what the scenarios claim, judged on exact payoffs
"""

from bucket_brigade.studies.measure import measure_scenario
from bucket_brigade.studies.scenario_report import ScenarioReport
from bucket_brigade.studies.sweep_axes import Axis, parse_axis
from bucket_brigade.studies.sweeps import Sweep, sweep

__all__ = ["Axis", "ScenarioReport", "Sweep", "measure_scenario", "parse_axis", "sweep"]
