"""Play games and read the answer: the shortest way from a scenario and a team to payoffs.

`simulate` plays many games of one team and gives payoffs with their errors; `replay` plays one game and
keeps every night of it. Both say which backend played and why that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, PlayRequest, merge_counts
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend, play
from bucket_brigade.backends.seated import seat_agents
from bucket_brigade.errors import AgentError, InvalidInput
from bucket_brigade.execution import Execution
from bucket_brigade.game.counts import TALLIES, column, tallies_of
from bucket_brigade.game.payoffs import covariance_of_mean, mean_payoffs, price_matrix, reprice
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Heuristic, Scripted, Social, Strategy, Tabular, Tabulated
from bucket_brigade.registry import Members, get_scenario, resolve_backend, strategies_of

__all__ = ["Replay", "SimulationResult", "Team", "compile_team", "replay", "simulate"]

PARTS, SMALLEST_PART = 50, 2_000
"""How progress is cut: about fifty reports, and none for fewer games than a backend plays at once."""

Team = Members
"""A strategy for every seat: ``"hero,free_rider,social:liar,firefighter"`` or a sequence of members."""


@dataclass(frozen=True, eq=False)
class SimulationResult:
    """Result of `games` games of one team, N agents; payoffs are per game, in payoff units."""

    scenario: Scenario
    counts: Counts
    provenance: Provenance

    @property
    def games(self) -> int:
        """How many games were played."""
        return self.counts.games

    @property
    def payoffs(self) -> NDArray[np.float64]:
        """(N,) mean payoff of each seat."""
        return mean_payoffs(self.counts.sums[0], self.games, price_matrix(self.scenario))

    @property
    def covariance(self) -> NDArray[np.float64]:
        """(N, N) covariance of the mean payoffs; NaN for a single game."""
        assert self.counts.products is not None
        prices = price_matrix(self.scenario)
        return covariance_of_mean(self.counts.sums[0], self.counts.products[0], self.games, prices)

    @property
    def standard_errors(self) -> NDArray[np.float64]:
        """(N,) standard error of each mean payoff; NaN for a single game."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    @property
    def tallies(self) -> dict[str, NDArray[np.float64]]:
        """Mean of each tally of rules.md, section 7, per game; each of shape (N,)."""
        means = tallies_of(self.scenario.num_agents) @ self.counts.sums[0] / self.games
        return {name: means[:, i] for i, name in enumerate(TALLIES)}

    @property
    def nights(self) -> float:
        """Mean number of nights of a game."""
        return float(self.counts.sums[0, column("nights", self.scenario.num_agents)] / self.games)

    @property
    def game_payoffs(self) -> NDArray[np.float64]:
        """(G, N) payoffs of every game; needs ``keep_games=True``, else `InvalidInput`."""
        if self.counts.per_game is None:
            raise InvalidInput("The counts of single games were not kept: simulate with keep_games=True.")
        return np.asarray(self.counts.per_game[0] @ price_matrix(self.scenario).T)

    def reprice(self, **rewards: object) -> SimulationResult:
        """Return what the same games are worth under other rewards, without playing again.

        Raises `InvalidInput` for a field that is not a reward.
        """
        return replace(self, scenario=reprice(self.scenario, rewards))


@dataclass(frozen=True, eq=False)
class Replay:
    """One game, night by night: n nights, H houses, N agents."""

    scenario: Scenario
    team: tuple[Strategy, ...]
    seed: int
    game: int
    houses: NDArray[np.uint8]
    """(n+1, H) the houses at the start and after each night: 0 safe, 1 burning, 2 ruined."""
    actions: NDArray[np.uint8]
    """(n, N, 3) house, mode (1 works) and signal of every agent each night."""
    counts_by_night: NDArray[np.int64]
    """(n+1, D) counts up to each night, as in `bucket_brigade.game.counts`; zeros at the start."""
    provenance: Provenance

    @property
    def counts(self) -> NDArray[np.int64]:
        """(D,) counts of the whole game."""
        return np.asarray(self.counts_by_night[-1])

    @property
    def terminated(self) -> bool:
        """True if the rules ended the game, False if the night limit did."""
        return bool(self.counts[-1])

    @property
    def tallies(self) -> list[dict[str, int]]:
        """The tallies of each agent, as in rules.md, section 7."""
        values = tallies_of(self.scenario.num_agents) @ self.counts
        return [dict(zip(TALLIES, map(int, row), strict=True)) for row in values]

    @property
    def payoffs(self) -> NDArray[np.float64]:
        """(N,) payoff of each agent."""
        return np.asarray(price_matrix(self.scenario) @ self.counts)

    @property
    def payoffs_by_night(self) -> NDArray[np.float64]:
        """(n+1, N) payoff of each agent up to each night."""
        return np.asarray(self.counts_by_night @ price_matrix(self.scenario).T)

    def to_json(self) -> dict[str, Any]:
        """Return plain data with the keys of a golden game, and the provenance."""
        return {
            "scenario": self.scenario.name,
            "seats": [_seat_json(strategy) for strategy in self.team],
            "seed": self.seed,
            "game": self.game,
            "terminated": self.terminated,
            "tallies": self.tallies,
            "payoffs": self.payoffs.tolist(),
            "houses": self.houses.tolist(),
            "actions": self.actions.tolist(),
            "backend": self.provenance.backend,
            "provenance": self.provenance.to_json(),
        }


