"""The backend keeps the contract, as a user finds it: installed, by name."""

from __future__ import annotations

import numpy as np
import pytest

import bucket_brigade as bb
from bucket_brigade.registry import list_backends
from bucket_brigade.testing import BoundCheck, backend_checks


def test_it_is_listed_and_ready() -> None:
    (status,) = (s for s in list_backends() if s.name == "plain")
    assert (str(status.state), status.distribution) == ("ready", "backend-starter")


@pytest.mark.parametrize("check", backend_checks("plain"), ids=str)
def test_it_keeps_the_contract(check: BoundCheck) -> None:
    check()


def test_it_plays_the_games_of_the_reference() -> None:
    """What the kit tests at length, in three lines: the same integers, whoever plays."""
    team = "hero,social:liar,free_rider,firefighter"
    plain, reference = (bb.simulate("easy", team, games=20, seed=7, backend=b) for b in ("plain", "python"))
    np.testing.assert_array_equal(plain.counts.sums, reference.counts.sums)
