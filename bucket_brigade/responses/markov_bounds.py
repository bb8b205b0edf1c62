"""What Markov policies can gain over a mixed profile: exact against pure opponents, bounds against mixing ones.

Against opponents who each play one strategy that looks only at the houses, backward induction gives the best
of *all* strategies. Opponents who draw their strategies before the game are another matter: what they drew is
hidden, the houses alone are no longer a Markov state, and the best policy is that of a multi-model Markov
decision process, which is hard to find (L. N. Steimle, D. L. Kaufman, B. T. Denton, "Multi-model Markov decision
processes", IISE Transactions 53 (2021)). Two bounds are cheap and hold for certain. From above:
``sum_j P_j max_pi V_j(pi)``, what a deviator gets who is told what was drawn. From below: what some policy gets
that does not know it; here policies that are best against one draw, played every night alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.exact import OptimizeRequest
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import Program
from bucket_brigade.game.strategy import Tabular
from bucket_brigade.payoffs.exact_payoffs import ExactPayoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile, Profile, seated
from bucket_brigade.responses.stationary import candidate_nights, same_every_night, values_of_tables

__all__ = ["SeatResponse", "markov_responses"]

Draw = tuple[int, Profile]
"""A seat, and what its opponents drew."""

_DRAWS_TO_PLAY, _DRAWS_TO_BOUND = 2, 1
"""How many draws of the opponents, the likeliest first, lend their best policies as candidates. Any policy gives a
bound, so one will do; among those to play a second is tried, since the best against one draw may be poor on average."""
_AT_ONCE = 16
"""Best policies in one call, so that the time limit is looked at in between; kept ones take 6 MB each."""
_NIGHTS = {True: 5, False: 3}
"""Nights whose policies are candidates: fewer against opponents who mix, where each costs a table for every draw."""


@dataclass(frozen=True, eq=False)
class SeatResponse:
    """What one seat can gain over a profile with Markov policies; payoff units."""

    seat: int
    upper: float
    """No strategy at all gains more, whatever it remembers."""
    lower: float
    """Some Markov policy gains as much; equal to `upper` if the opponents do not mix. Never negative."""
    stationary: Tabular | None
    """The best policy found that does the same every night, None if none was asked for."""
    stationary_gain: float
    """What that one gains; not positive if nothing gains."""


def markov_responses(
    payoffs: ExactPayoffs, profile: MixedProfile, seats: Sequence[int], *, stationary: bool
) -> list[SeatResponse]:
    """Return what each of these seats can gain; with `stationary`, look for policies to play as well."""
    present = payoffs.expected(profile)
    drawn = {seat: sorted(profile.opponents(seat), key=lambda draw: -draw[1]) for seat in seats}
    tried = _DRAWS_TO_PLAY if stationary else _DRAWS_TO_BOUND
    wanted = [(s, others) for s in seats if stationary or len(drawn[s]) > 1 for others, _ in drawn[s][:tried]]
    values, policies = _best(payoffs, profile, wanted, keep=True)
    asked = [(seat, others) for seat in seats for others, _ in drawn[seat] if (seat, others) not in values]
    values |= _best(payoffs, profile, asked, keep=False)[0]
    responses = []
    for seat in seats:
        exact = len(drawn[seat]) == 1
        upper = sum(chance * values[seat, others] for others, chance in drawn[seat]) - float(present[seat])
        gain, table = -np.inf, None
        mine = [policies[seat, others] for others, _ in drawn[seat][:tried] if (seat, others) in policies]
        if mine:
            nights = candidate_nights(payoffs.scenario, _NIGHTS[exact] if stationary else 1)
            tables = list(
                dict.fromkeys(
                    same_every_night(payoffs.scenario, policy[night - 1])
                    for policy in mine
                    for night in nights
                )
            )
            gains = _values(payoffs, seat, tables, drawn[seat]) - present[seat]
            gain, table = float(gains.max()), tables[int(np.argmax(gains))]
        lower = upper if exact else gain
        responses.append(SeatResponse(seat, max(0.0, upper), max(0.0, lower), table, gain))
    return responses


def _best(
    payoffs: ExactPayoffs, profile: MixedProfile, asked: Sequence[Draw], *, keep: bool
) -> tuple[dict[Draw, float], dict[Draw, NDArray[np.uint8]]]:
    """Return the value of the best policy on a seat against each draw, and the policies if they are kept."""
    prices = price_matrix(payoffs.scenario)
    values: dict[Draw, float] = {}
    policies: dict[Draw, NDArray[np.uint8]] = {}
    for begin in range(0, len(asked), _AT_ONCE):
        payoffs.check_time()
        part = asked[begin : begin + _AT_ONCE]
        program = payoffs.program([seated(seat, profile.supports[seat][0], others) for seat, others in part])
        seats = np.array([seat for seat, _ in part])
        request = OptimizeRequest(
            program, seats, prices[seats], keep_policies=keep, workers=payoffs.execution.threads
        )
        answer = payoffs.exact_backend(program).best_responses(request)
        values.update(zip(part, answer.values.tolist(), strict=True))
        policies.update(zip(part, answer.policies or (), strict=False))
    return values, policies


def _values(
    payoffs: ExactPayoffs, seat: int, tables: Sequence[Tabular], drawn: Sequence[tuple[Profile, float]]
) -> Floats:
    """Return the expected payoff of each table on `seat` against what the opponents draw, shape (tables,)."""

    def expect(program: Program) -> Floats:
        payoffs.check_time()
        counts = payoffs.expect(program).counts
        payoffs.evaluations += program.num_entries
        return counts

    # Who sits on the seat itself does not matter: it is left out again.
    teams = [(payoffs.pool.team(seated(seat, 0, others)), chance) for others, chance in drawn]
    opponents = [((*team[:seat], *team[seat + 1 :]), chance) for team, chance in teams]
    return values_of_tables(payoffs.scenario, seat, tables, opponents, expect)
