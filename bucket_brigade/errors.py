"""Everything Bucket Brigade raises on purpose.

A message has up to four parts: what was asked and from where; what exists; why not; what to type.
`explain` joins them so that every error in the project reads alike.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

__all__ = [
    "AgentError",
    "BackendCannotRun",
    "BackendUnavailable",
    "BucketBrigadeError",
    "CannotTabulate",
    "ConcurrentUse",
    "ConfigError",
    "DuplicateName",
    "InvalidInput",
    "PluginError",
    "RunDirectoryError",
    "UnknownName",
    "did_you_mean",
    "explain",
    "install_command",
]

_FOLDERS = {"bb-core-rs": "./bb_core_rs", "bucket-brigade-cupy": "./plugins/bucket_brigade_cupy"}
"""Where the project's other distributions lie in a clone.

While none of them is on an index, pip gets them from there. A release that uploads them empties this table, and every
message says ``pip install NAME`` again; `docs/how-to/install.md` is the page to change with it.
"""


class BucketBrigadeError(Exception):
    """Base class of every error this project raises on purpose."""


class InvalidInput(BucketBrigadeError, ValueError):
    """A field, trait, seed or profile that the rules do not allow; raised before any game is played."""


class CannotTabulate(InvalidInput):
    """An agent that cannot be turned into a table of chances, one row for each state of the houses."""


class UnknownName(BucketBrigadeError, LookupError):
    """A backend, agent, scenario or archetype that nobody registered."""


class BackendUnavailable(BucketBrigadeError):
    """A backend that is known but not ready: not installed, unusable or broken."""


class BackendCannotRun(BucketBrigadeError):
    """A ready backend that declined this request, with its reason."""


class ConfigError(BucketBrigadeError, ValueError):
    """A configuration file or environment variable that cannot be read or understood."""


class ConcurrentUse(BucketBrigadeError, RuntimeError):
    """An environment that a second thread called while another was inside it."""


class PluginError(BucketBrigadeError):
    """A plugin that could not be loaded or broke the contract."""


class DuplicateName(PluginError, LookupError):
    """A name that two distributions registered; only a qualified name can be used."""


class RunDirectoryError(BucketBrigadeError):
    """A directory of a run that the disk or the system would not let be read or written."""


class AgentError(BucketBrigadeError):
    """An agent that raised or chose an illegal action.

    `finished` holds what was complete before it failed: a `Counts` or a `SimulationResult`, or None.
    """

    finished: object = None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `` Did you mean 'x'?`` for the closest of `known`, else one that `name` is a part of, or nothing."""
    names, typed = list(known), name.lower()
    if len(typed) > 100:  # Nobody's slip, and dear to compare.
        return ""
    close = difflib.get_close_matches(typed, names, n=1, cutoff=0.6)
    if not close and len(typed) > 2:
        # "greedy" for greedy_neighbor; fewer letters are part of too much. One that begins so comes first.
        parts = [known for known in names if typed in known.lower()]
        close = sorted(parts, key=lambda known: not known.lower().startswith(typed))[:1]
    return f" Did you mean {close[0]!r}?" if close else ""


def explain(asked: str, *, exists: str = "", why: str = "", do: str = "") -> str:
    """Join the four parts of a message, leaving out the empty ones.

    `asked` says what was asked for and from where, `exists` what there is instead, `why` the reason,
    and `do` what to type next. Each is one sentence or more, with its own full stop.
    """
    return " ".join(part.strip() for part in (asked, why, exists, do) if part.strip())


def install_command(distribution: str) -> str:
    """Return what to type to install a distribution; a folder is relative to a clone of the project.

    An extra needs no such care: where `bucket-brigade` is installed, from wherever, pip takes ``bucket-brigade[envs]``
    as asking for what that extra names.
    """
    return f"pip install {_FOLDERS.get(distribution, distribution)}"
