"""One night of one game, in the order of the rules (docs/reference/rules.md, sections 1, 4, 5 and 7).

Everything is a plain integer: chances have become thresholds before a backend sees them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bucket_brigade.game.draws import Purpose
from bucket_brigade.game.program import Program

SAFE, BURNING, RUINED = 0, 1, 2
RUNNING, TERMINATED, TRUNCATED = 0, 1, 2

Word = Callable[[Purpose, int], int]
"""Tonight's 32-bit word of a purpose, for a house or an agent."""
Action = tuple[int, int, int]
"""House, mode and signal."""


@dataclass(frozen=True)
class Town:
    """One town of a program, taken out of its arrays."""

    num_houses: int
    num_agents: int
    before_burn_out: bool
    until_no_fires: bool
    min_nights: int
    max_nights: int
    homes: list[int]
    initial_fire: int
    ignite: list[int]
    """Threshold of catching fire beside 0, 1 or 2 fires."""
    extinguish: list[int]
    """Threshold of being put out by 0 … N workers."""

    @classmethod
    def of(cls, program: Program, town: int) -> Town:
        """Read a row of every array of towns."""
        return cls(
            num_houses=int(program.num_houses[town]),
            num_agents=program.num_agents,
            before_burn_out=bool(program.before_burn_out[town]),
            until_no_fires=bool(program.until_no_fires[town]),
            min_nights=int(program.min_nights[town]),
            max_nights=int(program.max_nights[town]),
            homes=program.homes[town].tolist(),
            initial_fire=int(program.initial_fire[town]),
            ignite=program.ignite[town].tolist(),
            extinguish=program.extinguish[town].tolist(),
        )

    def distance(self, one: int, other: int) -> int:
        """Steps along the ring."""
        around = abs(one - other)
        return min(around, self.num_houses - around)


@dataclass
class Game:
    """One game between two nights."""

    town: Town
    night: int = 0
    houses: list[int] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    """Everybody's action of last night; zeros before night 1."""
    counts: list[int] = field(default_factory=list)
    """Four numbers for each agent, then five for the town, as in `bucket_brigade.game.counts`."""
    finished: int = RUNNING


def start(town: Town, word: Word) -> Game:
    """Night 0: houses burn by chance, and nothing else happens."""
    houses = [int(word(Purpose.IGNITE, h) < town.initial_fire) for h in range(town.num_houses)]
    agents = town.num_agents
    return Game(town, houses=houses, actions=[(0, 0, 0)] * agents, counts=[0] * (4 * agents + 5))


def play_night(game: Game, actions: list[Action], word: Word) -> None:
    """Play one night with these actions."""
    town, before = game.town, game.houses

    # Extinguish: F, the houses that still burn.
    workers = [0] * town.num_houses
    for house, mode, _ in actions:
        workers[house] += mode
    still = [
        state == BURNING and word(Purpose.EXTINGUISH, h) >= town.extinguish[workers[h]]
        for h, state in enumerate(before)
    ]

    # Spread and burn out; ignite. On a ring of two houses the one neighbour counts twice.
    after = []
    for h, state in enumerate(before):
        if state == RUINED or still[h]:
            after.append(RUINED)
            continue
        fires = still[h - 1] + still[(h + 1) % town.num_houses] if town.before_burn_out else 0
        after.append(BURNING if word(Purpose.IGNITE, h) < town.ignite[fires] else SAFE)

    game.night, game.houses, game.actions = game.night + 1, after, actions
    _count(game, before)
    _check_end(game)


def _count(game: Game, before: list[int]) -> None:
    """Section 7, without the numbers that follow from others."""
    town, counts, after = game.town, game.counts, game.houses
    saved = [old == BURNING and new == SAFE for old, new in zip(before, after, strict=True)]
    ruined = [state == RUINED for state in after]
    agents = town.num_agents
    for agent, (house, mode, _) in enumerate(game.actions):
        counts[4 * agent] += mode
        counts[4 * agent + 1] += mode * town.distance(house, town.homes[agent])
        counts[4 * agent + 2] += sum(saved[agent::agents])
        counts[4 * agent + 3] += sum(ruined[agent::agents])
    for place, value in enumerate((1, after.count(SAFE), sum(ruined), sum(saved))):
        counts[4 * agents + place] += value


def _check_end(game: Game) -> None:
    """Section 5."""
    town, houses = game.town, game.houses
    if town.until_no_fires:
        over = BURNING not in houses
    else:
        over = houses.count(SAFE) == len(houses) or houses.count(RUINED) == len(houses)
    if over and game.night >= town.min_nights:
        game.finished, game.counts[-1] = TERMINATED, 1
    elif game.night == town.max_nights:
        game.finished = TRUNCATED
