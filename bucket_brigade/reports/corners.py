"""The three corners of what the heuristic rule can do.

Of the ten traits it reads two numbers: the chance w to work in a night, and the chance e that a worker
whose own house burns goes there first. A night is therefore a mixture of three things to do: rest, work at
any fire, work at home first.
"""

from __future__ import annotations

from bucket_brigade.exact import canonical_theta
from bucket_brigade.game.strategy import Heuristic

__all__ = ["ANY_FIRE", "CORNERS", "HOME_FIRST", "REST", "heuristic"]


def heuristic(work: float, own: float = 1.0) -> Heuristic:
    """Return the strategy that works with this chance, and with this chance sees to its own house first."""
    return Heuristic(canonical_theta(work, own))


REST = heuristic(0.0, 0.0)
ANY_FIRE = heuristic(1.0, 0.0)
HOME_FIRST = heuristic(1.0, 1.0)

CORNERS: dict[str, Heuristic] = {"rest": REST, "any_fire": ANY_FIRE, "home_first": HOME_FIRST}
"""By the names that reports give them."""
