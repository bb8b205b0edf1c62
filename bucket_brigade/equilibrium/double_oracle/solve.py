"""Equilibria of a scenario by double oracle, and certificates (`solve_double_oracle`, `certify_profile`)."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from bucket_brigade.backends.base import Backend
from bucket_brigade.equilibrium.double_oracle.certificate import Certificate
from bucket_brigade.equilibrium.double_oracle.iteration import Callback, Progress
from bucket_brigade.equilibrium.double_oracle.listed_oracle import ListedOracle
from bucket_brigade.equilibrium.double_oracle.oracles import MarkovOracle, TraitOracle, certify_exactly
from bucket_brigade.equilibrium.double_oracle.restarts import Search
from bucket_brigade.equilibrium.double_oracle.result import DoubleOracleResult
from bucket_brigade.equilibrium.double_oracle.settings import Sampling, Settings, entries_of
from bucket_brigade.errors import InvalidInput
from bucket_brigade.execution import Execution
from bucket_brigade.game.heuristic_simplex import ANY_FIRE, HOME_FIRST, REST
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, Strategy
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.source import PlayedSource
from bucket_brigade.registry import Member
from bucket_brigade.validation import check_integer, check_number

__all__ = ["certify_profile", "default_starts", "solve_double_oracle"]


def default_starts() -> list[Member]:
    """Return the strategies that a search starts from: always rest, always work (both ways), the archetypes."""
    return [REST, HOME_FIRST, ANY_FIRE, *ARCHETYPES]


def solve_double_oracle(
    scenario: str | os.PathLike[str] | Scenario,
    *,
    concept: str = "symmetric",
    seating: str = "random",
    space: str = "traits",
    epsilon: float = 1e-6,
    starts: Sequence[Member] | None = None,
    all_starts: bool = False,
    time_limit: float | None = None,
    callback: Callback | None = None,
    backend: str | Backend | None = None,
    workers: int | None = None,
    method: str | None = None,
    execution: Execution | None = None,
    sampling: Sampling | None = None,
    max_iterations: int = 25,
    max_profiles: int = 200_000,
    markov: bool = True,
) -> DoubleOracleResult:
    """Look for an equilibrium among all strategies of a space, and certify what was found.

    Where strategies look only at the houses and the ring is small enough, payoffs are exact. Equal arguments give
    equal results, unless the time limit or the keyboard stops the search; then the best profile so far is
    returned, with what is known of it.

    Args:
        scenario: a name, a TOML file or a `Scenario`.
        concept: ``symmetric``, one mixture for all; or ``asymmetric``, each seat its own.
        seating: of the symmetric concept: ``random`` averages over who sits where, ``published`` puts the deviator
            on seat 0.
        space: ``traits``, all heuristic strategies; or ``markov``, policies that do the same every night,
            judged by deviations to all policies that may depend on the night.
        epsilon: what a deviation may gain at most in an equilibrium, payoff units.
        starts: strategies to start from, one after the other; `default_starts` if left out.
        all_starts: go on after the first certified equilibrium and return the one with the largest sum of
            payoffs, the others in `DoubleOracleResult.also`.
        time_limit: seconds.
        callback: called with an `Iteration` after every round.
        backend: a name, a `Backend`, or None for the configured one.
        workers: threads; None leaves it to the backend.
        method: ``auto``, ``exact`` or ``simulate``: by games played, `starts` and listed deviations only.
        execution: backend, workers and method at once, and an executor; arguments given beside it go before it.
        sampling: how games are played then.
        max_iterations: rounds of each start.
        max_profiles: profiles to evaluate before the certificate.
        markov: whether to certify against all Markov policies as well; always done in that space.

    Raises:
        InvalidInput: for a value that is not allowed.
        UnknownName: for a scenario, strategy or backend that nobody registered.
        BackendCannotRun: if payoffs are to be exact and cannot be.
    """
    if time_limit is not None:
        time_limit = check_number("time_limit", time_limit, above=0.0)
    deadline = math.inf if time_limit is None else time.monotonic() + time_limit
    max_iterations = check_integer("max_iterations", max_iterations, 1, 10_000)
    max_profiles = check_integer("max_profiles", max_profiles, 1, 2**53)
    settings = Settings.of(
        scenario,
        concept=concept,
        seating=seating,
        space=space,
        epsilon=epsilon,
        execution=Execution.of(execution, backend=backend, workers=workers, method=method),
        sampling=sampling,
    )
    agents = settings.scenario.num_agents
    entries = entries_of(default_starts() if starts is None else starts, agents, "starts")
    begin = [settings.pool.add(entry) for entry in entries]
    progress = Progress(callback)
    source = settings.source(entries)
    if isinstance(source, PlayedSource):
        search = _played_search(settings, source, progress, deadline, max_profiles, begin)
    else:
        search = _exact_search(settings, progress, deadline, max_profiles, markov or space == "markov")
    search.all_starts = all_starts
    return search.run(begin, max_iterations)


def certify_profile(
    scenario: str | os.PathLike[str] | Scenario,
    strategies: Sequence[Member | Sequence[Strategy]],
    mixtures: ArrayLike,
    *,
    concept: str = "symmetric",
    seating: str = "random",
    space: str = "traits",
    epsilon: float = 1e-6,
    backend: str | Backend | None = None,
    workers: int | None = None,
    method: str | None = None,
    execution: Execution | None = None,
    sampling: Sampling | None = None,
    markov: bool = True,
) -> Certificate:
    """Return how much anybody could gain by changing alone over a profile of K strategies.

    `strategies` are members, or sequences of N strategies to be played seat by seat; `mixtures` is an array of K
    probabilities if the game is symmetric, else one of shape (N, K). The other arguments and the errors are those
    of `solve_double_oracle`. Against strategies that look at more than the houses, only listed deviations are
    judged, by playing, and `Certificate.exact` is False.
    """
    settings = Settings.of(
        scenario,
        concept=concept,
        seating=seating,
        space=space,
        epsilon=epsilon,
        execution=Execution.of(execution, backend=backend, workers=workers, method=method),
        sampling=sampling,
    )
    agents = settings.scenario.num_agents
    entries = entries_of(strategies, agents, "strategies")
    places = [settings.pool.add(entry) for entry in entries]
    shape = (agents, len(entries)) if concept == "asymmetric" else (len(entries),)
    shares = np.asarray(mixtures, dtype=np.float64)
    if shares.shape != shape or not (shares >= 0.0).all() or np.abs(shares.sum(axis=-1) - 1.0).max() > 1e-9:
        raise InvalidInput(
            f"mixtures has shape {shares.shape}: it must be {shape}, probabilities that sum to 1 within 1e-9."
        )
    rows = shares if concept == "asymmetric" else np.broadcast_to(shares, (agents, len(entries)))
    profile = MixedProfile.of([places] * agents, list(rows))
    source = settings.source(entries)
    if isinstance(source, PlayedSource):
        return settings.certify_by_playing(source, profile, settings.listed(places), first_game=0)
    with_markov = markov or space == "markov"
    return certify_exactly(
        settings.concept, settings.exact(), profile, space=space, epsilon=epsilon, markov=with_markov
    )


def _exact_search(
    settings: Settings, progress: Progress, deadline: float, max_profiles: int, markov: bool
) -> Search:
    payoffs = settings.exact(deadline, max_profiles)
    traits = TraitOracle(settings.concept, payoffs, settings.tolerance)

    def certify(profile: MixedProfile) -> Certificate:
        payoffs.allow(max_profiles)
        return certify_exactly(
            settings.concept,
            payoffs,
            profile,
            space=settings.space,
            epsilon=settings.epsilon,
            markov=markov,
            surfaces=traits.surfaces,
        )

    in_traits = settings.space == "traits"
    oracle = traits if in_traits else MarkovOracle(settings.concept, payoffs, settings.tolerance)
    return Search(settings.concept, payoffs, oracle, progress, settings.space, settings.epsilon, certify)


def _played_search(
    settings: Settings,
    source: PlayedSource,
    progress: Progress,
    deadline: float,
    max_profiles: int,
    starts: Sequence[int],
) -> Search:
    payoffs = settings.playing(source, deadline, max_profiles)(0, settings.sampling.games)
    deviations = settings.listed(starts)
    oracle = ListedOracle(settings.concept, payoffs, deviations, settings.tolerance)

    def certify(profile: MixedProfile) -> Certificate:
        # Games that helped to choose the profile would flatter it.
        first_game = payoffs.games
        return settings.certify_by_playing(source, profile, deviations, first_game, deadline)

    return Search(settings.concept, payoffs, oracle, progress, settings.space, settings.epsilon, certify)