def simulate(
    scenario: str | Scenario,
    team: Team,
    *,
    games: int = 1000,
    seed: int | None = None,
    first_game: int = 0,
    backend: str | object | None = None,
    workers: int | None = None,
    execution: Execution | None = None,
    keep_games: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> SimulationResult:
    """Play games ``first_game … first_game + games - 1`` of `seed` and return payoffs and their errors.

    `scenario` is a name, a TOML file or a `Scenario`; `team` names a strategy for every seat; `backend`
    is a name, a `Backend` or None for the configured one. Equal arguments give equal results on every
    backend with the exact stream, whatever `workers` is. `execution` stands for seed, backend, workers and an
    executor at once; arguments given beside it go before it. `keep_games` keeps the counts of every game
    (4 bytes each). `progress`, if given, is called with (games played, games in all) from time to time;
    it changes no result. Raises `UnknownName`, `InvalidInput`, `BackendUnavailable` or `BackendCannotRun`
    before any game is played, and `AgentError` if a scripted agent fails; what was played until then is the
    `SimulationResult` in its attribute ``finished``.
    """
    town = get_scenario(scenario)
    execution = Execution.of(execution, seed=seed, backend=backend, workers=workers)
    program = compile_team(town, team_of(town, team))
    request = PlayRequest(
        program,
        seed=execution.seed,
        games=games,
        first_game=first_game,
        keep_games=keep_games,
        workers=execution.threads,
    )
    # Scripted agents are played night by night, where a backend that wants large requests has no advantage.
    whole = 0 if program.has_external_seats() else request.games
    resolved = execution.resolve(games=whole)
    try:
        counts = _play(resolved, request, execution, progress)
    except AgentError as error:
        if isinstance(error.finished, Counts):
            error.finished = _result(town, error.finished, resolved, request)
        raise
    return _result(town, counts, resolved, request)


def _result(
    town: Scenario, counts: Counts, resolved: ResolvedBackend, request: PlayRequest
) -> SimulationResult:
    first = int(np.asarray(request.first_game)[0])
    origin = Provenance.of(resolved, seed=request.seed, games=counts.games, first_game=first)
    return SimulationResult(town, counts, origin)


def _play(
    resolved: ResolvedBackend,
    request: PlayRequest,
    execution: Execution,
    progress: Callable[[int, int], None] | None,
) -> Counts:
    """Play a request, a part at a time if somebody watches or an executor shares the work.

    Counts are integers and games are numbered, so that changes nothing.
    """
    if progress is None and execution.executor is None:
        return play(resolved, request)
    size = max(request.games // PARTS, SMALLEST_PART)
    first = np.asarray(request.first_game, dtype=np.uint64)
    requests = (
        replace(request, games=min(size, request.games - done), first_game=first + np.uint64(done))
        for done in range(0, request.games, size)
    )
    parts: list[Counts] = []
    try:
        for counts in execution.map(partial(play, resolved), requests):
            parts.append(counts)
            if progress is not None:
                progress(min(len(parts) * size, request.games), request.games)
    except AgentError as error:
        kept = [*parts, *([error.finished] if isinstance(error.finished, Counts) else [])]
        error.finished = merge_counts(kept) if kept else None
        raise
    return merge_counts(parts)


def replay(
    scenario: str | Scenario,
    team: Team,
    *,
    seed: int = 0,
    game: int = 0,
    backend: str | object | None = None,
) -> Replay:
    """Play one game and return every night of it. Arguments and errors as for `simulate`."""
    town = get_scenario(scenario)
    resolved: ResolvedBackend = resolve_backend(backend)
    strategies = team_of(town, team)
    program = compile_team(town, strategies)
    request = PlayRequest(program, seed=seed, games=1, first_game=game)
    first = np.asarray(request.first_game, dtype=np.uint64)
    stepper = seat_agents(resolved.backend, program, request.seed, np.zeros(1, dtype=np.uint32), first)
    houses, counts, actions = [stepper.houses[0]], [stepper.counts[0]], []
    while not stepper.finished[0]:
        tonight = stepper.decide()
        stepper.apply(tonight)
        actions.append(tonight[0])
        houses.append(stepper.houses[0])
        counts.append(stepper.counts[0])
    return Replay(
        town,
        strategies,
        request.seed,
        int(first[0]),
        np.stack(houses),
        np.stack(actions),
        np.stack(counts).astype(np.int64),
        Provenance.of(resolved, seed=request.seed, games=1, first_game=int(first[0])),
    )


def team_of(scenario: Scenario, team: Team) -> tuple[Strategy, ...]:
    """Return the strategies of a team, or raise `InvalidInput` if it does not fill the seats."""
    _, strategies = strategies_of(team, "team")
    if len(strategies) != scenario.num_agents:
        raise InvalidInput(
            f"The team has {len(strategies)} member{'s' * (len(strategies) != 1)}, but scenario "
            f"{scenario.name!r} has {scenario.num_agents} seats: name one strategy for each seat."
        )
    return strategies


def compile_team(scenario: Scenario, team: Sequence[Strategy]) -> Program:
    """Compile one entry: this team in this scenario."""
    return compile_program([scenario], list(team), [list(range(len(team)))])


def _seat_json(strategy: Strategy) -> dict[str, Any]:
    kind = type(strategy).__name__.lower()
    if isinstance(strategy, Tabular):
        return {"kind": kind, "table": strategy.table.tolist()}
    if isinstance(strategy, Scripted | Tabulated):
        scripted = strategy if isinstance(strategy, Scripted) else strategy.scripted
        return {"kind": kind, "agent": scripted.name, "plugin": scripted.plugin}
    return (
        {"kind": kind, "theta": list(strategy.theta)}
        if isinstance(strategy, Heuristic | Social)
        else {"kind": kind}
    )
