"""The backend that is checked, and what it claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, BackendSpec, Counts, No, PlayRequest, Stepper, Yes
from bucket_brigade.errors import BackendCannotRun, BackendUnavailable, InvalidInput, PluginError, explain
from bucket_brigade.game.counts import OWN_COUNTS, SHARED_COUNTS
from bucket_brigade.registry import resolve_backend
from bucket_brigade.registry.names import find
from bucket_brigade.registry.objects import make
from bucket_brigade.registry.probing import PROBE_LIMIT, BackendState, examine
from bucket_brigade.registry.states import backend_table
from bucket_brigade.testing.report import Skip, fail
from bucket_brigade.testing.samples import Steps, fresh_copy

__all__ = ["BackendSubject", "count_name", "open_backend", "same_arrays", "same_counts"]


@dataclass(frozen=True, eq=False)
class BackendSubject:
    """A backend, whether it claims the exact stream, and the spec behind it if there is one."""

    name: str
    backend: Backend
    exact_stream: bool
    spec: BackendSpec | None = None

    def claims_exact_stream(self) -> None:
        """Skip the check unless the backend claims to play the games of rules.md bit for bit."""
        if not self.exact_stream:
            raise Skip("it does not claim the exact stream; its averages are checked instead")

    def can_run(self, request: PlayRequest) -> bool:
        """Whether the backend accepts the request; fails the check if the answer is neither Yes nor No."""
        verdict = self.backend.can_run(request)
        if not isinstance(verdict, Yes | No):
            fail(f"can_run answered {verdict!r}", expected="Yes() or No(reason)")
        return isinstance(verdict, Yes)

    def play(self, request: PlayRequest) -> Counts:
        """Play a fresh copy of the request."""
        return self.backend.play(fresh_copy(request))

    def stepper(self, steps: Steps) -> Stepper:
        """Start a stepper on a fresh copy; skips the check if the backend declines to."""
        own = fresh_copy(steps)
        try:
            return self.backend.stepper(own.program, own.seed, own.entries, own.games)
        except BackendCannotRun as declined:
            raise Skip(f"it declined: {declined}") from declined

    def another(self) -> Backend:
        """Return a backend like this one that has played nothing yet; skips the check without a spec."""
        if self.spec is None:
            raise Skip("an object was given; a spec could make another one")
        made: Backend = make(self.spec.factory)
        return made


def open_backend(target: object, exact_stream: bool | None) -> BackendSubject:
    """Return what is to be checked: a registered name, a `BackendSpec`, or a `Backend`.

    Raises `UnknownName`, `BackendUnavailable` with the reason, `PluginError` if it cannot be made, and
    `InvalidInput` for another object or a `Backend` of which nobody said whether its stream is exact.
    """
    if isinstance(target, str):
        table = backend_table()
        offer = find(table.offers, target, word="backend")
        if offer is None or table.status(offer).state in (BackendState.NOT_INSTALLED, BackendState.UNUSABLE):
            resolve_backend(target)
        assert offer is not None
        return _from_spec(offer.value, exact_stream)
    if isinstance(target, BackendSpec):
        finding = examine(target, PROBE_LIMIT)
        if finding.state in (BackendState.NOT_INSTALLED, BackendState.UNUSABLE):
            raise BackendUnavailable(
                explain(
                    f"Backend {target.name!r} is {finding.state}: {finding.reason}.",
                    do=f"Type: {target.install}" if target.install else "",
                )
            ) from finding.error
        return _from_spec(target, exact_stream)
    if isinstance(target, type) or not isinstance(target, Backend):
        raise InvalidInput(
            f"check_backend({target!r}) is not allowed: give a registered name, a BackendSpec or a Backend."
        )
    if exact_stream is None:
        raise InvalidInput(
            f"check_backend({target.name!r}): say exact_stream=True or False, since an object does not claim it."
        )
    return BackendSubject(target.name, target, exact_stream)


def _from_spec(spec: BackendSpec, exact_stream: bool | None) -> BackendSubject:
    try:
        made = make(spec.factory)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # A panic in a Rust extension is no `Exception`.
        raise PluginError(
            f"Backend {spec.name!r} cannot be made by {spec.factory!r}: {type(error).__name__}: {error}"
        ) from error
    if isinstance(made, type) or not isinstance(made, Backend):
        raise PluginError(
            f"The factory {spec.factory!r} of backend {spec.name!r} made {made!r}: it is no Backend."
        )
    claimed = spec.exact_stream if exact_stream is None else exact_stream
    return BackendSubject(spec.name, made, claimed, spec)


def count_name(column: int, agents: int) -> str:
    """Return what a column of counts holds, for messages."""
    own = len(OWN_COUNTS) * agents
    if column >= own:
        return SHARED_COUNTS[column - own]
    return f"{OWN_COUNTS[column % len(OWN_COUNTS)]} of agent {column // len(OWN_COUNTS)}"


def same_arrays(what: str, found: Any, expected: NDArray[Any], *, see: str) -> None:
    """Fail the check unless an array has the expected shape and values; names the first that differ."""
    if not isinstance(found, np.ndarray) or found.shape != expected.shape:
        got = f"shape {found.shape}" if isinstance(found, np.ndarray) else f"{found!r:.60}"
        fail(f"{what}: {got}", expected=f"an array of shape {expected.shape}", see=see)
    wrong = found != expected
    if wrong.any():
        place = tuple(int(i) for i in np.argwhere(wrong)[0])
        fail(
            f"{what}{list(place)} = {found[place]}; {int(wrong.sum())} of {wrong.size} numbers differ",
            expected=f"{expected[place]}",
            see=see,
        )


def same_counts(found: Counts, expected: Counts, agents: int, *, see: str, first: str = "") -> None:
    """Fail the check unless two answers are the same integers; names entry, game and count."""
    for name in ("per_game", "sums", "products"):
        ours, theirs = getattr(found, name), getattr(expected, name)
        if theirs is None or (isinstance(ours, np.ndarray) and np.array_equal(ours, theirs)):
            continue
        if name == "per_game" and isinstance(ours, np.ndarray) and ours.shape == theirs.shape:
            entry, game, column = (int(i) for i in np.argwhere(ours != theirs)[0])
            fail(
                f"{first}entry {entry}, game {game} of its games: {count_name(column, agents)} is "
                f"{ours[entry, game, column]}; {int((ours != theirs).any(axis=2).sum())} of {theirs[..., 0].size} "
                "games differ",
                expected=f"{theirs[entry, game, column]}",
                see=see,
            )
        same_arrays(f"{first}{name}", ours, theirs, see=see)
