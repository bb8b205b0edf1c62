"""Fitness of whole populations: exact, or by playing games, in one call of the backend."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.backends.base import Backend, No
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend
from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution.evaluation import Played, expect_genomes, play_genomes
from bucket_brigade.evolution.fitness import COMBINE, SCALES, FitnessResult, combined
from bucket_brigade.evolution.genomes import (
    BOUNDS,
    Genome,
    Genomes,
    check_rule,
    genome_array,
    genome_strategies,
)
from bucket_brigade.evolution.matchups import (
    FITNESS,
    check_opponents,
    count_draws,
    count_games,
    exact_matchups,
    played_matchups,
)
from bucket_brigade.exact.methods import looks_only_at_houses
from bucket_brigade.execution import AUTO, SIMULATE, Execution, pinned_or_given
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Strategy
from bucket_brigade.payoffs.source import ExactSource, PlayedSource, choose_source
from bucket_brigade.registry import (
    Member,
    Members,
    get_scenario,
    get_strategy,
    member_label,
    strategies_of,
)
from bucket_brigade.validation import MAX_WORD, check_choice, check_integer, under_either_name

__all__ = [
    "GENERATION_RULES",
    "FitnessEvaluator",
]

ScenarioLike = str | os.PathLike[str] | Scenario

GENERATION_RULES = ("fixed", "fresh")
"""Which games a generation plays: the same as every other, or games of its own."""

_MOST_EXPECTATIONS = 4
"""For each genome and scenario that `auto` evaluates exactly: clones, and a fixed team with four seats."""
_MOST_EXPECTATIONS_ASKED_FOR = 1 << 12


class FitnessEvaluator:
    """Gives every genome of a population its fitness, with one call of the backend for all.

    **What fitness is.** ``clones``: the mean payoff of a team of the genome. ``mixed``: the mean payoff of the genome
    on every seat in turn, each other seat filled by an independent draw from the pool `opponents`. ``against``:
    the same beside the fixed team `opponents`, which takes the other seats in its order. Payoffs are per game.

    **What it depends on.** The genome, the seed and the generation rule; never the place in the population, who else
    is evaluated, the backend with the exact stream, or the number of workers. The generation rule is ``fixed``:
    every generation plays the games from `first_game` on, or ``fresh``: generation g plays games of its own,
    ``first_game + g * span`` and following, where span = `games_per_genome`; then two generations are independent
    samples. `generation` is an argument of every evaluation, 0 if left out. Seats (``mixed``, ``against``) and
    scenarios play different games of one seed; all genomes play the same (common random numbers).

    **As DEAP's users write it.** ``toolbox.register("evaluate", evaluator)`` returns a tuple of one number for one
    genome; ``toolbox.register("map", evaluator.map)`` evaluates a whole population in one call. Evaluators can be
    pickled, also for processes that are spawned.

    Args:
        scenario: a name, a TOML file or a `Scenario`; or several of them, for generalists.
        games: games for each genome and scenario (``clones``), or for each genome, scenario and seat; if games
            are played. ``mixed`` rounds it up to a multiple of the games of a team: one in 25, at most 8.
        fitness: ``clones``, ``mixed`` or ``against``.
        opponents: the pool or the team: members as in `bucket_brigade.simulation.Team`, or one text
            ``"hero,free_rider"``. ``against`` takes one member for all seats too.
        method: ``exact``, ``simulate`` or ``auto``: exact where that is possible with at most four expectations for
            each genome and scenario. The evaluator's `method` says which it is, its `fallback_reason` why not exact.
        backend: a name, a `Backend`, or None for the configured one.
        seed: of the games, unsigned 64 bits; 0 if left out.
        rule: who reads genomes, ``heuristic`` or ``social``.
        generation_rule: ``fixed`` or ``fresh``, see above.
        first_game: the number of the first game.
        bounds: traits outside [0, 1] are an error (``refuse``), moved to the bound (``clip``), or mirrored at it
            (``reflect``) before they are played; the genome itself stays as it is.
        combine: with several scenarios, the ``mean`` of their payoffs or the ``worst``.
        scale: ``payoff``, or ``archetypes``: payoffs measured in each scenario from that of the worst archetype in
            the same role (0) to that of the best (1), as found in generation 0. The default is ``payoff`` for
            one scenario and ``archetypes`` for several, whose payoffs have nothing in common.
        workers: threads; None leaves it to the configuration or the backend.
        execution: method, backend, seed and workers at once, and an executor; arguments given beside it go before it.
        num_games: another name of `games`.
        num_workers: another name of `workers`.

    Raises:
        InvalidInput: for a value that is not allowed.
        UnknownName: for a scenario, strategy or backend that nobody registered.
        BackendUnavailable: for a backend that is not ready here.
        BackendCannotRun: if ``exact`` was asked for and is not to be had.
    """

    pinned_backend: ClassVar[str | None] = None
    """The only backend this class plays on, if any."""

    # No __dict__: DEAP's toolbox would copy it into every function that is registered.
    __slots__ = (
        "_given",
        "_pool",
        "_reference",
        "_resolved",
        "_sources",
        "bounds",
        "combine",
        "execution",
        "first_game",
        "fitness",
        "games",
        "generation_rule",
        "rule",
        "scale",
        "scenarios",
    )

    def __init__(
        self,
        scenario: ScenarioLike | Sequence[ScenarioLike],
        games: int | None = None,
        fitness: str = "clones",
        opponents: Members | None = None,
        method: str | None = None,
        backend: str | Backend | None = None,
        seed: int | None = None,
        *,
        rule: str = "heuristic",
        generation_rule: str = "fixed",
        first_game: int = 0,
        bounds: str = "refuse",
        combine: str = "mean",
        scale: str | None = None,
        workers: int | None = None,
        execution: Execution | None = None,
        num_games: int | None = None,
        num_workers: int | None = None,
    ) -> None:
        """Check the arguments, choose backend and method; nothing is evaluated yet."""
        several = isinstance(scenario, Sequence) and not isinstance(scenario, str)
        names: Sequence[ScenarioLike] = scenario if several else [scenario]  # type: ignore[assignment,list-item]
        self.scenarios = tuple(get_scenario(name) for name in names)
        if not self.scenarios:
            raise InvalidInput("scenario is empty: name at least one.")
        games = under_either_name("games", games, "num_games", num_games)
        self.games = check_integer("games", 50 if games is None else games, 1, 2**31)
        self.fitness = check_choice("fitness", fitness, FITNESS)
        self._pool = _members(opponents)
        for town in self.scenarios:
            check_opponents(fitness, len(self._pool), town.num_agents)
        self.rule = check_rule(rule)
        self.generation_rule = check_choice("generation_rule", generation_rule, GENERATION_RULES)
        self.first_game = check_integer("first_game", first_game, 0, MAX_WORD - 1)
        self.bounds = check_choice("bounds", bounds, BOUNDS)
        self.combine = check_choice("combine", combine, COMBINE)
        default = "payoff" if len(self.scenarios) == 1 else "archetypes"
        self.scale = check_choice("scale", default if scale is None else scale, SCALES)
        chosen = pinned_or_given(type(self), self.pinned_backend, backend, instead="FitnessEvaluator")
        self.execution = Execution.of(
            execution,
            method=method,
            backend=chosen,
            seed=seed,
            workers=under_either_name("workers", workers, "num_workers", num_workers),
        )
        self._resolved = self.execution.resolve()
        if self.pinned_backend is not None:
            self._resolved = replace(self._resolved, source=type(self).__name__)
        self._given = backend
        self._reference: tuple[Floats, Floats] | None = None
        self._sources = self._choose_sources()

    @property
    def backend(self) -> ResolvedBackend:
        """The backend that plays games, and who chose it."""
        return self._resolved

    @property
    def method(self) -> str:
        """How fitness is found: `exact` or `simulate`."""
        return self._source.method

    @property
    def fallback_reason(self) -> str:
        """Why games are played although exact payoffs would have been welcome; empty otherwise."""
        return self._source.fallback_reason

    @property
    def seed(self) -> int:
        """Of the games."""
        return self.execution.seed

    @property
    def num_workers(self) -> int | None:
        """Threads of the backend; None leaves it to the configuration or the backend."""
        return self.execution.workers

    @property
    def opponents(self) -> tuple[Strategy, ...]:
        """The pool or the team beside the genome; empty for clones."""
        return self._pool

    @property
    def games_per_genome(self) -> int:
        """Games that one evaluation of a genome plays in all scenarios together; 0 if exact."""
        return sum(self._spans()) if self.method == SIMULATE else 0

    @property
    def provenance(self) -> Provenance:
        """Who evaluates and why that one, the seed, games per genome, and the first game of generation 0."""
        return self._provenance(0)

    def evaluate(self, genomes: Genomes, generation: int = 0) -> FitnessResult:
        """Return the fitness of B genomes, shape (B, 10), as it is in a generation.

        Raises `InvalidInput` for invalid genomes, or game numbers beyond 2**64.
        """
        array = genome_array(genomes, self.bounds)
        generation = check_integer("generation", generation, 0, 2**56 - 1)
        # Equal genomes, of which populations are full, are evaluated once.
        distinct, which = np.unique(array, axis=0, return_inverse=True)
        played = self._payoffs(genome_strategies(distinct, self.rule), generation)
        places = which.ravel()
        return self._result(played.values[:, places], played.standard_errors[:, places], generation)

    def evaluate_strategies(self, members: Sequence[Member], generation: int = 0) -> FitnessResult:
        """Return what any native strategies would have for fitness in the same role; see `evaluate`."""
        played = self._payoffs([get_strategy(member) for member in members], generation)
        return self._result(played.values, played.standard_errors, generation)

    def __call__(self, genome: Genome, generation: int = 0) -> tuple[float]:
        """Return the fitness of one genome as DEAP wants it, a tuple of one number."""
        return (float(self.evaluate([genome], generation).values[0]),)

    def map(self, function: Callable[..., Any], *iterables: Iterable[Any]) -> list[Any]:
        """Return what ``map`` returns, as a list; a drop-in for ``toolbox.map``.

        If `function` is this evaluator, also as ``toolbox.evaluate``, all genomes are evaluated in one call, with the
        same numbers; any other function is called item by item.
        """
        generation = self._asked_for_me(function)
        if generation is None or len(iterables) != 1:
            return list(map(function, *iterables))
        genomes = list(iterables[0])
        if not genomes:
            return []
        return [(float(value),) for value in self.evaluate(genomes, generation).values]

    def _asked_for_me(self, function: Callable[..., Any]) -> int | None:
        """Return the generation if calling `function` with a genome is calling this evaluator, else None."""
        generation = 0
        if isinstance(function, functools.partial):
            if function.args or set(function.keywords) - {"generation"}:
                return None
            generation = function.keywords.get("generation", 0)
            function = function.func
        bound = getattr(function, "__self__", None)
        if function is self or (bound is self and getattr(function, "__name__", "") == "__call__"):
            return generation
        return None

    def _payoffs(self, strategies: Sequence[Strategy], generation: int) -> Played:
        """Return payoffs in every scenario; towns of one team size go into one call."""
        values = np.empty((len(self.scenarios), len(strategies)))
        errors = np.zeros_like(values)
        first = self._first_games(generation)
        for agents, source in self._sources.items():
            mine = [t for t, town in enumerate(self.scenarios) if town.num_agents == agents]
            towns = [self.scenarios[t] for t in mine]
            pool = self._seated_pool(agents)
            if isinstance(source, ExactSource):
                matchups = exact_matchups(self.fitness, agents, len(pool))
                played = expect_genomes(towns, strategies, pool, matchups, source)
            else:
                by_town = [
                    played_matchups(self.fitness, agents, len(pool), self.games, self.seed, first[t])
                    for t in mine
                ]
                first_games = [first[t] for t in mine]
                played = play_genomes(towns, strategies, pool, by_town, source, first_games=first_games)
            values[mine], errors[mine] = played.values, played.standard_errors
        return Played(values, errors)

    def _result(self, payoffs: Floats, errors: Floats, generation: int) -> FitnessResult:
        """Return the result for payoffs, (T, B); the errors of a scale are left out of account."""
        scaled, of_scaled = payoffs, errors
        if self.scale == "archetypes":
            low, spread = self._archetypes()
            scaled, of_scaled = (payoffs - low) / spread, errors / spread
        values, standard_errors = combined(scaled, of_scaled, self.combine)
        return FitnessResult(
            values=values,
            standard_errors=standard_errors,
            by_scenario=payoffs,
            by_scenario_errors=errors,
            method=self.method,
            fallback_reason=self.fallback_reason,
            games=self.games_per_genome,
            provenance=self._provenance(generation),
        )

    def _archetypes(self) -> tuple[Floats, Floats]:
        """Return the lowest payoff of an archetype in this role, and how far the best is above it, (T, 1) each."""
        if self._reference is None:
            played = self._payoffs([Heuristic(theta) for theta in ARCHETYPES.values()], 0).values
            low = played.min(axis=1, keepdims=True)
            spread = played.max(axis=1, keepdims=True) - low
            self._reference = low, np.where(spread > 0, spread, 1.0)
        return self._reference

    def _seated_pool(self, agents: int) -> list[Strategy]:
        alone = self.fitness == "against" and len(self._pool) == 1
        return list(self._pool) * (agents - 1) if alone else list(self._pool)

    def _choose_sources(self) -> dict[int, ExactSource | PlayedSource]:
        """Return where payoffs come from for each team size; games for all if they must be played for one."""
        sizes = sorted({town.num_agents for town in self.scenarios})
        sources: dict[int, ExactSource | PlayedSource] = {}
        for agents in sizes:
            sources[agents] = source = self._choose_source(agents)
            if isinstance(source, PlayedSource):
                return dict.fromkeys(sizes, source)
        return sources

    def _choose_source(self, agents: int) -> ExactSource | PlayedSource:
        # Exact fitness takes one expectation for every draw of opponents: `auto` takes few of them only.
        most = _MOST_EXPECTATIONS if self.execution.method == AUTO else _MOST_EXPECTATIONS_ASKED_FOR
        draws = count_draws(self.fitness, agents, len(self._pool))
        towns = [town for town in self.scenarios if town.num_agents == agents]
        known = [*genome_strategies(np.zeros((1, 10)), self.rule), *self._pool]
        # Agents written in Python are played as they are: whoever wants their tables says tabular:NAME.
        against = looks_only_at_houses(known)
        if draws > most:
            against = No(f"an exact fitness takes {draws:,} expectations for each genome, above {most:,}")

        def compile_tables(tables: Sequence[Strategy]) -> Program:
            seats = [[s] * agents for s in range(len(tables))] * len(towns)
            return compile_program(towns, tables, seats, np.repeat(np.arange(len(towns)), len(tables)))

        return choose_source(
            self.execution,
            self._resolved,
            known,
            [member_label(strategy) for strategy in known],
            compile_tables,
            too_many=against if isinstance(against, No) else None,
        )

    @property
    def _source(self) -> ExactSource | PlayedSource:
        """Where payoffs come from; its method is the same for every team size."""
        return next(iter(self._sources.values()))

    def _spans(self) -> list[int]:
        """Return how many games each scenario takes for a genome."""
        return [count_games(self.fitness, town.num_agents, self.games) for town in self.scenarios]

    def _first_games(self, generation: int) -> list[int]:
        spans = self._spans()
        start = self.first_game + (generation * sum(spans) if self.generation_rule == "fresh" else 0)
        if self.method == SIMULATE:
            check_integer("first_game of the generation", start, 0, MAX_WORD - sum(spans))
        return [start + sum(spans[:t]) for t in range(len(spans))]

    def _provenance(self, generation: int) -> Provenance:
        source = self._source
        if isinstance(source, ExactSource):
            return source.provenance
        return source.provenance(sum(self._spans()), self._first_games(generation)[0])

    def __reduce__(self) -> tuple[Callable[..., FitnessEvaluator], tuple[Any, ...]]:
        """Pickle the arguments, with the choices made; backends are found again by name."""
        named = self._resolved.name
        if isinstance(self._source, ExactSource):
            named = self._source.exact_backend.name
        arguments = {
            "scenario": list(self.scenarios),
            "games": self.games,
            "fitness": self.fitness,
            "opponents": list(self._pool),
            "method": self.method,
            "backend": named if self._given is None or isinstance(self._given, str) else self._given,
            "seed": self.seed,
            "rule": self.rule,
            "generation_rule": self.generation_rule,
            "first_game": self.first_game,
            "bounds": self.bounds,
            "combine": self.combine,
            "scale": self.scale,
            "workers": self.num_workers,
        }
        return _rebuilt, (type(self), arguments)


def _rebuilt(kind: type[FitnessEvaluator], arguments: dict[str, Any]) -> FitnessEvaluator:
    return kind(**arguments)


def _members(opponents: Members | None) -> tuple[Strategy, ...]:
    labels, strategies = ((), ()) if opponents is None else strategies_of(opponents, "opponents")
    for label, strategy in zip(labels, strategies, strict=True):
        if isinstance(strategy, External):
            raise InvalidInput(
                f"Opponent {label!r} is played from outside, night by night: it has no payoff."
            )
    return strategies
