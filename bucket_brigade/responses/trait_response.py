"""The best heuristic strategy against fixed or mixing opponents, from exact payoffs.

Of its ten traits the heuristic rule reads four, and payoffs depend on two numbers only (signals are read
by nobody where payoffs are exact): the chance to work, ``work_tendency * (1 - rest_reward_bias)``, and
`own_house_priority`. Expected payoffs are smooth in both, so few of them suffice and nothing is random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from numpy.typing import ArrayLike

from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.game.heuristic_simplex import canonical_theta, effective_traits
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Strategy, Theta
from bucket_brigade.registry import Member
from bucket_brigade.responses.focal_payoff import FocalPayoff
from bucket_brigade.responses.unit_square import BatchFunction, maximise
from bucket_brigade.simulation import Team

__all__ = [
    "TraitResponse",
    "best_trait_response",
    "best_trait_response_to_mixture",
    "best_traits",
]

TOLERANCE = 1e-6
"""Of a best trait response, as a share of the spread of payoffs over all traits."""


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
    payoff: BatchFunction,
    present: float,
    *,
    tolerance: float = TOLERANCE,
    starts: Sequence[Theta] = (),
    provenance: Provenance | None = None,
) -> TraitResponse:
    """Return the θ with the largest payoff, which is any smooth function of the effective traits.

    `payoff` maps effective traits, shape (B, 2), to payoffs, shape (B,); it is called with batches, some 20
    to 50 points in all and never twice with the same. `present` is what the gain is measured against. The
    largest payoff is found to within about `tolerance` times the spread of payoffs; no payoff of the
    strategies in `starts` exceeds it. Method and errors: `bucket_brigade.responses.unit_square.maximise`.
    """
    found = maximise(payoff, tolerance=tolerance, starts=[effective_traits(theta) for theta in starts])
    return TraitResponse(
        canonical_theta(*found.point), found.value, present, found.evaluations, found.spread, provenance
    )


def best_trait_response(
    scenario: str | Scenario,
    team: Team,
    seat: int,
    *,
    tolerance: float = TOLERANCE,
    backend: str | object | None = None,
    workers: int | None = None,
) -> TraitResponse:
    """Return the best heuristic strategy for one seat of a team whose other seats stay as they are.

    The team names a strategy for every seat, this one too: the gain is over that, and is not negative if
    that is heuristic. Raises `BackendCannotRun` if a strategy looks at more than the houses or the ring
    is too large for the backend, `InvalidInput` for a seat that is not there.
    """
    payoff = FocalPayoff.of_seat(scenario, team, seat, backend=backend, workers=workers)
    return _best(payoff, [payoff.strategies[seat]], tolerance)


def best_trait_response_to_mixture(
    scenario: str | Scenario,
    strategies: Sequence[Member],
    mixtures: ArrayLike,
    *,
    seats: Sequence[int] | None = None,
    tolerance: float = TOLERANCE,
    backend: str | object | None = None,
    workers: int | None = None,
) -> TraitResponse:
    """Return the best heuristic strategy of one agent among others who draw theirs from mixtures.

    The arguments are those of `FocalPayoff`: with `seats` left out the agent sits everywhere equally often.
    The gain is over drawing from the mixture like everybody; it is not negative if all strategies are
    heuristic. The errors are those of `FocalPayoff`.
    """
    payoff = FocalPayoff(scenario, strategies, mixtures, seats=seats, backend=backend, workers=workers)
    used = [s for i, s in enumerate(payoff.strategies) if payoff.mixtures[list(payoff.seats), i].any()]
    return _best(payoff, used, tolerance)


def _best(payoff: FocalPayoff, present: Sequence[Strategy], tolerance: float) -> TraitResponse:
    starts = [strategy.theta for strategy in present if isinstance(strategy, Heuristic)]
    return best_traits(
        lambda points: payoff([Heuristic(canonical_theta(*point)) for point in points.tolist()]),
        payoff.of_mixtures(),
        tolerance=tolerance,
        starts=starts,
        provenance=payoff.answers.provenance,
    )
