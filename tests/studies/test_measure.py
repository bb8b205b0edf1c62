"""From a scenario to its report, on rings that the reference can write out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle import DoubleOracleResult, solve_double_oracle
from bucket_brigade.exact import expect_team, social_optimum
from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.overview_plots import anarchy_plot
from bucket_brigade.reports.tables import COLUMNS, markdown_table, report_rows, summary_cells
from bucket_brigade.runs.tabular_text import csv_text
from bucket_brigade.studies.measure import EPSILON, measure_scenario, run_settings
from bucket_brigade.studies.scenario_report import ScenarioReport
from tests.reports.stub import made_up_report

TOWN = get_scenario("two_houses-v2").replace(num_agents=3, max_nights=12, min_nights=3)
DEAR = TOWN.replace(cost_to_work_one_night=500.0)
NEAR = TOWN.replace(cost_to_work_one_night=14.0)


@pytest.fixture(scope="module", params=["two_houses", "dear", "near"])
def report(request: pytest.FixtureRequest) -> ScenarioReport:
    town = {"two_houses": TOWN, "dear": DEAR, "near": NEAR}[request.param]
    return measure_scenario(town, backend="python")


def test_the_equilibrium_is_certified_and_in_its_game(report: ScenarioReport) -> None:
    assert report.converged and report.exact and report.concept == "symmetric"
    assert report.exploitability_traits_upper <= report.epsilon == EPSILON
    (names,) = report.game_strategies
    assert set(report.strategies) <= set(names) and len(names) >= 2
    mixture = np.zeros(len(names))
    mixture[[names.index(name) for name in report.strategies]] = report.mixtures[0]
    game = SymmetricGame(report.num_agents, np.array(report.game))
    assert game.payoff(mixture) == pytest.approx(report.mean_payoff)
    assert game.regret(mixture) <= 2 * EPSILON


def test_what_it_is_worth(report: ScenarioReport) -> None:
    town = get_scenario("two_houses-v2").from_mapping(report.parameters)
    best = social_optimum(town, backend="python").value
    assert report.optimum == pytest.approx(best)
    assert report.welfare == pytest.approx(sum(report.payoffs))
    assert report.gap is not None and report.gap >= -1e-9
    if report.welfare > 0 and best > 0:
        assert report.price_of_anarchy == pytest.approx(best / report.welfare)
    else:
        assert report.price_of_anarchy is None


def test_where_work_is_dear_all_rest() -> None:
    report = measure_scenario(DEAR, backend="python")
    assert (report.strategies, report.mixtures, report.equilibrium) == (["rest"], [[1.0]], "rest")
    alone = expect_team(DEAR, ["[1,0,0,0,0,0,0,0,0,0]"] * 3, backend="python")
    assert report.payoffs == pytest.approx(alone.payoffs.tolist())
    assert report.nights == pytest.approx(alone.nights)
    assert report.houses_lost == pytest.approx(float(alone.final_ruined @ np.arange(3)))
    assert report.game_strategies == [["rest", "home_first"]]


def test_a_report_survives_json(report: ScenarioReport) -> None:
    text = json.dumps(report.to_json(), allow_nan=False)
    assert ScenarioReport.from_json(json.loads(text)) == report
    assert "chosen_by" not in report.provenance


def test_seats_are_asked_for_themselves_only_if_nothing_symmetric_is_certified() -> None:
    asked: list[str] = []

    def stubborn(*arguments: Any, concept: str, **options: Any) -> DoubleOracleResult:
        asked.append(concept)
        if concept == "symmetric":
            options |= {"starts": ["hero"], "max_iterations": 1}
        return solve_double_oracle(*arguments, concept=concept, **options)

    found = measure_scenario(DEAR, backend="python", solve=stubborn)
    assert asked == ["symmetric", "asymmetric"]
    assert found.concept == "asymmetric" and found.converged
    assert len(found.mixtures) == len(found.game_strategies) == 3
    concept = found.normal_form
    assert concept is not None and concept.payoffs.shape[0] == 3
    assert found.equilibrium == "rest / rest / rest"


def test_a_candidate_that_is_not_certified_is_said_to_be_none() -> None:
    def hopeless(*arguments: Any, **options: Any) -> DoubleOracleResult:
        return solve_double_oracle(*arguments, **{**options, "starts": ["hero"], "max_iterations": 1})

    found = measure_scenario(DEAR, backend="python", solve=hopeless)
    assert not found.converged and found.concept == "symmetric"
    assert summary_cells(found)[COLUMNS.index("traits")].endswith(" !")


def test_an_interrupted_search_ends_the_measurement() -> None:
    asked: list[str] = []

    def interrupted(*arguments: Any, concept: str, **options: Any) -> DoubleOracleResult:
        asked.append(concept)
        result = solve_double_oracle(*arguments, concept=concept, **options)
        return replace(result, stop_reason="interrupted")

    with pytest.raises(KeyboardInterrupt):
        measure_scenario(DEAR, backend="python", solve=interrupted)
    assert asked == ["symmetric"]


def test_settings_say_who_answers() -> None:
    settings, remarks = run_settings(TOWN, backend="python", rules="v2")
    assert settings["rules"] == "v2" and settings["backend"] == "python"
    assert remarks == {"backend_chosen_by": "argument"}


def test_a_line_for_people() -> None:
    report = made_up_report(get_scenario("easy-v2"))
    cells = dict(zip(COLUMNS, summary_cells(report), strict=True))
    assert cells["scenario"] == "easy-v2"
    assert cells["traits"] == "3e-09"
    assert cells["Markov"] == "11.2…12.5"
    assert cells["anarchy"] == "–"
    assert cells["gap"] == "50.0"
    assert cells["lost"] == "4.25"
    assert cells["equilibrium"].count("%") == 3
    assert "| :-- | --: |" in markdown_table(("a", "b"), [["x|y", "1"]])
    assert "x\\|y" in markdown_table(("a", "b"), [["x|y", "1"]])


def test_a_spreadsheet_keeps_every_digit() -> None:
    reports = [made_up_report(get_scenario(name)) for name in ("easy-v2", "two_houses-v2")]
    rows = list(csv.DictReader(io.StringIO(csv_text(report_rows(reports)))))
    assert [row["scenario"] for row in rows] == ["easy-v2", "two_houses-v2"]
    for row, report in zip(rows, reports, strict=True):
        assert [float(row[f"payoff_seat_{seat}"]) for seat in range(4)] == report.payoffs
        assert float(row["exploitability_markov"]) == report.exploitability_markov
        assert row["price_of_anarchy"] == "" and row["converged"] == "true"
    assert csv_text([]) == ""


def test_the_overview_shows_equilibrium_and_optimum() -> None:
    pytest.importorskip("matplotlib")
    from bucket_brigade.reports.plots import new_figure

    reports = [made_up_report(get_scenario(name)) for name in ("easy-v2", "hard-v2")]
    ax = anarchy_plot(reports, ax=new_figure().subplots())
    mine, best = ax.get_lines()[:2]
    assert np.asarray(mine.get_xdata()) == pytest.approx([r.mean_payoff for r in reports])
    assert np.asarray(best.get_xdata()) == pytest.approx([r.mean_payoff + 50.0 for r in reports])
    assert [t.get_text() for t in ax.get_yticklabels()] == ["easy-v2", "hard-v2"]


def test_a_named_scenario_of_ten_houses(rust: Backend) -> None:
    report = measure_scenario(get_scenario("greedy_neighbor-v2"), backend=rust)
    assert report.equilibrium == "rest" and report.converged
    assert report.exploitability_markov == report.exploitability_markov_lower
    assert report.optimum is not None and report.optimum > report.welfare
