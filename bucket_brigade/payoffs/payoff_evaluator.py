"""Payoffs of strategies, exact or by simulation: one value, a matrix, or a whole N-player game."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.backends.dispatch import Provenance, play
from bucket_brigade.errors import InvalidInput
from bucket_brigade.exact.dispatch import no_exact_answer
from bucket_brigade.execution import EXACT, SIMULATE, Execution, pinned_or_given
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.payoffs import mean_payoffs, price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Heuristic, Strategy, check_theta
from bucket_brigade.normal_form.compositions import count_compositions
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.payoffs.expected_plan import (
    Evaluated,
    choose_for_plan,
    expect_plan,
    too_many_arrangements,
)
from bucket_brigade.payoffs.payoff_table import EmpiricalGame, PayoffMatrix, PlayedProfiles
from bucket_brigade.payoffs.profile_play import Plan, Progress, all_cells, plan_cells, play_plan, price_plan
from bucket_brigade.payoffs.seating import SeatingDesign, check_seating, design_seating
from bucket_brigade.payoffs.source import PlayedSource
from bucket_brigade.registry import Member, Members, get_scenario, resolve_backend, strategies_of
from bucket_brigade.statistics.estimates import Estimate, Replication
from bucket_brigade.validation import MAX_WORD, check_integer, check_workers, under_either_name

__all__ = ["PayoffEvaluator", "run_heuristic_episode"]

_MOST_KEPT_COUNTS = 1 << 24
"""Counts kept for re-pricing (128 MiB)."""
_MOST_REPLICATE_MEANS = 1 << 27
"""Replicate means of one game (1 GiB)."""


class PayoffEvaluator:
    """Evaluates strategies against each other in one scenario: exact payoffs, or means with standard errors.

    Exact payoffs are expectations over all luck and over who sits where, with a standard error of 0. They
    are there for strategies that look only at the houses, on rings that some backend can write out, as
    long as there are no more than 16,384 different ways to seat all profiles. Elsewhere games are played. The
    same arguments then give the same numbers on every backend with the exact stream, whatever the
    number of workers, and all payoffs of one call, and of calls with equal settings, are of the same games
    (common random numbers), so that differences are much less noisy than payoffs.

    Args:
        scenario: a name, a TOML file or a `Scenario`.
        num_simulations: games per profile, if games are played. Rounded up until every seating is played
            equally often and errors have 60 degrees of freedom (see `bucket_brigade.payoffs.seating`);
            results say how many were played.
        seed: of the games, unsigned 64 bits; None means 0.
        backend: a name, a `Backend`, or None for the configured one.
        num_workers: threads; None leaves it to the backend.
        parallel: False means one thread, whatever `num_workers` says.
        seating: ``random`` averages over who sits where, since seats own different numbers of houses;
            ``published`` puts the focal agent on seat 0 and the opponents on the others.
        method: ``exact`` or ``simulate``; ``auto`` is exact wherever that is possible. Results say which was
            used, and if games were played for lack of exact payoffs, why. A backend that was asked for by
            name is never replaced by another; one that ``auto`` chose may be, by another with the exact
            stream that has exact payoffs.
        execution: all of these at once, and an executor; arguments that are given beside it go before it.
        num_simulations: another name of `games`.
        num_workers: another name of `workers`.

    Raises:
        InvalidInput: for a value that is not allowed.
        UnknownName: for a scenario or a backend that nobody registered.
        BackendUnavailable: for a backend that is not ready here.
        BackendCannotRun: from an evaluation, if ``exact`` was asked for and is not to be had.
    """

    pinned_backend: ClassVar[str | None] = None
    """The only backend this class plays on, if any."""

    def __init__(
        self,
        scenario: str | os.PathLike[str] | Scenario,
        games: int | None = None,
        seed: int | None = None,
        backend: str | Backend | None = None,
        workers: int | None = None,
        parallel: bool = True,
        seating: str = "random",
        method: str | None = None,
        *,
        execution: Execution | None = None,
        num_simulations: int | None = None,
        num_workers: int | None = None,
    ) -> None:
        """Check the arguments and choose the backend; nothing is played yet."""
        self.scenario = get_scenario(scenario)
        games = under_either_name("games", games, "num_simulations", num_simulations)
        self.games = check_integer("games", 1000 if games is None else games, 1, 2**53)
        workers = check_workers(under_either_name("workers", workers, "num_workers", num_workers))
        self.seating = check_seating(seating)
        chosen = pinned_or_given(type(self), self.pinned_backend, backend, instead="PayoffEvaluator")
        self.execution = Execution.of(
            execution,
            seed=seed,
            backend=chosen,
            workers=workers if parallel else 1,
            method=method,
        )
        self._resolved = self.execution.resolve(games=self.games)
        if self.pinned_backend is not None:
            self._resolved = replace(self._resolved, source=type(self).__name__)

    @property
    def seed(self) -> int:
        """Of the games."""
        return self.execution.seed

    @property
    def method(self) -> str:
        """What was asked for: `auto`, `exact` or `simulate`."""
        return self.execution.method

    @property
    def num_workers(self) -> int | None:
        """Threads of the backend; None leaves it to the configuration or the backend."""
        return self.execution.workers

    @property
    def backend(self) -> Backend:
        """The backend that plays; exact payoffs may come from another, see `method`."""
        return self._resolved.backend

    @property
    def provenance(self) -> Provenance:
        """If games are played: who plays, why that one, the seed and the real number of games per profile."""
        design = self._design(0)
        return Provenance.of(self._resolved, seed=self.seed, games=design.games)

    def evaluate_symmetric_payoff(
        self, theta_focal: Member, theta_opponents: Member, *, first_game: int = 0
    ) -> Estimate:
        """Return the payoff of one agent among N-1 opponents who all play the same strategy.

        A strategy is ten traits (heuristic) or anything `bucket_brigade.registry.get_strategy` takes. If
        games are played, they start at number `first_game`.
        """
        both = _listed([theta_focal, theta_opponents])
        same = both.strategies[0] == both.strategies[1]
        chosen = _Listed(both.labels[:1], both.strategies[:1]) if same else both
        opponents = np.zeros((1, len(chosen.labels)), dtype=np.intp)
        opponents[0, -1] = self.scenario.num_agents - 1
        plan = plan_cells(self.seating, np.zeros(1, dtype=np.intp), opponents)
        found = self._evaluate(plan, chosen, first_game, None)
        error = float(found.replication.standard_errors(found.replicate_means)[0])
        return Estimate(float(found.payoffs[0]), error, found.replication.degrees_of_freedom)

    def evaluate_payoff_matrix(
        self, strategies: Members, *, first_game: int = 0, progress: Progress | None = None
    ) -> PayoffMatrix:
        """Return the payoff of each strategy among N-1 opponents who all play each strategy, K x K.

        All K*K payoffs come from one call of the backend, or a few if `progress` is given; it is called
        with (games played, games in all), or (expectations done, expectations in all).
        """
        chosen = _listed(strategies)
        size, others = len(chosen.labels), self.scenario.num_agents - 1
        focal = np.repeat(np.arange(size), size)
        opponents = np.tile(others * np.eye(size, dtype=np.intp), (size, 1))
        found = self._evaluate(plan_cells(self.seating, focal, opponents), chosen, first_game, progress)
        payoffs = found.payoffs.reshape(size, size)
        return PayoffMatrix(**self._table(chosen, found, size), payoffs=payoffs)

    def evaluate_symmetric_game(
        self, strategies: Members, *, first_game: int = 0, progress: Progress | None = None
    ) -> EmpiricalGame:
        """Return the payoff of each strategy against every composition of opponents: the N-player game.

        With random seating C(N+K-1, K-1) profiles are evaluated, with published seating K times C(N+K-2, K-1);
        exactly, each in all its K**N different seatings together. `progress` as for the matrix. Raises
        `InvalidInput` if replicate means of simulated payoffs would take more than 1 GiB.
        """
        chosen = _listed(strategies)
        size, agents = len(chosen.labels), self.scenario.num_agents
        columns = count_compositions(agents - 1, size)
        too_many = too_many_arrangements(size**agents)
        if too_many is not None and self.method == EXACT:
            raise no_exact_answer(too_many)
        if too_many is not None or self.method == SIMULATE:
            # Before anything of that size is made. What may be exact is small enough to simulate.
            design = self._design(first_game)
            if design.strata * design.replicates * size * columns > _MOST_REPLICATE_MEANS:
                raise InvalidInput(
                    f"The game of {size} strategies among {agents} agents has {size * columns:,} payoffs, too many "
                    "to hold with their errors (1 GiB): leave out some strategies."
                )
        plan = plan_cells(self.seating, *all_cells(size, agents))
        found = self._evaluate(plan, chosen, first_game, progress)
        game = SymmetricGame(agents, found.payoffs.reshape(size, columns))
        return EmpiricalGame(**self._table(chosen, found, columns), game=game)

    def _table(self, chosen: _Listed, found: Evaluated, columns: int) -> dict[str, Any]:
        """Return what payoffs of K strategies, C columns each, are said with."""
        return {
            "scenario": self.scenario,
            "labels": chosen.labels,
            "seating": self.seating,
            "replicate_means": found.replicate_means.reshape(-1, len(chosen.labels), columns),
            "replication": found.replication,
            "provenance": found.provenance,
            "played": found.played,
            "method": found.method,
            "fallback_reason": found.fallback_reason,
        }

    def _evaluate(self, plan: Plan, chosen: _Listed, first_game: int, progress: Progress | None) -> Evaluated:
        """Return the payoffs of a plan's cells, from where they are to come from."""
        design = self._design(first_game)
        source = choose_for_plan(
            plan,
            self.seating,
            self.scenario,
            chosen.strategies,
            chosen.labels,
            self.execution,
            self._resolved,
        )
        if not isinstance(source, PlayedSource):
            return expect_plan(plan, self.seating, self.scenario, *source, progress)
        means, played = self._play(plan, design, source, first_game, progress)
        return Evaluated(
            payoffs=means.mean(axis=0),
            replicate_means=means,
            replication=Replication(design.strata, design.replicates),
            provenance=source.provenance(design.games, first_game),
            played=played,
            method=SIMULATE,
            fallback_reason=source.fallback_reason,
        )

    def _play(
        self,
        plan: Plan,
        design: SeatingDesign,
        source: PlayedSource,
        first_game: int,
        progress: Progress | None,
    ) -> tuple[Floats, PlayedProfiles]:
        played = play_plan(plan, design, self.scenario, source, first_game=first_game, progress=progress)
        size = len(plan.slots) * design.num_blocks * num_counts(self.scenario.num_agents)
        kept: list[NDArray[np.int64]] = []
        if size <= _MOST_KEPT_COUNTS:
            played = _keeping(played, kept)
        means = price_plan(plan, design, self.scenario, played)
        return means, PlayedProfiles(plan, design, np.concatenate(kept) if kept else None)

    def _design(self, first_game: int) -> SeatingDesign:
        agents = self.scenario.num_agents
        design = design_seating(self.seating, agents, self.games, self.seed, first_game)
        check_integer("first_game", first_game, 0, MAX_WORD - design.games)
        return design


