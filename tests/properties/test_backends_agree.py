"""The Python reference and Rust play the same games, bit for bit."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.testing.hypothesis_strategies import play_requests


@settings(max_examples=250)
@given(request=play_requests())
def test_identical_counts(python: Backend, rust: Backend, request: PlayRequest) -> None:
    ours, theirs = python.play(request), rust.play(request)
    assert ours.per_game is not None
    assert theirs.per_game is not None
    np.testing.assert_array_equal(ours.per_game, theirs.per_game)
    np.testing.assert_array_equal(ours.sums, theirs.sums)
    np.testing.assert_array_equal(ours.products, theirs.products)
    np.testing.assert_array_equal(ours.sums, ours.per_game.sum(axis=1, dtype=np.int64))


@settings(max_examples=60)
@given(request=play_requests(max_games=4, max_entries=3, one_ring_size=True), data=st.data())
def test_identical_nights(python: Backend, rust: Backend, request: PlayRequest, data: st.DataObject) -> None:
    program = request.program
    drawn = data.draw(st.lists(st.integers(0, program.num_entries - 1), min_size=1, max_size=5))
    entries = np.array(drawn, dtype=np.uint32)
    games = np.arange(len(entries), dtype=np.uint64) + np.uint64(2**32 - 2)
    ours, theirs = (b.stepper(program, request.seed, entries, games) for b in (python, rust))
    for _ in range(int(program.max_nights.max()) + 1):
        for part in ("nights", "houses", "last_actions", "finished", "counts"):
            np.testing.assert_array_equal(getattr(ours, part), getattr(theirs, part), err_msg=part)
        tonight = ours.decide()
        np.testing.assert_array_equal(tonight, theirs.decide())
        ours.apply(tonight)
        theirs.apply(tonight)
    assert (ours.finished > 0).all()
