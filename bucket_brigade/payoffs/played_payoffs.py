"""Payoffs of pure profiles by playing them, for strategies that look at more than the houses.

All profiles play the same games (common random numbers), dealt to blocks. A mean over blocks has a standard
error from how the blocks differ, whatever is averaged: payoffs, differences, gains over mixtures.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.game.counts import column, num_counts
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_program, number_strategies
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.exact_payoffs import OutOfTime, TooLarge
from bucket_brigade.payoffs.mixed_profile import MixedProfile, Profile
from bucket_brigade.payoffs.pool import Pool
from bucket_brigade.payoffs.source import PlayedSource

__all__ = ["BLOCKS", "PlayedPayoffs"]


BLOCKS = 61
"""Independent blocks of games: 60 degrees of freedom."""
_MOST_COUNTS = 1 << 22
"""Counts that one call of the backend may answer (32 MiB)."""


class PlayedPayoffs:
    """Mean payoffs of profiles over the same games of one seed, block by block."""

    def __init__(
        self,
        scenario: Scenario,
        pool: Pool,
        source: PlayedSource,
        *,
        first_game: int,
        games: int,
        deadline: float = math.inf,
        max_profiles: int = 200_000,
    ) -> None:
        """Keep the arguments; `games`, for each profile, is rounded up to fill every block alike."""
        self.scenario, self.pool, self.deadline = scenario, pool, deadline
        self.per_block = -(-games // BLOCKS)
        self.evaluations = 0
        """Profiles played."""
        self._source, self._most = source, max_profiles
        self._first = first_game
        self._prices = price_matrix(scenario)
        self._counts: dict[Profile, Floats] = {}

    @property
    def games(self) -> int:
        """Games of each profile."""
        return BLOCKS * self.per_block

    def require(self, profiles: Iterable[Profile]) -> None:
        """Play the profiles that were not played yet."""
        missing = [p for p in dict.fromkeys(profiles) if p not in self._counts]
        if self.evaluations + len(missing) > self._most:
            raise TooLarge(
                f"{self.evaluations + len(missing):,} profiles would have to be played; {self._most:,} are allowed"
            )
        size = num_counts(self.scenario.num_agents)
        together = max(1, _MOST_COUNTS // (BLOCKS * size))
        for begin in range(0, len(missing), together):
            self.check_time()
            part = missing[begin : begin + together]
            sums = self._play(part).reshape(len(part), BLOCKS, size)
            self._counts.update(zip(part, sums / self.per_block, strict=True))
            self.evaluations += len(part)

    def of(self, profile: Profile) -> Floats:
        """Return everybody's mean payoff, (N,), of a profile that was required."""
        return np.asarray(self.blocks(profile).mean(axis=0))

    def blocks(self, profile: Profile) -> Floats:
        """Return everybody's mean payoff in each block, (blocks, N), of a profile that was required."""
        return np.asarray(self._counts[profile] @ self._prices.T)

    def knows(self, profile: Profile) -> bool:
        """Whether a profile was played."""
        return profile in self._counts

    def expected(self, profile: MixedProfile) -> Floats:
        """Return everybody's mean payoff in a mixed profile, (N,)."""
        drawn = profile.pure_profiles
        self.require(one for one, _ in drawn)
        return np.asarray(sum(p * self.of(one) for one, p in drawn))

    def outcome(self, profile: MixedProfile) -> tuple[float, float | None]:
        """Return the mean number of nights; how many houses are ruined at the end is not counted."""
        nights = column("nights", self.scenario.num_agents)
        drawn = profile.pure_profiles
        self.require(one for one, _ in drawn)
        return sum(p * float(self._counts[one][:, nights].mean()) for one, p in drawn), None

    @property
    def provenance(self) -> Provenance:
        """Who plays, the seed and the games."""
        return self._source.provenance(self.games, self._first)

    def check_time(self) -> None:
        """Raise `OutOfTime` once the time limit is reached."""
        if time.monotonic() >= self.deadline:
            raise OutOfTime

    def lift(self) -> None:
        """Forget the limits on profiles and time, to finish what was begun."""
        self.deadline, self._most = math.inf, 2**63

    def _play(self, profiles: Sequence[Profile]) -> NDArray[np.int64]:
        strategies, rows = number_strategies(map(self.pool.team, profiles))
        first = self._first + self.per_block * np.arange(BLOCKS, dtype=np.uint64)
        request = PlayRequest(
            compile_program([self.scenario], strategies, np.repeat(np.array(rows), BLOCKS, axis=0)),
            seed=self._source.execution.seed,
            games=self.per_block,
            first_game=np.tile(first, len(profiles)),
            second_moments=False,
        )
        (counts,) = self._source.play([request])
        return counts.sums
