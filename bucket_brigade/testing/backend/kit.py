"""All checks of a backend, in order, and the two ways to run them."""

from __future__ import annotations

from collections.abc import Sequence

from bucket_brigade.testing.backend import averages, night_by_night, whole_games
from bucket_brigade.testing.backend.subject import BackendSubject, open_backend
from bucket_brigade.testing.report import BoundCheck, Check, Report, Session

__all__ = ["BACKEND_CHECKS", "backend_checks", "check_backend"]

BACKEND_CHECKS: tuple[Check[BackendSubject], ...] = (
    Check.of(whole_games.contract),
    Check.of(whole_games.declines, "contract"),
    Check.of(whole_games.golden_games, "contract"),
    Check.of(whole_games.exact_stream, "golden_games"),
    Check.of(night_by_night.golden_nights, "contract"),
    Check.of(night_by_night.exact_nights, "golden_nights"),
    Check.of(night_by_night.stepper_equals_play, "golden_games", "golden_nights"),
    Check.of(averages.averages, "contract"),
    Check.of(averages.averages_of_nights, "contract"),
    Check.of(whole_games.pure, "contract"),
    Check.of(whole_games.seeds, "pure"),
    Check.of(whole_games.independent_of_batch, "pure"),
    Check.of(whole_games.independent_of_order, "pure"),
    Check.of(whole_games.independent_of_threads, "pure"),
    Check.of(whole_games.independent_of_first_game, "pure"),
    Check.of(night_by_night.nights_independent_of_batch, "contract"),
    Check.of(whole_games.kept_games, "pure"),
    Check.of(night_by_night.bad_steppers_refused, "contract"),
    Check.of(night_by_night.bad_actions_refused, "contract"),
    Check.of(night_by_night.finished_games_rest, "contract"),
    Check.of(night_by_night.fresh_arrays, "contract"),
    Check.of(whole_games.inputs_unchanged, "contract"),
    Check.of(night_by_night.stepper_inputs_unchanged, "contract"),
    Check.of(whole_games.pickling, "pure"),
    Check.of(averages.expectations, "contract"),
    Check.of(averages.optima, "contract"),
)
"""Every check of a backend, in the order in which they run."""


def check_backend(
    target: object, *, exact_stream: bool | None = None, only: Sequence[str] | None = None
) -> Report:
    """Check a backend against the contract and the rules, and return what each check came to.

    `target` is a registered name, a `BackendSpec` or a `Backend`. `exact_stream` says whether it claims the
    games of rules.md bit for bit; a name or spec says so itself. `only` names the checks to run (with those
    that they need). Raises `UnknownName` or `BackendUnavailable` if there is nothing to check, `PluginError`
    if the backend cannot be made, `InvalidInput` for other arguments.
    """
    session = _session(target, exact_stream)
    return session.report(session.subject.name, only)


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
