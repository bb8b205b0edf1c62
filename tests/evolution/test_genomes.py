"""Genomes: ten real numbers, and nothing that NumPy would take for some."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from bucket_brigade.errors import InvalidInput
from bucket_brigade.evolution.genomes import genome_array

HALF = [0.5] * 10


@pytest.mark.parametrize(
    ("genomes", "message"),
    [
        ([[0.5j] * 10], "complex"),
        (np.full((1, 10), 0.5 + 0j), "complex"),
        ([["0.5"] * 10], "its type is str"),
        ([[True] * 10], "its type is bool"),
        (np.ones((1, 10), dtype=bool), "its type is bool"),
        ([[*HALF[:9], True]], "True or False"),
        ([[*HALF[:9], np.True_]], "True or False"),
        ([HALF, HALF[:9]], "array of numbers"),
        (5, r"shape \(\)"),
        (None, "array of numbers"),
        ([], "genomes is empty"),
        (np.zeros((0, 10)), "genomes is empty"),
        ([HALF[:9]], r"shape \(1, 9\)"),
    ],
)
def test_what_is_no_genome(genomes: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        genome_array(genomes)


def test_numbers_outside_are_shown_plain_and_told_what_to_type() -> None:
    with pytest.raises(InvalidInput, match=r"honesty = -0\.1 is not allowed.*bounds='clip'"):
        genome_array([[-0.1, *HALF[1:]]])


@pytest.mark.parametrize("bounds", ["refuse", "clip", "reflect"])
@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_no_bounds_help_against_what_is_no_number(bounds: str, value: float) -> None:
    with pytest.raises(InvalidInput, match=r"honesty = (nan|inf) is not allowed") as caught:
        genome_array([[value, *HALF[1:]]], bounds)
    assert "bounds=" not in str(caught.value)