def run_heuristic_episode(
    scenario: str | os.PathLike[str] | Scenario,
    theta_focal: Sequence[float] | NDArray[np.floating],
    theta_opponents: Sequence[float] | NDArray[np.floating],
    seed: int,
) -> float:
    """Return the payoff of the agent on seat 0 in game 0 of `seed`, everybody heuristic.

    `theta_focal` are the ten traits of seat 0, `theta_opponents` those of all other seats. Raises as
    `PayoffEvaluator` does.
    """
    town = get_scenario(scenario)
    strategies = [
        Heuristic(check_theta(theta_focal, asked="theta_focal")),
        Heuristic(check_theta(theta_opponents, asked="theta_opponents")),
    ]
    program = compile_program([town], strategies, [[0] + [1] * (town.num_agents - 1)])
    request = PlayRequest(program, seed=seed, games=1, second_moments=False)
    counts = play(resolve_backend(None), request)
    return float(mean_payoffs(counts.sums[0], 1, price_matrix(town))[0])


def _keeping(
    played: Iterator[tuple[slice, NDArray[np.int64]]], kept: list[NDArray[np.int64]]
) -> Iterator[tuple[slice, NDArray[np.int64]]]:
    for here, sums in played:
        kept.append(sums)
        yield here, sums


class _Listed(NamedTuple):
    """A list of strategies that have payoffs, each under a name of its own."""

    labels: tuple[str, ...]
    strategies: tuple[Strategy, ...]


def _listed(members: Members) -> _Listed:
    """Return what a user listed, or raise `InvalidInput`."""
    names, strategies = strategies_of(members)
    if not strategies:
        raise InvalidInput("strategies is empty: name at least one strategy.")
    for name, strategy in zip(names, strategies, strict=True):
        if isinstance(strategy, External):
            raise InvalidInput(f"Strategy {name!r} is played from outside, night by night: it has no payoff.")
    labels: list[str] = []
    for name in names:
        # Equal names are numbered: hero, hero#2.
        others = (f"{name}#{number}" for number in itertools.count(2))
        labels.append(name if name not in labels else next(one for one in others if one not in labels))
    return _Listed(tuple(labels), strategies)
