"""Writes docs/reference/agents.md: ``python tools/agents_page.py``; a few seconds of play on the Rust backend."""

from __future__ import annotations

from pathlib import Path

from bucket_brigade.agents.library import PAGES
from bucket_brigade.reports.agents_page import agents_page, fare_of

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "agents.md"


def main() -> None:
    """Play every agent in the same company and write the page."""
    PAGE.write_text(agents_page(fare_of(name) for name in PAGES), encoding="utf-8")
    print(f"Written: {PAGE}")


if __name__ == "__main__":
    main()
