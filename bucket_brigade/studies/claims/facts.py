"""Exact numbers about one scenario that claims are judged by, computed when they are first asked for.

A *volunteer* works every night, at home first; whoever does not volunteer rests. `S` is the set of
volunteers. "Each" and "always" are taken at their word: over every seat and every set, not on average.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.exact import ExactResult, expect_teams, social_optimum
from bucket_brigade.game.heuristic_simplex import HOME_FIRST, REST
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy, Tabular
from bucket_brigade.responses import MarkovResponse, best_markov_responses, best_trait_response

__all__ = ["Facts", "Reply", "Seats"]

Seats = frozenset[int]
"""A set of volunteers."""


class Reply:
    """The best Markov policy of one seat against the others, and what it does to them."""

    def __init__(self, response: MarkovResponse, before: Floats, after: Floats) -> None:
        """Keep the response and everybody's payoffs, (N,), before and after."""
        self.response = response
        self.gain = response.gain
        """What the seat gains; exact, over all Markov policies and so over all strategies."""
        change = after - before
        self.others = float(change.sum() - change[response.seat])
        """What all others together gain when the seat plays the best policy that does the same every night."""
        self.kept = float(change[response.seat])
        """What the seat gains by that policy."""
        self.payoffs = after
        """(N,) everybody's payoffs with it."""


