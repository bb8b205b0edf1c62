"""Which plugins are installed, and which of them are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, EntryPoint, distributions, entry_points

from bucket_brigade.hookspecs import PROJECT

__all__ = ["Candidate", "canonical", "discover", "is_wanted", "unmatched"]


@dataclass(frozen=True)
class Candidate:
    """An entry point of our group and the distribution it comes from; nothing is imported yet."""

    distribution: str
    version: str
    entry_point: EntryPoint
    problem: Exception | None = None
    """Why the entry point cannot even be read, if so."""

    @property
    def name(self) -> str:
        """The name of the entry point."""
        return self.entry_point.name


def canonical(distribution: str) -> str:
    """Return the name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


def discover() -> tuple[Candidate, ...]:
    """Return every installed candidate, sorted by distribution and name, so that the order never varies."""
    try:
        found = [_candidate(entry_point) for entry_point in entry_points(group=PROJECT)]
    except Exception:
        # One malformed entry_points.txt of anybody stops the standard library; look at each alone.
        found = candidates_of(distributions())
    return in_order(found)


def in_order(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Sort by distribution, then name, then value."""
    return tuple(sorted(candidates, key=lambda c: (canonical(c.distribution), c.name, c.entry_point.value)))


def candidates_of(installed: Iterable[Distribution]) -> list[Candidate]:
    """Return the candidates of each distribution; one with malformed entry points becomes a problem.

    As in the standard library, the first of several distributions of one name hides the others.
    """
    found: list[Candidate] = []
    seen: set[str] = set()
    for distribution in installed:
        name, version = _identity(distribution)
        if canonical(name) in seen:
            continue
        seen.add(canonical(name))
        try:
            ours = [ep for ep in distribution.entry_points if ep.group == PROJECT]
        except Exception as error:
            # Malformed files without our group are none of our business.
            if f"[{PROJECT}]" in (distribution.read_text("entry_points.txt") or ""):
                unreadable = EntryPoint(name="entry_points.txt", value="", group=PROJECT)
                found.append(Candidate(name, version, unreadable, problem=error))
            continue
        found += [Candidate(name, version, ep) for ep in ours]
    return found


def is_wanted(candidate: Candidate, wanted: frozenset[str] | None) -> bool:
    """Say whether a candidate is named by its entry point or distribution; None wants everything."""
    if wanted is None:
        return True
    return candidate.name in wanted or canonical(candidate.distribution) in {canonical(w) for w in wanted}


def unmatched(candidates: Iterable[Candidate], wanted: frozenset[str] | None) -> list[str]:
    """Return the wanted names, sorted, that no candidate goes by."""
    known = list(candidates)
    return sorted(w for w in wanted or () if not any(is_wanted(c, frozenset({w})) for c in known))


def _candidate(entry_point: EntryPoint) -> Candidate:
    name, version = _identity(entry_point.dist)
    return Candidate(name, version, entry_point)


def _identity(distribution: Distribution | None) -> tuple[str, str]:
    if distribution is None:
        return "unknown", "unknown"
    metadata = distribution.metadata
    return metadata["Name"] or "unknown", metadata["Version"] or "unknown"
