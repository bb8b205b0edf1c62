"""The kit passes backends that are right, and each fault fails exactly the checks that should see it."""

from __future__ import annotations

import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.testing import check_backend
from tests.conformance.wrong_backends import WRONG, OtherLuck, Wrapped


@pytest.mark.parametrize("name", ["python", "loopback"])
def test_ours_pass(name: str) -> None:
    check_backend(name).raise_if_failed()


def test_rust_passes(rust: Backend) -> None:
    report = check_backend(rust.name)
    report.raise_if_failed()
    assert {r.check for r in report.results if r.status == "skipped"} == {"averages", "averages_of_nights"}


@pytest.mark.parametrize("right", [Wrapped, OtherLuck])
def test_what_is_right_passes(right: type[Wrapped]) -> None:
    check_backend(right(), exact_stream=right.exact_stream).raise_if_failed()


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: wrong.__name__)
def test_each_fault_fails_exactly_its_checks(wrong: type[Wrapped]) -> None:
    report = check_backend(wrong(), exact_stream=wrong.exact_stream)
    assert {result.check for result in report.failed} == set(wrong.caught_by), str(report)
