"""Which backend gives an exact answer: asking it, and checking what came back.

The backend that would play the games is asked first. If ``auto`` chose it and it cannot answer, any other
ready backend with the exact stream may, since all of them play the same games and so have the same
expectations. A backend that somebody named answers or nobody does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import No
from bucket_brigade.backends.dispatch import Provenance, ResolvedBackend, own_version
from bucket_brigade.backends.exact import BestResponses, ExactBackend, Expectation, OptimizeRequest
from bucket_brigade.errors import BackendCannotRun, PluginError, explain
from bucket_brigade.exact.methods import looks_only_at_houses
from bucket_brigade.execution import Execution
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade.game.scenario import MAX_HOUSES
from bucket_brigade.game.strategy import Strategy
from bucket_brigade.registry import BackendState, resolve_backend
from bucket_brigade.registry.states import backend_table

__all__ = [
    "Progress",
    "ResolvedExactBackend",
    "choose_exact_backend",
    "find_exact_backend",
    "merge_equal_entries",
    "no_exact_answer",
]

Progress = Callable[[int, int], None]
"""Called with (entries done, entries in all) after every part of the work."""

_PARTS_WITH_PROGRESS, _SMALLEST_PART = 20, 8
"""Progress costs parallelism at the end of every part, so parts are few and never tiny."""


@dataclass(frozen=True)
class ResolvedExactBackend:
    """A backend that gives exact answers, the name it goes by, and who chose it."""

    backend: ExactBackend
    name: str
    version: str
    source: str

    @property
    def provenance(self) -> Provenance:
        """Who answers, and why that one."""
        return Provenance(
            backend=self.name,
            backend_version=self.version,
            chosen_by=self.source,
            bucket_brigade=own_version(),
            seed=0,
            games=0,
            first_game=0,
            method="exact",
        )

    def expect(
        self,
        program: Program,
        *,
        workers: int | None = None,
        progress: Progress | None = None,
        execution: Execution | None = None,
    ) -> Expectation:
        """Return expected counts of every entry; entries that come to the same are evaluated once.

        One call of the backend does everything, unless progress is wanted or an executor shares the work; that
        changes no result. Raises `PluginError` if the answer is not what the contract says.
        """
        distinct, which = merge_equal_entries(program)
        entries, size = distinct.num_entries, num_counts(program.num_agents)
        part = entries
        shared = execution is not None and execution.executor is not None
        if progress is not None or shared:
            part = max(-(-entries // _PARTS_WITH_PROGRESS), _SMALLEST_PART)
        if progress is not None:
            progress(0, entries)
        counts, ruined = np.empty((entries, size)), np.empty((entries, MAX_HOUSES + 1))
        places = [slice(begin, min(begin + part, entries)) for begin in range(0, entries, part)]
        parts = (replace(distinct, town=distinct.town[h], seats=distinct.seats[h]) for h in places)
        answers = (execution or Execution()).map(partial(self.backend.expect, workers=workers), parts)
        for here, answer in zip(places, answers, strict=True):
            some = here.stop - here.start
            self._check("counts", answer.counts, (some, size))
            self._check("final_ruined", answer.final_ruined, (some, MAX_HOUSES + 1))
            counts[here], ruined[here] = answer.counts, answer.final_ruined
            if progress is not None:
                progress(here.stop, entries)
        return Expectation(counts[which], ruined[which])

    def best_responses(self, request: OptimizeRequest) -> BestResponses:
        """Return the best Markov policy of one seat of every entry, or raise `PluginError`."""
        answer = self.backend.best_responses(request)
        program = request.program
        self._check("values", answer.values, (program.num_entries,))
        if request.keep_policies:
            for entry, policy in enumerate(answer.policies or ()):
                town = program.town[entry]
                shape = int(program.max_nights[town]), 3 ** int(program.num_houses[town])
                self._check(f"policies[{entry}]", policy, shape)
            if answer.policies is None or len(answer.policies) != program.num_entries:
                raise PluginError(f"Backend {self.name!r} answered without the policies it was asked for.")
        return answer

    def social_optimum(
        self, program: Program, prices: NDArray[np.float64], workers: int | None = None
    ) -> NDArray[np.float64]:
        """Return what all seats of every entry can do together, shape (E,), or raise `PluginError`."""
        answer = self.backend.social_optimum(program, prices, workers)
        self._check("social_optimum", answer, (program.num_entries,))
        return answer

    def _check(self, what: str, array: object, shape: tuple[int, ...]) -> None:
        got = getattr(array, "shape", None)
        if not isinstance(array, np.ndarray) or got != shape:
            raise PluginError(
                f"Backend {self.name!r} answered {what} with shape {got}: it must be an array of shape {shape}."
            )
        if not np.isfinite(array).all():
            raise PluginError(f"Backend {self.name!r} answered {what} with numbers that are not finite.")


def choose_exact_backend(
    program: Program, strategies: Sequence[Strategy] | None = None, backend: str | object | None = None
) -> ResolvedExactBackend:
    """Return a backend that gives exact expectations of `program`.

    `strategies` are those it was compiled from: if one of them rules an exact answer out, the reason names
    it. `backend` is a name, a `Backend`, or None for the configured one. Raises `BackendCannotRun` with
    every reason if there is none, and what `resolve_backend` raises.
    """
    found = find_exact_backend(resolve_backend(backend), program, strategies)
    if isinstance(found, No):
        raise no_exact_answer(found)
    return found


def no_exact_answer(no: No) -> BackendCannotRun:
    """Return the error that says why there is no exact answer, and what to type instead."""
    return BackendCannotRun(
        explain(
            "No exact answer can be had here.",
            why=f"{no.reason[:1].upper()}{no.reason[1:]}.",
            do="To estimate payoffs by playing games: method='simulate' (--method simulate).",
        )
    )


def find_exact_backend(
    resolved: ResolvedBackend,
    program: Program,
    strategies: Sequence[Strategy] | None = None,
    labels: Sequence[str] | None = None,
) -> ResolvedExactBackend | No:
    """Return the backend that gives the program's exact expectation, or why there is none.

    It is `resolved` if that one can. Otherwise, and only if `auto` chose it, the fastest other ready
    backend with the exact stream that can. `strategies` and `labels` serve to name, in the reason, a
    strategy that rules an exact answer out.
    """
    seen = looks_only_at_houses(strategies or (), labels)
    if isinstance(seen, No):
        return seen
    reasons = []
    candidates = [resolved, *_others(resolved)] if resolved.automatic else [resolved]
    for candidate in candidates:
        backend = candidate.backend
        if not isinstance(backend, ExactBackend):
            reason = "it offers none"
        elif isinstance(verdict := backend.can_expect(program), No):
            reason = verdict.reason
        else:
            return ResolvedExactBackend(backend, candidate.name, candidate.backend.version, candidate.source)
        origin = f" (from {candidate.source})" if candidate is resolved else ""
        reasons.append(f"backend {candidate.name!r}{origin} has no exact answer: {reason}")
    return No("; ".join(reasons))


def merge_equal_entries(program: Program) -> tuple[Program, NDArray[np.intp]]:
    """Return the program's different entries, and for each of its entries the place among them, (E,).

    Policies that choose actions alike are the same here: signals change no count as long as nobody looks
    at them, which is the case wherever expectations are exact.
    """
    first: dict[tuple[object, ...], int] = {}
    same = np.empty(len(program.kind), dtype=np.uint32)
    for row, kind in enumerate(program.kind):
        key: tuple[object, ...] = (row,)
        if kind == PolicyKind.HEURISTIC:
            key = "heuristic", int(program.policy_houses[row]), *map(int, program.chances[row, :2])
        elif kind == PolicyKind.TABULAR:
            table = program.tables[program.table_start[row] : program.table_start[row + 1]]
            key = "tabular", int(program.policy_houses[row]), table.tobytes()
        same[row] = first.setdefault(key, row)
    rows = np.column_stack([program.town, same[program.seats]])
    distinct, which = np.unique(rows, axis=0, return_inverse=True)
    town, seats = np.ascontiguousarray(distinct[:, 0]), np.ascontiguousarray(distinct[:, 1:])
    return replace(program, town=town, seats=seats), which.ravel()


def _others(resolved: ResolvedBackend) -> Iterator[ResolvedBackend]:
    """Yield the other backends that `auto` may use, the fastest first."""
    table = backend_table()
    eligible = [offer for offer in table.offers if offer.value.exact_stream and offer.value.speed > 0]
    for offer in sorted(eligible, key=lambda o: -o.value.speed):
        name = table.name(offer)
        if name == resolved.name or table.status(offer).state is not BackendState.READY:
            continue
        try:
            backend = table.backend(offer)
        except Exception:
            # Its probe was wrong; now it is listed as broken, with the reason, like any other.
            continue
        source = f"{resolved.source}, and {resolved.name!r} has no exact answer"
        yield ResolvedBackend(backend, name, source, automatic=True)
