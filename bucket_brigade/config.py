"""Settings from the environment and the configuration file; read when they are needed, never at import.

The file is the one BUCKET_BRIGADE_CONFIG names (left empty, none at all), else the nearest
``bucket_brigade.toml`` or ``pyproject.toml`` with a table ``[tool.bucket_brigade]`` from the working
directory upwards, else ``bucket_brigade.toml`` in the user's configuration directory.

Its keys can change how fast a result comes, never the result; so there is no seed among them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any

from bucket_brigade.errors import ConfigError, InvalidInput
from bucket_brigade.text_files import parse_toml, read_bytes
from bucket_brigade.validation import (
    MAX_WORKERS,
    check_fields,
    check_keys,
    check_workers,
    integer,
    optional,
    shown,
    text,
)

__all__ = ["Config", "ConfigFile", "load_config", "resolve_workers", "strict", "wanted_plugins"]

BACKEND = "BUCKET_BRIGADE_BACKEND"
CONFIG = "BUCKET_BRIGADE_CONFIG"
PLUGINS = "BUCKET_BRIGADE_PLUGINS"
STRICT = "BUCKET_BRIGADE_STRICT"

FILE_NAME = "bucket_brigade.toml"


@dataclass(frozen=True)
class Config:
    """What a configuration file says; None where it says nothing."""

    backend: Annotated[str | None, optional(text(1, allowed="the name of a backend"))] = None
    """The backend to play on, or "auto"."""
    workers: Annotated[int | None, optional(integer(1, MAX_WORKERS))] = None
    """How many threads a backend may use, 1 to 1024."""

    def __post_init__(self) -> None:
        check_fields(self)


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
        content = read_bytes(pyproject, "config file", error=ConfigError)
    except ConfigError:
        return None
    return _table(_parsed(content, pyproject), pyproject) if b"bucket_brigade" in content else None


def _read(path: Path, asked_by: str) -> ConfigFile:
    values = _parsed(read_bytes(path, "config file", asked_by=asked_by, error=ConfigError), path)
    if path.name == "pyproject.toml":
        values = _table(values, path) or {}
    return ConfigFile(_checked(values, path), path)


def _parsed(content: bytes, path: Path) -> dict[str, Any]:
    return parse_toml(content, path, "config file", error=ConfigError)


def _table(values: dict[str, Any], pyproject: Path) -> dict[str, Any] | None:
    """Return the table [tool.bucket_brigade] of a pyproject.toml, or None if there is none."""
    for place, key in (("tool", "tool"), ("tool.bucket_brigade", "bucket_brigade")):
        if key not in values:
            return None
        if not isinstance(values[key], dict):
            raise ConfigError(
                f"{pyproject}: {place} = {shown(values[key])} is not allowed: it must be a table."
            )
        values = values[key]
    return values


def _checked(values: dict[str, Any], path: Path) -> Config:
    check_keys(values, [field.name for field in fields(Config)], str(path), error=ConfigError)
    try:
        return Config(**values)
    except InvalidInput as error:
        raise ConfigError(f"{path}: {error}") from None


def _shown(path: Path) -> str:
    """Return the path from the working directory, or whole where that would not be shorter."""
    try:
        return min(os.path.relpath(path), str(path), key=len)
    except (OSError, ValueError):
        return str(path)  # The working directory is gone, or on another drive.
