"""One plugin: from its entry point to a record of what it offers, whatever it does on the way.

Every plugin gets a pluggy manager of its own. So one that fails takes nothing with it, a half
registration is dropped with its collector, and two plugins of one name do not meet. pluggy's own loader
has none of this: there the first exception ends the loop, a second entry point of a name is skipped in
silence, and a refused plugin stays half registered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar

import pluggy

from bucket_brigade import hookspecs
from bucket_brigade.errors import BucketBrigadeError, PluginError, did_you_mean, explain
from bucket_brigade.plugins.contract import KINDS, Kind, check_offer
from bucket_brigade.plugins.discovery import Candidate, canonical

__all__ = ["Offer", "PluginRecord", "left_out", "load"]

T = TypeVar("T")

PluginState = Literal["loaded", "failed", "left out"]

HOOKS = (*KINDS, "register_commands")

LONGEST = 500
"""Letters of a stranger's message that are shown."""


@dataclass(frozen=True)
class Offer(Generic[T]):
    """A backend, agent or scenario, the name it is offered under, and by which distribution."""

    name: str
    value: T
    distribution: str
    version: str

    @property
    def qualified(self) -> str:
        """``distribution/name``, which never means anything else."""
        return f"{canonical(self.distribution)}/{self.name}"


@dataclass(frozen=True, eq=False)
class PluginRecord:
    """What became of one entry point."""

    distribution: str
    version: str
    entry_point: str
    value: str
    """What the entry point names: ``module`` or ``module:attribute``."""
    state: PluginState
    error: BaseException | None = None
    """Why it failed: the exception itself, with its traceback and cause."""
    hooks: tuple[str, ...] = ()
    """The hooks it implements."""
    offers: Mapping[str, tuple[Offer[Any], ...]] = field(default_factory=lambda: MappingProxyType({}))
    """What it registered, by the word for it: ``backend``, ``agent`` or ``scenario``."""
    manager: pluggy.PluginManager | None = field(default=None, repr=False)
    """Calls the hooks of this plugin alone."""

    @property
    def reason(self) -> str:
        """Why it failed, in a line; empty if it did not."""
        return describe(self.error) if self.error else ""

    def __str__(self) -> str:
        return f"{self.distribution} {self.version} (entry point {self.entry_point!r})"


def describe(error: BaseException) -> str:
    """Return an exception in one line; our own speak for themselves, others need their class."""
    try:
        text = " ".join(str(error).split())
    except Exception:
        text = ""  # A stranger's exception that cannot even tell what went wrong is named by its class.
    if text and isinstance(error, BucketBrigadeError):
        return text
    if len(text) > LONGEST:
        text = f"{text[:LONGEST]}…"  # A compiler may have spoken; the exception has all of it.
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def left_out(candidate: Candidate) -> PluginRecord:
    """Return the record of a plugin that was not asked for; nothing of it is imported."""
    return _record(candidate, "left out")


def load(candidate: Candidate) -> PluginRecord:
    """Load one plugin and return its record; a failure is in the record, never raised.

    Even what is not an `Exception` stays inside: a module may call ``sys.exit`` when it is imported, and
    a panic in a Rust extension derives from `BaseException`. Only the user's interrupt goes through.
    """
    try:
        if candidate.problem is not None:
            raise PluginError("Its entry_points.txt cannot be read.") from candidate.problem
        manager = _register(candidate.entry_point.load())
        offers = {kind.word: tuple(_collect(manager, hook, kind, candidate)) for hook, kind in KINDS.items()}
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return _record(candidate, "failed", error=error)
    hooks = tuple(hook for hook in HOOKS if getattr(manager.hook, hook).get_hookimpls())
    return _record(candidate, "loaded", hooks=hooks, offers=MappingProxyType(offers), manager=manager)


def _record(candidate: Candidate, state: PluginState, **fields: Any) -> PluginRecord:
    entry = candidate.entry_point
    return PluginRecord(candidate.distribution, candidate.version, entry.name, entry.value, state, **fields)


