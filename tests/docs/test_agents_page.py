"""The page of the library says what the agents' own pages say, and their payoffs are what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from bucket_brigade.agents.library import PAGES
from bucket_brigade.backends.base import Backend
from bucket_brigade.reports.agents_page import agents_page, fare_of, fare_row

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "reference" / "agents.md").read_text(encoding="utf-8")


def test_what_is_said_of_agents_is_read_off_their_pages() -> None:
    everything_but_payoffs = agents_page([])
    assert PAGE.startswith(everything_but_payoffs), "Type: python tools/agents_page.py"
    rows = PAGE.removeprefix(everything_but_payoffs).splitlines()
    assert sorted(row[3:].partition("]")[0] for row in rows) == sorted(PAGES)


@pytest.mark.parametrize("name", ["nearest_fire", "conditional_cooperator", "fair_share"])
def test_payoffs_are_what_the_page_says(rust: Backend, name: str) -> None:
    assert fare_row(fare_of(name, backend=rust)) in PAGE.splitlines()
