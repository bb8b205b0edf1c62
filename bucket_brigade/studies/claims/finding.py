"""What was found about one part of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

__all__ = ["HEURISTIC", "MARKOV", "SMALL", "ClaimReport", "Finding"]

HEURISTIC, MARKOV = "heuristic strategies", "all Markov policies"

SMALL = 1e-6
"""Gains up to this many payoff units count as none: they are within the rounding of exact payoffs."""


@dataclass(frozen=True)
class Finding:
    """One part of a claim, judged among heuristic strategies or among all Markov policies."""

    part: str
    """The predicate in words."""
    among: str
    """`HEURISTIC` or `MARKOV`."""
    holds: bool
    numbers: Mapping[str, float]
    """What it was judged by, in payoff units unless the name says otherwise."""


@dataclass(frozen=True)
class ClaimReport:
    """What a scenario's `about` line claims, and what was found."""

    scenario: str
    claim: str
    findings: tuple[Finding, ...]

    def holds(self, among: str) -> bool | None:
        """Return whether every part holds among these strategies; None if no part speaks of them."""
        judged = [finding.holds for finding in self.findings if finding.among == among]
        return all(judged) if judged else None

    def verdict(self, among: str) -> str:
        """Return ``yes``, ``no``, ``in part`` or ``–``: whether all parts hold, none, some, or there are none."""
        judged = [finding.holds for finding in self.findings if finding.among == among]
        if not judged:
            return "–"
        return "yes" if all(judged) else "in part" if any(judged) else "no"

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {
            "scenario": self.scenario,
            "claim": self.claim,
            "holds": {"heuristic": self.holds(HEURISTIC), "markov": self.holds(MARKOV)},
            "findings": [asdict(finding) for finding in self.findings],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Make a report from plain data."""
        return cls(data["scenario"], data["claim"], tuple(Finding(**finding) for finding in data["findings"]))
