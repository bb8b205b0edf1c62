"""Batch size, thread count, order of profiles and `first_game` never change a game."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends import python_reference
from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.backends.python_reference import backend as reference
from bucket_brigade.testing.hypothesis_strategies import play_requests


@settings(max_examples=60)
@given(request=play_requests(), split=st.integers(1, 11))
def test_games_do_not_depend_on_the_batch(backend: Backend, request: PlayRequest, split: int) -> None:
    whole = backend.play(request).per_game
    assert whole is not None
    first = np.asarray(request.first_game)
    for start in range(0, request.games, split):
        games = min(split, request.games - start)
        part = backend.play(replace(request, games=games, first_game=first + np.uint64(start)))
        np.testing.assert_array_equal(part.per_game, whole[:, start : start + games])


@settings(max_examples=60)
@given(request=play_requests(), data=st.data())
def test_games_do_not_depend_on_the_order_of_profiles(
    backend: Backend, request: PlayRequest, data: st.DataObject
) -> None:
    program = request.program
    order = np.array(data.draw(st.permutations(range(program.num_entries))))
    shuffled = replace(program, town=program.town[order].copy(), seats=program.seats[order].copy())
    whole = backend.play(request)
    again = backend.play(replace(request, program=shuffled, first_game=np.asarray(request.first_game)[order]))
    np.testing.assert_array_equal(again.sums, whole.sums[order])
    assert whole.per_game is not None
    np.testing.assert_array_equal(again.per_game, whole.per_game[order])


@settings(max_examples=40)
@given(request=play_requests(), workers=st.integers(1, 5))
def test_games_do_not_depend_on_the_number_of_threads(
    backend: Backend, request: PlayRequest, workers: int
) -> None:
    whole, again = backend.play(request), backend.play(replace(request, workers=workers))
    np.testing.assert_array_equal(again.sums, whole.sums)
    np.testing.assert_array_equal(again.products, whole.products)
    np.testing.assert_array_equal(again.per_game, whole.per_game)


@settings(max_examples=30)
@given(request=play_requests(), chunk=st.integers(1, 9))
def test_the_reference_does_not_depend_on_its_chunk(request: PlayRequest, chunk: int) -> None:
    played = python_reference.PythonReference()
    whole = played.play(request)
    kept = reference.GAMES_AT_ONCE
    reference.GAMES_AT_ONCE = chunk
    try:
        again = played.play(request)
    finally:
        reference.GAMES_AT_ONCE = kept
    np.testing.assert_array_equal(again.products, whole.products)
    np.testing.assert_array_equal(again.per_game, whole.per_game)


@settings(max_examples=30)
@given(request=play_requests())
def test_inputs_are_left_alone(backend: Backend, request: PlayRequest) -> None:
    before = {name: np.copy(value) for name, value in vars(request.program).items()}
    backend.play(request)
    for name, value in before.items():
        np.testing.assert_array_equal(getattr(request.program, name), value)
