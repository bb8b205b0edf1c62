"""The library of agents: one idea a file, each a page to be read.

A page says what the agent does and where the idea comes from, declares its traits in `SPEC`, and plays. Strategies
of rules.md are data (`native`), everything else is a class with `reset` and `act`; the tools they share are in
`bucket_brigade.agents.ring` (houses and neighbours) and `bucket_brigade.agents.reputation` (who has worked).
``docs/reference/agents.md`` lists them with their payoffs, and is made from these pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from bucket_brigade.agents.base import AgentSpec

__all__ = ["PAGES", "pages", "specs"]

PAGES = (
    # The archetypes of rules.md, section 6, in its order.
    "firefighter",
    "free_rider",
    "hero",
    "coordinator",
    "liar",
    # Yardsticks.
    "random",
    "always_work",
    "always_rest",
    # They look at the houses.
    "own_house_specialist",
    "nearest_fire",
    "largest_cluster",
    "firebreak",
    "focal_point",
    "mixed_volunteer",
    # They look at what the others did last night, or at the calendar.
    "rotating_duty",
    "bystander",
    "contrarian",
    "cournot",
    # They listen, or count on it that others do.
    "boy_who_cried_wolf",
    "trust_the_signals",
    "trust_but_verify",
    # They remember.
    "tit_for_tat",
    "generous_tit_for_tat",
    "conditional_cooperator",
    "grim_trigger",
    "win_stay_lose_shift",
    "fair_share",
)
"""The names of all agents of the library: each is also the name of its file."""


def pages() -> Iterator[tuple[str, ModuleType]]:
    """Yield the name and the module of every agent, in the order of `PAGES`."""
    for name in PAGES:
        yield name, import_module(f"{__name__}.{name}")


def specs() -> Iterator[AgentSpec]:
    """Yield what every agent of the library declares, in the order of `PAGES`."""
    for _, page in pages():
        yield page.SPEC
