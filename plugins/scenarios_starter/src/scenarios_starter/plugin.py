"""What this package offers to Bucket Brigade; importing it must be cheap."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import as_file, files

from bucket_brigade import Scenario, hookimpl
from bucket_brigade.game.scenario_files import load_scenarios


@hookimpl
def register_scenarios(register: Callable[[Scenario], None]) -> None:
    """Offer every scenario of the file; each name ends in a version, so that a result names its exact game."""
    with as_file(files("scenarios_starter") / "scenarios.toml") as path:
        for scenario in load_scenarios(path):
            register(scenario)
