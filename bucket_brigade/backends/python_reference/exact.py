"""Exact expectations on small rings, by writing the Markov chain out (rules.md, sections 4 to 7).

Nothing clever happens here: every state of the houses, every number of workers at every fire, every set
of fires that survive and of houses that ignite. It is the twin that faster engines are held against, and
its cost grows so quickly that rings end at `LARGEST_RING` houses.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import No, Verdict, Yes
from bucket_brigade.backends.exact import BestResponses, Expectation, OptimizeRequest
from bucket_brigade.backends.python_reference.games import BURNING, RUINED, SAFE
from bucket_brigade.game.counts import column, num_counts
from bucket_brigade.game.draws import CERTAIN
from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade.game.scenario import MAX_HOUSES

__all__ = ["LARGEST_RING", "best_responses", "can_expect", "expect", "social_optimum"]

LARGEST_RING = 5

Chances = NDArray[np.float64]
"""A distribution over the 2H actions, house * 2 + mode."""


def can_expect(program: Program) -> Verdict:
    """Say No to large rings and to strategies that look at more than the houses."""
    if program.num_houses[program.town].max() > LARGEST_RING:
        return No(f"the reference writes chains out for rings of up to {LARGEST_RING} houses only")
    state_only = np.isin(program.kind[program.seats], (PolicyKind.HEURISTIC, PolicyKind.TABULAR))
    if not state_only.all():
        return No("only strategies that look at nothing but the houses have an exact expectation")
    return Yes()


def expect(program: Program) -> Expectation:
    """Return expected counts, as in the contract of `bucket_brigade.backends.exact`."""
    counts = np.zeros((program.num_entries, num_counts(program.num_agents)))
    ruined = np.zeros((program.num_entries, MAX_HOUSES + 1))
    for entry in range(program.num_entries):
        town = Town.of(program, entry)
        nights = [town.night(state, town.chances(program, entry, state)) for state in town.states]
        step, gain = np.array([n[0] for n in nights]), np.array([n[1] for n in nights])
        alive = town.initial
        for night in range(1, town.max_nights + 1):
            counts[entry] += alive @ gain
            after = alive @ step
            over = town.ends(night) if night < town.max_nights else np.ones(len(after), dtype=bool)
            if night >= town.min_nights:
                counts[entry, -1] += after[town.condition].sum()
            np.add.at(ruined[entry], town.num_ruined[over], after[over])
            alive = np.where(over, 0.0, after)
    return Expectation(counts, ruined)


def best_responses(request: OptimizeRequest) -> BestResponses:
    """Return the best Markov policy of one seat, by backward induction over nights and states."""
    program = request.program
    values, policies = [], []
    for entry, seat in enumerate(np.asarray(request.seat)):
        town = Town.of(program, entry)
        options = []
        for state in town.states:
            others = town.chances(program, entry, state)
            choices = np.eye(2 * town.houses)
            options.append([town.night(state, [*others[:seat], c, *others[seat + 1 :]]) for c in choices])
        value, policy = town.best(options, np.asarray(request.prices)[entry])
        values.append(value)
        policies.append(policy)
    return BestResponses(np.array(values), tuple(policies) if request.keep_policies else None)


def social_optimum(program: Program, prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the best that all seats can do together, trying every joint action in every state."""
    values = []
    for entry in range(program.num_entries):
        town = Town.of(program, entry)
        actions = np.eye(2 * town.houses)
        options = [
            [town.night(state, joint) for joint in itertools.product(actions, repeat=town.agents)]
            for state in town.states
        ]
        values.append(town.best(options, prices[entry])[0])
    return np.array(values)


