"""Fixtures and Hypothesis profiles shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bucket_brigade.backends.base import Backend
from bucket_brigade.errors import BackendUnavailable
from bucket_brigade.registry import resolve_backend
from tests.strangers import Strangers

# Examples depend on the test alone, so a failure in CI is a failure everywhere; `search` looks further.
settings.register_profile(
    "default", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", deadline=None, max_examples=1000, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("BUCKET_BRIGADE_HYPOTHESIS", "default"))


@pytest.fixture(autouse=True)
def _no_settings_from_outside(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep the developer's own configuration, and the width of the terminal, out of the tests."""
    for name in [n for n in os.environ if n.startswith("BUCKET_BRIGADE_")]:
        if name != "BUCKET_BRIGADE_REQUIRE_RUST":
            monkeypatch.delenv(name)
    monkeypatch.delenv("COLUMNS", raising=False)
    # readline, which pytest imports, sets it for child processes where `os.environ` does not show it.
    os.unsetenv("COLUMNS")
    empty = tmp_path_factory.mktemp("config") / "bucket_brigade.toml"
    empty.touch()
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", str(empty))


@pytest.fixture(scope="session")
def python() -> Backend:
    """The Python reference."""
    return resolve_backend("python").backend


@pytest.fixture(scope="session")
def rust() -> Backend:
    """The Rust backend, or a skip that says why it is not there."""
    try:
        return resolve_backend("rust").backend
    except BackendUnavailable as error:
        if os.environ.get("BUCKET_BRIGADE_REQUIRE_RUST") == "1":
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session", params=["python", "rust"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Every exact backend that ships with the project, in turn."""
    chosen: Backend = request.getfixturevalue(request.param)
    return chosen


@pytest.fixture
def strangers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Strangers:
    """Makes packages of strangers for one test."""
    folder = tmp_path / "site"
    folder.mkdir()
    return Strangers(folder, monkeypatch)
