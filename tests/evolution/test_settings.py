"""Settings are plain data, whatever they were made from."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution.settings import EvolutionSettings, read_config


def test_numpy_numbers_are_written_down_as_plain_ones() -> None:
    settings = EvolutionSettings(
        ("easy",),
        seed=np.int64(3),  # type: ignore[arg-type]
        population=np.int32(10),  # type: ignore[arg-type]
        elite=np.uint8(3),  # type: ignore[arg-type]
        mutation_rate=np.float32(0.5),  # type: ignore[arg-type]
        budget=np.int64(10),  # type: ignore[arg-type]
        start=(np.full(10, 0.5),),
        fixed_traits={"honesty": np.float64(1.0)},
    )
    assert EvolutionSettings.of(json.loads(json.dumps(settings.to_json()))) == settings


def test_members_in_numbers_are_checked_when_settings_are_made() -> None:
    with pytest.raises(InvalidInput, match=r"start: honesty = 'a' is not allowed"):
        EvolutionSettings(("easy",), start=(["a"] * 10,))


def test_a_config_file_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "evolve.toml"
    file.write_bytes(b"\xef\xbb\xbf[evolve]\nseed = 3")
    assert read_config(file) == {"seed": 3}
