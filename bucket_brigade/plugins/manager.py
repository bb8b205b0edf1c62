"""All plugins: loaded once a process and choice, each failure told once, the set in use held here."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from typing import Any

from bucket_brigade import config
from bucket_brigade.backends.dispatch import own_version
from bucket_brigade.errors import PluginError, did_you_mean, explain
from bucket_brigade.hookspecs import PROJECT
from bucket_brigade.plugins.discovery import Candidate, discover, in_order, is_wanted, unmatched
from bucket_brigade.plugins.loading import Offer, PluginRecord, left_out, load

__all__ = ["PluginWarning", "Plugins", "active_plugins", "load_plugins", "use_plugins"]

OWN = Candidate(
    "bucket-brigade", own_version(), EntryPoint("builtin", "bucket_brigade.builtin_plugin", PROJECT)
)
"""What Bucket Brigade itself offers: first in line, otherwise a plugin like any other."""

SEE = "Type: bucket-brigade plugins"


class PluginWarning(UserWarning):
    """A plugin was left behind; everything else works."""


@dataclass(frozen=True, eq=False)
class Plugins:
    """A set of plugins: a record for every entry point, in the order they were loaded."""

    records: tuple[PluginRecord, ...]

    def offers(self, word: str) -> tuple[Offer[Any], ...]:
        """Return everything registered as ``backend``, ``agent`` or ``scenario``, in order."""
        return tuple(offer for record in self.records for offer in record.offers.get(word, ()))

    @property
    def failed(self) -> tuple[PluginRecord, ...]:
        """The records of the plugins that could not be loaded."""
        return tuple(record for record in self.records if record.state == "failed")


def load_plugins(
    wanted: Iterable[str] | None = None,
    *,
    strict: bool = False,
    candidates: Iterable[Candidate] | None = None,
) -> Plugins:
    """Load plugins, each in isolation, and return the set.

    `wanted` names entry points or distributions; None takes all, an empty list none but our own.
    `candidates` stands for what is installed. Each failure is one `PluginWarning` naming distribution,
    version and entry point; with `strict`, the failures are raised together as one `PluginError`.
    """
    names = None if wanted is None else frozenset(wanted)
    installed = discover() if candidates is None else in_order(candidates)
    source = f" (from {config.PLUGINS})" if names and names == config.wanted_plugins() else ""
    known = sorted({name for c in installed for name in (c.name, c.distribution)})
    records = [load(OWN)]
    # A plugin that asks the registry while it loads, say to derive a scenario from one of ours, finds what
    # is ours and nothing else: so what it gets does not depend on who is installed beside it.
    with use_plugins(Plugins((records[0],))):
        for candidate in installed:
            record = load(candidate) if is_wanted(candidate, names) else left_out(candidate)
            records.append(_without_clash(record, records))
    problems = [_told(record) for record in records if record.state == "failed"]
    problems += [
        explain(
            f"No plugin goes by the name {name!r}{source}.{did_you_mean(name, known)}",
            exists=f"Installed: {', '.join(sorted({c.name for c in installed})) or 'none'}.",
        )
        for name in unmatched(installed, names)
    ]
    if problems and strict:
        cause = next((record.error for record in records if record.error), None)
        why = f"In strict mode ({config.STRICT}) this is an error."
        # The list would end in this error too, so what to type leaves strict mode.
        do = f"Type: {config.STRICT}=0 {SEE.removeprefix('Type: ')}"
        raise PluginError(explain(" ".join(problems), why=why, do=do)) from cause
    for problem in problems:
        warnings.warn(explain(problem, do=SEE), PluginWarning, stacklevel=2)
    return Plugins(tuple(records))


def active_plugins() -> Plugins:
    """Return the plugins in use: those of `use_plugins`, else those that BUCKET_BRIGADE_PLUGINS allows.

    They are loaded once for each value of BUCKET_BRIGADE_PLUGINS and BUCKET_BRIGADE_STRICT; the
    environment is read at every call.
    """
    chosen = _chosen.get()
    return chosen if chosen is not None else _load_once(config.wanted_plugins(), config.strict())


@contextmanager
def use_plugins(plugins: Plugins | Iterable[str]) -> Iterator[Plugins]:
    """Use these plugins inside the block: a loaded set, or names as for `load_plugins`.

    ``use_plugins(())`` is ``--no-plugins``: only what Bucket Brigade itself offers. A click command holds
    it open with ``ctx.with_resource(use_plugins(()))``; calling it without ``with`` changes nothing.
    """
    chosen = plugins if isinstance(plugins, Plugins) else _load_once(frozenset(plugins), config.strict())
    token = _chosen.set(chosen)
    try:
        yield chosen
    finally:
        _chosen.reset(token)


_chosen: ContextVar[Plugins | None] = ContextVar("bucket_brigade_plugins", default=None)


@functools.cache
def _load_once(wanted: frozenset[str] | None, strict: bool) -> Plugins:
    return load_plugins(wanted, strict=strict)


def _without_clash(record: PluginRecord, earlier: list[PluginRecord]) -> PluginRecord:
    """Fail a plugin that repeats a name of its own distribution: no qualified name could tell them apart.

    Names shared between distributions are fine here; using one unqualified is refused by the registry.
    """
    taken = {
        (word, offer.qualified): other
        for other in earlier
        for word, offers in other.offers.items()
        for offer in offers
    }
    for word, offers in record.offers.items():
        for offer in offers:
            other = taken.get((word, offer.qualified))
            if other is not None:
                error = PluginError(
                    f"It registered the {word} {offer.name!r}, which entry point {other.entry_point!r} of the same "
                    "distribution offers already."
                )
                return replace(record, state="failed", error=error, hooks=(), offers={}, manager=None)
    return record


def _told(record: PluginRecord) -> str:
    return f"Plugin {record} failed to load: {record.reason.rstrip('.')}."
