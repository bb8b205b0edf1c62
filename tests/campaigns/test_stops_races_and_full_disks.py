"""Four commands, stopped at random moments, started twice at once, and on disks that fill up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.campaigns.runs import COMMANDS

ROOT = Path(__file__).parent.parent.parent

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork and signals")

STOPS, MANY_STOPS = 3, 201
"""A third of them each are SIGINT, SIGTERM and SIGKILL, of each command."""
RACES, MANY_RACES = 2, 200
SIZES, MANY_SIZES = 2, 8

COUNTS = {"stops": (STOPS, MANY_STOPS), "races": (RACES, MANY_RACES), "full_disk": (SIZES, MANY_SIZES)}


def drive(what: str, name: str, folder: Path, count: int) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.campaigns.driver", what, name, str(folder), str(count)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        timeout=60 + 20 * count,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    print(f"{what} of {name}: {found}")
    return {str(key): int(value) for key, value in found.items()}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("what", COUNTS)
def test_a_few(what: str, name: str, tmp_path: Path) -> None:
    assert sum(drive(what, name, tmp_path, COUNTS[what][0]).values()) >= COUNTS[what][0]


@pytest.mark.long
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("what", COUNTS)
def test_many(what: str, name: str, tmp_path: Path) -> None:
    assert sum(drive(what, name, tmp_path, COUNTS[what][1]).values()) >= COUNTS[what][1]
