"""What a value from outside may be: one vocabulary for arguments, scenarios, settings and configuration.

A `Rule` says what is allowed and returns the value as a plain Python object, so that NumPy's numbers never reach a
file or a digest. A field of a dataclass names its rule in its type, ``Annotated[float, number(0, 1)]``, and
`check_fields` holds an object to them.

msgspec has such a vocabulary, and was tried: it takes NaN for a number in [0, 1], refuses NumPy's numbers, leaves
the value out of its messages, knows no rule that depends on another field, and costs 40 ms at import. Mapping
its errors onto ours would take more code than these rules.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import BucketBrigadeError, InvalidInput, did_you_mean, explain

__all__ = [
    "FRACTION",
    "MAX_WORD",
    "MAX_WORKERS",
    "SEED",
    "FieldRule",
    "Rule",
    "check_choice",
    "check_fields",
    "check_flag",
    "check_fraction",
    "check_integer",
    "check_keys",
    "check_name",
    "check_number",
    "check_seed",
    "check_workers",
    "choice",
    "integer",
    "list_of",
    "number",
    "optional",
    "plain",
    "real_array",
    "rules_of",
    "shown",
    "text",
    "under_either_name",
]

T = TypeVar("T")

MAX_WORD = 2**64
"""One above the largest seed and the largest number of a game."""

MAX_WORKERS = 1024
"""Threads that one call may be given: far more than any machine has use for, far fewer than would hurt it."""

MOST_SHOWN = 200
"""Letters of a value that a message shows: enough for a strategy vector, too few to flood a terminal."""

_NAME = re.compile(r"[\w-][\w.-]{0,99}")
_REFUSED: Any = object()


@dataclass(frozen=True)
class Rule:
    """What a value may be."""

    allowed: str
    """Ends the sentence "it must be …"."""
    read: Callable[[Any], Any]
    """Returns the value as a plain Python object, or `_REFUSED`."""
    choices: tuple[str, ...] = ()
    """The words among which it must be, for suggestions."""

    def check(self, name: str, value: object, *, where: str = "") -> Any:
        """Return the plain value; raise `InvalidInput` naming field, value and range. `where` begins the message."""
        given = plain(value)
        taken = self.read(given)
        if taken is _REFUSED:
            hint = _hint(given, self.choices)
            raise InvalidInput(
                f"{where}{name} = {shown(given)} is not allowed: it must be {self.allowed}.{hint}"
            )
        return taken


FieldRule = Rule | Callable[[Any], Rule]
"""A rule, or a function that makes one from the object whose field it is, where it depends on another field."""


def integer(low: int, high: int) -> Rule:
    """Return the rule of an integer from `low` to `high`; no float is one, and no truth value."""
    top = "2**64 - 1" if high == MAX_WORD - 1 else f"{high:,}"

    def read(value: Any) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
        return int(value) if whole else _REFUSED

    return Rule(f"an integer from {low} to {top}", read)


def number(low: float = -math.inf, high: float = math.inf, *, above: bool = False, allowed: str = "") -> Rule:
    """Return the rule of a finite number from `low` to `high`; with `above`, neither of them is allowed."""

    def read(value: Any) -> Any:
        if not isinstance(value, int | float) or isinstance(value, bool):
            return _REFUSED
        try:
            taken = float(value)
        except OverflowError:  # An integer beyond the doubles.
            return _REFUSED
        inside = low < taken < high if above else low <= taken <= high
        return taken if inside and math.isfinite(taken) else _REFUSED

    return Rule(allowed or f"a number from {low:g} to {high:g}", read)


SEED = integer(0, MAX_WORD - 1)
FRACTION = number(0, 1, above=True, allowed="between 0 and 1, both excluded")


def choice(*choices: str) -> Rule:
    """Return the rule of one word among `choices`."""
    *most, last = map(repr, choices)
    allowed = f"{', '.join(most)} or {last}" if most else last
    return Rule(
        allowed, lambda value: value if isinstance(value, str) and value in choices else _REFUSED, choices
    )


def text(least: int = 0, most: int = 1000, *, allowed: str = "") -> Rule:
    """Return the rule of text on one line, without characters that control a terminal."""
    size = f"{least} to {most:,}" if least else f"at most {most:,}"

    def read(value: Any) -> Any:
        fits = isinstance(value, str) and least <= len(value) <= most and not any(map(_controls, value))
        return str.__str__(value) if fits else _REFUSED

    return Rule(allowed or f"text of {size} characters, all on one line", read)


def optional(rule: Rule) -> Rule:
    """Return the rule that lets None through as well."""
    return Rule(rule.allowed, lambda value: None if value is None else rule.read(value), rule.choices)


def list_of(rule: Rule, sizes: Sequence[int], allowed: str) -> Rule:
    """Return the rule of a list or tuple of one of these sizes whose parts all keep `rule`; read as a tuple."""

    def read(value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) not in sizes:
            return _REFUSED
        parts = tuple(rule.read(plain(part)) for part in value)
        return _REFUSED if _REFUSED in parts else parts

    return Rule(allowed, read)


@functools.cache
def rules_of(cls: type) -> Mapping[str, FieldRule]:
    """Return the rule of every field of a class that names one; rules that depend on other fields come last."""
    hints = get_type_hints(cls, include_extras=True)
    found = {name: hint.__metadata__[0] for name, hint in hints.items() if hasattr(hint, "__metadata__")}
    return dict(sorted(found.items(), key=lambda item: not isinstance(item[1], Rule)))


def check_fields(owner: object, *, where: str = "") -> None:
    """Hold the fields of a dataclass to their rules, and put the plain values in their place."""
    cls: Any = type(owner)
    for name, rule in rules_of(cls).items():
        rule = rule if isinstance(rule, Rule) else rule(owner)
        object.__setattr__(owner, name, rule.check(name, getattr(owner, name), where=where))


def check_keys(
    values: Iterable[Any],
    known: Sequence[str],
    where: str,
    *,
    word: str = "key",
    error: type[BucketBrigadeError] = InvalidInput,
) -> None:
    """Raise an `error` that begins with `where` for a key that is not `known`."""
    for key in values:
        if key not in known:
            raise error(
                explain(
                    f"{where}: unknown {word} {shown(key)}.{_hint(key, known)}",
                    exists=f"{word.capitalize()}s: {', '.join(known)}.",
                )
            )


def check_integer(name: str, value: object, low: int, high: int) -> int:
    """Return `value` as an int, or raise `InvalidInput` naming the field and the range."""
    return int(integer(low, high).check(name, value))


def check_seed(value: object, name: str = "seed") -> int:
    """Return a seed, an unsigned integer of 64 bits, or raise `InvalidInput`."""
    return int(SEED.check(name, value))


def check_flag(name: str, value: object) -> bool:
    """Return True or False, or raise `InvalidInput`."""
    if not isinstance(value, bool | np.bool_):
        raise InvalidInput(f"{name} = {shown(value)} is not allowed: it must be True or False.")
    return bool(value)


def check_workers(value: object, name: str = "workers") -> int | None:
    """Return a number of threads, None for the backend's own choice, or raise `InvalidInput`."""
    return None if value is None else check_integer(name, value, 1, MAX_WORKERS)


