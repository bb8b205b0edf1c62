"""Checks of averages: for backends without the exact stream, and for exact expectations.

A backend without the exact stream plays other games, which must be as good on average. Its mean counts are
held against the reference by a concentration bound that is true for every number of games (no normal
approximation, see `bucket_brigade.testing.statistics`). The failure budget is fixed: a correct backend fails
any of these comparisons, all of them together, with probability at most `BUDGET`. Nothing is repeated.
"""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts, No, PlayRequest, Verdict, Yes
from bucket_brigade.backends.exact import ExactBackend, Expectation, OptimizeRequest
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.strategy import ARCHETYPES, Heuristic, Social
from bucket_brigade.testing.backend.night_by_night import play_to_the_end
from bucket_brigade.testing.backend.subject import BackendSubject, count_name, same_arrays
from bucket_brigade.testing.backend.whole_games import PLAIN_TOWN
from bucket_brigade.testing.report import Skip, fail
from bucket_brigade.testing.samples import Steps, exact_program, fresh_copy
from bucket_brigade.testing.statistics import count_ranges, empirical_bernstein

__all__ = ["BUDGET", "averages", "averages_of_nights", "expectations", "optima"]

BUDGET = 1e-9
"""The probability that a correct backend fails `averages` or `averages_of_nights`."""

GAMES, NIGHTLY_GAMES = 40_000, 8_000
SMALL_RINGS = 4
_SHARE = BUDGET / (2 * (SMALL_RINGS + 1))
"""The budget of one comparison: a small ring each, and a large one, for `play` and for the stepper."""

TOLERANCE = 1e-10
"""How far an exact expectation may be off, of what it is; engines sum in different orders."""


def averages(s: BackendSubject) -> str:
    """Without the exact stream: mean counts of `play` are right, at a failure budget of 1e-9."""
    _claims_no_stream(s)
    compared = 0
    for number, (program, expected, width) in enumerate(_expected()):
        request = PlayRequest(program, seed=20 + number, games=GAMES)
        if s.can_run(request):
            compared += 1
            counts = s.play(request)
            assert counts.products is not None
            square = np.diagonal(counts.products, axis1=1, axis2=2)
            _close(program, counts.sums, square, GAMES, expected, width, f"by play, town {number}")
    return f"{compared} towns, {GAMES:,} games of each entry, failure budget {BUDGET:g}"


def averages_of_nights(s: BackendSubject) -> str:
    """Without the exact stream: mean counts of steppers are right, within the same budget."""
    _claims_no_stream(s)
    for number, (program, expected, width) in enumerate(_expected()):
        entries = np.repeat(np.arange(program.num_entries, dtype=np.uint32), NIGHTLY_GAMES)
        games = np.tile(np.arange(NIGHTLY_GAMES, dtype=np.uint64), program.num_entries)
        stepper = s.stepper(Steps(program, 40 + number, entries, games))
        play_to_the_end(stepper)
        counts = stepper.counts.astype(np.int64).reshape(program.num_entries, NIGHTLY_GAMES, -1)
        sums, square = counts.sum(axis=1), (counts**2).sum(axis=1)
        _close(program, sums, square, NIGHTLY_GAMES, expected, width, f"night by night, town {number}")
    return f"{SMALL_RINGS + 1} towns, {NIGHTLY_GAMES:,} games of each entry, failure budget {BUDGET:g}"


def expectations(s: BackendSubject) -> str:
    """Exact expectations, if offered, are those of the chain written out."""
    backend, compared = _exact(s), 0
    for number in range(6):
        program = exact_program(number)
        if isinstance(_verdict(backend.can_expect(fresh_copy(program))), No):
            continue
        compared += 1
        ours, theirs = backend.expect(fresh_copy(program)), _reference_expectation(number)
        see = f"backend.expect(bucket_brigade.testing.samples.exact_program({number}))"
        _near(f"program {number}: expected counts", ours.counts, theirs.counts, see)
        _near(f"program {number}: chances of ruined houses", ours.final_ruined, theirs.final_ruined, see)
    if not compared:
        raise Skip("it declines all six programs")
    return f"{compared} programs, within {TOLERANCE:g}"