@dataclass(frozen=True, eq=False)
class Town:
    """One entry's town with its chances as fractions of 2**32, and its 3**H states."""

    houses: int
    agents: int
    min_nights: int
    max_nights: int
    before_burn_out: bool
    until_no_fires: bool
    homes: tuple[int, ...]
    initial_fire: float
    ignite: tuple[float, ...]
    extinguish: tuple[float, ...]
    states: NDArray[np.uint8]
    """(3**H, H) the houses of each state; house h is digit h, least significant first."""

    @classmethod
    def of(cls, program: Program, entry: int) -> Town:
        """Read the town of an entry."""
        t = int(program.town[entry])
        houses = int(program.num_houses[t])
        digits = np.arange(3**houses)[:, None] // 3 ** np.arange(houses) % 3
        return cls(
            houses=houses,
            agents=program.num_agents,
            min_nights=int(program.min_nights[t]),
            max_nights=int(program.max_nights[t]),
            before_burn_out=bool(program.before_burn_out[t]),
            until_no_fires=bool(program.until_no_fires[t]),
            homes=tuple(map(int, program.homes[t])),
            initial_fire=int(program.initial_fire[t]) / CERTAIN,
            ignite=tuple(int(x) / CERTAIN for x in program.ignite[t]),
            extinguish=tuple(int(x) / CERTAIN for x in program.extinguish[t]),
            states=digits.astype(np.uint8),
        )

    @property
    def num_ruined(self) -> NDArray[np.intp]:
        """(3**H,) ruined houses in each state."""
        return np.asarray((self.states == RUINED).sum(axis=1))

    @property
    def condition(self) -> NDArray[np.bool_]:
        """(3**H,) whether the scenario's condition for the end holds."""
        if self.until_no_fires:
            return np.asarray((self.states != BURNING).all(axis=1))
        return np.asarray((self.states == SAFE).all(axis=1) | (self.states == RUINED).all(axis=1))

    def ends(self, night: int) -> NDArray[np.bool_]:
        """(3**H,) whether the rules end the game in this state after this night."""
        return self.condition & (night >= self.min_nights)

    @property
    def initial(self) -> NDArray[np.float64]:
        """(3**H,) distribution of night 0."""
        p = self.initial_fire
        chance = np.array([1 - p, p, 0.0])
        return np.asarray(chance[self.states].prod(axis=1))

    def chances(self, program: Program, entry: int, state: NDArray[np.uint8]) -> list[Chances]:
        """Return what every agent does in a state, from the thresholds of its policy."""
        seats = program.seats[entry]
        return [
            self._chances(program, int(policy), self.homes[seat], state) for seat, policy in enumerate(seats)
        ]

    def _chances(self, program: Program, policy: int, home: int, state: NDArray[np.uint8]) -> Chances:
        chances = np.zeros(2 * self.houses)
        if program.kind[policy] == PolicyKind.TABULAR:
            table = program.tables[program.table_start[policy] : program.table_start[policy + 1]]
            row = int(state.astype(np.int64) @ 3 ** np.arange(self.houses))
            running = table.reshape(-1, 2 * self.houses)[row].astype(np.float64)
            return np.asarray(np.diff(running, prepend=0.0) / CERTAIN)
        work, own, _ = (int(x) / CERTAIN for x in program.chances[policy])
        burning = np.flatnonzero(state == BURNING)
        chances[2 * home] = 1 - work
        first = own if home in burning else 0.0
        chances[2 * home + 1] = work * (first if len(burning) else 1.0)
        for index, house in enumerate(burning):
            # The words that pick this fire: from ceil(index * 2**32 / b) up to the next one's first.
            low, high = (-(-(i * CERTAIN) // len(burning)) for i in (index, index + 1))
            chances[2 * house + 1] += work * (1 - first) * (high - low) / CERTAIN
        return chances

    def night(self, state: NDArray[np.uint8], acting: Sequence[Chances]) -> tuple[Chances, Chances]:
        """Return the distribution of the next state, and the expected counts of this night."""
        step, gain = np.zeros(len(self.states)), np.zeros(num_counts(self.agents))
        for agent, chances in enumerate(acting):
            works = chances[1::2]
            gain[column("worked", self.agents, agent)] = works.sum()
            gain[column("distance", self.agents, agent)] = works @ self._distances(self.homes[agent])
        place = 3 ** np.arange(self.houses)
        for still_burning, chance in self._still_burning(state, acting):
            near = (still_burning & self.before_burn_out).astype(np.intp)
            near = np.roll(near, 1) + np.roll(near, -1)
            ruined = (state == RUINED) | still_burning
            free = np.flatnonzero(~ruined)
            for lit in itertools.product((SAFE, BURNING), repeat=len(free)):
                odds = [
                    self.ignite[near[h]] if b else 1 - self.ignite[near[h]]
                    for h, b in zip(free, lit, strict=True)
                ]
                after = np.where(ruined, RUINED, 0)
                after[free] = lit
                probability = chance * float(np.prod(odds))
                step[int(after @ place)] += probability
                gain += probability * self._end_of_night(state, after)
        return step, gain

    def _distances(self, home: int) -> NDArray[np.intp]:
        around = np.abs(np.arange(self.houses) - home)
        return np.asarray(np.minimum(around, self.houses - around))

    def _still_burning(
        self, state: NDArray[np.uint8], acting: Sequence[Chances]
    ) -> Iterator[tuple[NDArray[np.bool_], float]]:
        """Yield every set of fires that may survive, as a mask of the houses, with its probability."""
        fires = np.flatnonzero(state == BURNING)
        crews: dict[tuple[int, ...], float] = {(0,) * len(fires): 1.0}
        for chances in acting:
            grown: dict[tuple[int, ...], float] = {}
            at_fires = [float(chances[2 * h + 1]) for h in fires]
            for crew, probability in crews.items():
                elsewhere = grown.get(crew, 0.0) + probability * (1 - sum(at_fires))
                grown[crew] = elsewhere
                for i, chance in enumerate(at_fires):
                    joined = (*crew[:i], crew[i] + 1, *crew[i + 1 :])
                    grown[joined] = grown.get(joined, 0.0) + probability * chance
            crews = grown
        for survive in itertools.product((0, 1), repeat=len(fires)):
            total = 0.0
            for crew, probability in crews.items():
                for workers, lives in zip(crew, survive, strict=True):
                    probability *= 1 - self.extinguish[workers] if lives else self.extinguish[workers]
                total += probability
            still = np.zeros(self.houses, dtype=np.bool_)
            still[fires] = survive
            yield still, total

    def _end_of_night(self, before: NDArray[np.uint8], after: NDArray[np.intp]) -> NDArray[np.float64]:
        counts = np.zeros(num_counts(self.agents))
        saved, ruined = (before == BURNING) & (after == SAFE), after == RUINED
        for agent in range(self.agents):
            counts[column("own_saves", self.agents, agent)] = saved[agent :: self.agents].sum()
            counts[column("own_ruined", self.agents, agent)] = ruined[agent :: self.agents].sum()
        shared = {"nights": 1, "safe": (after == SAFE).sum(), "ruined": ruined.sum(), "saves": saved.sum()}
        for name, value in shared.items():
            counts[column(name, self.agents)] = value
        return counts

    def best(
        self, options: Sequence[Sequence[tuple[Chances, Chances]]], prices: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.uint8]]:
        """Return the largest expectation of ``prices @ counts`` and the option to take, (max_nights, 3**H).

        `options` holds, for each state, (next state, expected counts) of everything that can be done.
        """
        step = np.array([[o[0] for o in state] for state in options])
        gain = np.array([[o[1] for o in state] for state in options]) @ prices
        value = np.zeros(len(options))
        policy = np.zeros((self.max_nights, len(options)), dtype=np.uint8)
        for night in range(self.max_nights, 0, -1):
            over = self.ends(night)
            # A game that the rules end also earns the price of having terminated.
            future = np.where(over, prices[-1], 0.0 if night == self.max_nights else value)
            worth = gain + step @ future
            policy[night - 1] = worth.argmax(axis=1)
            value = worth.max(axis=1)
        return float(self.initial @ value), policy
