"""Sealed files: what was written is read, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bucket_brigade.runs.sealed_json import seal, unseal

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
WRITTEN = seal("scenarios/a.json", "of that", {"value": 0.1, "é": [True, None]})


@given(PLAIN)
def test_what_is_sealed_is_read_back(data: Any) -> None:
    try:
        content = seal("name", "that", data)
    except UnicodeEncodeError:  # Lone surrogates are no text.
        return
    assert unseal(content, "name", "that") == data
    assert json.loads(content)["data"] == data


@given(st.data())
def test_any_other_bytes_are_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(WRITTEN) - 1))
    change = data.draw(st.sampled_from(["replace", "insert", "remove", "cut"]))
    byte = bytes([data.draw(st.integers(0, 255))])
    changed = {
        "replace": WRITTEN[:place] + byte + WRITTEN[place + 1 :],
        "insert": WRITTEN[:place] + byte + WRITTEN[place:],
        "remove": WRITTEN[:place] + WRITTEN[place + 1 :],
        "cut": WRITTEN[:place],
    }[change]
    if changed == WRITTEN:
        return
    with pytest.raises(ValueError, match="changed or damaged"):
        unseal(changed, "scenarios/a.json", "of that")


def test_a_file_knows_its_name_and_its_run() -> None:
    with pytest.raises(ValueError, match="written as 'scenarios/a"):
        unseal(WRITTEN, "scenarios/b.json", "of that")
    with pytest.raises(ValueError, match="other settings"):
        unseal(WRITTEN, "scenarios/a.json", "of this")
    assert unseal(WRITTEN, "scenarios/a.json") == {"value": 0.1, "é": [True, None]}


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        seal("name", "", float("nan"))
