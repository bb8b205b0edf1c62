"""Exact or simulated: what may be asked for, and what rules exactness out before a backend is asked."""

from __future__ import annotations

from collections.abc import Sequence

from bucket_brigade.backends.base import No, Verdict, Yes
from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.registry import member_label

__all__ = ["AUTO", "EXACT", "METHODS", "SIMULATE", "check_method", "looks_only_at_houses"]

AUTO, EXACT, SIMULATE = "auto", "exact", "simulate"

METHODS = (AUTO, EXACT, SIMULATE)
"""How payoffs may be found: exactly if that is possible, exactly or not at all, by playing games."""


def check_method(method: str) -> str:
    """Return `method`, or raise `InvalidInput` if it is none of `METHODS`."""
    if method not in METHODS:
        raise InvalidInput(
            explain(
                f"method = {method!r} is not allowed.{did_you_mean(str(method), METHODS)}",
                exists="Methods: auto (exact where that is possible), exact, simulate.",
            )
        )
    return method


def looks_only_at_houses(strategies: Sequence[Strategy], labels: Sequence[str] | None = None) -> Verdict:
    """Say Yes if every strategy looks at nothing but the houses, else No, naming one that does.

    `labels` are names of the strategies, for the reason.
    """
    for place, strategy in enumerate(strategies):
        if not strategy.state_only:
            label = member_label(strategy) if labels is None else labels[place]
            return No(f"strategy {label!r} looks at more than the houses")
    return Yes()