class Facts:
    """Exact payoffs of one scenario, N agents; all are per game, in payoff units."""

    def __init__(self, scenario: Scenario, *, backend: str | None = None, workers: int | None = None) -> None:
        """Name the scenario and who answers; nothing is computed yet."""
        self.scenario = scenario
        self.agents = scenario.num_agents
        self.backend, self.workers = backend, workers
        self.everyone: Seats = frozenset(range(self.agents))

    def expect(self, teams: Sequence[Sequence[Strategy]], town: Scenario | None = None) -> list[ExactResult]:
        """Return what games of these teams come to."""
        return list(expect_teams(town or self.scenario, teams, backend=self.backend, workers=self.workers))

    def team(self, volunteers: Iterable[int], volunteer: Strategy = HOME_FIRST) -> tuple[Strategy, ...]:
        """Return the team in which these seats volunteer and the others rest."""
        chosen = set(volunteers)
        return tuple(volunteer if seat in chosen else REST for seat in range(self.agents))

    @cached_property
    def sets(self) -> list[Seats]:
        """Every set of volunteers, the smallest first."""
        seats = range(self.agents)
        return [frozenset(s) for size in range(self.agents + 1) for s in itertools.combinations(seats, size)]

    @cached_property
    def outcomes(self) -> dict[Seats, ExactResult]:
        """What games with each set of volunteers come to."""
        return dict(zip(self.sets, self.expect([self.team(s) for s in self.sets]), strict=True))

    @cached_property
    def payoffs(self) -> dict[Seats, Floats]:
        """(N,) everybody's payoffs with each set of volunteers."""
        return {s: result.payoffs for s, result in self.outcomes.items()}

    @cached_property
    def joining(self) -> list[tuple[Seats, int]]:
        """Every set of volunteers and a seat outside it that may join."""
        return [(s, i) for s in self.sets for i in range(self.agents) if i not in s]

    def gain(self, volunteers: Seats, seat: int) -> float:
        """Return what a seat gains for itself by joining the volunteers."""
        return float(self.payoffs[volunteers | {seat}][seat] - self.payoffs[volunteers][seat])

    def welfare(self, volunteers: Seats) -> float:
        """Return the sum of all payoffs."""
        return float(self.payoffs[volunteers].sum())

    def mean_welfare(self, size: int) -> float:
        """Return the sum of all payoffs with so many volunteers, averaged over who they are."""
        return float(np.mean([self.welfare(s) for s in self.sets if len(s) == size]))

    def lost(self, volunteers: Seats) -> float:
        """Return the expected number of houses ruined when the game ends."""
        ruined = self.outcomes[volunteers].final_ruined
        return float(ruined @ np.arange(len(ruined)))

    def lost_by(self, night: int, volunteers: Seats) -> float:
        """Return the expected number of houses ruined after so many nights."""
        # The same game, cut short: what happens until then does not depend on when it would end.
        start = self.scenario.replace(min_nights=night, max_nights=night)
        ruined = self.expect([self.team(volunteers)], start)[0].final_ruined
        return float(ruined @ np.arange(len(ruined)))

    def trait_gains(self, team: Sequence[Strategy]) -> list[float]:
        """Return what each seat gains by its best other traits, the others as they are."""
        return [
            best_trait_response(
                self.scenario, list(team), seat, backend=self.backend, workers=self.workers
            ).gain
            for seat in range(self.agents)
        ]

    def replies(self, teams: Sequence[tuple[Sequence[Strategy], int]]) -> list[Reply]:
        """Return the best Markov reply of a seat of each team."""
        responses = best_markov_responses(
            self.scenario,
            [list(team) for team, _ in teams],
            [seat for _, seat in teams],
            backend=self.backend,
            workers=self.workers,
        )
        before = self.expect([team for team, _ in teams])
        after = self.expect(
            [
                (*team[:seat], response.stationary.strategy, *team[seat + 1 :])
                for (team, seat), response in zip(teams, responses, strict=True)
            ]
        )
        return [Reply(r, b.payoffs, a.payoffs) for r, b, a in zip(responses, before, after, strict=True)]

    @cached_property
    def replies_to_none(self) -> list[Reply]:
        """The best response of each seat where all others rest and it rests now."""
        return self.replies([(self.team(()), seat) for seat in range(self.agents)])

    @cached_property
    def replies_among_volunteers(self) -> list[Reply]:
        """The best response of each seat where all others volunteer and it volunteers now."""
        return self.replies([(self.team(self.everyone), seat) for seat in range(self.agents)])

    @cached_property
    def replies_beside_volunteers(self) -> list[Reply]:
        """The best response of each seat where all others volunteer and it rests now."""
        return self.replies([(self.team(self.everyone - {seat}), seat) for seat in range(self.agents)])

    @cached_property
    def optimum(self) -> float:
        """The largest sum of payoffs that any joint strategy reaches."""
        return social_optimum(self.scenario, backend=self.backend, workers=self.workers).value

    def stakes(self, volunteers: Seats) -> tuple[float, float]:
        """Return what all together gain over everybody resting: the private part, and the public part.

        Private are rewards and penalties for single houses, public what every agent gets in full; costs of
        work are neither.
        """
        town = self.scenario
        private = public = 0.0
        for s, sign in ((volunteers, 1.0), (frozenset[int](), -1.0)):
            tallies = self.outcomes[s].tallies
            for i in range(self.agents):
                public += (
                    sign
                    * float(
                        town.team_reward_house_survives * tallies["safe"][i]
                        - town.team_penalty_house_burns * tallies["ruined"][i]
                    )
                    / town.num_houses
                )
                private += sign * float(
                    town.stake("reward_own_house_survives", i) * tallies["own_saves"][i]
                    + town.stake("reward_other_house_survives", i) * tallies["other_saves"][i]
                    - town.stake("penalty_own_house_burns", i) * tallies["own_ruined"][i]
                    - town.stake("penalty_other_house_burns", i) * tallies["other_ruined"][i]
                )
        return private, public

    def ranked_team(self, apart: bool) -> list[Strategy]:
        """Return a team that works whenever it burns: each at another fire, or all at the first.

        With `apart`, of b fires in ascending order seat i takes number i modulo b.
        """
        houses = self.scenario.num_houses
        states = np.arange(3**houses)[:, None] // 3 ** np.arange(houses) % 3 == 1
        fires = states.sum(axis=1)
        first_to_last = np.argsort(~states, axis=1, kind="stable")
        team: list[Strategy] = []
        for seat in range(self.agents):
            rank = np.where(fires > 0, seat % np.maximum(fires, 1) if apart else 0, 0)
            house = first_to_last[np.arange(len(states)), rank]
            table = np.zeros((len(states), 2 * houses))
            table[np.arange(len(states)), 2 * house + (fires > 0)] = 1.0
            team.append(Tabular(table))
        return team

    def goes_to_others(self, reply: Reply) -> float:
        """Return at what share of others' houses a reply works on the first night if only that house burns."""
        seat, policy = reply.response.seat, reply.response.policy[0]
        others = [h for h in range(self.scenario.num_houses) if self.scenario.owner(h) != seat]
        return float(np.mean([policy[3**h] == 2 * h + 1 for h in others]))
