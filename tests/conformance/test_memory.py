"""Memory does not grow with the number of games, unless the counts of every game are asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.game.counts import num_counts
from bucket_brigade.simulation import simulate

CODE = """
import resource, sys
from bucket_brigade.simulation import simulate
def peak(games):
    simulate("two_houses", "hero,hero,hero,hero", games=games, backend={backend!r})
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1024 if sys.platform == "linux" else 1)
small = peak(5_000)
print(peak({games}) - small)
"""


def growth(backend: str, games: int) -> int:
    """Return by how many bytes the peak memory of a fresh process grows from 5,000 games to more."""
    code = CODE.format(backend=backend, games=games)
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return int(shown.stdout)


@pytest.mark.skipif(sys.platform == "win32", reason="needs the resource module")
def test_many_games_take_no_more_memory(backend: Backend) -> None:
    games = {"python": 50_000, "rust": 1_000_000}[backend.name]
    # All counts of a million games would take 84 MB, of fifty thousand 4 MB.
    assert growth(backend.name, games) < 3_000_000


def test_kept_games_take_four_bytes_a_count(backend: Backend) -> None:
    result = simulate("two_houses", "hero,hero,hero,hero", games=1000, backend=backend, keep_games=True)
    assert result.counts.per_game is not None
    assert result.counts.per_game.nbytes == 4 * num_counts(4) * 1000
