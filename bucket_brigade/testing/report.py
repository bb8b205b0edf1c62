"""The results of a run of checks, and how one check is run.

A check is a function that returns what it looked at, in a few words, or raises: `Skip` with the reason,
`CheckFailed` with what was expected and how to see it again. Whatever else it raises is a failure too.
"""

from __future__ import annotations

import sys
import textwrap
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Literal, NoReturn, TypeVar
from unittest import SkipTest

from bucket_brigade.errors import BackendUnavailable, BucketBrigadeError, InvalidInput, did_you_mean, explain

__all__ = ["BoundCheck", "Check", "CheckFailed", "Report", "Result", "Session", "Skip", "Status", "fail"]

Status = Literal["ran", "skipped", "failed"]

S = TypeVar("S")


class CheckFailed(AssertionError):
    """A backend or an agent that does not keep the contract."""


class Skip(Exception):
    """A check that does not apply, and why."""


def fail(what: str, *, expected: str = "", see: str = "") -> NoReturn:
    """Raise `CheckFailed`: what was found, what was expected, and how to see it again."""
    parts = [what, f"Expected: {expected}" if expected else "", f"To see it: {see}" if see else ""]
    raise CheckFailed("\n".join(part for part in parts if part))


@dataclass(frozen=True)
class Result:
    """One check: it ran and found nothing, was skipped, or failed."""

    check: str
    status: Status
    reason: str = ""
    """What was looked at, why it was skipped, or what went wrong and how to see it again."""


@dataclass(frozen=True)
class Report:
    """The results of all checks on one backend or agent, in the order in which they ran."""

    kind: Literal["backend", "agent"]
    name: str
    results: tuple[Result, ...]

    @property
    def ok(self) -> bool:
        """Whether no check failed, and at least one ran."""
        return not self.failed and any(result.status == "ran" for result in self.results)

    @property
    def failed(self) -> tuple[Result, ...]:
        """The results of the checks that failed."""
        return tuple(result for result in self.results if result.status == "failed")

    @property
    def summary(self) -> str:
        """How many checks ran, were skipped and failed, in a line."""
        statuses: tuple[Status, ...] = ("ran", "skipped", "failed")
        return ", ".join(f"{sum(r.status == s for r in self.results)} {s}" for s in statuses) + "."

    def raise_if_failed(self) -> None:
        """Raise `AssertionError` with everything that failed and how to see it again, unless all is well."""
        if not self.ok:
            raise AssertionError(str(self))

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        return {"ok": self.ok, **asdict(self)}

    def __str__(self) -> str:
        """Return a table, a line a check; failures are told in full below it."""
        width = max((len(result.check) for result in self.results), default=0)
        lines = [
            f"{result.check:{width}}  {result.status:7}  {result.reason.partition(chr(10))[0]}".rstrip()
            for result in self.results
        ]
        told = [f"\n{r.check} failed:\n{textwrap.indent(r.reason, '    ')}" for r in self.failed]
        return "\n".join([f"Checks of {self.kind} {self.name!r}: {self.summary}", *lines, *told])


@dataclass(frozen=True)
class Check(Generic[S]):
    """One rule of the contract and the function that looks whether it is kept."""

    name: str
    about: str
    """What is asked, in a line."""
    run: Callable[[S], str]
    needs: tuple[str, ...] = ()
    """Checks without which this one means nothing: if one of them failed, this one is skipped."""

    @classmethod
    def of(cls, run: Callable[[S], str], *needs: str) -> Check[S]:
        """Return a check that goes by the name of its function and says what the first line of its text says."""
        about = (run.__doc__ or "").partition("\n")[0].rstrip(".")
        return cls(run.__name__, about, run, needs)


