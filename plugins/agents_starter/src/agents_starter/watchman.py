"""A native strategy: data that every engine plays at its own speed.

The ten traits are those of rules.md, section 6, in its order; the heuristic rule reads four of them.
"""

from __future__ import annotations

from bucket_brigade import Heuristic

HONESTY, WORK_TENDENCY, OWN_HOUSE_PRIORITY = 1.0, 0.75, 1.0


def watchman() -> Heuristic:
    """Return the strategy: it works three nights in four, at home if it burns there."""
    return Heuristic((HONESTY, WORK_TENDENCY, 0.0, OWN_HOUSE_PRIORITY, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
