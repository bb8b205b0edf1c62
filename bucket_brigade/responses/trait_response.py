"""The best heuristic strategy against fixed or mixing opponents, from exact payoffs.

A thin face of `trait_search`: whatever the opponents draw, one agent's mean payoff is a polynomial in its point
of the triangle of heuristic strategies (`bucket_brigade.game.heuristic_simplex`), and one fit serves for all draws.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.heuristic_simplex import CORNERS, canonical_theta, traits_of
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Theta
from bucket_brigade.payoffs.exact_payoffs import run_batched
from bucket_brigade.payoffs.mixed_profile import OpponentDraw, Profile
from bucket_brigade.payoffs.mixing_opponents import mixing_opponents
from bucket_brigade.payoffs.pool import Pool
from bucket_brigade.registry import Member, get_scenario
from bucket_brigade.responses.trait_search import ROUNDING, Surfaces, best_trait_deviation
from bucket_brigade.simulation import Team, team_of
from bucket_brigade.validation import check_number

__all__ = ["TraitResponse", "best_trait_response", "best_trait_response_to_mixture", "best_traits"]

TOLERANCE = 1e-6
"""Of a best trait response, as a share of the spread of payoffs between the corners of the triangle."""


@dataclass(frozen=True)
class TraitResponse:
    """The best heuristic strategy; payoffs are exact expectations per game, in payoff units."""

    theta: Theta
    """Canonical traits; see `canonical_theta`."""
    value: float
    """The payoff with it."""
    present: float
    """The payoff without the change."""
    evaluations: int
    """Different strategies evaluated on the way."""
    spread: float
    """The largest minus the smallest payoff seen."""
    provenance: Provenance | None = None

    @property
    def strategy(self) -> Heuristic:
        """The strategy, ready to play."""
        return Heuristic(self.theta)

    @property
    def gain(self) -> float:
        """What changing to it gains."""
        return self.value - self.present


def best_traits(
    payoff: Callable[[Floats], Floats],
    present: float,
    *,
    tolerance: float = TOLERANCE,
    starts: Sequence[Theta] = (),
    provenance: Provenance | None = None,
) -> TraitResponse:
    """Return the θ with the largest payoff, which is any smooth function on the triangle of heuristic strategies.

    `payoff` maps effective traits (w, e), shape (B, 2), to payoffs, shape (B,); it is called with batches of points,
    rounded as engines round them, some 6 to 50 in all and never twice with the same. `present` is what the gain is
    measured against. The largest payoff is found to within about `tolerance` times the spread of the three
    corners' payoffs; no payoff of the strategies in `starts` exceeds it. What polynomials of degree 12 cannot
    follow, such as a narrow spike, is not found. Raises `InvalidInput` for a tolerance that is not positive, or
    payoffs that are not B finite numbers.
    """
    check_number("tolerance", tolerance, above=0.0)
    game = _OneAgent(payoff)
    known = [game.pool.add_traits(traits_of(one)) for one in (*CORNERS.values(), *map(Heuristic, starts))]
    game.require((entry,) for entry in known)
    values = np.array([game.values[entry,] for entry in known[: len(CORNERS)]])
    # Below the error that rounding leaves in every fit no search would end.
    absolute = max(tolerance * float(np.ptp(values)), 4.0 * ROUNDING * float(np.abs(values).max()))
    alone, fits = [OpponentDraw(1.0, 0, ())], Surfaces(game)
    search = best_trait_deviation(
        fits, alone, present, known, tolerance=absolute, relative_gap=0.0, early=False
    )
    (found,) = run_batched(game, [search])
    theta = canonical_theta(*game.pool.heuristic_traits(found.entry))
    seen = game.values.values()
    value, spread = game.values[found.entry,], max(seen) - min(seen)
    return TraitResponse(theta, value, present, len(seen), spread, provenance)


def best_trait_response(
    scenario: str | Scenario,
    team: Team,
    seat: int,
    *,
    tolerance: float = TOLERANCE,
    backend: str | Backend | None = None,
    workers: int | None = None,
) -> TraitResponse:
    """Return the best heuristic strategy for one seat of a team whose other seats stay as they are.

    The team names a strategy for every seat, this one too: the gain is over that, and is not negative if
    that is heuristic. Raises `BackendCannotRun` if a strategy looks at more than the houses or the ring
    is too large for the backend, `InvalidInput` for a seat that is not there.
    """
    town = get_scenario(scenario)
    members, pure = team_of(town, team), np.eye(town.num_agents)
    return best_trait_response_to_mixture(
        town, members, pure, seats=[seat], tolerance=tolerance, backend=backend, workers=workers
    )


def best_trait_response_to_mixture(
    scenario: str | Scenario,
    strategies: Sequence[Member],
    mixtures: ArrayLike,
    *,
    seats: Sequence[int] | None = None,
    tolerance: float = TOLERANCE,
    backend: str | Backend | None = None,
    workers: int | None = None,
) -> TraitResponse:
    """Return the best heuristic strategy of one agent among others who draw theirs from mixtures.

    The arguments and the errors are those of `bucket_brigade.payoffs.payoffs_against`: with `seats` left out the
    agent sits everywhere equally often. The gain is over drawing from the mixture like everybody; it is not negative
    if all strategies are heuristic.
    """
    payoffs, profile, where = mixing_opponents(
        scenario, strategies, mixtures, seats=seats, backend=backend, workers=workers
    )
    draws, pool = profile.draws_against(where), payoffs.pool
    present = float(payoffs.expected(profile)[list(where)].mean())
    used = dict.fromkeys(s for seat in where for i in profile.supports[seat] for s in pool.entries[i].seats)
    return best_traits(
        lambda points: payoffs.against(draws, [pool.add_traits((w, e)) for w, e in points.tolist()]),
        present,
        tolerance=tolerance,
        starts=[strategy.theta for strategy in used if isinstance(strategy, Heuristic)],
        provenance=payoffs.provenance,
    )


class _OneAgent:
    """A function of effective traits as the payoffs of a game of one agent, each evaluated once."""

    def __init__(self, payoff: Callable[[Floats], Floats]) -> None:
        self.pool, self.values = Pool(1), dict[Profile, float]()
        self._payoff = payoff

    def require(self, profiles: Iterable[Profile]) -> None:
        """Evaluate what is not known yet, in one call."""
        new = [p for p in dict.fromkeys(profiles) if p not in self.values]
        if new:
            values = np.asarray(
                self._payoff(np.array([self.pool.traits(i) for (i,) in new])), dtype=np.float64
            )
            if values.shape != (len(new),) or not np.isfinite(values).all():
                raise InvalidInput(f"The function must give {len(new)} finite values for {len(new)} points.")
            self.values.update(zip(new, values.tolist(), strict=True))

    def of(self, profile: Profile) -> Floats:
        """Return the payoff, (1,), of a profile that was required."""
        return np.array([self.values[profile]])
