"""The behavioural reduction of a mixed profile as tables: each seat draws anew every night.

A mixed strategy draws once, before the game; a behaviour strategy draws at every decision (H. W. Kuhn, "Extensive
games and the problem of information", 1953). Here agents do not know what they drew, as they look at the houses only,
so the two are different strategies: the reduction is a candidate, judged like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.agents.tabulation import house_states
from bucket_brigade.game.heuristic_simplex import traits_of
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Strategy, Tabular
from bucket_brigade.payoffs.exact_payoffs import Payoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.pool import Entry

__all__ = ["behavioral_tables", "table_of"]


_BURNING = 1


def table_of(strategy: Strategy, scenario: Scenario, seat: int) -> Floats:
    """Return what a strategy that looks only at the houses does in each of their states, (3**H, 2*H)."""
    if isinstance(strategy, Tabular):
        return strategy.table
    assert isinstance(strategy, Heuristic)
    work, own = traits_of(strategy)
    houses, home = scenario.num_houses, scenario.home(seat)
    burning = house_states(houses) == _BURNING
    fires = burning.sum(axis=1)
    first = np.where(burning[:, home], own, 0.0)
    table = np.zeros((len(burning), 2 * houses))
    table[:, 1::2] = burning * (work * (1.0 - first) / np.maximum(fires, 1))[:, None]
    table[:, 2 * home + 1] += np.where(fires > 0, work * first, work)
    table[:, 2 * home] = 1.0 - work
    return table


def behavioral_tables(payoffs: Payoffs, profile: MixedProfile, *, symmetric: bool) -> MixedProfile | None:
    """Return the behavioural reduction of a profile: each seat draws every night what it drew before the game.

    Nobody mixes in it, so that the houses are all there is to know again, and bounds against it are exact. None
    if nobody mixes anyway.
    """
    if profile.is_pure:
        return None
    if symmetric:
        seats = tuple(_mean(payoffs, profile, 0, seat) for seat in range(profile.agents))
        return MixedProfile.pure((_add(payoffs, seats),) * profile.agents)
    entries = []
    for seat, support in enumerate(profile.supports):
        if len(support) == 1:
            entries.append(support[0])
        else:
            entries.append(_add(payoffs, (_mean(payoffs, profile, seat, seat),) * profile.agents))
    return MixedProfile.pure(tuple(entries))


def _mean(payoffs: Payoffs, profile: MixedProfile, drawn_by: int, seat: int) -> Tabular:
    """Return the mean table of what one seat draws, as played on `seat`."""
    pairs = zip(profile.supports[drawn_by], profile.shares[drawn_by], strict=True)
    pool, scenario = payoffs.pool, payoffs.scenario
    return Tabular(sum(p * table_of(pool.entries[i].seats[seat], scenario, seat) for i, p in pairs))


def _add(payoffs: Payoffs, seats: Sequence[Strategy]) -> int:
    return payoffs.pool.add_numbered(Entry(tuple(seats)), "nightly")
