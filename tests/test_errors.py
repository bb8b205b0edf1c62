"""The classes of errors, and the two functions that word them."""

from __future__ import annotations

import pytest

from bucket_brigade import errors
from bucket_brigade.errors import BucketBrigadeError, did_you_mean, explain

CLASSES = [getattr(errors, name) for name in errors.__all__ if name[0].isupper()]


@pytest.mark.parametrize("error", CLASSES, ids=lambda error: error.__name__)
def test_every_error_can_be_caught_by_one_name(error: type[BucketBrigadeError]) -> None:
    assert issubclass(error, BucketBrigadeError)
    assert error.__doc__


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.InvalidInput, ValueError),
        (errors.ConfigError, ValueError),
        (errors.UnknownName, LookupError),
        (errors.DuplicateName, LookupError),
    ],
)
def test_errors_are_what_a_stranger_would_catch(error: type[Exception], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("pyhton", " Did you mean 'python'?"), ("PYTHON", " Did you mean 'python'?"), ("xyz", ""), ("", "")],
)
def test_did_you_mean(name: str, hint: str) -> None:
    assert did_you_mean(name, ["python", "rust"]) == hint


def test_the_parts_of_a_message_come_in_one_order() -> None:
    whole = explain("Asked.", do="Type: this", exists="There is that.", why="Because.")
    assert whole == "Asked. Because. There is that. Type: this"


def test_empty_parts_leave_no_gap() -> None:
    assert explain("Asked. ", exists=" ", do="Type: this") == "Asked. Type: this"


def test_a_part_of_a_name_is_enough_for_a_suggestion() -> None:
    known = ["default", "never_be_greedy", "greedy_neighbor"]
    assert did_you_mean("greedy", known) == " Did you mean 'greedy_neighbor'?"
    assert did_you_mean("gr", known) == did_you_mean("x" * 10_000_000, known) == ""
