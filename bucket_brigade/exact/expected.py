"""Expected payoffs and tallies of teams whose strategies look only at the houses: no luck, no error."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import No, Verdict, Yes
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.config import resolve_workers
from bucket_brigade.errors import AgentError, CannotTabulate
from bucket_brigade.exact.dispatch import Progress, choose_exact_backend, find_exact_backend
from bucket_brigade.exact.methods import as_tables, looks_only_at_houses, no_table
from bucket_brigade.game.counts import TALLIES, column, tallies_of
from bucket_brigade.game.payoffs import price_matrix, reprice
from bucket_brigade.game.program import compile_teams
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.registry import get_scenario, resolve_backend
from bucket_brigade.simulation import Team, team_of

__all__ = ["ExactResult", "ExactResults", "can_expect", "expect_team", "expect_teams"]


@dataclass(frozen=True, eq=False)
class ExactResult:
    """The expected result of a game of one team, N agents; payoffs are per game, in payoff units."""

    scenario: Scenario
    team: tuple[Strategy, ...]
    counts: Floats
    """(D,) expected counts, as in `bucket_brigade.game.counts`."""
    final_ruined: Floats
    """(H+1,) probability that a game ends with 0, 1, … H ruined houses."""
    provenance: Provenance

    @property
    def payoffs(self) -> Floats:
        """(N,) expected payoff of each seat."""
        return np.asarray(price_matrix(self.scenario) @ self.counts)

    @property
    def covariance(self) -> Floats:
        """(N, N) zeros: nothing was sampled. It stands here so that results can be used alike."""
        return np.zeros((self.scenario.num_agents, self.scenario.num_agents))

    @property
    def standard_errors(self) -> Floats:
        """(N,) zeros: nothing was sampled."""
        return np.zeros(self.scenario.num_agents)

    @property
    def welfare(self) -> float:
        """The sum of all payoffs."""
        return float(self.payoffs.sum())

    @property
    def tallies(self) -> dict[str, Floats]:
        """Expectation of each tally of rules.md, section 7; each of shape (N,)."""
        values = tallies_of(self.scenario.num_agents) @ self.counts
        return {name: values[:, i] for i, name in enumerate(TALLIES)}

    @property
    def nights(self) -> float:
        """Expected number of nights."""
        return float(self.counts[column("nights", self.scenario.num_agents)])

    @property
    def truncated(self) -> float:
        """Probability that the night limit ends the game."""
        return float(1.0 - self.counts[-1])

    def reprice(self, **rewards: object) -> ExactResult:
        """Return what the same games are worth under other rewards; the backend is not asked again.

        Raises `InvalidInput` for a field that is not a reward.
        """
        return replace(self, scenario=reprice(self.scenario, rewards))


@dataclass(frozen=True, eq=False)
class ExactResults:
    """Expected results of games of E teams in one scenario; ``results[e]`` is an `ExactResult`."""

    scenario: Scenario
    teams: tuple[tuple[Strategy, ...], ...]
    counts: Floats
    """(E, D) expected counts."""
    final_ruined: Floats
    """(E, H+1) probability that a game ends with 0, 1, … H ruined houses."""
    provenance: Provenance

    @property
    def payoffs(self) -> Floats:
        """(E, N) expected payoffs of each team's seats."""
        return np.asarray(self.counts @ price_matrix(self.scenario).T)

    def reprice(self, **rewards: object) -> ExactResults:
        """Return what the same games are worth under other rewards. Raises as `ExactResult.reprice`."""
        return replace(self, scenario=reprice(self.scenario, rewards))

    def __len__(self) -> int:
        return len(self.teams)

    def __getitem__(self, place: int) -> ExactResult:
        """Return the result of one team."""
        return ExactResult(
            self.scenario,
            self.teams[place],
            self.counts[place],
            self.final_ruined[place],
            self.provenance,
        )

    def __iter__(self) -> Iterator[ExactResult]:
        return (self[place] for place in range(len(self)))


def expect_team(
    scenario: str | Scenario, team: Team, *, backend: str | object | None = None, workers: int | None = None
) -> ExactResult:
    """Return the exact expected result of a game of this team.

    `scenario` is a name, a TOML file or a `Scenario`; `team` names a strategy for every seat; `backend`
    is a name, a `Backend` or None for the configured one. The expectation is that of the games which the
    engines sample, rounded thresholds included. An agent written in Python that claims to look only at the
    houses is tabulated first. Raises `BackendCannotRun` if a strategy looks at more than the houses or the
    ring is too large for the backend, `CannotTabulate` if an agent's claim is wrong, and what `simulate` raises.
    """
    return expect_teams(scenario, [team], backend=backend, workers=workers)[0]


def expect_teams(
    scenario: str | Scenario,
    teams: Sequence[Team],
    *,
    backend: str | object | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> ExactResults:
    """Return the exact expected results of E teams (one or more), in one call of the backend.

    Teams that choose actions alike are evaluated once. `progress` is called with (teams done, teams in
    all), different ones only. The other arguments and the errors are those of `expect_team`.
    """
    town = get_scenario(scenario)
    members = [tuple(as_tables(team_of(town, team))) for team in teams]
    program = compile_teams(town, members)
    exact_backend = choose_exact_backend(program, [s for team in members for s in team], backend)
    expected = exact_backend.expect(program, workers=resolve_workers(workers), progress=progress)
    return ExactResults(
        town,
        tuple(members),
        expected.counts,
        expected.final_ruined[:, : town.num_houses + 1],
        exact_backend.provenance,
    )


def can_expect(scenario: str | Scenario, team: Team, *, backend: str | object | None = None) -> Verdict:
    """Say before any work whether `expect_team` would answer, else why not."""
    town = get_scenario(scenario)
    members = as_tables(team_of(town, team))
    seen = looks_only_at_houses(members)
    if isinstance(seen, No):
        return seen
    try:
        program = compile_teams(town, [members])
    except (AgentError, CannotTabulate) as error:
        return no_table(error)
    found = find_exact_backend(resolve_backend(backend), program, members)
    return found if isinstance(found, No) else Yes()
