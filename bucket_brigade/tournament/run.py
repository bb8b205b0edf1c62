"""A tournament from what a user names to its result: planned, checked, and played block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import PlayRequest
from bucket_brigade.backends.dispatch import Provenance, check_can_play
from bucket_brigade.execution import Execution
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.payoffs.source import PlayedSource
from bucket_brigade.runs.keeper import Keeper
from bucket_brigade.statistics.ridge import check_ridge
from bucket_brigade.tournament.design import design_teams, rounds_and_games, teams_per_round
from bucket_brigade.tournament.entrants import (
    Agents,
    Entrant,
    Scenarios,
    describe,
    entrants_of,
    scenarios_of,
)
from bucket_brigade.tournament.outcomes import ScenarioOutcomes
from bucket_brigade.tournament.result import TournamentResult
from bucket_brigade.validation import check_fraction, check_integer

__all__ = ["GROWING", "TournamentPlan", "plan_tournament", "run_tournament"]

BLOCK_GAMES = 20_000
"""A block is about so many games: what is lost when a run is killed, and what is in memory at once."""

GROWING = ("rounds", "scenarios")
"""Settings that may grow when a tournament goes on: more rounds of as many games for each team, more scenarios."""

Progress = Callable[[int, int], None]
"""Called with (games played, games in all)."""


@dataclass(frozen=True, eq=False)
class TournamentPlan:
    """A tournament that has been checked and can be played; K agents, R rounds."""

    entrants: tuple[Entrant, ...]
    scenarios: tuple[Scenario, ...]
    teams: tuple[NDArray[np.intp], ...]
    """For each scenario (R, T, N): the agent on each seat."""
    games_per_team: int
    distinct: bool
    ridge: float | None
    confidence: float
    source: PlayedSource
    """Who plays, on how many threads, from which seed."""

    @property
    def rounds(self) -> int:
        """R."""
        return len(self.teams[0])

    @property
    def _teams_per_round(self) -> int:
        return teams_per_round(len(self.entrants))

    @property
    def games(self) -> int:
        """How many games are played in all."""
        return len(self.scenarios) * self.rounds * self._teams_per_round * self.games_per_team

    @property
    def provenance(self) -> Provenance:
        """Who plays, and why."""
        return self.source.provenance(self.games)

    @property
    def settings(self) -> dict[str, Any]:
        """Plain data on which every number of the result depends."""
        p = self.provenance
        return {
            "what": "tournament",
            "agents": {entrant.label: describe(entrant.strategy) for entrant in self.entrants},
            "scenarios": [town.to_mapping() for town in self.scenarios],
            "seed": p.seed,
            "rounds": self.rounds,
            "games_per_team": self.games_per_team,
            "distinct": self.distinct,
            "ridge": "gcv" if self.ridge is None else self.ridge,
            "confidence": self.confidence,
            "backend": p.backend,
            "backend_version": p.backend_version,
            "bucket_brigade": p.bucket_brigade,
        }

    def play(self, *, keeper: Keeper | None = None, progress: Progress | None = None) -> TournamentResult:
        """Play what `keeper` does not have yet, and return the result.

        A block is a function of the plan alone, so the result does not depend on where a run was stopped.
        Raises `AgentError` if a scripted agent fails; blocks done until then are kept.
        """
        done = resumed = 0
        outcomes = []

        def count(games: int) -> int:
            nonlocal done
            done += games
            if progress is not None:
                progress(done, self.games)
            return games

        for place, (town, teams) in enumerate(zip(self.scenarios, self.teams, strict=True)):
            sums = np.zeros((*teams.shape[:2], num_counts(town.num_agents)), dtype=np.int64)
            missing: list[tuple[str, slice]] = []
            for number, rounds in enumerate(self._blocks()):
                name = f"{place:03d}/{number:05d}"
                about = _about(town, rounds)
                found = None if keeper is None else _counts(keeper.load(name), about, sums[rounds].shape)
                if found is None:
                    missing.append((name, rounds))
                else:
                    sums[rounds] = found
                    resumed += count(self._games_in(rounds))
            requests = (self._request(town, teams[rounds], rounds.start) for _, rounds in missing)
            for (name, rounds), counts in zip(missing, self.source.play(requests), strict=True):
                block = sums[rounds]
                block[:] = counts.sums.reshape(block.shape)
                if keeper is not None:
                    keeper.save(name, {**_about(town, rounds), "sums": block.tolist()})
                count(self._games_in(rounds))
            outcomes.append(ScenarioOutcomes(town, teams, sums, self.games_per_team))
        return TournamentResult(
            tuple(entrant.label for entrant in self.entrants),
            tuple(outcomes),
            self.distinct,
            self.ridge,
            self.confidence,
            self.provenance,
            resumed,
        )

    def _blocks(self) -> Iterator[slice]:
        """Yield the rounds of each block; they depend on the plan alone."""
        size = max(1, BLOCK_GAMES // (self._teams_per_round * self.games_per_team))
        for begin in range(0, self.rounds, size):
            yield slice(begin, min(begin + size, self.rounds))

    def _games_in(self, rounds: slice) -> int:
        return int(rounds.stop - rounds.start) * self._teams_per_round * self.games_per_team

    def _request(self, town: Scenario, teams: NDArray[np.intp], first_round: int) -> PlayRequest:
        profiles = teams.reshape(-1, teams.shape[2])
        program = compile_program([town], self.source.strategies, profiles)
        rounds = first_round + np.arange(len(teams), dtype=np.uint64)
        first = np.repeat(rounds * np.uint64(self.games_per_team), teams.shape[1])
        return PlayRequest(
            program,
            seed=self.source.execution.seed,
            games=self.games_per_team,
            first_game=first,
            second_moments=False,
        )

    def check_backend(self) -> None:
        """Raise `BackendCannotRun` if the backend would decline some part of this."""
        for town, teams in zip(self.scenarios, self.teams, strict=True):
            check_can_play(self.source.backend, self._request(town, teams[:1], 0))


def plan_tournament(
    agents: Agents,
    scenarios: Scenarios,
    *,
    games: int = 10_000,
    seed: int | None = None,
    rounds: int | None = None,
    distinct: bool = False,
    ridge: str | float = "gcv",
    confidence: float = 0.95,
    backend: str | object | None = None,
    workers: int | None = None,
    execution: Execution | None = None,
) -> TournamentPlan:
    """Check a tournament and return its plan; arguments as for `run_tournament`."""
    games = check_integer("games", games, 1, 2**53)
    execution = Execution.of(execution, seed=seed, backend=backend, workers=workers)
    confidence = check_fraction("confidence", confidence)
    penalty = check_ridge(ridge)
    entrants = entrants_of(agents)
    towns = scenarios_of(scenarios, entrants)
    size, each = rounds_and_games(len(entrants), games)
    if rounds is not None:
        size = check_integer("rounds", rounds, 2, 10_000)
        each = max(1, -(-games // (teams_per_round(len(entrants)) * size)))
    plan = TournamentPlan(
        entrants,
        towns,
        tuple(
            design_teams(len(entrants), town.num_agents, size, execution.seed, distinct=distinct)
            for town in towns
        ),
        each,
        distinct,
        penalty,
        confidence,
        PlayedSource(
            execution,
            tuple(entrant.strategy for entrant in entrants),
            tuple(entrant.label for entrant in entrants),
            execution.resolve(),
        ),
    )
    plan.check_backend()
    return plan


def run_tournament(
    agents: Agents,
    scenarios: Scenarios,
    *,
    games: int = 10_000,
    seed: int | None = None,
    rounds: int | None = None,
    distinct: bool = False,
    ridge: str | float = "gcv",
    confidence: float = 0.95,
    backend: str | object | None = None,
    workers: int | None = None,
    execution: Execution | None = None,
    progress: Progress | None = None,
) -> TournamentResult:
    """Play balanced random teams of these agents in every scenario, and return what each agent is worth.

    `agents` are named as in a team, at least two, each under a name of its own; native, tabular and scripted
    ones play together. `games` are those of each scenario, rounded up so that every agent sits on every seat
    equally often in at least thirty rounds; there are up to 200 `rounds` unless a number is given, and all
    teams of a round play the same games. With `distinct` no team holds an agent twice. `ridge` is ``"gcv"``
    or the penalty itself (`bucket_brigade.statistics.ridge`). Equal arguments give equal results on every
    backend with the exact stream, whatever `workers` is; `execution` stands for seed, backend, workers and an
    executor at once. Raises `InvalidInput`, `UnknownName`,
    `BackendUnavailable` or `BackendCannotRun` before any game is played, and `AgentError` if a scripted
    agent fails.
    """
    plan = plan_tournament(
        agents,
        scenarios,
        games=games,
        seed=seed,
        rounds=rounds,
        distinct=distinct,
        ridge=ridge,
        confidence=confidence,
        backend=backend,
        workers=workers,
        execution=execution,
    )
    return plan.play(progress=progress)


def _about(town: Scenario, rounds: slice) -> dict[str, Any]:
    """Return what a block is as good as; the seal of a keeper answers for the agents and the rest."""
    return {"scenario": town.to_mapping(), "rounds": [rounds.start, rounds.stop]}


def _counts(kept: Any | None, about: Mapping[str, Any], shape: tuple[int, ...]) -> NDArray[np.int64] | None:
    """Return counts as they were kept, or None if they are not what the block needs."""
    if not isinstance(kept, dict) or any(kept.get(key) != value for key, value in about.items()):
        return None
    try:
        counts = np.array(kept.get("sums"))
    except (ValueError, OverflowError):
        return None
    return counts if counts.dtype == np.int64 and counts.shape == shape else None
