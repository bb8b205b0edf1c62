"""Sweeps: regimes over two numbers of a scenario, rewards priced again and nothing evaluated twice."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from bucket_brigade.equilibrium import PayoffEvaluator, equilibria_of
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.heuristic_simplex import CORNERS
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.normal_form import SymmetricGame
from bucket_brigade.normal_form.compositions import compositions, count_compositions
from bucket_brigade.registry import get_scenario
from bucket_brigade.studies import sweeps as sweep_module
from bucket_brigade.studies.sweep_axes import Axis, parse_axis
from bucket_brigade.studies.sweeps import MOST_CELLS, Sweep, best_composition_payoff, sweep

TOWN = get_scenario("two_houses-v2").replace(num_agents=3, max_nights=12, min_nights=3)
KAPPA, COST = parse_axis("kappa=0.2,0.8"), parse_axis("c=0:60:4")


def small(x: Axis = KAPPA, y: Axis = COST, town: Scenario = TOWN, **options: Any) -> Sweep:
    return sweep(town, x, y, backend="python", **options)


@pytest.mark.parametrize(
    ("text", "field", "values"),
    [
        ("cost_to_work_one_night=0:40:5", "cost_to_work_one_night", (0, 10, 20, 30, 40)),
        ("c=1:100:3:log", "cost_to_work_one_night", (1, 10, 100)),
        ("kappa=0.9,0.1,0.1", "prob_solo_agent_extinguishes_fire", (0.1, 0.9)),
        ("κ=0.1:0.9:9", "prob_solo_agent_extinguishes_fire", tuple(i / 10 for i in range(1, 10))),
        ("min_nights=3:3:1", "min_nights", (3,)),
    ],
)
def test_axes_are_read(text: str, field: str, values: tuple[float, ...]) -> None:
    axis = parse_axis(text)
    assert (axis.field, axis.values) == (field, values)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("c", "Cannot read the axis 'c'"),
        ("c=", "Cannot read"),
        ("c=1:2", "Cannot read"),
        ("c=1:2:0", "Cannot read"),
        ("c=1:2:1", "Cannot read"),
        ("c=0:2:3:log", "Cannot read"),
        ("c=1:2:3:lin", "Cannot read"),
        ("c=inf", "finite"),
        ("kapa=1:2:3", "Did you mean 'kappa'"),
        ("spread=1:2:3", "no number of a scenario"),
        ("homes=1", "no number of a scenario"),
    ],
)
def test_what_is_no_axis_is_refused(text: str, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        parse_axis(text)


def test_axes_know_their_scale_and_their_symbol() -> None:
    assert parse_axis("c=1:1000:4:log").logarithmic
    assert not parse_axis("c=1:4:4").logarithmic
    assert not parse_axis("c=0,1,2").logarithmic
    assert parse_axis("c=1,2").symbol == "c"
    assert parse_axis("beta=0.5").symbol == "β"
    assert parse_axis("distance_cost=1").symbol == "distance_cost"


def test_every_cell_is_what_its_scenario_gives_alone() -> None:
    result = small()
    for row, cost in zip(result.cells, COST.values, strict=True):
        for cell, kappa in zip(row, KAPPA.values, strict=True):
            town = TOWN.replace(prob_solo_agent_extinguishes_fire=kappa, cost_to_work_one_night=cost)
            evaluator = PayoffEvaluator(town, backend="python", method="exact")
            alone = equilibria_of(evaluator.evaluate_symmetric_game(list(CORNERS.values())))
            assert (cell.x, cell.y) == (kappa, cost)
            assert len(cell.mixtures) == len(alone.equilibria)
            for mixture, payoff, expected in zip(cell.mixtures, cell.payoffs, alone.equilibria, strict=True):
                assert mixture == pytest.approx(tuple(expected.mixture), abs=1e-9)
                assert payoff == pytest.approx(float(expected.payoff))


@pytest.mark.parametrize(
    ("x", "y", "evaluations"),
    [
        (KAPPA, COST, 2),
        (COST, KAPPA, 2),
        (COST, parse_axis("A=1,2,3"), 1),
        (KAPPA, parse_axis("beta=0,0.5"), 4),
        (parse_axis("min_nights=2,3"), parse_axis("reward_own_house_survives=1,2"), 2),
    ],
)
def test_rewards_are_priced_again_and_not_evaluated(
    x: Axis, y: Axis, evaluations: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluated: list[Scenario] = []
    original = PayoffEvaluator.evaluate_symmetric_game

    def counting(self: PayoffEvaluator, *arguments: Any, **options: Any) -> Any:
        evaluated.append(self.scenario)
        return original(self, *arguments, **options)

    monkeypatch.setattr(PayoffEvaluator, "evaluate_symmetric_game", counting)
    steps: list[tuple[int, int]] = []
    result = small(x, y, progress=lambda done, total: steps.append((done, total)))
    assert len(evaluated) == result.evaluations == evaluations
    cells = len(x.values) * len(y.values)
    assert steps == [(i + 1, cells) for i in range(cells)]
    assert [len(row) for row in result.cells] == [len(x.values)] * len(y.values)


def test_regimes_are_those_one_expects() -> None:
    dear = small(y=parse_axis("c=1000,2000"))
    assert {cell.regime for row in dear.cells for cell in row} == {"rest"}
    paid = small(y=parse_axis("c=-1000"))
    assert all("rest" not in cell.regime for row in paid.cells for cell in row)
    assert dear.decided.all()
    # Who gains by working when it is dear? The best composition is the equilibrium itself.
    assert dear.quantity("loss") == pytest.approx(0.0, abs=1e-9)


def test_where_all_strategies_tie_nothing_is_decided() -> None:
    nothing_burns = TOWN.replace(
        prob_initial_fire=0.0, prob_house_catches_fire=0.0, cost_to_work_one_night=-0.5, reward_rest=0.5
    )
    result = small(parse_axis("kappa=0.5"), parse_axis("L=1,2"), town=nothing_burns)
    assert not result.decided.any()


def test_errors_of_simulated_payoffs_leave_close_calls_undecided() -> None:
    few = small(parse_axis("kappa=0.5"), parse_axis("c=0:60:25"), method="simulate", games=60)
    exact = small(parse_axis("kappa=0.5"), parse_axis("c=0:60:25"))
    assert exact.decided.all()
    assert few.decided.any() and not few.decided.all()


def test_best_composition_is_the_best_of_all() -> None:
    shape = 3, count_compositions(3, 3)
    game = SymmetricGame(4, np.random.default_rng(5).normal(size=shape))
    rank = {tuple(row): column for column, row in enumerate(game.compositions.tolist())}
    means = []
    for counts in compositions(4, 3).tolist():
        total = 0.0
        for own in range(3):
            if counts[own]:
                others = tuple(n - (i == own) for i, n in enumerate(counts))
                total += counts[own] * game.payoffs[own, rank[others]]
        means.append(total / 4)
    assert best_composition_payoff(game) == pytest.approx(max(means))


def test_impossible_cells_are_refused_before_any_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep_module, "PayoffEvaluator", None)
    with pytest.raises(InvalidInput, match="prob_solo_agent_extinguishes_fire = 2"):
        small(parse_axis("kappa=0.5,2"))
    with pytest.raises(InvalidInput, match="min_nights"):
        small(parse_axis("min_nights=2,50"))
    with pytest.raises(InvalidInput, match="two different ones"):
        small(COST, COST)
    many = Axis("min_nights", tuple(range(1, 1001)))
    with pytest.raises(InvalidInput, match=f"{MOST_CELLS:,}"):
        small(many, Axis("cost_to_work_one_night", tuple(range(200))))


def test_strategies_may_be_named_or_not() -> None:
    axes = parse_axis("kappa=0.5"), parse_axis("c=5")
    assert small(*axes, strategies=["hero", "free_rider"]).labels == ("hero", "free_rider")
    named = {"mine": CORNERS["rest"], "yours": CORNERS["home_first"]}
    result = small(*axes, strategies=named)
    assert result.labels == ("mine", "yours")
    assert set(result.cells[0][0].regime.replace(" ", "").replace("|", "+").split("+")) <= {"mine", "yours"}


def test_a_sweep_as_plain_data() -> None:
    result = small()
    data = json.loads(json.dumps(result.to_json(), allow_nan=False))
    assert data["x"] == {"field": "prob_solo_agent_extinguishes_fire", "values": [0.2, 0.8]}
    assert [cell["regime"] for cell in data["cells"]] == [c.regime for row in result.cells for c in row]
    assert set(data["cells"][0]["equilibria"][0]["mixture"]) == {"rest", "any_fire", "home_first"}
    rows = result.rows()
    assert len(rows) == 8
    assert rows[1]["prob_solo_agent_extinguishes_fire"] == 0.8
    with pytest.raises(InvalidInput, match="quantity"):
        result.quantity("joy")


def test_a_phase_diagram_shows_the_regimes() -> None:
    pytest.importorskip("matplotlib")
    from bucket_brigade.reports.phase_plots import phase_diagram
    from bucket_brigade.reports.plots import new_figure

    result = small(y=parse_axis("c=1:100:5:log"))
    ax = phase_diagram(result, ax=new_figure().subplots())
    (mesh,) = ax.collections
    shown = np.asarray(mesh.get_array()).reshape(5, 2)
    assert shown.tolist() == result.regime_numbers.tolist()
    legend = ax.get_legend()
    assert legend is not None
    assert [t.get_text() for t in legend.get_texts()] == [r.replace(" | ", "\n| ") for r in result.regimes]
    assert ax.get_yscale() == "log" and ax.get_xscale() == "linear"
    assert ax.get_ylabel() == "c: cost to work one night"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["0.2", "0.8"]
    assert ax.get_title() == "two_houses-v2"
    assert not [p for p in ax.patches if p.get_hatch()]


def test_cells_that_are_not_decided_are_hatched() -> None:
    pytest.importorskip("matplotlib")
    from bucket_brigade.reports.phase_plots import phase_diagram
    from bucket_brigade.reports.plots import new_figure

    result = small(parse_axis("kappa=0.5"), parse_axis("c=0:60:13"), method="simulate", games=60)
    ax = phase_diagram(result, ax=new_figure().subplots())
    hatched = [p for p in ax.patches if p.get_hatch() == "///"]
    assert len(hatched) == (~result.decided).sum() > 0
    legend = ax.get_legend()
    assert legend is not None and legend.get_texts()[-1].get_text() == "not decided"


@pytest.mark.parametrize("quantity", ["payoff", "loss", "regret"])
def test_a_heatmap_shows_a_quantity(quantity: str) -> None:
    pytest.importorskip("matplotlib")
    from bucket_brigade.reports.phase_plots import sweep_heatmap
    from bucket_brigade.reports.plots import new_figure

    result = small()
    ax = sweep_heatmap(result, quantity, ax=new_figure().subplots())
    mesh = ax.collections[0]
    assert np.asarray(mesh.get_array()).ravel() == pytest.approx(result.quantity(quantity).ravel())
    assert len(ax.texts) == 8
    assert ax.texts[1].get_position() == (0.8, 0.0)
