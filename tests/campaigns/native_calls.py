"""Random calls of the compiled core with hostile arguments, in a process of its own: a crash has to be seen.

``python -m tests.campaigns.native_calls COUNT SEED`` makes so many calls and prints what came of them. Whatever the
arguments are, a call answers, or raises one of our errors or `MemoryError`; a panic, Python's own errors, a hang
or a crash end the process.
"""

from __future__ import annotations

import faulthandler
import random
import sys
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from bb_core_rs import _native
from bucket_brigade.backends.batch import PRICES, feature_sizes
from bucket_brigade.errors import BucketBrigadeError
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario

PATIENCE = 60
"""Seconds after which a call hangs; every one of them is a matter of milliseconds."""

ODD: tuple[object, ...] = (
    *(None, True, False, -1, 0, 1, 2, 3, 1.5, float("nan"), float("inf"), 1e308, 2**31, 2**32, 2**53 + 1),
    *(2**62, 2**63, 2**64 - 1, 2**64, 2**70, -(2**63), "", "x", "next-step", b"x", [], [1], {}, object(), 1j),
    *(
        np.int8(-1),
        np.uint64(2**64 - 1),
        np.float64(2.0),
        np.bool_(True),
        np.array(3),
        np.array([]),
        Ellipsis,
    ),
)
"""What nobody asked for; but for numbers of games there are none so large that they would only take long."""

DTYPES = (
    "u1",
    "u2",
    "u4",
    "u8",
    "i1",
    "i4",
    "i8",
    "f4",
    "f8",
    "c16",
    "?",
    "O",
    "S3",
    "U2",
    ">u4",
    ">u8",
    ">i8",
    ">f8",
)
ARRAYS = tuple(f for f in Program.__dataclass_fields__ if f not in ("num_agents", "sources"))
Call = Callable[[random.Random], object]


def programs() -> list[Program]:
    """Return sound programs on small rings, so that every call is short."""
    town = get_scenario("default-v2").replace(num_houses=3, num_agents=2, min_nights=4, max_nights=9)
    hero = ARCHETYPES["hero"]
    native: list[Strategy] = [Heuristic(hero), Social(hero), Tabular(np.full((27, 6), 1 / 6))]
    return [
        compile_program([town], native, [[0, 0], [0, 1], [2, 2]]).for_engines(),
        compile_program([town], native, [[0, 0], [0, 2]]).for_engines(),
        compile_program([town], [*native, External()], [[0, 3], [1, 3], [2, 3]]).for_engines(),
    ]