def check_number(name: str, value: object, *, above: float = -math.inf, least: float = -math.inf) -> float:
    """Return `value` as a float; raise `InvalidInput` unless it is finite, above `above` and at least `least`."""
    wanted = "a positive number" if above == 0.0 else "a finite number"
    limit = f", at least {least:g}" if math.isfinite(least) else ""
    rule = number(max(above, least), above=above > least, allowed=wanted + limit)
    return float(rule.check(name, value))


def check_fraction(name: str, value: object) -> float:
    """Return `value` as a float; raise `InvalidInput` unless it lies between 0 and 1, both excluded."""
    return float(FRACTION.check(name, value))


def check_choice(name: str, value: object, known: Sequence[str], *, exists: str = "") -> str:
    """Return `value` if it is one of `known`, else raise `InvalidInput` with a suggestion.

    `exists` says what there is, in a sentence; without it the choices are listed.
    """
    if not isinstance(value, str) or value not in known:
        raise InvalidInput(
            explain(
                f"{name} = {shown(value)} is not allowed.{_hint(value, known)}",
                exists=exists or f"It may be {', '.join(known)}.",
            )
        )
    return value


def check_name(name: object, field: str = "name") -> str:
    """Return a name that may become part of a path, or raise `InvalidInput`: the one pattern for all of these."""
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise InvalidInput(
            f"{field} = {shown(name)} is not allowed: it must be 1 to 100 letters, digits, _, - and ., "
            "and not begin with a dot."
        )
    return name


def real_array(name: str, value: Any, *, kinds: str = "iuf") -> NDArray[np.float64]:
    """Return a fresh float64 array; raise `InvalidInput` for complex numbers, text, and rows of different lengths.

    `kinds` are the kinds of NumPy's types that are real numbers here.
    """
    try:
        array = np.asarray(value)
    except (TypeError, ValueError) as error:
        raise InvalidInput(
            f"{name} cannot be read as an array of numbers: {str(error).rstrip('.')}."
        ) from error
    if array.dtype.kind not in kinds:
        raise InvalidInput(
            f"{name} cannot be read as an array of numbers: its type is {array.dtype.type.__name__.rstrip('_')}."
        )
    return array.astype(np.float64, order="C")


def plain(value: Any) -> Any:
    """Return NumPy's scalars and arrays, and those that are like them, as Python's numbers and lists."""
    return value.tolist() if hasattr(value, "tolist") and not isinstance(value, type) else value


def shown(value: object) -> str:
    """Return a value as messages show it: plain, on one line, and cut where it is long."""
    try:
        whole = repr(plain(value))
    except (
        Exception
    ):  # Integers of thousands of digits, lists that are too deep, and whatever a stranger's raises.
        return f"<{type(value).__name__}>"
    return whole if len(whole) <= MOST_SHOWN else f"{whole[:MOST_SHOWN]}… ({len(whole):,} characters)"


def _hint(value: object, known: Sequence[str]) -> str:
    return did_you_mean(value, known) if isinstance(value, str) else ""


def _controls(letter: str) -> bool:
    """Say whether a letter is a control character, half a surrogate pair, or a line or paragraph separator."""
    return unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")


def under_either_name(name: str, value: T | None, alias: str, other: T | None) -> T | None:
    """Return an argument that has an older name as well; raise `InvalidInput` if both are given."""
    if value is not None and other is not None:
        raise InvalidInput(
            f"{name} = {shown(value)} and {alias} = {shown(other)} are one argument: give one of them."
        )
    return other if value is None else value
