"""What is told of learners agrees with what was measured, and with what is exact."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.exact import expect_teams
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.responses import best_markov_response

DOCS = Path(__file__).parent.parent.parent / "docs"
MEASURED: dict[str, Any] = json.loads((DOCS / "benchmarks" / "learners.json").read_text(encoding="utf-8"))
SCENARIOS = sorted(MEASURED["runs"])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_yardsticks_are_exact(scenario: str, rust: Backend) -> None:
    others = MEASURED["runs"][scenario][0]["settings"]["opponents"].split(",")
    known = MEASURED["yardsticks"][scenario]
    best = best_markov_response(scenario, ["hero", *others], 0, backend=rust)
    assert best.value == pytest.approx(known["best"], rel=1e-9)
    exact = expect_teams(scenario, [[name, *others] for name in ARCHETYPES], backend=rust).payoffs[:, 0]
    assert dict(zip(ARCHETYPES, exact, strict=True)) == pytest.approx(known["archetypes"], rel=1e-9)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_every_run_lies_between_the_best_archetype_and_the_best_response(scenario: str) -> None:
    known = MEASURED["yardsticks"][scenario]
    for run in MEASURED["runs"][scenario]:
        for mean, error in (run["greedy"], run["drawn"]):
            assert mean - 4 * error > max(known["archetypes"].values())
            assert mean - 4 * error > max(paid for paid, _ in known["social"].values())
            assert mean - 4 * error < known["best"]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_page_tells_these_numbers(scenario: str) -> None:
    text = (DOCS / "how-to" / "train-an-agent.md").read_text(encoding="utf-8")
    known, runs = MEASURED["yardsticks"][scenario], MEASURED["runs"][scenario]
    told = [known["best"], known["stationary"], max(known["archetypes"].values())]
    told += [run[word][0] for word in ("greedy", "drawn") for run in runs]
    for number in told:
        assert f"{number:.1f}" in text, number
