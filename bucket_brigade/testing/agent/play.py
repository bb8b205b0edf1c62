"""Checks of an agent as it plays: made anew, legal, reproducible, with its own luck alone, forgetting."""

from __future__ import annotations

import pickle
import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields, replace
from types import BuiltinFunctionType, FrameType
from typing import Any

import numpy as np

from bucket_brigade.agents.observations import Observations
from bucket_brigade.errors import AgentError
from bucket_brigade.testing.agent.scenes import (
    SealedObservations,
    ask,
    observe,
    same_actions,
)
from bucket_brigade.testing.agent.subject import AgentSubject, judge
from bucket_brigade.testing.report import fail

__all__ = [
    "instances_apart",
    "legal_actions",
    "made_anew",
    "observations_unchanged",
    "own_luck_only",
    "pickling",
    "reproducible",
    "reset_is_fresh",
    "words_only",
]

FEW = 6
"""Scenes for checks that show recorded nights again."""


def made_anew(s: AgentSubject) -> str:
    """The factory takes no argument and makes a new agent each time, or a native strategy."""
    first, second = s.made, s.factory()
    judge("the factory", first)
    judge("the factory", second)
    if s.is_native:
        if first != second:
            fail("the factory made two native strategies that differ", expected="the same strategy each time")
        return "a native strategy"
    if first is second:
        fail("the factory made the same agent twice", expected="a new one each time: every seat gets its own")
    return "two agents"


def legal_actions(s: AgentSubject) -> str:
    """It acts by the rules: on rings and teams of every size, on every night, in the right shape and dtype."""
    try:
        recordings = s.recordings
    except AgentError as error:
        fail(
            str(error),
            expected="integers of shape (G, 3): a house on the ring, a mode and a signal of 0 or 1",
        )
    nights = sum(len(nights) for _, nights in recordings)
    return f"{len(recordings)} scenes, {nights} nights of {len(s.scenes[0].games)} games"


def own_luck_only(s: AgentSubject) -> str:
    """It uses no `random`, no `numpy.random`, no entropy of the system and no clock."""
    s.is_scripted()
    some = s.recordings[:FEW]
    # Seeded as no agent would seed them, so that seeding them again shows.
    with _other_global_seeds():
        before = _global_states()
        with _watching() as calls:
            for scene, nights in some:
                agent = s.fresh(scene)
                for night in nights:
                    ask(agent, observe(scene, night))
        after = _global_states()
    if calls:
        fail(
            f"it calls {calls[0]}",
            expected="random words of its observations, and no clock: games can be repeated",
        )
    for module in before:
        if before[module] != after[module]:
            fail(
                f"it draws from the global generator of {module}, or seeds it",
                expected="random words of its observations: words, uniform, chance, choice, weighted, pick",
            )
    return f"{len(some)} scenes, every call watched"


def reproducible(s: AgentSubject) -> str:
    """The same seed and games give the same actions, with a new agent and other global seeds."""
    s.is_scripted()
    for scene, nights in s.recordings:
        with _other_global_seeds():
            agent = s.fresh(scene)
            for night in nights:
                same_actions("Played again by a new agent", scene, night, ask(agent, observe(scene, night)))
    return f"{len(s.recordings)} scenes, twice"


def instances_apart(s: AgentSubject) -> str:
    """Two agents at play in turn act as each does alone: nothing is kept in the class or the module."""
    s.is_scripted()
    some = s.recordings[:FEW]
    for (scene, nights), (other, others) in zip(some, [*some[1:], some[0]], strict=True):
        agent, rival = s.fresh(scene), s.fresh(other)
        for place, night in enumerate(nights):
            if place < len(others):
                ask(rival, observe(other, others[place]))
            seen = observe(scene, night)
            same_actions("With another instance at play beside it", scene, night, ask(agent, seen))
    return f"{len(some)} pairs of scenes"


