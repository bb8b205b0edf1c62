"""The five archetypes as agents: heuristic strategies with the traits of rules.md, section 6."""

from __future__ import annotations

from bucket_brigade.game.strategy import Heuristic, archetype

__all__ = ["SUMMARIES", "coordinator", "firefighter", "free_rider", "hero", "liar"]

SUMMARIES = {
    "firefighter": "works nine nights in ten, at home first, and says so",
    "free_rider": "works two nights in a hundred and looks after its own house",
    "hero": "works every night, wherever it burns",
    "coordinator": "works about every second night and mostly tells the truth",
    "liar": "works two nights in five, at home first, and signals the opposite",
}
"""What each archetype does when played by the heuristic rule, in a line."""


def firefighter() -> Heuristic:
    """Return the heuristic firefighter."""
    return Heuristic(archetype("firefighter"))


def free_rider() -> Heuristic:
    """Return the heuristic free rider."""
    return Heuristic(archetype("free_rider"))


def hero() -> Heuristic:
    """Return the heuristic hero."""
    return Heuristic(archetype("hero"))


def coordinator() -> Heuristic:
    """Return the heuristic coordinator."""
    return Heuristic(archetype("coordinator"))


def liar() -> Heuristic:
    """Return the heuristic liar."""
    return Heuristic(archetype("liar"))