class Session(Generic[S]):
    """Runs checks on one subject; each check once, and after those that it needs.

    `open_subject` makes the subject when the first check runs, so that a session can be made where tests
    are collected.
    """

    def __init__(
        self, kind: Literal["backend", "agent"], checks: Sequence[Check[S]], open_subject: Callable[[], S]
    ) -> None:
        self.kind = kind
        self.checks: Mapping[str, Check[S]] = {check.name: check for check in checks}
        self._open, self._subject = open_subject, list[S]()
        self._results: dict[str, Result] = {}
        self._roots: dict[str, str] = {}
        """The failed check on which one that was skipped rests."""

    @property
    def subject(self) -> S:
        """What is checked. Raises whatever opening it raises."""
        if not self._subject:
            self._subject.append(self._open())
        return self._subject[0]

    def result(self, name: str) -> Result:
        """Return the result of one check."""
        if name not in self._results:
            self._results[name] = self._run(self.checks[name])
        return self._results[name]

    def report(
        self,
        title: str,
        only: Sequence[str] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> Report:
        """Run the checks named in `only`, or all; raises `InvalidInput` for a name that is no check.

        `progress`, if given, is called with (checks done, checks in all).
        """
        for name in only or ():
            if name not in self.checks:
                raise InvalidInput(
                    explain(
                        f"There is no check {name!r} of {self.kind}s.{did_you_mean(name, self.checks)}",
                        exists=f"Checks: {', '.join(self.checks)}.",
                    )
                )
        asked = tuple(only or self.checks)
        for done, name in enumerate(asked, start=1):
            self.result(name)
            if progress is not None:
                progress(done, len(asked))
        # With a check that rests on a failed one comes the failed one.
        roots = {self._roots.get(name, name) for name in only or ()}
        wanted = [name for name in self.checks if not only or name in {*only, *roots}]
        return Report(self.kind, title, tuple(self.result(name) for name in wanted))

    def bound(self) -> tuple[BoundCheck, ...]:
        """Return every check as something to call, one test each."""
        return tuple(BoundCheck(name, check.about, self) for name, check in self.checks.items())

    def _run(self, check: Check[S]) -> Result:
        subject = self.subject
        for need in check.needs:
            # A check that was skipped did not apply; only a failure takes the ground away.
            root = need if self.result(need).status == "failed" else self._roots.get(need)
            if root is not None:
                self._roots[check.name] = root
                return Result(check.name, "skipped", f"means nothing while {root} fails")
        try:
            return Result(check.name, "ran", check.run(subject))
        except Skip as skip:
            return Result(check.name, "skipped", str(skip))
        except CheckFailed as failed:
            return Result(check.name, "failed", str(failed))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # A panic in a Rust extension is no `Exception`.
            return Result(check.name, "failed", _told(error))


@dataclass(frozen=True)
class BoundCheck:
    """One check of one backend or agent, for a test of its own; its text is its name.

    Calling it runs it: returns None, raises `AssertionError` if it failed, and skips the test if it does
    not apply: ``pytest.skip`` under pytest, `unittest.SkipTest` elsewhere.
    """

    name: str
    about: str
    _session: Session[Any] = field(repr=False)

    def __call__(self) -> None:
        """Run the check."""
        try:
            result = self._session.result(self.name)
        except BackendUnavailable as unavailable:
            _skip_test(str(unavailable))
        if result.status == "failed":
            raise CheckFailed(f"{self.name}: {self.about}\n{result.reason}")
        if result.status == "skipped":
            _skip_test(result.reason)

    def __str__(self) -> str:
        return self.name


def _skip_test(reason: str) -> NoReturn:
    # pytest is never imported from here: if it runs us, it is there.
    pytest = sys.modules.get("pytest")
    if pytest is not None:
        pytest.skip(reason)
    raise SkipTest(reason)


def _told(error: BaseException) -> str:
    """Return what was raised and where, for people who look for a fault in their own code."""
    last = traceback.extract_tb(error.__traceback__)[-1] if error.__traceback__ else None
    where = f"\nRaised in {last.name}, {last.filename}:{last.lineno}" if last else ""
    said = str(error) if isinstance(error, BucketBrigadeError) else f"{type(error).__name__}: {error}"
    return f"raised {said}{where}"
