"""One vocabulary: what each rule lets through, as plain Python, and what its message says."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pytest

from bucket_brigade.errors import ConfigError, InvalidInput
from bucket_brigade.validation import (
    MAX_WORD,
    Rule,
    check_choice,
    check_fields,
    check_flag,
    check_fraction,
    check_integer,
    check_keys,
    check_name,
    check_number,
    check_seed,
    check_workers,
    choice,
    integer,
    list_of,
    number,
    optional,
    real_array,
    shown,
    text,
)

HUGE = 10**5_000
"""An integer that Python will not print."""

TAKEN: list[tuple[Rule, Any, Any]] = [
    (integer(0, 9), np.int8(3), 3),
    (integer(0, 9), np.array(3), 3),
    (integer(0, MAX_WORD - 1), np.uint64(MAX_WORD - 1), MAX_WORD - 1),
    (number(0, 1), 1, 1.0),
    (number(0, 1), np.float32(0.5), 0.5),
    (choice("a", "b"), np.str_("a"), "a"),
    (text(), "ü and 😀", "ü and 😀"),
    (optional(integer(1, 2)), None, None),
    (list_of(number(0, 1), [2], "two"), np.array([0, 1]), (0.0, 1.0)),
]


@pytest.mark.parametrize(("rule", "value", "taken"), TAKEN, ids=range(len(TAKEN)))
def test_values_come_back_as_plain_python(rule: Rule, value: Any, taken: Any) -> None:
    found = rule.check("x", value)
    assert found == taken and type(found) is type(taken)
    json.dumps(found)


REFUSED: list[tuple[Rule, Any, str]] = [
    (integer(0, 9), 10, "x = 10 is not allowed: it must be an integer from 0 to 9."),
    (integer(0, 9), True, "x = True is not allowed"),
    (integer(0, 9), 1.0, "x = 1.0 is not allowed"),
    (integer(0, 9), HUGE, "x = <int> is not allowed"),
    (integer(0, MAX_WORD - 1), -1, "an integer from 0 to 2**64 - 1."),
    (number(0, 1), np.float64(-0.1), "x = -0.1 is not allowed: it must be a number from 0 to 1."),
    (number(0, 1), math.nan, "x = nan is not allowed"),
    (number(), HUGE, "x = <int> is not allowed"),
    (number(), 1j, "x = 1j is not allowed"),
    (number(0, 1, above=True), 0, "x = 0 is not allowed"),
    (choice("blend", "none"), "blendd", "it must be 'blend' or 'none'. Did you mean 'blend'?"),
    (choice("a", "b", "c"), ["a"], "x = ['a'] is not allowed: it must be 'a', 'b' or 'c'."),
    (text(1, 9), "", "it must be text of 1 to 9 characters, all on one line."),
    (text(), "a\nb", "text of at most 1,000 characters, all on one line."),
    (text(), "\x1b[31m", "x = '\\x1b[31m' is not allowed"),
    (text(), "\ud800", "x = '\\ud800' is not allowed"),
    (text(), "x" * 10_000_000, f"x = '{'x' * 199}… (10,000,002 characters) is not allowed"),
    (list_of(number(0, 1), [2], "two"), [0, math.inf], "x = [0, inf] is not allowed: it must be two."),
]


@pytest.mark.parametrize(("rule", "value", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_told_by_name_value_and_range(rule: Rule, value: Any, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        rule.check("x", value)
    assert message in str(caught.value)
    assert len(str(caught.value)) < 400


def _below(pair: Pair) -> Rule:
    return integer(0, pair.high)


@dataclass(frozen=True)
class Pair:
    low: Annotated[int, _below]
    high: Annotated[int, integer(0, 9)]
    free: object = None

    def __post_init__(self) -> None:
        check_fields(self, where="Pair: ")


def test_fields_are_held_to_their_rules_the_dependent_ones_last() -> None:
    two: Any = np.int64(2)
    assert Pair(two, 3) == Pair(2, 3)
    assert type(Pair(two, 3).low) is int
    with pytest.raises(
        InvalidInput, match=r"Pair: low = 4 is not allowed: it must be an integer from 0 to 3\."
    ):
        Pair(4, 3)
    with pytest.raises(InvalidInput, match="Pair: high = 'x'"):
        Pair(4, "x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "check",
    [
        lambda v: check_integer("x", v, 0, 9),
        lambda v: check_seed(v, "x"),
        lambda v: check_workers(v, "x"),
        lambda v: check_number("x", v, above=0.0),
        lambda v: check_number("x", v, least=0.0),
        lambda v: check_fraction("x", v),
        lambda v: check_choice("x", v, ("a",)),
        lambda v: check_flag("x", v),
        lambda v: check_name(v, "x"),
        lambda v: real_array("x", v),
    ],
)
@pytest.mark.parametrize(
    "value",
    ["no such", -1j, object(), [[]], {}, b"x", -math.inf, HUGE],
    ids=lambda value: type(value).__name__,
)
def test_arguments_of_any_kind_are_refused_in_our_words(check: Any, value: Any) -> None:
    try:
        check(value)
    except InvalidInput as error:
        assert str(error).startswith("x ")  # noqa: PT017
    else:
        assert isinstance(value, list | float)  # An array may be empty, or infinite.


def test_keys() -> None:
    check_keys({"a": 1}, ["a"], "here")
    with pytest.raises(
        ConfigError, match=r"here: unknown key 'aple'\. Did you mean 'apple'\? Keys: apple, b\."
    ):
        check_keys({"aple": 1}, ["apple", "b"], "here", error=ConfigError)


@pytest.mark.parametrize("name", ["easy-v2", "a", "-x", "Straße_1.b", "x" * 100])
def test_names_that_may_become_paths(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", ".x", "../x", "a/b", "a\\b", "a b", "a\n", "a\0", "x" * 101, "a$^$b", "C:x", None, 3],
)
def test_names_that_may_not(name: object) -> None:
    with pytest.raises(InvalidInput, match=r"^item = .* is not allowed: it must be 1 to 100 letters"):
        check_name(name, "item")


def test_values_are_shown_plain_and_short() -> None:
    assert shown(np.float64(-0.1)) == "-0.1"
    assert shown(HUGE) == "<int>"
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    assert shown(deep) == "<list>"


@pytest.mark.parametrize("value", [[1j], ["0.1"], [b"x"], [True], [None], [[1], [1, 2]], np.array([1j])])
def test_only_real_numbers_are_arrays_of_numbers(value: Any) -> None:
    with pytest.raises(InvalidInput, match="x cannot be read as an array of numbers"):
        real_array("x", value)
    assert real_array("x", [1, 2.5]).tolist() == [1.0, 2.5]
