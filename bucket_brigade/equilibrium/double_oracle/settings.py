"""Arguments that solving and certifying share: checked, and turned into what the work is done with."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any

from bucket_brigade.backends.base import No
from bucket_brigade.equilibrium.double_oracle.certificate import SMALLEST_TOLERANCE, Certificate
from bucket_brigade.equilibrium.double_oracle.deviators import SolutionConcept, concept_of
from bucket_brigade.equilibrium.double_oracle.listed_oracle import default_deviations
from bucket_brigade.equilibrium.double_oracle.played_certificate import Precision, certify_by_playing
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.exact.methods import looks_only_at_houses
from bucket_brigade.execution import Execution
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import External, Strategy
from bucket_brigade.payoffs.exact_payoffs import ExactPayoffs
from bucket_brigade.payoffs.mixed_profile import MixedProfile
from bucket_brigade.payoffs.played_payoffs import PlayedPayoffs
from bucket_brigade.payoffs.pool import Entry, Pool, entry_of
from bucket_brigade.payoffs.source import ExactSource, PlayedSource, choose_source
from bucket_brigade.registry import Member, get_scenario, get_strategy, member_label
from bucket_brigade.validation import (
    FRACTION,
    SEED,
    check_choice,
    check_fields,
    check_number,
    integer,
    number,
)

__all__ = ["SMALLEST_TOLERANCE", "SPACES", "Sampling", "Settings", "entries_of"]

SPACES = ("traits", "markov")


@dataclass(frozen=True)
class Sampling:
    """How games are played where payoffs are not exact. Raises `InvalidInput` for a value not allowed."""

    seed: Annotated[int, SEED] = 0
    games: Annotated[int, integer(1, 2**40)] = 20_000
    """Of each profile while an equilibrium is looked for; the certificate plays others."""
    deviations: Sequence[Member] | None = None
    """What the certificate holds against; None for the archetypes by both rules and a grid of heuristic ones."""
    width: Annotated[float, number(0, above=True, allowed="a positive number")] = 1.0
    """Of the certificate's interval, payoff units: it is done once the exploitability is known as well as that."""
    confidence: Annotated[float, FRACTION] = 0.95
    max_games: Annotated[int, integer(1, 2**40)] = 1_000_000
    """Of each profile for the certificate."""

    def __post_init__(self) -> None:
        check_fields(self)

    @property
    def precision(self) -> Precision:
        """When the certificate stops playing."""
        return Precision(self.width, self.confidence, self.max_games)


