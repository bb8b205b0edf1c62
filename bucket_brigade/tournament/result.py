"""The result of a tournament: tables of what was played, and what it says about the agents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.statistics.estimates import t_quantile
from bucket_brigade.tournament.effects import (
    EVERYWHERE,
    RESPONSES,
    Effect,
    Shrinkage,
    Synergy,
    effects_of,
    synergies_of,
)
from bucket_brigade.tournament.outcomes import ScenarioOutcomes

__all__ = ["MOST_AGENTS_FOR_SYNERGY", "Standing", "TournamentResult"]


MOST_AGENTS_FOR_SYNERGY = 40
"""With more agents there are more pairs (820) than a default tournament can tell apart."""


@dataclass(frozen=True)
class Standing:
    """Results of one agent in one scenario, or in all: plain means, no regression."""

    scenario: str
    agent: str
    rank: int
    """By payoff, from 1."""
    games: int
    """Seats held times games."""
    payoff: float
    """Mean over seats, rounds and, for all scenarios, scenarios; per game."""
    standard_error: float
    """Clustered by round."""
    low: float
    high: float
    cooperation: float
    """Share of its nights that it worked; the mean over scenarios for all of them."""


@dataclass(frozen=True, eq=False)
class TournamentResult:
    """K agents in every scenario. Statistics are computed when first asked for, from counts alone."""

    labels: tuple[str, ...]
    outcomes: tuple[ScenarioOutcomes, ...]
    """One for each scenario, in the order asked for."""
    distinct: bool
    ridge: float | None
    """The penalty that was asked for; None for generalized cross-validation."""
    confidence: float
    provenance: Provenance
    """`games` counts those of all teams."""
    resumed: int = 0
    """Games that an earlier run had played."""

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of the scenarios."""
        return tuple(o.scenario.name for o in self.outcomes)

    @property
    def rounds(self) -> int:
        """How many rounds there were: in each, all agents sat on every seat equally often."""
        return len(self.outcomes[0].teams)

    @property
    def games_per_team(self) -> int:
        """How many games each team played."""
        return self.outcomes[0].games

    @property
    def payoffs(self) -> Floats:
        """(K, scenarios) mean payoff of each agent in each scenario."""
        return np.stack([o.round_payoffs().mean(axis=0) for o in self.outcomes], axis=1)

    @property
    def cooperation(self) -> Floats:
        """(K, scenarios) share of nights that each agent worked."""
        return np.stack([o.cooperation() for o in self.outcomes], axis=1)

    @cached_property
    def standings(self) -> list[Standing]:
        """Plain means of every agent: in all scenarios together, if there are several, then in each; best first."""
        rows: list[Standing] = []
        for name, chosen in self._views():
            means = np.mean([o.round_payoffs() for o in chosen], axis=0)
            worked = np.mean([o.cooperation() for o in chosen], axis=0)
            center = means.mean(axis=0)
            errors = means.std(axis=0, ddof=1) / np.sqrt(self.rounds)
            width = t_quantile((1.0 + self.confidence) / 2.0, self.rounds - 1) * errors
            seats = sum(o.teams.size for o in chosen)
            games = seats // len(self.labels) * self.games_per_team
            for rank, k in enumerate(np.argsort(-center, kind="stable"), start=1):
                payoff, error, half = float(center[k]), float(errors[k]), float(width[k])
                rows.append(
                    Standing(
                        name,
                        self.labels[k],
                        rank,
                        games,
                        payoff,
                        error,
                        payoff - half,
                        payoff + half,
                        float(worked[k]),
                    )
                )
        return rows

    @property
    def effects(self) -> list[Effect]:
        """Marginal values; see `bucket_brigade.tournament.effects`. All scenarios first, if there are several."""
        return self._regressions[0]

    @property
    def synergies(self) -> list[Synergy]:
        """What pairs are worth beyond the values of both; empty for more than forty agents or one seat."""
        return self._regressions[1]

    @property
    def shrinkage(self) -> list[Shrinkage]:
        """How much each regression shrank, and how that was chosen."""
        return self._regressions[2]

    @cached_property
    def _regressions(self) -> tuple[list[Effect], list[Synergy], list[Shrinkage]]:
        effects: list[Effect] = []
        synergies: list[Synergy] = []
        shrinkage: list[Shrinkage] = []
        for name, chosen in self._views():
            found, how = effects_of(
                chosen, self.labels, scenario=name, ridge=self.ridge, confidence=self.confidence
            )
            effects += found
            shrinkage += how
            if len(self.labels) <= MOST_AGENTS_FOR_SYNERGY:
                pairs, how = synergies_of(
                    chosen,
                    self.labels,
                    scenario=name,
                    distinct=self.distinct,
                    ridge=self.ridge,
                    confidence=self.confidence,
                )
                synergies += pairs
                shrinkage += how
        return effects, synergies, shrinkage

    def overall(self) -> str:
        """Return what the rows that cover everything are filed under: ``all``, or the only scenario."""
        return EVERYWHERE if len(self.outcomes) > 1 else self.scenarios[0]

    def ranking(self, response: str = "team_payoff", scenario: str | None = None) -> list[Effect]:
        """Return the effects on one of `RESPONSES`, the largest first; in one scenario or over all.

        Raises `InvalidInput` for another response or scenario.
        """
        where = self.overall() if scenario is None else scenario
        known = [name for name, _ in self._views()]
        for word, given, options in (("response", response, RESPONSES), ("scenario", where, known)):
            if given not in options:
                raise InvalidInput(
                    explain(
                        f"{word} = {given!r} is not in this tournament.{did_you_mean(str(given), options)}",
                        exists=f"There {'is' if len(options) == 1 else 'are'}: {', '.join(options)}.",
                    )
                )
        rows = [e for e in self.effects if e.scenario == where and e.response == response]
        return sorted(rows, key=lambda e: -e.value)

    def columns(self) -> Iterator[dict[str, NDArray[Any]]]:
        """Yield, scenario by scenario, one row a (scenario, team, seat) as columns of equal length.

        ``pandas.concat(map(pandas.DataFrame, result.columns()))`` is the whole table. `payoff` and the tallies of
        rules.md, section 7, are means over the team's games; `team_payoff` is the mean over its seats.
        """
        for outcomes in self.outcomes:
            yield outcomes.columns(self.labels)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows of `columns` one after the other, as plain Python values."""
        for columns in self.columns():
            for values in zip(*(column.tolist() for column in columns.values()), strict=True):
                yield dict(zip(columns, values, strict=True))

    def to_json(self) -> dict[str, Any]:
        """Return plain data: everything but the single teams."""
        return {
            "agents": list(self.labels),
            "scenarios": list(self.scenarios),
            "design": {
                "teams": "no agent twice in a team"
                if self.distinct
                else "independent permutations on every seat",
                "rounds": self.rounds,
                "teams_per_round": self.outcomes[0].teams.shape[1],
                "games_per_team": self.games_per_team,
            },
            "confidence": self.confidence,
            "standings": [asdict(row) for row in self.standings],
            "effects": [asdict(row) for row in self.effects],
            "synergies": [asdict(row) for row in self.synergies],
            "shrinkage": [{**asdict(row), "kept": row.kept} for row in self.shrinkage],
            "meaning": MEANING,
            "provenance": self.provenance.to_json(),
        }

    def _views(self) -> Sequence[tuple[str, Sequence[ScenarioOutcomes]]]:
        single = [(o.scenario.name, (o,)) for o in self.outcomes]
        return [(EVERYWHERE, self.outcomes), *single] if len(single) > 1 else single


MEANING: Mapping[str, str] = {
    "own_payoff": "what an agent earns more than an average entrant on a random seat among random teammates",
    "teammate_payoff": "what one teammate earns more if this agent takes the place of an average entrant",
    "team_payoff": "what the mean payoff of the team gains if this agent takes the place of an average entrant",
    "synergy": "what two agents in one team add to its mean payoff beyond the values of both",
    "value": "the estimate shrunk by ridge regression: an average direction is divided by 1 + ridge",
    "standard_error": "of the unshrunk estimate, by the jackknife over rounds; teams of a round share their luck",
    "interval": "value -+ (t quantile * standard_error + what was shrunk away)",
}
"""What the numbers of `TournamentResult.to_json` say, in payoff units per game."""
