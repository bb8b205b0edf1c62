"""Settings from the environment and the configuration file; read when they are needed, never at import.

The file is the one BUCKET_BRIGADE_CONFIG names (left empty, none at all), else the nearest
``bucket_brigade.toml`` or ``pyproject.toml`` with a table ``[tool.bucket_brigade]`` from the working
directory upwards, else ``bucket_brigade.toml`` in the user's configuration directory.

Its keys can change how fast a result comes, never the result; so there is no seed among them.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from bucket_brigade.errors import ConfigError, did_you_mean, explain
from bucket_brigade.validation import MAX_WORKERS, check_workers

__all__ = ["Config", "ConfigFile", "load_config", "resolve_workers", "strict", "wanted_plugins"]

BACKEND = "BUCKET_BRIGADE_BACKEND"
CONFIG = "BUCKET_BRIGADE_CONFIG"
PLUGINS = "BUCKET_BRIGADE_PLUGINS"
STRICT = "BUCKET_BRIGADE_STRICT"

FILE_NAME = "bucket_brigade.toml"


@dataclass(frozen=True)
class Config:
    """What a configuration file says; None where it says nothing."""

    backend: str | None = None
    """The backend to play on, or "auto"."""
    workers: int | None = None
    """How many threads a backend may use, 1 to 1024."""


@dataclass(frozen=True)
class ConfigFile:
    """A configuration and the file it was read from; `path` is None if there is no file."""

    values: Config
    path: Path | None = None

    @property
    def source(self) -> str:
        """How messages and results call it: by its path as seen from the working directory."""
        return f"config file {_shown(self.path)}" if self.path else "no config file"


def load_config(start: Path | None = None) -> ConfigFile:
    """Find and read the configuration file; `start` stands for the working directory.

    Raises `ConfigError` naming file and key if the file cannot be read, is not TOML, has an unknown key
    or a value that is not allowed.
    """
    named = os.environ.get(CONFIG)
    if named is not None:
        return _read(Path(named), f" (from {CONFIG})") if named else ConfigFile(Config())
    for path in _places(start):
        if path.name == FILE_NAME:
            return _read(path, "")
        table = _own_table(path)
        if table is not None:
            return ConfigFile(_checked(table, path), path)
    return ConfigFile(Config())


def resolve_workers(argument: int | None = None) -> int | None:
    """Return how many threads a backend may use: the argument, else the file's `workers`, else None."""
    return load_config().values.workers if argument is None else check_workers(argument)


def backend_from_environment() -> str | None:
    """Return BUCKET_BRIGADE_BACKEND, or None if it is unset or empty."""
    return os.environ.get(BACKEND, "").strip() or None


def wanted_plugins() -> frozenset[str] | None:
    """Return the names in BUCKET_BRIGADE_PLUGINS, none of them if it is empty; None, for all, if unset."""
    value = os.environ.get(PLUGINS)
    if value is None:
        return None
    return frozenset(name.strip() for name in value.split(",") if name.strip())


def strict() -> bool:
    """Return whether BUCKET_BRIGADE_STRICT turns warnings about plugins into errors."""
    value = os.environ.get(STRICT, "")
    meanings = {"": False, "0": False, "false": False, "1": True, "true": True}
    try:
        return meanings[value.strip().lower()]
    except KeyError:
        raise ConfigError(f"{STRICT} = {value!r} is not allowed: it must be 0, 1, true or false.") from None


def _places(start: Path | None) -> Iterator[Path]:
    """Yield the files that might hold the configuration, nearest first."""
    try:
        here = (start or Path.cwd()).resolve()
    except OSError:
        here = None  # The working directory is gone; only the user's file is left.
    for folder in (here, *here.parents) if here else ():
        yield from (path for path in (folder / FILE_NAME, folder / "pyproject.toml") if path.is_file())
    from platformdirs import user_config_path

    own = user_config_path("bucket-brigade") / FILE_NAME
    if own.is_file():
        yield own


def _own_table(pyproject: Path) -> dict[str, Any] | None:
    """Return the table [tool.bucket_brigade], or None; a file that does not speak of us is not ours to judge."""
    try:
        text = pyproject.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
    if "bucket_brigade" not in text:
        return None
    tool = _parse(text, pyproject).get("tool", {})
    table = tool.get("bucket_brigade") if isinstance(tool, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{pyproject}: tool.bucket_brigade = {table!r} is not allowed: it must be a table.")
    return table


def _read(path: Path, asked_by: str) -> ConfigFile:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot read the config file {str(path)!r}{asked_by}: {reason}.") from error
    values = _parse(text, path)
    if path.name == "pyproject.toml":
        values = values.get("tool", {}).get("bucket_brigade", {})
    return ConfigFile(_checked(values, path), path)


def _parse(text: str, path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The config file {str(path)!r} is not TOML: {error}.") from error


def _checked(values: dict[str, Any], path: Path) -> Config:
    known = [field.name for field in fields(Config)]
    for key in values:
        if key not in known:
            raise ConfigError(
                explain(
                    f"{path}: unknown key {key!r}.{did_you_mean(key, known)}",
                    exists=f"Keys: {', '.join(known)}.",
                )
            )
    backend, workers = values.get("backend"), values.get("workers")
    if backend is not None and not (isinstance(backend, str) and backend):
        raise ConfigError(f"{path}: backend = {backend!r} is not allowed: it must be the name of a backend.")
    whole = isinstance(workers, int) and not isinstance(workers, bool)
    if workers is not None and not (whole and 1 <= workers <= MAX_WORKERS):
        raise ConfigError(
            f"{path}: workers = {workers!r} is not allowed: it must be an integer from 1 to 1,024."
        )
    return Config(backend, workers)


def _shown(path: Path) -> str:
    """Return the path from the working directory, or whole where that would not be shorter."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except (OSError, ValueError):
        return str(path)  # The working directory is gone, or on another drive.
