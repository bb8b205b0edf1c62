"""Text from outside: whatever a file holds and whatever it is called, the only error is ours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.config import load_config
from bucket_brigade.errors import BucketBrigadeError, ConfigError, InvalidInput
from bucket_brigade.evolution.settings import read_config
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.text_files import MOST_BYTES, MOST_DEPTH, MOST_DIGITS, read_json, read_toml

DEEP, LONG = 100_000, "9" * 5_000
BAD_TOML = {
    "deep lists": f"a = {'[' * DEEP}",
    "closed deep lists": f"a = {'[' * DEEP}{']' * DEEP}",
    "deep tables": f"a = {'{a=' * DEEP}",
    "deep keys": f"{'.'.join('a' * 1_000)} = 1",
    "lists too deep": f"a = {'[' * (MOST_DEPTH + 1)}{']' * (MOST_DEPTH + 1)}",
    "digits": f"a = {LONG}",
    "short of Python's limit": f"a = {'9' * (MOST_DIGITS + 1)}",
    "hexadecimal digits": f"a = 0x{'f' * 5_000}",
    "a date": "a = 2025-13-45",
    "half a character": "a = '\udcff'",
    "null": "a = '\0'",
    "a surrogate": 'a = "\\ud800"',
    "too large": "a = 1\n" * (MOST_BYTES // 6 + 1),
}


@pytest.mark.parametrize("text", BAD_TOML.values(), ids=BAD_TOML)
def test_toml_that_cannot_be_read(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput, match=r"x\.toml"):
        read_toml(file, "file")
    with pytest.raises(InvalidInput, match=r"scenario file .*x\.toml"):
        load_scenarios(file)
    with pytest.raises(ConfigError, match=r"config file .*x\.toml"):
        read_config(file)
    monkeypatch.setenv("BUCKET_BRIGADE_CONFIG", str(file))
    with pytest.raises(ConfigError, match=r"config file .*x\.toml"):
        load_config()


@pytest.mark.parametrize(
    "text",
    ["[" * DEEP, "[" * DEEP + "]" * DEEP, '{"a":' * DEEP, LONG, "{", "", "'", "\ufeff[", "[1,", "\udcff"],
)
def test_json_that_cannot_be_read(text: str, tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(InvalidInput, match=r"The file .*x\.json' is not JSON"):
        read_json(file, "file")


@pytest.mark.parametrize("name", ["a\0b.toml", "\ud800.toml", "a" * 5_000 + ".toml", ".", "no/such.toml"])
def test_names_that_are_no_file(name: str) -> None:
    with pytest.raises(InvalidInput, match="Cannot read the file"):
        read_toml(name, "file")
    with pytest.raises(InvalidInput, match="Cannot read the scenario file"):
        load_scenarios(name)


def test_a_device_without_end_is_not_read_to_its_end() -> None:
    if not Path("/dev/zero").exists():
        pytest.skip("no such device here")
    with pytest.raises(InvalidInput, match="larger than 1,048,576 bytes"):
        read_toml("/dev/zero", "file")


@pytest.mark.parametrize(("read", "text"), [(read_toml, "a = 1\n"), (read_json, '{"a": 1}')])
def test_a_byte_order_mark_is_no_part_of_the_text(read: Any, text: str, tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert read(file, "file") == {"a": 1}


def test_the_deepest_and_the_longest_that_may_be(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    depth = MOST_DEPTH
    file.write_text(f"a = {'[' * depth}{']' * depth}\nb = {'9' * MOST_DIGITS}")
    assert read_toml(file, "file")["b"] == int("9" * MOST_DIGITS)


def test_the_error_is_of_the_kind_that_was_asked_for(tmp_path: Path) -> None:
    for error in (BucketBrigadeError, ConfigError):
        with pytest.raises(error) as caught:
            read_toml(tmp_path / "x", "file", asked_by=" (from --x)", error=error)
        assert type(caught.value) is error and "x' (from --x): No such file" in str(caught.value)
