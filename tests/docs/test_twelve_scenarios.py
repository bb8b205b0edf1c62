"""The page of the twelve scenarios says what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.registry import get_scenario
from bucket_brigade.reports.all_scenarios import RULES, TWELVE
from bucket_brigade.reports.tables import summary_cells
from bucket_brigade.studies.claims import CLAIMS, HEURISTIC, MARKOV, check_claim
from bucket_brigade.studies.measure import measure_scenario

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "reference" / "twelve-scenarios.md"


def row(start: str) -> list[str]:
    """Return the cells of the first table row that begins so."""
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    line = next(line for line in lines if line.startswith(f"| {start} |"))
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


@pytest.mark.parametrize("rules", RULES)
def test_all_twelve_are_there_and_certified(rules: str) -> None:
    for base in TWELVE:
        cells = row(f"{base}-{rules}")
        assert len(cells) == 9
        assert "!" not in cells[3], cells


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_is_quoted_and_judged(name: str) -> None:
    about = get_scenario(name).about
    text = PAGE.read_text(encoding="utf-8")
    claims = text[text.index("## What the scenarios claim") :]
    line = next(line for line in claims.splitlines() if line.startswith(f"| {name} | {about} |"))
    verdicts = [cell.strip() for cell in line.split("|")[3:5]]
    assert set(verdicts) <= {"yes", "in part", "no", "–"}
    assert f"**{name}**: {about}" in claims


def test_a_claim_is_judged_as_the_page_says() -> None:
    report = check_claim("two_houses-v2", backend="python")
    text = PAGE.read_text(encoding="utf-8")
    assert f"| {report.claim} | {report.verdict(HEURISTIC)} | {report.verdict(MARKOV)} |" in text


@pytest.mark.parametrize("name", ["easy-v2", "greedy_neighbor-v2", "hard-v1"])
def test_an_equilibrium_is_what_the_page_says(rust: Backend, name: str) -> None:
    assert row(name) == summary_cells(measure_scenario(get_scenario(name), backend=rust))
