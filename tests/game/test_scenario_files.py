"""Scenarios from files that other programs and other people wrote."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.registry import get_scenario

FIELDS = {k: v for k, v in get_scenario("easy-v2").to_mapping().items() if k != "name"}
FLAT = "\n".join(f"{key} = {json.dumps(value)}" for key, value in FIELDS.items())


def test_a_byte_order_mark_is_read_over(tmp_path: Path) -> None:
    file = tmp_path / "my town.toml"
    file.write_bytes(b"\xef\xbb\xbf" + FLAT.encode())
    assert load_scenarios(file)[0].name == "my town"


@pytest.mark.parametrize("name", ["../../../x", ".hidden", "a/b", "[/x]", "a b"])
def test_names_that_would_leave_a_directory_are_refused(name: str, tmp_path: Path) -> None:
    file = tmp_path / "town.toml"
    for text in (f"{FLAT}\nname = {json.dumps(name)}", f"[{json.dumps(name)}]\n{FLAT}"):
        file.write_text(text, encoding="utf-8")
        with pytest.raises(InvalidInput, match=r"town\.toml\): name = .* letters, digits"):
            load_scenarios(file)
