"""Scenarios from TOML files: one flat scenario, or one table for each."""

from __future__ import annotations

from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.text_files import read_toml
from bucket_brigade.validation import check_name, shown

__all__ = ["load_scenarios"]


def load_scenarios(path: str | PathLike[str]) -> tuple[Scenario, ...]:
    """Read every scenario of a TOML file, in the order of the file.

    Either each top-level table is a scenario and its key the name, or the whole file is one scenario,
    named by its field `name` or else by the file. Raises `InvalidInput` naming the file, the scenario and
    the field if the file cannot be read, is not TOML, is empty, or breaks the rules.
    """
    file = Path(path)
    values = read_toml(file, "scenario file")
    if not values:
        raise InvalidInput(f"The scenario file {str(file)!r} is empty: it must hold at least one scenario.")
    tables = {key: value for key, value in values.items() if isinstance(value, Mapping)}
    if not tables:
        # A file's own name is no path out of anywhere; one that is written in it might be.
        return (_from_table(values.get("name", file.stem), values, file, named="name" in values),)
    if len(tables) < len(values):
        loose = next(key for key in values if key not in tables)
        raise InvalidInput(
            explain(
                f"Scenario file {str(file)!r} mixes the field {loose!r} with the table {next(iter(tables))!r}.",
                do="Put every field into the table of its scenario, or keep one scenario without tables.",
            )
        )
    return tuple(_from_table(name, table, file) for name, table in tables.items())


def _from_table(name: Any, table: Mapping[str, Any], file: Path, *, named: bool = True) -> Scenario:
    # A table may repeat its name, as `Scenario.to_mapping` writes it; two names would be one too many.
    if table.get("name", name) != name:
        raise InvalidInput(
            f"Scenario {name!r} (from {file}): name = {shown(table['name'])} is not allowed: "
            f"the table is called {name!r}."
        )
    scenario = Scenario.from_mapping(table, name=name, source=str(file))
    if named:
        check_name(name, f"Scenario {name!r} (from {file}): name")
    return scenario