@dataclass(frozen=True, eq=False)
class Settings:
    """Checked arguments, and the ways to payoffs that follow from them."""

    scenario: Scenario
    concept: SolutionConcept
    space: str
    epsilon: float
    execution: Execution
    sampling: Sampling
    pool: Pool

    @classmethod
    def of(
        cls,
        scenario: str | os.PathLike[str] | Scenario,
        *,
        concept: str,
        seating: str,
        space: str,
        epsilon: float,
        execution: Execution,
        sampling: Sampling | None,
    ) -> Settings:
        """Check arguments; raises `InvalidInput`, and `UnknownName` for a scenario."""
        town = get_scenario(scenario)
        check_choice(
            "space",
            space,
            SPACES,
            exists="Spaces: traits (heuristic strategies), markov (policies that look at the houses).",
        )
        epsilon = check_number("epsilon", epsilon, least=0.0)
        return cls(
            scenario=town,
            concept=concept_of(concept, seating, town.num_agents, max(epsilon, SMALLEST_TOLERANCE) / 10),
            space=space,
            epsilon=epsilon,
            # Games are played from the seed of the sampling, which says all else about them too.
            execution=replace(execution, seed=(sampling or Sampling()).seed),
            sampling=sampling or Sampling(),
            pool=Pool(town.num_agents),
        )

    @property
    def tolerance(self) -> float:
        """Epsilon, or what it is taken for."""
        return max(self.epsilon, SMALLEST_TOLERANCE)

    def source(self, entries: Sequence[Entry]) -> ExactSource | PlayedSource:
        """Return where payoffs of such entries come from.

        Raises `BackendCannotRun` if they were to be exact and cannot be, and `InvalidInput` if Markov policies
        are to be searched without.
        """
        strategies = list(dict.fromkeys(s for entry in entries for s in entry.seats))
        profile = [strategies.index(s) for s in entries[0].seats]
        # Entries are played as they are: whoever wants an agent's table says tabular:NAME.
        against = looks_only_at_houses(strategies)

        def compile_tables(tables: Sequence[Strategy]) -> Program:
            return compile_program([self.scenario], tables, [profile])

        source = choose_source(
            self.execution,
            self.execution.resolve(),
            strategies,
            [member_label(strategy) for strategy in strategies],
            compile_tables,
            too_many=against if isinstance(against, No) else None,
        )
        if isinstance(source, PlayedSource) and self.space == "markov":
            reason = source.fallback_reason or "method = 'simulate' was asked for"
            raise InvalidInput(
                explain(
                    "space = 'markov' needs exact payoffs.",
                    why=f"{reason[:1].upper()}{reason[1:]}.",
                    do="Search space='traits', whose deviations can be judged by playing.",
                )
            )
        return source

    def exact(self, deadline: float = math.inf, max_profiles: int = 2**63) -> ExactPayoffs:
        """Return exact payoffs, none evaluated yet."""
        return ExactPayoffs(
            self.scenario,
            self.pool,
            execution=self.execution,
            deadline=deadline,
            max_profiles=max_profiles,
        )

    def playing(
        self, source: PlayedSource, deadline: float = math.inf, max_profiles: int = 2**63
    ) -> Callable[[int, int], PlayedPayoffs]:
        """Return what turns (first game, games) into payoffs by playing those games."""

        def play(first_game: int, games: int) -> PlayedPayoffs:
            return PlayedPayoffs(
                self.scenario,
                self.pool,
                source,
                first_game=first_game,
                games=games,
                deadline=deadline,
                max_profiles=max_profiles,
            )

        return play

    def listed(self, entries: Sequence[int]) -> list[int]:
        """Return the deviations to judge by playing, these entries among them."""
        members: Sequence[Member] = self.sampling.deviations or default_deviations()
        added = [
            self.pool.add(entry) for entry in entries_of(members, self.scenario.num_agents, "deviations")
        ]
        return list(dict.fromkeys([*added, *entries]))

    def certify_by_playing(
        self,
        source: PlayedSource,
        profile: MixedProfile,
        deviations: Sequence[int],
        first_game: int,
        deadline: float = math.inf,
    ) -> Certificate:
        """Return a certificate from games that had no part in anything before `first_game`."""
        return certify_by_playing(
            self.concept,
            profile,
            deviations,
            self.playing(source, deadline),
            epsilon=self.epsilon,
            precision=self.sampling.precision,
            first_game=first_game,
        )


def entries_of(members: Sequence[Member | Sequence[Strategy]], agents: int, name: str) -> list[Entry]:
    """Return the entries of strategies; one that is a sequence of N strategies is played seat by seat.

    Raises `InvalidInput` if there are none or one is played from outside.
    """
    if isinstance(members, str) or not len(members):
        raise InvalidInput(
            f"{name} = {members!r} is not allowed: it must be a list of at least one strategy."
        )
    entries = [_entry(member, agents) for member in members]
    for entry, member in zip(entries, members, strict=True):
        if any(isinstance(strategy, External) for strategy in entry.seats):
            raise InvalidInput(
                f"{name}: strategy {member!r} is played from outside, night by night: it has no payoff."
            )
    return entries


def _entry(member: Member | Sequence[Strategy], agents: int) -> Entry:
    if isinstance(member, tuple | list) and member and isinstance(member[0], Strategy):
        seats = tuple(strategy for strategy in member if isinstance(strategy, Strategy))
        if len(seats) != agents:
            raise InvalidInput(
                f"A strategy given seat by seat has {len(seats)} seats: the scenario has {agents}."
            )
        return Entry(seats, "by seat")
    one: Any = member
    return entry_of(get_strategy(one), agents, member if isinstance(member, str) else "")
