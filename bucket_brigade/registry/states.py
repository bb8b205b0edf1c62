"""Every backend and its state: ready, not installed, unusable or broken, always with the reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from bucket_brigade.backends.base import Backend, BackendSpec
from bucket_brigade.errors import PluginError, install_command
from bucket_brigade.plugins import Offer, Plugins, active_plugins
from bucket_brigade.plugins.discovery import canonical
from bucket_brigade.plugins.loading import describe
from bucket_brigade.registry.names import listed_names
from bucket_brigade.registry.objects import make
from bucket_brigade.registry.probing import PROBE_LIMIT, BackendState, Finding, examine

__all__ = ["BackendState", "BackendStatus", "BackendTable", "backend_table", "list_backends"]


@dataclass(frozen=True)
class BackendStatus:
    """A backend, its state, and why it is in it."""

    name: str
    """What to type: the plain name, or ``distribution/name`` where several offer that."""
    state: BackendState
    reason: str
    """Why it is not ready; empty if it is."""
    summary: str
    install: str = ""
    """What to type to get it, if known."""
    exact_stream: bool = False
    speed: float = 0.0
    distribution: str = ""
    version: str = ""
    error: BaseException | None = None
    """The exception behind the reason, if there was one."""


@dataclass(frozen=True)
class KnownBackend:
    """A backend that exists elsewhere, so that it can be listed before it is installed."""

    name: str
    distribution: str
    summary: str

    @property
    def install(self) -> str:
        """What to type to get it."""
        return install_command(self.distribution)


KNOWN_ELSEWHERE = (
    KnownBackend("rust", "bb-core-rs", "compiled, on all cores, tens of times as fast as the reference"),
    KnownBackend("cupy", "bucket-brigade-cupy", "on an NVIDIA GPU, for very many games at once"),
)
"""Only names for people: a backend is loaded because its distribution is installed, not because it is here."""


class BackendTable:
    """The backends of one set of plugins. Each is probed once and made once, when first asked for."""

    def __init__(self, plugins: Plugins, *, probe_limit: float = PROBE_LIMIT) -> None:
        # Not `plugins` itself: it is the key under which this table is kept only as long as it is used.
        self.records = plugins.records
        self.failed = plugins.failed
        self.offers: tuple[Offer[BackendSpec], ...] = plugins.offers("backend")
        self._names = dict(zip(map(id, self.offers), listed_names(self.offers), strict=True))
        self._limit = probe_limit
        self._findings: dict[str, Finding] = {}
        self._made: dict[str, Backend] = {}

    def name(self, offer: Offer[BackendSpec]) -> str:
        """Return the shortest name that finds this offer."""
        return self._names[id(offer)]

    def status(self, offer: Offer[BackendSpec]) -> BackendStatus:
        """Return the state of one registered backend, probing it if nobody has."""
        if offer.qualified not in self._findings:
            self._findings[offer.qualified] = examine(offer.value, self._limit)
        finding, spec = self._findings[offer.qualified], offer.value
        return BackendStatus(
            self.name(offer),
            finding.state,
            finding.reason,
            spec.summary,
            spec.install,
            spec.exact_stream,
            float(spec.speed),
            offer.distribution,
            offer.version,
            finding.error,
        )

    def statuses(self) -> tuple[BackendStatus, ...]:
        """Return the state of every backend: those registered, then those known elsewhere."""
        registered = tuple(self.status(offer) for offer in self.offers)
        return registered + tuple(self._elsewhere({offer.name for offer in self.offers}))

    def backend(self, offer: Offer[BackendSpec]) -> Backend:
        """Return the backend, made at its first use.

        What its factory raises leaves it broken and is passed on; a panic, which is no `Exception`, as the
        cause of a `PluginError`.
        """
        if offer.qualified not in self._made:
            try:
                self._made[offer.qualified] = _checked(make(offer.value.factory), offer.value)
            except KeyboardInterrupt:
                raise
            except BaseException as error:
                self._findings[offer.qualified] = Finding(BackendState.BROKEN, describe(error), error)
                if isinstance(error, Exception):
                    raise
                raise PluginError(describe(error)) from error
        return self._made[offer.qualified]

    def _elsewhere(self, registered: set[str]) -> Iterable[BackendStatus]:
        # Of several entry points of one distribution, one that failed says most.
        told = sorted(self.records, key=lambda record: record.state == "failed")
        records = {canonical(record.distribution): record for record in told}
        for known in KNOWN_ELSEWHERE:
            if known.name in registered:
                continue
            record = records.get(known.distribution)
            state, reason, error, version = BackendState.NOT_INSTALLED, "", None, ""
            if record is not None:
                version, error = record.version, record.error
                state, reason = {
                    "failed": (BackendState.BROKEN, f"its plugin failed to load: {record.reason}"),
                    "left out": (BackendState.UNUSABLE, "its plugin is installed but left out by choice"),
                    "loaded": (
                        BackendState.BROKEN,
                        "its plugin loaded but registered no backend of this name",
                    ),
                }[record.state]
            else:
                reason = f"there is no distribution {known.distribution!r}"
            yield BackendStatus(
                known.name,
                state,
                reason,
                known.summary,
                known.install,
                distribution=known.distribution,
                version=version,
                error=error,
            )


def backend_table() -> BackendTable:
    """Return the table of the plugins in use."""
    plugins = active_plugins()
    if plugins not in _tables:
        _tables[plugins] = BackendTable(plugins)
    return _tables[plugins]


def list_backends() -> tuple[BackendStatus, ...]:
    """Return every backend with its state and reason; probes those that nobody has probed yet."""
    return backend_table().statuses()


_tables: WeakKeyDictionary[Plugins, BackendTable] = WeakKeyDictionary()


def _checked(made: object, spec: BackendSpec) -> Backend:
    if isinstance(made, type) or not isinstance(made, Backend):
        raise PluginError(
            f"The factory {spec.factory!r} of backend {spec.name!r} returned {made!r}, which is no Backend."
        )
    if made.name != spec.name:
        raise PluginError(
            f"The backend registered as {spec.name!r} calls itself {made.name!r}: the two must agree."
        )
    return made
