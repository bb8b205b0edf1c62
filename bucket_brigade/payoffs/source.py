"""Where payoffs come from: a backend that knows expectations, or one that plays games; chosen once.

A program says who sits where in which scenario; a source says what to expect of that. `ExactSource` answers with
expected counts, `PlayedSource` with counts of games. Evaluators, double oracle, fitness and tournaments ask a
source and price what comes back; none of them asks again which of the two it is to be, or who answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from bucket_brigade.backends.base import Counts, No, PlayRequest
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend, play
from bucket_brigade.backends.exact import Expectation
from bucket_brigade.errors import AgentError, CannotTabulate
from bucket_brigade.exact.dispatch import (
    Progress,
    ResolvedExactBackend,
    find_exact_backend,
    no_exact_answer,
)
from bucket_brigade.exact.methods import as_tables, looks_only_at_houses, no_table
from bucket_brigade.execution import EXACT, SIMULATE, Execution
from bucket_brigade.game.program import Program
from bucket_brigade.game.strategy import Strategy

__all__ = ["ExactSource", "PayoffSource", "PlayedSource", "choose_source"]


@dataclass(frozen=True, eq=False)
class PayoffSource:
    """What both kinds have: the execution, the strategies as they are evaluated, and their names."""

    execution: Execution
    strategies: tuple[Strategy, ...]
    """S strategies; agents that are evaluated exactly are tables."""
    labels: tuple[str, ...]
    """A name for each strategy."""

    method = ""
    """``exact`` or ``simulate``."""
    fallback_reason = ""
    """Why games are played although exact payoffs would have been welcome; empty otherwise."""


@dataclass(frozen=True, eq=False)
class ExactSource(PayoffSource):
    """Expected counts, from a backend that knows them."""

    exact_backend: ResolvedExactBackend
    program: Program
    """What was compiled to choose; it is evaluated as it is, or others like it are."""

    method = EXACT

    def expect(self, program: Program, progress: Progress | None = None) -> Expectation:
        """Return the expected counts of every entry of a program; equal entries are evaluated once.

        `progress` is called with (entries done, entries in all), different ones only. Raises `PluginError`
        for an answer that breaks the contract.
        """
        return self.exact_backend.expect(
            program, workers=self.execution.threads, progress=progress, execution=self.execution
        )

    @property
    def provenance(self) -> Provenance:
        """Who answers, and why that one."""
        return self.exact_backend.provenance


@dataclass(frozen=True, eq=False)
class PlayedSource(PayoffSource):
    """Counts of games, from a backend that plays them."""

    backend: ResolvedBackend
    fallback_reason: str = ""

    method = SIMULATE

    def play(self, requests: Iterable[PlayRequest]) -> Iterator[Counts]:
        """Yield the counts of every request, in their order; requests are made as they are needed.

        Seed and threads are those of the execution, whatever the requests say. Raises as
        `bucket_brigade.backends.dispatch.play`.
        """
        seed, threads = self.execution.seed, self.execution.threads
        yield from self.execution.map(
            partial(play, self.backend), (replace(one, seed=seed, workers=threads) for one in requests)
        )

    def provenance(self, games: int, first_game: int = 0) -> Provenance:
        """Say who plays `games` games from `first_game` on, why that one, and from which seed."""
        return Provenance.of(self.backend, seed=self.execution.seed, games=games, first_game=first_game)


def choose_source(
    execution: Execution,
    resolved: ResolvedBackend,
    strategies: Sequence[Strategy],
    labels: Sequence[str],
    compile_tables: Callable[[Sequence[Strategy]], Program],
    *,
    too_many: No | None = None,
) -> ExactSource | PlayedSource:
    """Choose between exact payoffs and games: the only place where that is decided.

    `compile_tables` compiles the strategies, agents that look only at the houses as tables, into a program of
    the kind that will be evaluated; `too_many` is a reason of the caller's own against exact payoffs. Where
    method ``auto`` leads to games, the source says why. Raises `BackendCannotRun` with that reason if the
    method is ``exact``.
    """
    names = tuple(labels)
    found: ResolvedExactBackend | No = No("games were asked for") if too_many is None else too_many
    if execution.method != SIMULATE and too_many is None:
        tables = as_tables(strategies)
        program = _compiled(tables, names, compile_tables)
        found = program if isinstance(program, No) else find_exact_backend(resolved, program, tables, names)
        if not isinstance(program, No) and not isinstance(found, No):
            return ExactSource(execution, tuple(tables), names, found, program)
    if execution.method == EXACT and isinstance(found, No):
        raise no_exact_answer(found)
    reason = found.reason if isinstance(found, No) and execution.method != SIMULATE else ""
    return PlayedSource(execution, tuple(strategies), names, resolved, reason)


def _compiled(
    tables: Sequence[Strategy], labels: Sequence[str], compile_tables: Callable[[Sequence[Strategy]], Program]
) -> Program | No:
    """Return the program of strategies that look only at the houses, or why there is none."""
    seen = looks_only_at_houses(tables, labels)
    if isinstance(seen, No):
        # Said before anything is compiled: a table of chances may take long to make.
        return seen
    try:
        return compile_tables(tables)
    except (AgentError, CannotTabulate) as error:
        return no_table(error)
