"""What rules an exact answer out before a backend is asked."""

from __future__ import annotations

from collections.abc import Sequence

from bucket_brigade.agents.tabulation import tabulated
from bucket_brigade.backends.base import No, Verdict, Yes
from bucket_brigade.errors import AgentError, CannotTabulate
from bucket_brigade.game.strategy import Scripted, Strategy
from bucket_brigade.registry import member_label

__all__ = ["as_tables", "looks_only_at_houses", "no_table"]


def as_tables(strategies: Sequence[Strategy]) -> list[Strategy]:
    """Return the strategies, agents that claim to look only at the houses as tables.

    Exact answers exist only where everybody looks at nothing else. Nobody listens then, so signals are given
    up. Whether a claim is true shows when a program is compiled: else that raises `CannotTabulate`.
    """
    return [
        tabulated(strategy, any_signal=True)
        if isinstance(strategy, Scripted) and "state_only" in strategy.claims
        else strategy
        for strategy in strategies
    ]


def no_table(error: CannotTabulate | AgentError) -> No:
    """Return the reason why there is no exact answer, given why some agent is no table.

    An agent may fail in a state of the houses that never comes about: then it can be played all the same.
    """
    text = str(error)
    return No(f"{text[:1].lower()}{text[1:].rstrip('.')}")


def looks_only_at_houses(strategies: Sequence[Strategy], labels: Sequence[str] | None = None) -> Verdict:
    """Say Yes if every strategy looks at nothing but the houses, else No, naming one that does.

    `labels` are names of the strategies, for the reason.
    """
    for place, strategy in enumerate(strategies):
        if not strategy.state_only:
            label = member_label(strategy) if labels is None else labels[place]
            if isinstance(strategy, Scripted):
                if "state_only" in strategy.claims:
                    return No(
                        f"agent {label!r} is written in Python, and exact only as tabular:{strategy.name}"
                    )
                return No(f"agent {label!r} does not claim to look only at the houses (trait state_only)")
            return No(f"strategy {label!r} looks at more than the houses")
    return Yes()