def optima(s: BackendSubject) -> str:
    """Best responses and social optima, if offered, are the reference's."""
    backend = _exact(s)
    for number in (0, 2):
        program, see = exact_program(number), f"bucket_brigade.testing.samples.exact_program({number})"
        if isinstance(_verdict(backend.can_expect(fresh_copy(program))), No):
            raise Skip("it declines these programs")
        request = _optimize(number)
        best, together = _reference_optima(number)
        found = backend.best_responses(request).values
        _near(f"program {number}: value of the best response", found, best, see)
        found = backend.social_optimum(fresh_copy(program), np.asarray(request.prices).copy())
        _near(f"program {number}: social optimum", found, together, see)
    return f"2 programs, within {TOLERANCE:g}"


@functools.cache
def _reference_expectation(number: int) -> Expectation:
    return PythonReference().expect(exact_program(number))


def _optimize(number: int) -> OptimizeRequest:
    program = exact_program(number)
    prices = np.tile(np.arange(num_counts(program.num_agents)) % 5 - 2.0, (program.num_entries, 1))
    return OptimizeRequest(fresh_copy(program), np.array([0, program.num_agents - 1]), prices)


@functools.cache
def _reference_optima(number: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return values of the best responses and social optima, (E,) each."""
    reference, request = PythonReference(), _optimize(number)
    together = reference.social_optimum(request.program, np.asarray(request.prices))
    return reference.best_responses(request).values, together


@functools.cache
def _expected() -> list[tuple[Program, NDArray[np.float64], NDArray[np.float64]]]:
    """Return programs, their mean counts (E, D), and how far those may be off themselves."""
    reference, towns = PythonReference(), []
    for number in range(SMALL_RINGS):
        program = exact_program(number)
        mean = _reference_expectation(number).counts
        towns.append((program, mean, np.zeros_like(mean)))
    # A large ring, and strategies that look at more than the houses, have no expectation to write out. A
    # short game keeps the range of every count, and with it the bound, small.
    town = replace(PLAIN_TOWN, min_nights=1, max_nights=6)
    team = [Social(theta) for theta in ARCHETYPES.values()] + [Heuristic(ARCHETYPES["hero"])]
    program = compile_program([town], team, [[0, 1, 2, 5], [3, 4, 2, 0]]).for_engines()
    counts: Counts = reference.play(PlayRequest(program, seed=10, games=GAMES))
    assert counts.products is not None
    square = np.diagonal(counts.products, axis1=1, axis2=2)
    towns.append((program, counts.sums / GAMES, _width(program, counts.sums, square, GAMES)))
    return towns


def _width(
    program: Program, sums: NDArray[np.int64], square: NDArray[np.int64], games: int
) -> NDArray[np.float64]:
    variance = np.maximum(square / games - (sums / games) ** 2, 0.0) * games / (games - 1)
    # Both samples of a comparison take half of its share.
    return empirical_bernstein(variance, count_ranges(program), games, _SHARE / (2 * sums.size))


def _close(
    program: Program,
    sums: NDArray[np.int64],
    square: NDArray[np.int64],
    games: int,
    expected: NDArray[np.float64],
    width: NDArray[np.float64],
    where: str,
) -> None:
    bound = width + _width(program, sums, square, games)
    off = np.abs(sums / games - expected) - bound
    if (off > 0).any():
        entry, column = (int(i) for i in np.unravel_index(np.argmax(off / bound), off.shape))
        fail(
            f"{where}, entry {entry}: {count_name(column, program.num_agents)} is "
            f"{sums[entry, column] / games:.5g} on average of {games:,} games",
            expected=f"{expected[entry, column]:.5g}, within {bound[entry, column]:.2g}",
            see="the same program on the backend 'python'",
        )


def _claims_no_stream(s: BackendSubject) -> None:
    if s.exact_stream:
        raise Skip("it claims the exact stream, which was compared game by game")


def _exact(s: BackendSubject) -> ExactBackend:
    if not isinstance(s.backend, ExactBackend):
        raise Skip("it offers no exact answers")
    return s.backend


def _verdict(given: object) -> Verdict:
    if not isinstance(given, Yes | No):
        fail(f"can_expect answered {given!r}", expected="Yes() or No(reason)")
    return given


def _near(what: str, found: NDArray[np.float64], expected: NDArray[np.float64], see: str) -> None:
    scale = np.maximum(1.0, np.abs(expected))
    off = np.abs(found - expected) if np.shape(found) == expected.shape else None
    if off is None:
        same_arrays(what, found, expected, see=see)
    elif (off > TOLERANCE * scale).any() or np.isnan(off).any():
        place = tuple(int(i) for i in np.unravel_index(np.argmax(off / scale), off.shape))
        fail(
            f"{what}{list(place)} = {found[place]!r}",
            expected=f"{expected[place]!r}, within {TOLERANCE:g}",
            see=see,
        )
