"""Looking at one backend: whether it is there, and whether it can be used here; never making it."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bucket_brigade.backends.base import BackendSpec
from bucket_brigade.plugins.loading import describe
from bucket_brigade.registry.objects import find_module, get_object

__all__ = ["PROBE_LIMIT", "BackendState", "Finding", "a_probe_hangs", "examine"]

PROBE_LIMIT = 5.0
"""Seconds a probe may take. Looking for a GPU has been seen to take ten; who waits that long is not ready."""


class BackendState(StrEnum):
    """What can be said of a backend here and now."""

    READY = "ready"
    NOT_INSTALLED = "not installed"
    UNUSABLE = "unusable"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """What was found out about one backend."""

    state: BackendState
    reason: str = ""
    error: BaseException | None = None


def examine(spec: BackendSpec, limit: float) -> Finding:
    """Find the state of a backend without making it, in at most `limit` seconds.

    The work is done in a daemon thread, which is left behind if it hangs: Python cannot end it, and
    nothing waits for it. (A probe in compiled code that never releases the interpreter stops everything
    all the same; only a process of its own could bound that one, at a price for all the others.)
    """
    findings: list[Finding] = []
    worker = threading.Thread(
        target=lambda: findings.append(_look(spec)), name=f"probe {spec.name}", daemon=True
    )
    worker.start()
    worker.join(limit)
    if not findings:
        _left_behind.append(worker)
        return Finding(BackendState.UNUSABLE, f"its probe gave no answer within {limit:g} s")
    return findings[0]


def a_probe_hangs() -> bool:
    """Say whether a probe that was left behind still has not ended.

    Ending the process in the usual way may then take forever: what the probe started, a pool of threads or
    a driver, may wait for it.
    """
    return any(worker.is_alive() for worker in _left_behind)


_left_behind: list[threading.Thread] = []


def _look(spec: BackendSpec) -> Finding:
    try:
        for module in (dotted.partition(":")[0] for dotted in (spec.factory, spec.probe) if dotted):
            if not find_module(module):
                return Finding(BackendState.NOT_INSTALLED, f"there is no module {module!r}")
        answer: Any = get_object(spec.probe)() if spec.probe else None
    except ModuleNotFoundError as error:
        return Finding(BackendState.NOT_INSTALLED, str(error), error)
    except BaseException as error:  # A panic in a Rust extension is no `Exception`.
        return Finding(BackendState.BROKEN, describe(error), error)
    if answer is None:
        return Finding(BackendState.READY)
    if isinstance(answer, str):
        return Finding(BackendState.UNUSABLE, answer.strip().rstrip(".") or "its probe gave an empty reason")
    return Finding(
        BackendState.BROKEN, f"its probe returned {answer!r}: it must return None or the reason as text"
    )
