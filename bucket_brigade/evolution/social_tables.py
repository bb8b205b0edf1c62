"""Social strategies that look only at the houses, as tables: so that exact answers exist for them.

Of the social rule (rules.md, section 6) only two traits look at anything but the houses: `coordination` at where the
others were, `fatigue_memory` at what one did oneself. With both at 0 the strategy is a table for each seat, since
the rule knows its home. Signals are given up: no native strategy reads them.
"""

from __future__ import annotations

import numpy as np

from bucket_brigade.agents.tabulation import house_states
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.draws import CERTAIN
from bucket_brigade.game.program import compile_strategy
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Social, Strategy, Tabular

__all__ = ["exact_team", "social_table"]


def exact_team(strategy: Strategy, scenario: Scenario) -> tuple[Strategy, ...] | None:
    """Return a team of clones of `strategy` for which there are exact answers, or None if there is none."""
    agents = range(scenario.num_agents)
    if strategy.state_only:
        return tuple(strategy for _ in agents)
    if isinstance(strategy, Social) and strategy.theta[5] == 0.0 == strategy.theta[7]:
        return tuple(social_table(strategy, scenario, seat) for seat in agents)
    return None


def social_table(strategy: Social, scenario: Scenario, seat: int) -> Tabular:
    """Return what a social strategy without `coordination` and `fatigue_memory` does on one seat.

    Chances are those of the compiled thresholds, to within 2**-31. Raises `InvalidInput` if it looks at more than the
    houses.
    """
    if strategy.theta[5] != 0.0 or strategy.theta[7] != 0.0:
        raise InvalidInput(
            "A social strategy can be a table only if coordination and fatigue_memory are 0: "
            f"they are {strategy.theta[5]!r} and {strategy.theta[7]!r}."
        )
    houses, agents, home = scenario.num_houses, scenario.num_agents, scenario.home(seat)
    _, chances, packed = compile_strategy(strategy, houses, agents)
    honesty, exploration = chances[0] / CERTAIN, chances[1] / CERTAIN
    intents = packed[: 4 * (houses + 1)].astype(np.float64).reshape(houses + 1, 2, 2)
    weights = packed[4 * (houses + 1) :].astype(np.float64).reshape(houses // 2 + 1, 2, 3, agents + 1)
    burning = (house_states(houses) == 1).astype(np.intp)
    near = np.roll(burning, 1, axis=1) + np.roll(burning, -1, axis=1)
    away = np.abs(np.arange(houses) - home)
    weight = weights[np.minimum(away, houses - away)[None, :], burning, near, 0]
    house = weight / weight.sum(axis=1, keepdims=True)
    above, otherwise = np.moveaxis(intents[burning.sum(axis=1), burning[:, home]], -1, 0)
    says_work = np.where(above > 0, honesty, 1.0 - honesty)
    works = (says_work * honesty + (1.0 - says_work) * otherwise / CERTAIN)[:, None]
    table = np.empty((len(house), 2 * houses))
    for mode, chance in ((0, 1.0 - works), (1, works)):
        table[:, mode::2] = (1.0 - exploration) * house * chance + exploration / (2 * houses)
    return Tabular(table)
