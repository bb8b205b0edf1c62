"""What engines count, and the tallies that follow (rules.md, section 7).

The ten tallies of the rules are not independent: worked + rested = nights, own + other ruined = ruined,
and own + other saves is the same for every agent. Engines therefore count a smaller basis of
D = 4*N + 5 integers a game, from which every tally follows by subtraction, and second moments stay small:

    columns 4*i … 4*i+3     worked, distance, own_saves, own_ruined of agent i
    columns 4*N … 4*N+4     nights, safe, ruined, saves, terminated

`saves` counts houses burning at a night's start and safe at its end; `terminated` is 1 if the rules
ended the game and 0 if the night limit did.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["OWN_COUNTS", "SHARED_COUNTS", "TALLIES", "column", "num_counts", "tallies_of"]

OWN_COUNTS = ("worked", "distance", "own_saves", "own_ruined")
SHARED_COUNTS = ("nights", "safe", "ruined", "saves", "terminated")

TALLIES = (
    "worked",
    "rested",
    "distance",
    "own_saves",
    "other_saves",
    "own_ruined",
    "other_ruined",
    "nights",
    "safe",
    "ruined",
)


def num_counts(agents: int) -> int:
    """Return D, the number of integers an engine counts for a team of this size."""
    return len(OWN_COUNTS) * agents + len(SHARED_COUNTS)


def column(name: str, agents: int, agent: int = 0) -> int:
    """Return the column of a count; `agent` matters only for an agent's own counts."""
    if name in OWN_COUNTS:
        return len(OWN_COUNTS) * agent + OWN_COUNTS.index(name)
    return len(OWN_COUNTS) * agents + SHARED_COUNTS.index(name)


def tallies_of(agents: int) -> NDArray[np.int64]:
    """Return the integer map from counts to tallies, shape (N, 10, D), in the order of `TALLIES`."""
    counts = np.eye(num_counts(agents), dtype=np.int64)
    shared = {name: counts[column(name, agents)] for name in SHARED_COUNTS}
    rows = []
    for agent in range(agents):
        own = {name: counts[column(name, agents, agent)] for name in OWN_COUNTS}
        tally = {
            **own,
            **shared,
            "rested": shared["nights"] - own["worked"],
            "other_saves": shared["saves"] - own["own_saves"],
            "other_ruined": shared["ruined"] - own["own_ruined"],
        }
        rows.append(np.stack([tally[name] for name in TALLIES]))
    return np.stack(rows)
