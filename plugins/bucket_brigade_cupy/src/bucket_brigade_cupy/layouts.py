"""The layouts of ``cuda/game.cu``: what kernels are compiled for and what is handed to them."""

from __future__ import annotations

import numpy as np

__all__ = ["PLAY", "POLICY", "STEPS", "social_words", "town_type"]

POLICY = np.dtype([("chance", "<u8", 3), ("table", "<u8"), ("kind", "<u4"), ("unused", "<u4")])

PLAY = np.dtype(
    [
        ("keys", "<u4", (10, 2)),
        *((name, "<u8") for name in ("towns", "policies", "social", "tables", "town", "seats", "first")),
        *((name, "<u8") for name in ("sums", "products", "kept")),
        *((name, "<u4") for name in ("games", "share", "blocks")),
    ],
    align=True,
)

STEPS = np.dtype(
    [
        ("keys", "<u4", (10, 2)),
        *((name, "<u8") for name in ("towns", "policies", "social", "tables", "town", "seats")),
        *((name, "<u8") for name in ("entries", "games", "nights", "houses", "last", "finished", "counts")),
        *((name, "<u8") for name in ("actions", "bad")),
        ("count", "<u4"),
        ("unused", "<u4"),
    ],
    align=True,
)


def town_type(agents: int) -> np.dtype[np.void]:
    """Return the layout of ``Town``."""
    fields = [
        ("extinguish", "<u8", agents + 1),
        ("last", "<u4", 4),
        ("possible", "<u4", 4),
        ("ring", "<u4"),
        ("houses", "<u4"),
        ("spreads", "<u4"),
        ("until_no_fires", "<u4"),
        ("min_nights", "<u4"),
        ("max_nights", "<u4"),
        ("homes", "u1", 16),
        ("steps", "u1", (agents, 16)),
    ]
    return np.dtype(fields, align=True)


def social_words(houses: int, agents: int) -> int:
    """Return the number of 32-bit words of a social table, for rings of up to so many houses."""
    return (houses + 1) * 4 + (houses // 2 + 1) * 6 * (agents + 1)
