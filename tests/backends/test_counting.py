"""Games played a few at a time add up to the same totals, however few."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.backends.base import Counts
from bucket_brigade.backends.counting import accumulate
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.errors import AgentError
from bucket_brigade.testing.samples import sample_request


@pytest.mark.parametrize("at_once", [1, 7, 10_000])
def test_chunks_never_matter(at_once: int) -> None:
    request = next(r for r in map(sample_request, range(30)) if len(set(r.program.num_houses)) > 1)
    reference = PythonReference()
    sizes = []

    def play(entries: NDArray[np.uint32], games: NDArray[np.uint64]) -> NDArray[np.int32]:
        assert len(set(request.program.num_houses[request.program.town[entries]])) == 1
        assert (np.diff(entries.astype(int)) >= 0).all()
        sizes.append(len(entries))
        stepper = reference.stepper(
            request.program.select(np.unique(entries)),
            request.seed,
            np.unique(entries, return_inverse=True)[1].astype(np.uint32),
            games,
        )
        while not stepper.finished.all():
            stepper.apply(stepper.decide())
        return stepper.counts

    found, expected = accumulate(request, play, at_once=at_once), reference.play(request)
    assert max(sizes) <= at_once
    for name in ("sums", "products", "per_game"):
        one, other = getattr(found, name), getattr(expected, name)
        assert (one is None) == (other is None)
        if one is not None:
            np.testing.assert_array_equal(one, other)
            assert one.dtype == other.dtype


def test_what_was_complete_leaves_with_the_error() -> None:
    request = sample_request(0)
    one = request.program.select(np.array([0]))
    request = replace(request, program=one, first_game=0, games=10)
    expected = PythonReference().play(replace(request, games=8))

    def play(entries: NDArray[np.uint32], games: NDArray[np.uint64]) -> NDArray[np.int32]:
        if games[0] == 8:
            raise AgentError("it had enough")
        counts = PythonReference().play(
            replace(request, games=len(games), first_game=int(games[0]), keep_games=True)
        )
        assert counts.per_game is not None
        return np.asarray(counts.per_game[0])

    with pytest.raises(AgentError) as caught:
        accumulate(request, play, at_once=4)
    finished = caught.value.finished
    assert isinstance(finished, Counts) and finished.games == 8
    np.testing.assert_array_equal(finished.sums, expected.sums)
