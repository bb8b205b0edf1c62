"""Fixtures for tests of plugins."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.strangers import Strangers


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strangers:
    """Makes packages of strangers for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    return Strangers(folder, monkeypatch)
