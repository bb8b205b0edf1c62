"""Which backend plays, and who decided.

The first of these that says something decides: the argument; the innermost ``with use_backend(...)``;
BUCKET_BRIGADE_BACKEND; the configuration file; else ``auto``. A backend that was named plays or is an
error, whatever else is there. ``auto`` takes the fastest ready backend among those that play the exact
stream, so it can change how long a result takes and never the result. A backend that takes long to get going
says how many games it is worth that for; `auto` leaves it out of requests of fewer, or of nobody knows how many.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bucket_brigade import config
from bucket_brigade.backends.base import Backend, BackendSpec
from bucket_brigade.backends.dispatch import ResolvedBackend
from bucket_brigade.errors import BackendUnavailable, InvalidInput, UnknownName, did_you_mean, explain
from bucket_brigade.plugins import Offer
from bucket_brigade.plugins.manager import OWN, SEE
from bucket_brigade.registry.names import asked_by, cause, failures, find
from bucket_brigade.registry.states import BackendState, BackendStatus, BackendTable, backend_table

__all__ = ["AUTO", "ResolvedBackend", "resolve_backend", "use_backend"]

AUTO = "auto"

logger = logging.getLogger("bucket_brigade")
"""Says what did not stop anything. Without a handler, Python prints its warnings on standard error."""


def resolve_backend(argument: str | object | None = None, *, games: int = 0) -> ResolvedBackend:
    """Return the backend to play on, the name it goes by, and what decided it.

    `argument` is a name, "auto", a `Backend`, or None to leave it to the context, the environment, the
    configuration file or `auto`. `games` is how many games a request will have at least, as far as that is
    known; only `auto` looks at it. Raises `UnknownName`, `DuplicateName` or `BackendUnavailable` for a
    name, `InvalidInput` for another object, `ConfigError` if the configuration cannot be read.
    """
    choice, source = _choice(argument)
    if not isinstance(choice, str):
        return ResolvedBackend(_instance(choice, source), choice.name, source)
    table = backend_table()
    if choice == AUTO:
        return _fastest(table, source, games)
    return _named(table, choice, source)


@contextmanager
def use_backend(backend: str | Backend) -> Iterator[None]:
    """Play on `backend`, a name or an instance, inside the block, where no argument says otherwise.

    A name that is unknown or not ready is refused on entry. The choice belongs to the context
    (`contextvars`): other threads and tasks do not see it.
    """
    if isinstance(backend, str):
        if backend != AUTO:
            _ready(backend_table(), backend, "use_backend")
    else:
        _instance(backend, "use_backend")
    token = _context.set(backend)
    try:
        yield
    finally:
        _context.reset(token)


_context: ContextVar[str | Backend | None] = ContextVar("bucket_brigade_backend", default=None)


def _choice(argument: object) -> tuple[str | Backend, str]:
    if argument is not None:
        return (argument if isinstance(argument, str) else _instance(argument, "argument")), "argument"
    in_context = _context.get()
    if in_context is not None:
        return in_context, "use_backend"
    in_environment = config.backend_from_environment()
    if in_environment is not None:
        return in_environment, config.BACKEND
    file = config.load_config()
    if file.values.backend is not None:
        return file.values.backend, file.source
    return AUTO, ""


def _instance(given: object, source: str) -> Backend:
    if isinstance(given, type) or not isinstance(given, Backend):
        raise InvalidInput(
            f"backend = {given!r} (from {source}) is not allowed: it must be a name or a Backend."
        )
    return given


def _named(table: BackendTable, name: str, source: str) -> ResolvedBackend:
    offer = _ready(table, name, source)
    try:
        backend = table.backend(offer)
    except Exception as error:
        raise _unavailable(table, table.status(offer), source) from error
    return ResolvedBackend(backend, table.name(offer), source)


def _ready(table: BackendTable, name: str, source: str) -> Offer[BackendSpec]:
    """Return the offer of a ready backend, or raise why there is none."""
    offer = find(table.offers, name, word="backend", source=source)
    if offer is not None:
        status = table.status(offer)
        if status.state is BackendState.READY:
            return offer
        raise _unavailable(table, status, source) from status.error
    statuses = table.statuses()
    for status in statuses:
        if name in (status.name, f"{status.distribution}/{status.name}"):
            raise _unavailable(table, status, source) from status.error
    raise UnknownName(
        explain(
            f"Unknown backend {name!r}{asked_by(source)}.{did_you_mean(name, [s.name for s in statuses])}",
            exists=f"{_overview(statuses)} {failures(table.failed)}",
            do=SEE,
        )
    ) from cause(table.failed)


def _unavailable(table: BackendTable, status: BackendStatus, source: str) -> BackendUnavailable:
    reason = status.reason.rstrip(".")
    ready = [s for s in table.statuses() if s.state is BackendState.READY]
    missing = status.state is BackendState.NOT_INSTALLED and status.install
    return BackendUnavailable(
        explain(
            f"Backend {status.name!r}{asked_by(source)} is {status.state}: {reason}.",
            exists=_overview(ready),
            do=f"Type: {status.install}" if missing else SEE,
        )
    )


def _overview(statuses: tuple[BackendStatus, ...] | list[BackendStatus]) -> str:
    """Return ``Ready: python, rust. Not installed: cupy (pip install …).``"""
    parts = []
    for state in BackendState:
        names = [_with_hint(status) for status in statuses if status.state is state]
        if names:
            parts.append(f"{state.capitalize()}: {', '.join(names)}.")
    return " ".join(parts)


def _with_hint(status: BackendStatus) -> str:
    if status.state is BackendState.READY:
        return status.name
    installable = status.state is BackendState.NOT_INSTALLED and status.install
    return f"{status.name} ({status.install if installable else status.reason})"


def _fastest(table: BackendTable, source: str, games: int) -> ResolvedBackend:
    rule = "fastest ready backend with the exact stream"
    chosen_by = f"auto: {rule}" if not source else f"{source}: auto, {rule}"
    eligible = [
        offer
        for offer in table.offers
        if offer.value.exact_stream and offer.value.speed > 0 and offer.value.smallest_batch <= games
    ]
    # Fastest first, so that a slower one is not even probed; the sort keeps the order of equals.
    for offer in sorted(eligible, key=lambda o: -o.value.speed):
        if table.status(offer).state is not BackendState.READY:
            continue
        try:
            backend = table.backend(offer)
        except Exception as error:
            # Its probe was wrong. The next one plays the same games, only slower, so this is no error.
            logger.warning(
                "Backend %r is broken (%s); auto takes the next fastest.", table.name(offer), error
            )
            continue
        if offer.distribution == OWN.distribution:
            _say_what_is_missing(table, table.name(offer))
        return ResolvedBackend(backend, table.name(offer), chosen_by, automatic=True)
    raise BackendUnavailable(
        explain(
            f"No backend with the exact stream is ready{asked_by(source)}.",
            exists=_overview(table.statuses()),
            do=SEE,
        )
    )


def _say_what_is_missing(table: BackendTable, name: str) -> None:
    """Say once a process that only our own backend is there, and what would be faster."""
    if _said:
        return
    _said.add(name)
    others = [status for status in table.statuses() if status.state is not BackendState.READY]
    logger.warning("Playing on the backend %r; no faster one is ready. %s %s", name, _overview(others), SEE)


_said: set[str] = set()
"""What was said in this process already; a test may clear it."""
