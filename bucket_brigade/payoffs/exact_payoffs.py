"""Exact payoffs of pure profiles, each evaluated once, many in one call of the backend."""

from __future__ import annotations

import math
import time
from collections.abc import Generator, Iterable, Sequence
from typing import Protocol, TypeVar

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.backends.exact import Expectation
from bucket_brigade.exact.dispatch import ResolvedExactBackend, choose_exact_backend
from bucket_brigade.execution import Execution
from bucket_brigade.game.counts import column
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import Program, compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.mixed_profile import MixedProfile, OpponentDraw, Profile
from bucket_brigade.payoffs.pool import Pool

__all__ = [
    "ExactPayoffs",
    "OutOfTime",
    "PayoffRequests",
    "Payoffs",
    "PurePayoffs",
    "TooLarge",
    "mean_payoff",
    "run_batched",
]


_MOST_AT_ONCE = 256
"""Profiles in one call: enough to keep every core busy, few enough to look at the clock now and then."""


class OutOfTime(Exception):
    """The time limit is reached."""


class TooLarge(Exception):
    """A restricted game or a certificate needs more profiles than were allowed; the message says how many."""


class PurePayoffs(Protocol):
    """What searches need: expected payoffs of pure profiles, asked for before they are read; N agents."""

    pool: Pool

    def require(self, profiles: Iterable[Profile]) -> None:
        """Evaluate what is not known yet; raises `OutOfTime` or `TooLarge` at the limits that were set."""

    def of(self, profile: Profile) -> Floats:
        """Return everybody's expected payoff, (N,), of a profile that was required."""


class Payoffs(PurePayoffs, Protocol):
    """Where expected payoffs come from, and what else is known of the games; payoff units per game."""

    scenario: Scenario
    evaluations: int
    """Profiles evaluated so far."""

    def knows(self, profile: Profile) -> bool:
        """Whether a profile was evaluated."""

    def expected(self, profile: MixedProfile) -> Floats:
        """Return everybody's expected payoff in a mixed profile, (N,)."""

    def outcome(self, profile: MixedProfile) -> tuple[float, float | None]:
        """Return the expected number of nights, and of houses ruined when the game ends if that is known."""

    def lift(self) -> None:
        """Forget the limits on profiles and time, to finish what was begun."""

    @property
    def provenance(self) -> Provenance:
        """Where the payoffs come from; at least one profile must have been evaluated."""


