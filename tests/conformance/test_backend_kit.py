"""The kit passes backends that are right, and each fault fails exactly the checks that should see it."""

from __future__ import annotations

from contextlib import suppress

import pytest

from bucket_brigade.backends.base import Backend, BackendSpec
from bucket_brigade.errors import BackendUnavailable, InvalidInput, PluginError
from bucket_brigade.testing import BoundCheck, Report, Result, backend_checks, check_backend
from bucket_brigade.testing.backend.kit import BACKEND_CHECKS
from tests.conformance.wrong_backends import WRONG, OtherLuck, Wrapped, WrongSeed


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


def test_every_check_is_proved_by_a_fault() -> None:
    assert {check.name for check in BACKEND_CHECKS} == {name for wrong in WRONG for name in wrong.caught_by}


def test_a_report_tells_everything_that_failed() -> None:
    report = check_backend(WrongSeed(), exact_stream=True, only=["golden_games", "golden_nights", "contract"])
    assert not report.ok
    with pytest.raises(AssertionError) as caught:
        report.raise_if_failed()
    said = str(caught.value)
    assert said.startswith("Checks of backend 'wrapped': 1 ran, 0 skipped, 2 failed.\ncontract ")
    for part in ("golden_games failed:", "golden_nights failed:", "Expected: ", "To see it: "):
        assert part in said
    assert report.to_json()["results"][0] == {"check": "contract", "status": "ran", "reason": CONTRACT}


CONTRACT = "name, version, verdict, shapes and dtypes"


def test_a_report_in_which_nothing_ran_is_not_ok() -> None:
    assert not Report("agent", "idle", (Result("honest", "skipped", "not claimed"),)).ok
    assert Report("agent", "busy", (Result("honest", "ran"),)).ok


def test_a_spec_says_what_it_claims() -> None:
    spec = BackendSpec(
        "python", "ours", "bucket_brigade.backends.python_reference:PythonReference", exact_stream=True
    )
    report = check_backend(spec, only=["contract", "golden_nights", "averages"])
    assert [result.status for result in report.results] == ["ran", "ran", "skipped"]
    named = BackendSpec("other", "ours", spec.factory)
    assert [result.check for result in check_backend(named).failed] == ["contract"]


def test_what_cannot_be_checked_is_refused() -> None:
    with pytest.raises(InvalidInput, match="say exact_stream=True or False"):
        check_backend(Wrapped())
    with pytest.raises(InvalidInput, match="give a registered name"):
        check_backend(Wrapped)
    with pytest.raises(PluginError, match="it is no Backend"):
        check_backend(BackendSpec("set", "no backend", "builtins:set"))
    with pytest.raises(PluginError, match="cannot be made by 'json:nothing': AttributeError"):
        check_backend(BackendSpec("none", "no factory", "json:nothing"))
    gone = BackendSpec("gone", "is not there", "not_there:Gone", install="pip install gone")
    with pytest.raises(BackendUnavailable, match=r"is not installed: .* Type: pip install gone"):
        check_backend(gone)
    with pytest.raises(pytest.skip.Exception, match="is not installed"):
        backend_checks(gone)[0]()


@pytest.mark.parametrize("check", backend_checks(OtherLuck(), exact_stream=False), ids=str)
def test_one_test_for_each_check(check: BoundCheck) -> None:
    # One that does not apply skips its test, with a reason; in this suite nothing is to be skipped.
    with suppress(pytest.skip.Exception):
        check()
