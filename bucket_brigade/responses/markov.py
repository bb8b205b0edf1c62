"""The best that any strategy can do against fixed opponents, by backward induction (`MarkovResponse`).

Opponents that look only at the houses ignore signals, past actions and where others stand. For the one
who faces them the houses and the night are then all there is to know: a finite Markov decision process,
in which some policy that looks at nothing else is best among *all* strategies, however much they remember
or say (M. L. Puterman, "Markov Decision Processes", 1994, theorem 4.4.2). Against social or scripted
opponents this does not hold, and against opponents who mix it bounds: see ``docs/explanation/exact.md``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.backends.exact import OptimizeRequest
from bucket_brigade.config import resolve_workers
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact.dispatch import ResolvedExactBackend, choose_exact_backend
from bucket_brigade.exact.methods import as_tables
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy, Tabular
from bucket_brigade.registry import get_scenario
from bucket_brigade.responses.stationary import candidate_nights, same_every_night, values_of_tables
from bucket_brigade.simulation import Team, team_of
from bucket_brigade.validation import check_integer

__all__ = ["MarkovResponse", "StationaryResponse", "best_markov_response", "best_markov_responses"]

_REFINEMENTS = 2


@dataclass(frozen=True, eq=False)
class StationaryResponse:
    """The best strategy that was found among those that do the same every night; a lower bound."""

    strategy: Tabular
    """One action for each state of the houses; every engine can play it."""
    value: float
    """The seat's exact expected payoff with it, in payoff units."""
    gain: float
    """Over what the seat has now; negative if what it has now, which may randomise, is better."""
    night: int
    """It is what the best policy does on this night."""
    tried: int
    """How many policies were evaluated."""


@dataclass(frozen=True, eq=False)
class MarkovResponse:
    """The best policy of one seat of a team whose other seats stay as they are.

    H houses. Values are expected payoffs of the seat per game, in payoff units, and exact.
    """

    scenario: Scenario
    team: tuple[Strategy, ...]
    seat: int
    value: float
    """What no strategy of this seat can exceed."""
    present: float
    """What the seat has with the strategy it plays in `team`."""
    kept: NDArray[np.uint8] | None = field(repr=False)
    provenance: Provenance
    backend: ResolvedExactBackend = field(repr=False)
    workers: int | None = field(default=None, repr=False)

    @property
    def gain(self) -> float:
        """What the seat could gain by changing: `value` over `present`, 0 up to rounding if nothing."""
        return self.value - self.present

    @property
    def policy(self) -> NDArray[np.uint8]:
        """(max_nights, 3**H) the action (house * 2 + mode) in each state of the houses on night 1, 2, ….

        States are numbered as in a tabular strategy. Among actions that are equally good the lowest is
        taken; where only rounding tells them apart, backends may choose differently. What it says of states in
        which a game is over means nothing. Raises `InvalidInput` if the policy was not kept.
        """
        if self.kept is None:
            raise InvalidInput("The policy was not kept: ask for it with keep_policies=True.")
        return self.kept

    def tabular(self, night: int) -> Tabular:
        """Return the strategy that does every night what the policy does on this one, from 1.

        Raises `InvalidInput` for a night outside 1 … max_nights.
        """
        check_integer("night", night, 1, self.scenario.max_nights)
        return same_every_night(self.scenario, self.policy[night - 1])

    @cached_property
    def stationary(self) -> StationaryResponse:
        """The best of several nights' policies, each played every night and evaluated exactly.

        The rules of the end are what makes the best policy change from night to night: before `min_nights`
        no game ends, and near the night limit nothing lasts. Tried are the policies of the first night, of
        some nights before, at and after `min_nights`, and of one halfway to the limit; then, twice, those
        of the nights halfway between the best so far and its neighbours. On rings so small that every change
        of one state's action can be tried, none improves the result by more than a thousandth of its value.
        """
        values: dict[int, float] = {}
        same: dict[bytes, int] = {}
        for _ in range(1 + _REFINEMENTS):
            fresh = [
                n for n in self._candidates(values) if same.setdefault(self.policy[n - 1].tobytes(), n) == n
            ]
            values.update(zip(fresh, self._values_of(fresh), strict=True))
        night = max(values, key=lambda n: (values[n], -n))
        return StationaryResponse(
            self.tabular(night), values[night], values[night] - self.present, night, len(values)
        )

    def _candidates(self, values: dict[int, float]) -> list[int]:
        """Return the nights to try next, ascending, given the values of those that were tried."""
        if not values:
            return candidate_nights(self.scenario)
        nights = sorted(values)
        place = nights.index(max(values, key=lambda n: (values[n], -n)))
        around = nights[max(place - 1, 0) : place + 2]
        return [(a + b) // 2 for a, b in pairwise(around) if b - a > 1]

    def _values_of(self, nights: list[int]) -> list[float]:
        """Return the seat's exact payoff with the policy of each of these nights."""
        others = (*self.team[: self.seat], *self.team[self.seat + 1 :])
        values: list[float] = values_of_tables(
            self.scenario,
            self.seat,
            [self.tabular(night) for night in nights],
            [(others, 1.0)],
            lambda program: self.backend.expect(program, workers=self.workers).counts,
        ).tolist()
        return values


def best_markov_response(
    scenario: str | Scenario,
    team: Team,
    seat: int,
    *,
    backend: str | object | None = None,
    workers: int | None = None,
) -> MarkovResponse:
    """Return the best that the agent on `seat` can do while the others stay as they are.

    The team names a strategy for every seat, this one too: the gain is over that. Raises
    `BackendCannotRun` if a strategy of the team looks at more than the houses or the ring is too large for
    the backend, `InvalidInput` for a seat that is not there, and what `simulate` raises.
    """
    return best_markov_responses(scenario, [team], [seat], backend=backend, workers=workers)[0]


def best_markov_responses(
    scenario: str | Scenario,
    teams: Sequence[Team],
    seats: Sequence[int],
    *,
    keep_policies: bool = True,
    backend: str | object | None = None,
    workers: int | None = None,
) -> tuple[MarkovResponse, ...]:
    """Return the best response on ``seats[e]`` of ``teams[e]`` for each e, in one call of the backend.

    A policy of ten houses takes 6 MB; `keep_policies=False` leaves them out where values are all that is
    wanted. The other arguments and the errors are those of `best_markov_response`.
    """
    town = get_scenario(scenario)
    members = [tuple(as_tables(team_of(town, team))) for team in teams]
    if len(seats) != len(members):
        raise InvalidInput(
            f"seats has {len(seats)} numbers: it must have one for each of {len(members)} teams."
        )
    which = [check_integer("seat", seat, 0, town.num_agents - 1) for seat in seats]
    program = compile_teams(town, members)
    exact_backend = choose_exact_backend(program, [s for team in members for s in team], backend)
    workers = resolve_workers(workers)
    prices = price_matrix(town)[which]
    request = OptimizeRequest(program, which, prices, keep_policies=keep_policies, workers=workers)
    best = exact_backend.best_responses(request)
    present = np.einsum("ed,ed->e", exact_backend.expect(program, workers=workers).counts, prices)
    return tuple(
        MarkovResponse(
            scenario=town,
            team=members[e],
            seat=seat,
            value=float(best.values[e]),
            present=float(present[e]),
            kept=best.policies[e] if keep_policies and best.policies is not None else None,
            provenance=exact_backend.provenance,
            backend=exact_backend,
            workers=workers,
        )
        for e, seat in enumerate(which)
    )
