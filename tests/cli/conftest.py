"""Run the command line inside the test process, as its user types it."""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from bucket_brigade.cli.app import run


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it exited."""

    code: int
    out: str
    err: str

    def json(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        value = json.loads(self.out)
        assert isinstance(value, dict)
        return value


Cli = Callable[..., Outcome]


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """``cli("play", "easy", "--json")`` runs a command and returns its `Outcome`."""

    logger = logging.getLogger("bucket_brigade")

    def call(*arguments: str) -> Outcome:
        monkeypatch.setattr(sys, "argv", ["bucket-brigade", *arguments])
        capsys.readouterr()
        # The command shows warnings in its own way and may silence remarks; that must not reach other tests.
        level = logger.level
        try:
            with warnings.catch_warnings(), pytest.raises(SystemExit) as left:
                run()
        finally:
            logger.setLevel(level)
        captured = capsys.readouterr()
        return Outcome(int(left.value.code or 0), captured.out, captured.err)

    return call