def _register(plugin: object) -> pluggy.PluginManager:
    """Return a manager that holds this plugin alone, or raise what is wrong with its hooks."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    marked = [name for name in dir(plugin) if manager.parse_hookimpl_opts(plugin, name) is not None]
    _check_names(plugin, marked)
    try:
        manager.register(plugin)
        manager.check_pending()
    except pluggy.PluginValidationError as error:
        # pluggy's text spreads over lines and shows the whole plugin; of these we want how the hook is
        # defined, or else the last one, which has the fault.
        *_, last = lines = [line.strip() for line in str(error).strip().splitlines()]
        definition = "hookimpl definition: "
        fault = next((line.removeprefix(definition) for line in lines if line.startswith(definition)), last)
        raise PluginError(
            explain(f"A hook has the wrong signature: {fault}.", exists=_signatures())
        ) from error
    for hook in HOOKS:
        caller = getattr(manager.hook, hook)
        for implementation in caller.get_hookimpls():
            missing = set(caller.spec.argnames) - set(implementation.argnames)
            if missing:
                raise PluginError(
                    explain(
                        f"The hook {hook} does not take the argument {min(missing)!r}, so it cannot register anything.",
                        exists=_signatures(),
                    )
                )
    return manager


def _check_names(plugin: object, marked: list[str]) -> None:
    for name in marked:
        if name not in HOOKS and not _renamed(plugin, name):
            raise PluginError(
                explain(
                    f"Unknown hook {name!r}.{did_you_mean(name, HOOKS)}", exists=f"Hooks: {', '.join(HOOKS)}."
                )
            )
    unmarked = [name for name in HOOKS if name not in marked and callable(getattr(plugin, name, None))]
    if unmarked:
        raise PluginError(
            explain(
                f"{unmarked[0]} is not marked as a hook, so it would never be called.",
                do="Put @bucket_brigade.hookimpl above it.",
            )
        )
    if not marked:
        kind = "module" if type(plugin).__name__ == "module" else f"{type(plugin).__name__} object"
        raise PluginError(
            explain(
                f"The {kind} is no plugin: it implements no hook.",
                exists=f"Hooks: {', '.join(HOOKS)}.",
                do="Mark a hook with @bucket_brigade.hookimpl.",
            )
        )


def _renamed(plugin: object, name: str) -> bool:
    """Say whether a function implements a hook of another name, ``@hookimpl(specname=...)``."""
    options: Mapping[str, Any] = getattr(getattr(plugin, name), f"{hookspecs.PROJECT}_impl", {})
    return options.get("specname") in HOOKS


def _signatures() -> str:
    return f"Signatures: {', '.join(f'{hook}(register)' for hook in KINDS)}, register_commands(cli)."


def _collect(
    manager: pluggy.PluginManager, hook: str, kind: Kind, candidate: Candidate
) -> Iterator[Offer[Any]]:
    offered: dict[str, object] = {}
    finished = False

    def register(item: object) -> None:
        if finished:
            raise PluginError(f"{hook} has returned: register while it runs, not later.")
        check_offer(kind, item)
        name: str = item.name  # type: ignore[attr-defined]
        if name in offered:
            raise PluginError(f"It registered the {kind.word} {name!r} twice.")
        offered[name] = item

    returned = call_hook(manager, hook, register=register)
    finished = True
    if returned:
        # A generator or a coroutine would never run: the one who wrote `yield` or `async` must hear of it.
        raise PluginError(
            f"{hook} returned a {type(returned[0]).__name__}: it must register, and return nothing."
        )
    for name, item in offered.items():
        yield Offer(name, item, candidate.distribution, candidate.version)


def call_hook(manager: pluggy.PluginManager, hook: str, **arguments: object) -> list[Any]:
    """Call a hook of one plugin and return what it returned, Nones left out."""
    caller: Callable[..., list[Any]] = getattr(manager.hook, hook)
    returned = caller(**arguments)
    for value in returned:
        if hasattr(value, "close"):
            value.close()
    return returned
