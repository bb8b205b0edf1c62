"""All checks of a backend, in order, and the two ways to run them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bucket_brigade.testing.backend import averages, boundaries, night_by_night, whole_games
from bucket_brigade.testing.backend.subject import BackendSubject, open_backend
from bucket_brigade.testing.report import BoundCheck, Check, Report, Session

__all__ = ["BACKEND_CHECKS", "backend_checks", "check_backend"]

BACKEND_CHECKS: tuple[Check[BackendSubject], ...] = (
    Check.of(whole_games.contract),
    Check.of(whole_games.declines, "contract"),
    Check.of(whole_games.pure, "contract"),
    Check.of(whole_games.seeds, "pure"),
    Check.of(whole_games.kept_games, "pure"),
    Check.of(whole_games.independent_of_threads, "kept_games"),
    Check.of(whole_games.independent_of_order, "independent_of_threads"),
    Check.of(whole_games.independent_of_first_game, "independent_of_order"),
    Check.of(whole_games.independent_of_batch, "independent_of_first_game"),
    Check.of(whole_games.golden_games, "pure"),
    Check.of(whole_games.exact_stream, "golden_games", "independent_of_batch", "seeds"),
    Check.of(whole_games.inputs_unchanged, "contract"),
    Check.of(whole_games.pickling, "pure"),
    Check.of(night_by_night.pure_steppers, "contract"),
    Check.of(night_by_night.bad_steppers_refused, "contract"),
    Check.of(night_by_night.bad_actions_refused, "pure_steppers"),
    Check.of(night_by_night.finished_games_rest, "pure_steppers"),
    Check.of(night_by_night.fresh_arrays, "pure_steppers"),
    Check.of(night_by_night.stepper_inputs_unchanged, "contract"),
    Check.of(night_by_night.nights_independent_of_batch, "pure_steppers"),
    Check.of(night_by_night.golden_nights, "pure_steppers"),
    Check.of(
        night_by_night.exact_nights, "golden_nights", "finished_games_rest", "nights_independent_of_batch"
    ),
    Check.of(night_by_night.stepper_equals_play, "exact_stream", "exact_nights"),
    Check.of(boundaries.boundaries, "exact_stream", "exact_nights"),
    Check.of(averages.averages, "kept_games"),
    Check.of(averages.averages_of_nights, "pure_steppers"),
    Check.of(averages.expectations, "contract"),
    Check.of(averages.optima, "expectations"),
)
"""Every check of a backend, in the order in which they run."""


def check_backend(
    target: object,
    *,
    exact_stream: bool | None = None,
    only: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Check a backend against the contract and the rules, and return the result of each check.

    `target` is a registered name, a `BackendSpec` or a `Backend`. `exact_stream` says whether it claims the
    games of rules.md bit for bit; a name or spec says so itself. `only` names the checks to run (with those
    that they need); `progress`, if given, is called with (checks done, checks in all). Raises `UnknownName` or
    `BackendUnavailable` if there is nothing to check, `PluginError` if the backend cannot be made, and
    `InvalidInput` for other arguments.
    """
    session = _session(target, exact_stream)
    return session.report(session.subject.name, only, progress)


def backend_checks(target: object, *, exact_stream: bool | None = None) -> tuple[BoundCheck, ...]:
    """Return every check of a backend as something to call, for a test of its own.

    Arguments as for `check_backend`; nothing is imported or made before the first is called::

        @pytest.mark.parametrize("check", backend_checks("mine"), ids=str)
        def test_my_backend(check):
            check()

    A check that does not apply skips its test; so does a backend that is not installed or not usable here.
    """
    return _session(target, exact_stream).bound()


def _session(target: object, exact_stream: bool | None) -> Session[BackendSubject]:
    return Session("backend", BACKEND_CHECKS, lambda: open_backend(target, exact_stream))