class ExactPayoffs:
    """Expected payoffs of profiles of entries that look only at the houses."""

    def __init__(
        self,
        scenario: Scenario,
        pool: Pool,
        *,
        execution: Execution | None = None,
        deadline: float = math.inf,
        max_profiles: int = 200_000,
    ) -> None:
        """Keep the arguments; nothing is evaluated yet."""
        self.scenario, self.pool = scenario, pool
        self.deadline = deadline
        """As of `time.monotonic`."""
        self.evaluations = 0
        """Profiles that the backend has evaluated."""
        self.execution = execution or Execution()
        self._most = max_profiles
        self._resolved: ResolvedExactBackend | None = None
        self._prices = price_matrix(scenario)
        self._counts: dict[Profile, Floats] = {}
        self._ruined: dict[Profile, float] = {}

    def require(self, profiles: Iterable[Profile]) -> None:
        """Evaluate the profiles that are not known yet."""
        missing = [p for p in dict.fromkeys(profiles) if p not in self._counts]
        if self.evaluations + len(missing) > self._most:
            raise TooLarge(
                f"{self.evaluations + len(missing):,} profiles would have to be evaluated; {self._most:,} are allowed"
            )
        for begin in range(0, len(missing), _MOST_AT_ONCE):
            self.check_time()
            part = missing[begin : begin + _MOST_AT_ONCE]
            program = self.program(part)
            expected = self.expect(program)
            lost = expected.final_ruined @ np.arange(expected.final_ruined.shape[1])
            self._counts.update(zip(part, expected.counts, strict=True))
            self._ruined.update(zip(part, lost.tolist(), strict=True))
            self.evaluations += len(part)

    def expect(self, program: Program) -> Expectation:
        """Return the expected counts of every entry of a program."""
        return self.exact_backend(program).expect(
            program, workers=self.execution.threads, execution=self.execution
        )

    def of(self, profile: Profile) -> Floats:
        """Return everybody's expected payoff, (N,), of a profile that was required."""
        return np.asarray(self._prices @ self._counts[profile])

    def knows(self, profile: Profile) -> bool:
        """Whether a profile was evaluated."""
        return profile in self._counts

    def table(self, profiles: Sequence[Profile]) -> Floats:
        """Return everybody's expected payoffs in each of these profiles, (P, N), evaluating what is new."""
        self.require(profiles)
        return np.array([self._counts[p] for p in profiles]) @ self._prices.T

    def expected(self, profile: MixedProfile) -> Floats:
        """Return everybody's expected payoff in a mixed profile, (N,)."""
        drawn = profile.pure_profiles
        return np.asarray(np.array([p for _, p in drawn]) @ self.table([one for one, _ in drawn]))

    def against(self, draws: Sequence[OpponentDraw], entries: Sequence[int]) -> Floats:
        """Return what an agent gets on average with each of B entries, (B,), evaluating what is new."""
        self.require(draw.profile(entry) for entry in entries for draw in draws)
        return np.array([mean_payoff(self, draws, entry) for entry in entries])

    def outcome(self, profile: MixedProfile) -> tuple[float, float | None]:
        """Return the expected number of nights, and of houses ruined when the game ends."""
        drawn = profile.pure_profiles
        self.require(one for one, _ in drawn)
        nights = column("nights", self.scenario.num_agents)
        return (
            sum(p * float(self._counts[one][nights]) for one, p in drawn),
            sum(p * self._ruined[one] for one, p in drawn),
        )

    def program(self, profiles: Sequence[Profile]) -> Program:
        """Compile profiles of entries, one entry of the program for each."""
        return compile_teams(self.scenario, map(self.pool.team, profiles))

    def exact_backend(self, program: Program) -> ResolvedExactBackend:
        """Return the backend that answers, or raise `BackendCannotRun`."""
        if self._resolved is None or not self._resolved.backend.can_expect(program):
            strategies = program.sources.strategies if program.sources else None
            self._resolved = choose_exact_backend(program, strategies, self.execution.backend)
        return self._resolved

    @property
    def provenance(self) -> Provenance:
        """Who answered; at least one profile must have been evaluated."""
        assert self._resolved is not None
        return self._resolved.provenance

    def check_time(self) -> None:
        """Raise `OutOfTime` once the time limit is reached."""
        if time.monotonic() >= self.deadline:
            raise OutOfTime

    def allow(self, profiles: int) -> None:
        """Allow as many profiles beyond those evaluated."""
        self._most = self.evaluations + profiles

    def lift(self) -> None:
        """Forget the limits on profiles and time, to finish what was begun."""
        self.deadline, self._most = math.inf, 2**63


T = TypeVar("T")

PayoffRequests = Generator[list[Profile], None, T]
"""A computation that yields the profiles whose payoffs it needs next, and returns its result."""


def run_batched(payoffs: PurePayoffs, computations: Sequence[PayoffRequests[T]]) -> list[T]:
    """Run computations side by side, so that what they need next is evaluated in one call."""
    results: dict[int, T] = {}
    running = dict(enumerate(computations))
    while running:
        wanted: list[Profile] = []
        for place, computation in list(running.items()):
            try:
                wanted += next(computation)
            except StopIteration as end:
                results[place] = end.value
                del running[place]
        payoffs.require(wanted)
    return [results[place] for place in range(len(computations))]


def mean_payoff(payoffs: PurePayoffs, draws: Sequence[OpponentDraw], entry: int) -> float:
    """Return what an agent gets on average with an entry, from payoffs that were required."""
    return sum(draw.weight * float(payoffs.of(draw.profile(entry))[draw.seat]) for draw in draws)