def reset_is_fresh(s: AgentSubject) -> str:
    """After `reset` an agent acts as a new one, whatever it played before and however far."""
    s.is_scripted()
    some = s.recordings[:FEW]
    used = s.factory()
    for (scene, nights), (other, others) in zip(some, [*some[1:], some[0]], strict=True):
        half = others[: max(1, len(others) // 2)]
        # Another town and seat and half of the games, then the same scene, unfinished; then the whole.
        for before, seen in ((other, half), (scene, nights[:2])):
            rows = slice(0, 4) if before is other else slice(None)
            used.reset(before.seat, before.scenario, len(before.games[rows]))
            for night in seen:
                ask(used, observe(before, night, rows))
        used.reset(scene.seat, scene.scenario, len(scene.games))
        for night in nights:
            same_actions("After reset", scene, night, ask(used, observe(scene, night)))
    return f"{len(some)} scenes, each after two others"


def observations_unchanged(s: AgentSubject) -> str:
    """It writes nothing into its observations."""
    s.is_scripted()
    for scene, nights in s.recordings[:FEW]:
        agent = s.fresh(scene)
        for night in nights:
            given, kept = observe(scene, night), observe(scene, night)
            ask(agent, given)
            for f in fields(Observations):
                if not np.array_equal(getattr(given, f.name), getattr(kept, f.name)):
                    fail(
                        f"it changed observations.{f.name.lstrip('_')} in {scene}",
                        expected="observations as they were; in play the arrays are read-only",
                        see=scene.see,
                    )
    return f"{len(s.recordings[:FEW])} scenes, byte by byte"


def words_only(s: AgentSubject) -> str:
    """Its luck comes by its words alone: seed and game numbers, which would tell the future, do not matter."""
    s.is_scripted()
    for scene, nights in s.recordings[:FEW]:
        agent = s.fresh(scene)
        for night in nights:
            true = observe(scene, night)
            sealed = SealedObservations(
                **{f.name: getattr(true, f.name) for f in fields(Observations)}, _source=true.words
            )
            sealed = replace(sealed, _seed=scene.seed ^ 0xABCDEF, _games=np.zeros_like(scene.games))
            same_actions("With the same words under another seed", scene, night, ask(agent, sealed))
    return f"{len(s.recordings[:FEW])} scenes"


def pickling(s: AgentSubject) -> str:
    """The factory goes through pickle, as a pool of processes needs it, and its agents act the same."""
    try:
        sent = pickle.loads(pickle.dumps(s.factory))
    except Exception as error:
        fail(
            f"the factory cannot be pickled: {type(error).__name__}: {error}",
            expected="a class or function at the top of a module",
        )
    made = sent()
    if s.is_native:
        if made != s.made:
            fail("the strategy comes back from pickle as another one", expected="an equal strategy")
        return "the strategy"
    scene, nights = s.recordings[0]
    made.reset(scene.seat, scene.scenario, len(scene.games))
    for night in nights:
        same_actions("Made by a pickled factory", scene, night, ask(made, observe(scene, night)))
    return "the factory, and a scene"


_CLOCKS = frozenset(
    f"{name}{end}"
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time")
    for end in ("", "_ns")
) | {"gmtime", "localtime", "ctime", "clock_gettime", "clock_gettime_ns"}
_ENTROPY = frozenset({"urandom", "getrandom"})
_BOOKKEEPERS = ("logging", "importlib", "threading", "warnings")
"""Modules that look at the clock for their own ends; nothing that an agent does follows from it."""


def _global_states() -> dict[str, bytes]:
    """Return the states of the global generators, to see whether anybody touched them."""
    return {
        "random": pickle.dumps(random.getstate()),
        "numpy.random": pickle.dumps(np.random.get_state()),  # noqa: NPY002  what is looked for
    }


@contextmanager
def _watching() -> Iterator[list[str]]:
    """Yield a list that fills with the clocks and sources of entropy that are called inside the block.

    A profiler sees every call of compiled code, whatever name it was imported under.
    """
    calls: list[str] = []

    def look(frame: FrameType, event: str, called: Any) -> None:
        if event != "c_call" or not isinstance(called, BuiltinFunctionType):
            return
        module, name = getattr(called, "__module__", None), called.__name__
        owner = getattr(called, "__self__", None)
        found = ""
        if module == "time" and name in _CLOCKS:
            found = f"time.{name}"
        elif module in ("posix", "nt") and name in _ENTROPY:
            found = f"os.{name}"
        elif (
            isinstance(owner, type) and owner.__module__ == "datetime" and name in ("now", "utcnow", "today")
        ):
            found = f"datetime.{owner.__name__}.{name}"
        caller = str(frame.f_globals.get("__name__", ""))
        if found and caller.partition(".")[0] not in _BOOKKEEPERS:
            calls.append(f"{found} (in {frame.f_code.co_name}, {frame.f_code.co_filename}:{frame.f_lineno})")

    earlier = sys.getprofile()
    sys.setprofile(look)
    try:
        yield calls
    finally:
        sys.setprofile(earlier)


@contextmanager
def _other_global_seeds() -> Iterator[None]:
    """Seed the global generators otherwise inside the block, and put them back as they were."""
    kept = random.getstate(), np.random.get_state()  # noqa: NPY002  what is looked for
    random.seed(987654321)
    np.random.seed(987654321)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(kept[0])
        np.random.set_state(kept[1])  # noqa: NPY002
