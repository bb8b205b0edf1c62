"""Integer counts to payoffs: the other edge where floats live (rules.md, section 7).

A payoff is linear in the counts, so one matrix of prices turns expected counts into expected payoffs,
second moments of counts into standard errors and covariances, and the same counts can be priced again
under any rewards without playing again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.game.counts import TALLIES, tallies_of
from bucket_brigade.game.scenario import Scenario

__all__ = [
    "REWARD_FIELDS",
    "covariance_of_counts",
    "covariance_of_mean",
    "mean_payoffs",
    "price_matrix",
    "reprice",
]

REWARD_FIELDS = (
    "cost_to_work_one_night",
    "reward_rest",
    "distance_cost",
    "team_reward_house_survives",
    "team_penalty_house_burns",
    "reward_own_house_survives",
    "reward_other_house_survives",
    "penalty_own_house_burns",
    "penalty_other_house_burns",
)
"""The fields that price a game and do not change how it is played."""


def price_matrix(scenario: Scenario) -> NDArray[np.float64]:
    """Return the prices of the counts, float64 of shape (N, D), in payoff units per count.

    ``price_matrix(scenario) @ counts`` is the payoff of every agent in one game; the formula is that of
    rules.md, section 7.
    """
    s = scenario
    prices = np.zeros((s.num_agents, len(TALLIES)))
    for agent, row in enumerate(prices):
        price = {
            "rested": s.reward_rest,
            "worked": -s.cost_to_work_one_night,
            "distance": -s.distance_cost,
            "safe": s.team_reward_house_survives / s.num_houses,
            "ruined": -s.team_penalty_house_burns / s.num_houses,
            "own_saves": s.stake("reward_own_house_survives", agent),
            "other_saves": s.stake("reward_other_house_survives", agent),
            "own_ruined": -s.stake("penalty_own_house_burns", agent),
            "other_ruined": -s.stake("penalty_other_house_burns", agent),
        }
        row[:] = [price.get(tally, 0.0) for tally in TALLIES]
    return np.asarray(np.einsum("nt,ntd->nd", prices, tallies_of(s.num_agents)))


def mean_payoffs(sums: NDArray[np.int64], games: int, prices: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return payoffs per game, shape (…, N), from counts summed over `games` games, shape (…, D)."""
    return np.asarray(np.einsum("nd,...d->...n", prices, sums / games))


def covariance_of_mean(
    sums: NDArray[np.int64], products: NDArray[np.int64], games: int, prices: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the covariance of the agents' mean payoffs, shape (…, N, N), in squared payoff units.

    `sums` (…, D) and `products` (…, D, D) are those of a `Counts`. The sample covariance of the counts
    over `games` games (divisor ``games - 1``) is divided by `games`; with one game it is NaN. Standard
    errors are the square roots of the diagonal.
    """
    covariance = covariance_of_counts(sums, products, games)
    return np.asarray(np.einsum("id,...de,je->...ij", prices, covariance, prices, optimize=True))


def covariance_of_counts(
    sums: NDArray[np.int64], products: NDArray[np.int64], games: int
) -> NDArray[np.float64]:
    """Return the covariance of the mean counts, shape (…, D, D); the arguments are those of `covariance_of_mean`."""
    if games < 2:
        return np.full(products.shape, np.nan)
    # Centred on the nearest integers, in integers modulo 2**64: nothing cancels, and products that
    # wrapped around come out right, since the centred sums are small.
    centre = np.rint(sums / games).astype(np.int64)
    outer = centre[..., :, None] * sums[..., None, :]
    centred = products - outer - np.swapaxes(outer, -1, -2)
    centred = centred + games * (centre[..., :, None] * centre[..., None, :])
    rest = (sums - games * centre) / games
    return np.asarray((centred / games - rest[..., :, None] * rest[..., None, :]) / (games - 1))


def reprice(scenario: Scenario, rewards: dict[str, object]) -> Scenario:
    """Return the scenario under other rewards.

    Raises `InvalidInput` for a field that is not a reward: games played under another one would be
    other games, so their counts cannot be re-used.
    """
    for name in rewards:
        if name not in REWARD_FIELDS:
            raise InvalidInput(
                explain(
                    f"Cannot re-price {scenario.name!r} with {name!r}.{did_you_mean(name, REWARD_FIELDS)}",
                    why="Only rewards can change without playing again.",
                    exists="Rewards: " + ", ".join(REWARD_FIELDS) + ".",
                )
            )
    return scenario.replace(**rewards)
