"""Texts from outside, damaged at random: the only errors are ours.

Half are texts that are right, with some of their bytes changed, cut out, doubled or replaced by what has hurt somebody
before; the others are tokens in a row. Every text follows from its number.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from bucket_brigade.config import load_config
from bucket_brigade.errors import BucketBrigadeError
from bucket_brigade.evolution.settings import EvolutionSettings, read_config
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.registry import get_scenario, strategies_of
from bucket_brigade.text_files import read_json

TEXTS = 50_000
SMOKE = 400
"""Texts of each kind in the ordinary run."""

SCENARIO = "\n".join(
    f"{key} = {json.dumps(value)}" for key, value in get_scenario("easy-v2").to_mapping().items()
)
SETTINGS = EvolutionSettings(("easy",), start=("hero", [0.5] * 10), fixed_traits={"honesty": 1.0})
SETTINGS_TOML = "\n".join(
    f"{key} = {json.dumps(value)}"
    for key, value in SETTINGS.to_json().items()
    if value is not None and not isinstance(value, dict)
)

TOKENS = [
    *("[", "]", "{", "}", "=", ".", ",", ":", '"', "'", '"""', "#", "\n", "\r", "\t", " ", "\0", "\x1b[31m"),
    *("nan", "inf", "-inf", "1e308", "1e999", "-0", "0x", "0xffffffffffffffffff", "1_0", "9" * 5_000, "true"),
    *(
        "null",
        "[" * 3_000,
        "{a=" * 2_000,
        '{"a":' * 3_000,
        "a." * 1_000,
        "1979-13-45",
        "1979-05-27T07:32:00Z",
    ),
    *("\\ud800", "\\u0000", "\\U00110000", "\ufeff", "\udcff", "\u2028", "😀", "../../x", "x" * 2_000),
    *(
        "name",
        "about",
        "homes",
        "tool",
        "bucket_brigade",
        "backend",
        "workers",
        "evolve",
        "seed",
        "scenarios",
    ),
    *("hero", "social:", "tabular:", "heuristic:", "nearest_fire", "liar", "[1,0.9]", "a/b", "-v2", "easy"),
]


def damaged(right: str, luck: random.Random) -> bytes:
    """Return one text, as bytes that may be no UTF-8."""
    if luck.random() < 0.3:
        text = "".join(luck.choice(TOKENS) for _ in range(luck.randrange(1, 12)))
        return text.encode("utf-8", "surrogateescape")
    content = bytearray(right.encode())
    for _ in range(luck.randrange(1, 5)):
        start = luck.randrange(len(content) + 1)
        end = min(len(content), start + luck.choice((0, 1, 1, 4, 40)))
        with_what = (
            luck.choice(TOKENS).encode("utf-8", "surrogateescape"),
            luck.randbytes(luck.randrange(4)),
            bytes(content[start:end]) * 2,
            b"",
        )
        content[start:end] = luck.choice(with_what)
    return bytes(content)


def use_scenario(file: Path) -> None:
    for scenario in load_scenarios(file):
        json.dumps(scenario.to_mapping())


def use_config(file: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BUCKET_BRIGADE_CONFIG", str(file))
        load_config()


def use_settings(file: Path) -> None:
    values = read_config(file)
    values.pop("backend", None)
    values.pop("workers", None)
    json.dumps(EvolutionSettings.of(values).to_json())


def use_json(file: Path) -> None:
    values = read_json(file, "file")
    if isinstance(values, dict):
        json.dumps(EvolutionSettings.of(values).to_json())


def use_members(file: Path) -> None:
    text = file.read_bytes().decode("utf-8", "surrogateescape")
    labels, strategies = strategies_of(text)
    assert len(labels) == len(strategies) > 0


def use_scenario_name(file: Path) -> None:
    get_scenario(file.read_bytes().decode("utf-8", "surrogateescape"))


KINDS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "scenario": (SCENARIO, use_scenario),
    "config": ('[tool.bucket_brigade]\nbackend = "python"\nworkers = 2', use_config),
    "settings": (SETTINGS_TOML, use_settings),
    "json": (json.dumps(SETTINGS.to_json()), use_json),
    "members": ("hero,social:liar,[1,0.9,0,0,0,0,0,0,0,0],tabular:nearest_fire", use_members),
    "scenario name": ("greedy_neighbor-v2", use_scenario_name),
}


def run(kind: str, count: int, folder: Path) -> tuple[int, int]:
    """Try `count` texts and return how many were taken and how many refused; any other error is raised."""
    right, use = KINDS[kind]
    name = "pyproject.toml" if kind == "config" else "x.toml"
    taken = 0
    for number in range(count):
        file = folder / name
        file.write_bytes(damaged(right, random.Random(f"{kind} {number}")))
        try:
            use(file)
            taken += 1
        except BucketBrigadeError as error:
            assert len(str(error)) < 20_000, number  # noqa: PT017
        except Exception as error:
            raise AssertionError(f"text {number} of {kind}: {file.read_bytes()[:500]!r}") from error
    return taken, count - taken


@pytest.mark.parametrize("kind", KINDS)
def test_a_few_texts(kind: str, tmp_path: Path) -> None:
    taken, refused = run(kind, SMOKE, tmp_path)
    assert taken and refused > taken / 20


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_many_texts(kind: str, tmp_path: Path) -> None:
    run(kind, -(-TEXTS // len(KINDS)), tmp_path)
