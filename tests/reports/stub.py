"""A report made up from a scenario's numbers, quickly and always the same."""

from __future__ import annotations

import numpy as np

from bucket_brigade.game.scenario import Scenario
from bucket_brigade.normal_form.compositions import count_compositions
from bucket_brigade.studies.scenario_report import ScenarioReport

__all__ = ["made_up_report"]

NAMES = ["rest", "home_first", "w=0.534,e=1"]


def made_up_report(town: Scenario, *, concept: str = "symmetric") -> ScenarioReport:
    agents, size = town.num_agents, len(NAMES)
    luck = np.random.default_rng(len(town.name))
    symmetric = concept == "symmetric"
    shape = (size, count_compositions(agents - 1, size)) if symmetric else (agents, *(size,) * agents)
    game = luck.normal(size=shape).round(3) * 100
    mixtures = luck.dirichlet(np.ones(size), size=1 if symmetric else agents)
    payoffs = luck.normal(size=agents) * 100
    return ScenarioReport(
        scenario=town.name,
        about=town.about,
        parameters=town.to_mapping(),
        concept=concept,
        seating="random" if symmetric else "",
        strategies=NAMES,
        thetas=[[1.0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1.0, 1, 0, 1, 0, 0, 0, 0, 0, 0], [0.5] * 10],
        mixtures=mixtures.tolist(),
        payoffs=payoffs.tolist(),
        epsilon=1e-6,
        converged=True,
        cycled=False,
        stop_reason="converged",
        exploitability_traits=0.0,
        exploitability_traits_upper=3.1e-9,
        exploitability_markov_lower=11.25,
        exploitability_markov=12.5,
        exact=True,
        history=[120.0, 3.5, 3.1e-9],
        welfare=float(payoffs.sum()),
        optimum=float(payoffs.sum()) + 200.0,
        price_of_anarchy=None,
        nights=town.min_nights + 0.5,
        houses_lost=4.25,
        game_strategies=[NAMES] if symmetric else [NAMES] * agents,
        game=game.tolist(),
        provenance={"backend": "python", "backend_version": "1"},
    )
