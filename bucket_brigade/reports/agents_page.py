"""The page of the library of agents: what they do and declare, where they come from, and how they fare.

Everything is read off the agents' own pages or played; ``python tools/agents_page.py`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import ModuleType

from bucket_brigade.agents import library
from bucket_brigade.agents.base import TRAIT_CLAIMS
from bucket_brigade.simulation import simulate

__all__ = ["COMPANY", "GAMES", "SCENARIO", "SEED", "Fare", "agents_page", "fare_of", "fare_row"]

SCENARIO = "greedy_neighbor-v2"
COMPANY = ("nearest_fire", "tit_for_tat", "free_rider")
"""Who sits on the other seats: one who always helps, one who answers in kind, one who hardly works."""
GAMES, SEED = 20_000, 1

HEAD = """\
# The library of agents

*Written by `python tools/agents_page.py`; edit that, not this.*

Every agent is one file in `bucket_brigade/agents/library/`: a page that says what it does and where it comes from,
declares its traits, and plays. Type its name wherever a team member is asked for:

```console
$ .venv/bin/bucket-brigade play greedy_neighbor --team tit_for_tat,nearest_fire,cournot,boy_who_cried_wolf
$ .venv/bin/bucket-brigade nash greedy_neighbor --strategies focal_point,always_rest
```

To add one of your own: [Write an agent](../tutorial/write-an-agent.md). What it may see and must answer:
[the contract](agent-contract.md).

## Who is there
"""

TRAITS = """\
| trait | claims that |
|:--|:--|
{claims}

An agent that is not native but looks only at the houses (`state_only`) has exact payoffs too, and plays at native speed
as `tabular:NAME`; [how](agent-contract.md#tables).
"""

FARES = """\
## How they fare

One seat of {scenario}, the other three taken by {company}: payoff of the agent
per game with its standard error, the mean payoff of the three others, and the share of nights on which the agent
worked. {games:,} games of seed {seed}, the same luck for all. In other company they fare otherwise: that is what the
game is about.
"""


@dataclass(frozen=True)
class Fare:
    """What one agent got in the company, per game."""

    name: str
    payoff: float
    standard_error: float
    others: float
    """Mean payoff of the other three."""
    works: float
    """Share of nights on which the agent worked."""


def agents_page(fares: Iterable[Fare]) -> str:
    """Return the whole page, given how the agents fared."""
    claims = "\n".join(f"| `{trait}` | {claim} |" for trait, claim in TRAIT_CLAIMS.items())
    parts = [
        HEAD,
        "\n".join(_listing()) + "\n",
        TRAITS.format(claims=claims),
        "## Where they come from\n",
        "\n".join(_sources()) + "\n",
        FARES.format(scenario=SCENARIO, company=_and(COMPANY), games=GAMES, seed=SEED),
        "\n".join(_fares(fares)) + "\n",
    ]
    return "\n".join(parts)


def fare_of(name: str, *, games: int = GAMES, backend: str | object | None = None) -> Fare:
    """Play an agent in the company; the same numbers come from every backend with the exact stream."""
    found = simulate(SCENARIO, [name, *COMPANY], games=games, seed=SEED, backend=backend)
    payoffs, worked = found.payoffs, found.tallies["worked"]
    return Fare(
        name,
        float(payoffs[0]),
        float(found.standard_errors[0]),
        float(payoffs[1:].mean()),
        float(worked[0] / found.nights),
    )


def fare_row(fare: Fare) -> str:
    """Return the line of the table for one agent."""
    cells = (
        _link(fare.name),
        f"{fare.payoff:.1f} ± {fare.standard_error:.1f}",
        f"{fare.others:.1f}",
        f"{fare.works:.0%}",
    )
    return f"| {' | '.join(cells)} |"


def _listing() -> Iterator[str]:
    yield f"| agent | {' | '.join(TRAIT_CLAIMS)} | what it does |"
    yield f"|:--|{':-:|' * len(TRAIT_CLAIMS)}:--|"
    for name, page in library.pages():
        marks = ("●" if page.SPEC.traits[trait] else "" for trait in TRAIT_CLAIMS)
        yield f"| {_link(name)} | {' | '.join(marks)} | {_cell(page.SPEC.summary)} |"


def _sources() -> Iterator[str]:
    yield "| agent | source |"
    yield "|:--|:--|"
    for name, page in library.pages():
        yield f"| {name} | {_cell(_source(page))} |"


def _source(page: ModuleType) -> str:
    assert page.__doc__ is not None
    return " ".join(page.__doc__.partition("\n\nSource: ")[2].split())


def _fares(fares: Iterable[Fare]) -> Iterator[str]:
    yield "| agent | payoff | the others | works |"
    yield "|:--|--:|--:|--:|"
    for fare in sorted(fares, key=lambda fare: -fare.payoff):
        yield fare_row(fare)


def _cell(text: str) -> str:
    """Return text for a cell of a Markdown table, where a bar would begin another and a tag would be HTML."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def _link(name: str) -> str:
    return f"[{name}](../../bucket_brigade/agents/library/{name}.py)"


def _and(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
