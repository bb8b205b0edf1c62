"""Settings: where they are looked for, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from bucket_brigade.config import Config, load_config, resolve_workers, strict, wanted_plugins
from bucket_brigade.errors import ConfigError


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Start in an empty directory ``a/b`` with an empty user configuration and no file named."""
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("BUCKET_BRIGADE_CONFIG")
    monkeypatch.setattr("platformdirs.user_config_path", lambda app: tmp_path / "user" / app)
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def found() -> tuple[str | None, str]:
    file = load_config()
    return file.values.backend, file.source


def test_no_file_says_nothing() -> None:
    file = load_config()
    assert (file.values, file.path) == (Config(None, None), None)


def test_the_nearest_file_counts(home: Path) -> None:
    write(home / "user" / "bucket-brigade" / "bucket_brigade.toml", "backend = 'users'")
    assert load_config().values.backend == "users"
    write(home / "pyproject.toml", "[tool.bucket_brigade]\nbackend = 'far'")
    assert found() == ("far", "config file ../../pyproject.toml")
    write(home / "a" / "pyproject.toml", "[tool.other]\nx = 1")
    assert found()[0] == "far"
    write(home / "a" / "bucket_brigade.toml", "backend = 'near'")
    assert found() == ("near", "config file ../bucket_brigade.toml")
    write(home / "a" / "b" / "pyproject.toml", "[tool.bucket_brigade]\nbackend = 'here'")
    assert found() == ("here", "config file pyproject.toml")
    write(home / "a" / "b" / "bucket_brigade.toml", "backend = 'own file'")
    assert found() == ("own file", "config file bucket_brigade.toml")


def test_files_are_not_merged(home: Path) -> None:
    write(home / "bucket_brigade.toml", "workers = 3")
    write(home / "a" / "bucket_brigade.toml", "backend = 'near'")
    assert load_config().values == Config("near", None)


def test_a_named_file_comes_first(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "a" / "b" / "bucket_brigade.toml", "backend = 'here'")
    write(home / "named.toml", "backend = 'named'\nworkers = 2")
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", str(home / "named.toml"))
    assert load_config().values == Config("named", 2)
    write(home / "pyproject.toml", "[tool.bucket_brigade]\nworkers = 5")
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", str(home / "pyproject.toml"))
    assert load_config().values == Config(None, 5)
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", "")
    assert load_config().values == Config()


def test_a_named_file_must_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", "nowhere.toml")
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value) == (
        "Cannot read the config file 'nowhere.toml' (from BUCKET_BRIGADE_CONFIG): No such file or directory."
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("backend = ", "The config file '{path}' is not TOML: Invalid value (at end of document)."),
        (
            "bakcend = 'rust'",
            "{path}: unknown key 'bakcend'. Did you mean 'backend'? Keys: backend, workers.",
        ),
        ("seed = 7", "{path}: unknown key 'seed'. Keys: backend, workers."),
        ("backend = 7", "{path}: backend = 7 is not allowed: it must be the name of a backend."),
        ("backend = ''", "{path}: backend = '' is not allowed: it must be the name of a backend."),
        ("workers = 0", "{path}: workers = 0 is not allowed: it must be an integer from 1 to 1,024."),
        ("workers = 2.0", "{path}: workers = 2.0 is not allowed: it must be an integer from 1 to 1,024."),
        ("workers = true", "{path}: workers = True is not allowed: it must be an integer from 1 to 1,024."),
    ],
)
def test_bad_files_are_refused_by_name(home: Path, text: str, message: str) -> None:
    path = home / "a" / "b" / "bucket_brigade.toml"
    write(path, text)
    with pytest.raises(ConfigError) as caught:
        load_config()
    assert str(caught.value) == message.format(path=path)


def test_a_table_that_is_no_table(home: Path) -> None:
    write(home / "pyproject.toml", "[tool]\nbucket_brigade = 7")
    with pytest.raises(ConfigError, match=r"tool\.bucket_brigade = 7 is not allowed: it must be a table"):
        load_config()


def test_a_broken_pyproject_that_speaks_of_us_is_an_error(home: Path) -> None:
    write(home / "pyproject.toml", "[tool.bucket_brigade\n")
    with pytest.raises(ConfigError, match="is not TOML"):
        load_config()


@pytest.mark.parametrize("text", [b"[tool.other\n", b"\xff\xfe"], ids=["not TOML", "not text"])
def test_a_broken_pyproject_that_does_not_is_left_alone(home: Path, text: bytes) -> None:
    (home / "pyproject.toml").write_bytes(text)
    assert load_config().path is None


def test_a_working_directory_that_is_gone(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert load_config().path is None
    write(home / "user" / "bucket-brigade" / "bucket_brigade.toml", "backend = 'users'")
    assert load_config().values.backend == "users"


def test_workers_come_from_the_argument_or_the_file(home: Path) -> None:
    assert resolve_workers() is None
    write(home / "bucket_brigade.toml", "workers = 3")
    assert resolve_workers() == 3
    assert resolve_workers(1) == 1


@pytest.mark.parametrize(
    ("value", "meaning"),
    [("", False), ("0", False), ("false", False), ("1", True), ("True", True), (" true ", True)],
)
def test_the_strict_switch(monkeypatch: pytest.MonkeyPatch, value: str, meaning: bool) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_STRICT", value)
    assert strict() is meaning


def test_the_strict_switch_refuses_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_STRICT", "yes")
    with pytest.raises(ConfigError) as caught:
        strict()
    assert (
        str(caught.value) == "BUCKET_BRIGADE_STRICT = 'yes' is not allowed: it must be 0, 1, true or false."
    )


def test_the_list_of_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wanted_plugins() is None
    monkeypatch.setenv("BUCKET_BRIGADE_PLUGINS", "")
    assert wanted_plugins() == frozenset()
    monkeypatch.setenv("BUCKET_BRIGADE_PLUGINS", " a, b ,,")
    assert wanted_plugins() == frozenset({"a", "b"})


def test_a_file_with_a_byte_order_mark(home: Path) -> None:
    (home / "bucket_brigade.toml").write_bytes(b"\xef\xbb\xbfworkers = 3")
    assert resolve_workers() == 3


@pytest.mark.parametrize("text", ["tool = 1", "[tool]\nbucket_brigade = 1", "tool = []  # bucket_brigade"])
def test_a_pyproject_whose_tables_are_none(home: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write(home / "pyproject.toml", text)
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", str(home / "pyproject.toml"))
    with pytest.raises(ConfigError, match=r"tool.* is not allowed: it must be a table"):
        load_config()