def spoiled(luck: random.Random, array: np.ndarray) -> object:
    """Return an array that is not what it was."""

    def values() -> np.ndarray:
        other = array.copy()
        if other.size and other.dtype.kind in "uif":
            top = np.iinfo(other.dtype).max if other.dtype.kind in "ui" else 1e308
            some = luck.randrange(other.size)
            other.reshape(-1)[some] = luck.choice([0, 1, 2, 3, 5, 16, 17, top, top - 1, top // 2])
        elif other.size and other.dtype.kind == "b":
            other.view("u1").reshape(-1)[luck.randrange(other.size)] = luck.choice([2, 3, 128, 255])
        return other

    def unaligned() -> np.ndarray:
        raw = np.zeros(array.nbytes + 1, dtype="u1")
        raw[1:] = np.frombuffer(array.tobytes(), dtype="u1")
        return raw[1:].view(array.dtype).reshape(array.shape)

    def frozen() -> np.ndarray:
        other = array.copy()
        other.flags.writeable = False
        return other

    ways: list[Callable[[], object]] = [
        *[values] * 6,
        unaligned,
        frozen,
        lambda: array.astype(luck.choice(DTYPES)),
        lambda: array.view(array.dtype.newbyteorder()),
        lambda: np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array,
        lambda: np.asfortranarray(array),
        lambda: array[None],
        lambda: array.reshape(-1),
        lambda: array[:-1] if array.ndim else array,
        lambda: array[:0] if array.ndim else array,
        lambda: np.concatenate([array, array]) if array.ndim else array,
        lambda: np.broadcast_to(array, (2, *array.shape)),
        lambda: array[::-1] if array.ndim else array,
        array.tolist,
        lambda: array.view(np.ndarray).ravel().tobytes(),
        lambda: luck.choice(ODD),
    ]
    try:
        return luck.choice(ways)()
    except (TypeError, ValueError, OverflowError):  # Not every dtype becomes every other one.
        return None


def _maybe(luck: random.Random, value: object, chance: float) -> Any:
    if luck.random() >= chance:
        return value
    return spoiled(luck, value) if isinstance(value, np.ndarray) else luck.choice(ODD)


class Hostile:
    """Makes calls."""

    def __init__(self) -> None:
        self.programs = programs()
        self.calls: list[Call] = [
            self.play,
            self.refusal,
            self.expect,
            self.respond,
            self.optimum,
            self.step,
            self.batch,
        ]

    def program(self, luck: random.Random) -> Any:
        """Return a program, often with something wrong in it."""
        sound = luck.choice(self.programs)
        if luck.random() < 0.02:
            return luck.choice(ODD)
        parts: dict[str, Any] = {name: getattr(sound, name) for name in (*ARRAYS, "num_agents")}
        if luck.random() < 0.6:
            for name in luck.sample(list(parts), luck.choice([1, 1, 1, 2, 3])):
                parts[name] = _maybe(luck, parts[name], 1.0)
        if luck.random() < 0.02:
            del parts[luck.choice(list(parts))]
        return SimpleNamespace(**parts)

    def _workers(self, luck: random.Random) -> object:
        return luck.choice(ODD) if luck.random() < 0.2 else luck.choice([None, 1, 1, 1, 2, 1024])

    def _games(self, luck: random.Random, program: Any) -> np.ndarray:
        return np.full(
            len(getattr(program, "town", ()))
            if isinstance(getattr(program, "town", 0), np.ndarray) and program.town.ndim
            else 1,
            luck.choice([0, 7, 2**32, 2**63]),
            dtype=np.uint64,
        )

    def play(self, luck: random.Random) -> object:
        """Whole games."""
        program = self.program(luck)
        games: Any = luck.choice([1, 3, 20])
        if luck.random() < 0.1:
            # No number of games that would be played for longer than a moment.
            games = luck.choice(
                [odd for odd in ODD if not isinstance(odd, int | np.integer) or odd < 10 or odd > 2**53]
            )
        return _native.play(
            program,
            seed=_maybe(luck, 2**63 + 5, 0.1),
            games=games,
            first_game=_maybe(luck, self._games(luck, program), 0.2),
            keep_games=_maybe(luck, luck.random() < 0.5, 0.05),
            second_moments=_maybe(luck, luck.random() < 0.5, 0.05),
            workers=self._workers(luck),  # type: ignore[arg-type]
        )

    def refusal(self, luck: random.Random) -> object:
        """Why there is no exact answer."""
        return _native.exact_refusal(self.program(luck))

    def expect(self, luck: random.Random) -> object:
        """Expectations."""
        return _native.expect(self.program(luck), workers=self._workers(luck))  # type: ignore[arg-type]

    def respond(self, luck: random.Random) -> object:
        """Best responses."""
        program = self.program(luck)
        entries = len(self._games(luck, program))
        return _native.best_responses(
            program,
            seat=_maybe(luck, np.full(entries, luck.choice([0, 1]), dtype=np.uint32), 0.3),
            prices=_maybe(luck, np.full((entries, num_counts(2)), luck.choice([0.0, 1.0, 1e300])), 0.3),
            keep_policies=_maybe(luck, True, 0.1),
            workers=self._workers(luck),  # type: ignore[arg-type]
        )

    def optimum(self, luck: random.Random) -> object:
        """Social optima."""
        program = self.program(luck)
        prices = np.full((len(self._games(luck, program)), num_counts(2)), luck.choice([0.0, 1.0, -1e308]))
        workers: Any = self._workers(luck)
        return _native.social_optimum(program, prices=_maybe(luck, prices, 0.3), workers=workers)

    def step(self, luck: random.Random) -> object:
        """A stepper, and some nights."""
        program = self.program(luck)
        entries = np.zeros(luck.choice([1, 4]), dtype=np.uint32)
        stepper = _native.Stepper(
            program,
            _maybe(luck, 3, 0.1),
            _maybe(luck, entries, 0.2),
            _maybe(luck, np.arange(len(entries), dtype=np.uint64), 0.2),
        )
        for _ in range(luck.randrange(4)):
            stepper.apply(_maybe(luck, stepper.decide(), 0.5))
        return stepper.nights, stepper.houses, stepper.last_actions, stepper.finished, stepper.counts

    def batch(self, luck: random.Random) -> object:
        """A batch, and some nights."""
        program = self.program(luck) if luck.random() < 0.5 else self.programs[2]
        rows, seats, width = luck.choice([1, 5]), 2, 4
        dtype = luck.choice(["u1", "u2", "u4"])
        size = int(feature_sizes(self.programs[2]).max())
        encoding = SimpleNamespace(
            source=_maybe(luck, np.array([[0, 1, 2, 9]] * seats, dtype=np.uint16), 0.1),
            start=_maybe(luck, np.zeros((seats, width), dtype=np.uint32), 0.1),
            words=_maybe(luck, np.arange(size).astype(dtype), 0.1),
        )
        made = _native.Batch(
            program,
            entries=_maybe(luck, np.zeros(rows, dtype=np.uint32), 0.1),
            seeds=_maybe(luck, np.arange(rows, dtype=np.uint64), 0.1),
            games=_maybe(luck, np.arange(rows, dtype=np.uint64), 0.1),
            stride=_maybe(luck, 5, 0.1),
            autoreset=_maybe(luck, luck.choice(["next-step", "same-step", "disabled"]), 0.1),
            observed=_maybe(luck, np.array([0, 1], dtype=np.uint8), 0.1),
            encoding=_maybe(luck, encoding, 0.02),
            prices=_maybe(luck, np.ones((3, seats, PRICES)), 0.1),
            workers=self._workers(luck),  # type: ignore[arg-type]
        )
        for _ in range(luck.randrange(6)):
            self._move(luck, made, rows, seats, width, dtype)
        return made.states()

    def _move(self, luck: random.Random, batch: Any, rows: int, seats: int, width: int, dtype: str) -> None:
        told: dict[str, Any] = {
            "observations": np.zeros((rows, seats, width), dtype=dtype),
            "rewards": np.zeros((rows, seats)),
            "terminated": np.zeros(rows, dtype=bool),
            "truncated": np.zeros(rows, dtype=bool),
            "started": np.zeros(rows, dtype=bool),
            "final_observations": luck.choice([None, np.zeros((rows, seats, width), dtype=dtype)]),
            "final_counts": luck.choice([None, np.zeros((rows, num_counts(2)), dtype=np.int32)]),
        }
        if luck.random() < 0.4:
            name = luck.choice(list(told))
            told[name] = _maybe(luck, told[name], 1.0)
        if luck.random() < 0.1:
            told["truncated"] = told["terminated"]
        what = luck.randrange(5)
        if what == 0:
            batch.observe(told["observations"])
        elif what == 1:
            mask = _maybe(luck, np.array([luck.random() < 0.5] * rows), 0.4)
            batch.start(mask, *(_maybe(luck, np.arange(rows, dtype=np.uint64), 0.2) for _ in range(2)))
        elif what == 2:
            names = ("entries", "seeds", "games", "nights", "finished", "houses", "actions", "counts")
            states = dict(zip(names, batch.states(), strict=True))
            name = luck.choice(names)
            states[name] = _maybe(luck, states[name], 0.7)
            batch.load(SimpleNamespace(**states))
        else:
            actions = np.zeros((rows, 1, 3), dtype=luck.choice(["u1", "i4", "i8"]))
            batch.step(_maybe(luck, actions, 0.3), SimpleNamespace(**told))


def main(count: int, seed: int) -> None:
    """Make calls."""
    faulthandler.enable()
    # What hostile numbers come to is none of NumPy's business here.
    np.seterr(all="ignore")
    hostile = Hostile()
    outcomes: Counter[str] = Counter()
    for number in range(count):
        luck = random.Random(f"{seed} {number}")
        call = luck.choice(hostile.calls)
        if number % 100 == 0:
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
        try:
            call(luck)
            outcomes["answered"] += 1
        except (BucketBrigadeError, MemoryError) as error:
            outcomes[type(error).__name__] += 1
        except BaseException:
            print(f"call {number} of seed {seed}, {call.__name__}:", file=sys.stderr)
            raise
    faulthandler.cancel_dump_traceback_later()
    print(f"{count} calls:", ", ".join(f"{many} {what}" for what, many in sorted(outcomes.items())))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
