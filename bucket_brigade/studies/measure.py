"""From a scenario to its report: a certified equilibrium, and what it is worth beside the best there is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle import DoubleOracleResult, solve_double_oracle
from bucket_brigade.exact import expect_team, price_of_anarchy
from bucket_brigade.game.heuristic_simplex import HOME_FIRST, REST
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Strategy
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.payoffs.payoff_evaluator import PayoffEvaluator
from bucket_brigade.studies.scenario_report import ScenarioReport

__all__ = ["EPSILON", "measure_scenario", "report_of", "run_settings"]

EPSILON = 1e-6


def measure_scenario(
    scenario: Scenario,
    *,
    seating: str = "random",
    epsilon: float = EPSILON,
    backend: str | Backend | None = None,
    workers: int | None = None,
    solve: Callable[..., DoubleOracleResult] = solve_double_oracle,
) -> ScenarioReport:
    """Return a certified equilibrium among heuristic strategies, its payoffs, and the price of anarchy.

    A symmetric equilibrium is looked for first. Only if none is certified, one in which every seat may play
    otherwise; if that is not certified either, the symmetric candidate is reported as what it is. Raises
    as `solve_double_oracle`, and `KeyboardInterrupt` if that was interrupted: what it returns then is the best of
    a search that did not end, which says nothing about the scenario.
    """
    found: DoubleOracleResult | None = None
    for concept in ("symmetric", "asymmetric"):
        result = solve(
            scenario, concept=concept, seating=seating, epsilon=epsilon, backend=backend, workers=workers
        )
        if result.stop_reason == "interrupted":
            raise KeyboardInterrupt
        if found is None or result.converged:
            found = result
        if result.converged:
            break
    assert found is not None
    anarchy = price_of_anarchy(scenario, float(found.payoffs.sum()), backend=backend, workers=workers)
    report = report_of(found, optimum=anarchy.optimum, ratio=anarchy.ratio)
    if report.concept == "symmetric" and (
        len(report.game) < 2 or not set(report.strategies) <= set(report.game_strategies[0])
    ):
        return _with_corners(report, scenario, found, backend, workers)
    return report


def report_of(result: DoubleOracleResult, *, optimum: float | None, ratio: float | None) -> ScenarioReport:
    """Return the report of a double oracle's result among heuristic strategies."""
    certificate = result.certificate
    # Among heuristic strategies everything is exact, so how games end is always known.
    assert result.houses_lost is not None
    mixtures = result.mixtures if result.mixtures.ndim == 2 else result.mixtures[None]
    return ScenarioReport(
        scenario=result.scenario.name,
        about=result.scenario.about,
        parameters=result.scenario.to_mapping(),
        concept=result.concept,
        seating=result.seating or "",
        strategies=list(result.labels),
        thetas=[list(s.theta) if isinstance(s, Heuristic) else [] for s in result.strategies],
        mixtures=mixtures.tolist(),
        payoffs=result.payoffs.tolist(),
        epsilon=certificate.epsilon,
        converged=result.converged,
        cycled=result.cycled,
        stop_reason=result.stop_reason,
        exploitability_traits=float(certificate.exploitability_traits),
        exploitability_traits_upper=float(certificate.exploitability_traits_upper),
        exploitability_markov_lower=_number(certificate.exploitability_markov_lower),
        exploitability_markov=_number(certificate.exploitability_markov),
        exact=certificate.exact,
        history=[float(iteration.exploitability) for iteration in result.history],
        welfare=float(result.payoffs.sum()),
        optimum=optimum,
        price_of_anarchy=ratio,
        nights=float(result.nights),
        houses_lost=float(result.houses_lost),
        game_strategies=[[entry.name for entry in entries] for entries in result.game_entries],
        game=_payoffs(result.game),
        # Who chose the backend changes no number; a run keeps that once, beside its settings.
        provenance={k: v for k, v in result.provenance.to_json().items() if k != "chosen_by"},
    )


def _with_corners(
    report: ScenarioReport,
    scenario: Scenario,
    result: DoubleOracleResult,
    backend: str | Backend | None,
    workers: int | None,
) -> ScenarioReport:
    """Return the report with a game worth reading: what is played, beside always resting and always working.

    The search may end on a strategy between those of its last game, or before it needed a second one.
    """
    members: dict[str, Strategy] = {entry.name: entry.seats[0] for entry in result.entries}
    members = {**members, "rest": REST, "home_first": HOME_FIRST}
    evaluator = PayoffEvaluator(
        scenario, backend=backend, workers=workers, seating=report.seating, method="exact"
    )
    game = evaluator.evaluate_symmetric_game(list(members.values())).game
    return replace(report, game_strategies=[list(members)], game=list(game.payoffs.tolist()))


def run_settings(
    scenario: Scenario, *, backend: str | Backend | None = None, **more: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what all numbers of a run depend on, and why that backend answers.

    One small expectation is asked for, so that a backend that cannot answer says so before the work begins.
    """
    provenance = expect_team(scenario, [REST] * scenario.num_agents, backend=backend).provenance
    settings = {
        "what": "equilibria among heuristic strategies by double oracle",
        **more,
        "backend": provenance.backend,
        "backend_version": provenance.backend_version,
        "bucket_brigade": provenance.bucket_brigade,
    }
    return settings, {"backend_chosen_by": provenance.chosen_by}


def _payoffs(game: SymmetricGame | NormalFormGame | None) -> list[Any]:
    return [] if game is None else list(game.payoffs.tolist())


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
