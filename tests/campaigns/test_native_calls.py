"""Nothing that Python can pass to the compiled core crashes it, hangs it, or ends in anything but our errors."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bucket_brigade.backends.base import Backend


def run(count: int, seed: int, patience: float) -> None:
    """Make calls in another process, and look at how it ended."""
    command = [sys.executable, "-m", "tests.campaigns.native_calls", str(count), str(seed)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    print(done.stdout)
    assert done.stdout.startswith(f"{count} calls:")


def test_a_few_hostile_calls(rust: Backend) -> None:
    run(3000, 1, 100)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 6))
def test_a_hundred_thousand_hostile_calls(rust: Backend, seed: int) -> None:
    run(25_000, seed, 1000)
