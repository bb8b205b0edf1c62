"""Which plugins are found, in which order, and which of them are wanted."""

from __future__ import annotations

from importlib.metadata import distributions
from pathlib import Path

import pytest

from bucket_brigade.plugins import discovery
from bucket_brigade.plugins.discovery import (
    candidates_of,
    canonical,
    discover,
    in_order,
    is_wanted,
    unmatched,
)
from tests.strangers import candidate


def install(site: Path, name: str, entry_points: str, version: str = "1.0") -> None:
    """Lay down the metadata of an installed distribution."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(parents=True)
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (folder / "entry_points.txt").write_text(entry_points)


def found(*sites: Path) -> list[tuple[str, str, str, str]]:
    installed = distributions(path=[str(site) for site in sites])
    return [
        (c.distribution, c.version, c.name, c.entry_point.value) for c in in_order(candidates_of(installed))
    ]


def test_only_our_group_counts_and_the_order_is_fixed(tmp_path: Path) -> None:
    install(tmp_path, "zebra", "[bucket_brigade]\na = zebra.plugin\n")
    install(
        tmp_path, "Bb-Agents", "[console_scripts]\nx = y:z\n[bucket_brigade]\nsecond = b:p\nfirst = b:q\n"
    )
    install(tmp_path, "other", "[console_scripts]\nx = y:z\n")
    assert found(tmp_path) == [
        ("Bb-Agents", "1.0", "first", "b:q"),
        ("Bb-Agents", "1.0", "second", "b:p"),
        ("zebra", "1.0", "a", "zebra.plugin"),
    ]


def test_the_first_distribution_of_a_name_hides_the_others(tmp_path: Path) -> None:
    install(tmp_path / "one", "bb-x", "[bucket_brigade]\nx = new\n", version="2.0")
    install(tmp_path / "two", "BB_X", "[bucket_brigade]\nx = old\n")
    assert found(tmp_path / "one", tmp_path / "two") == [("bb-x", "2.0", "x", "new")]


def test_a_malformed_file_stops_nobody_else(tmp_path: Path) -> None:
    install(tmp_path, "bb-broken", "[bucket_brigade]\nno equals sign\n")
    install(tmp_path, "bb-good", "[bucket_brigade]\ngood = good.plugin\n")
    broken, good = in_order(candidates_of(distributions(path=[str(tmp_path)])))
    assert (broken.distribution, broken.name) == ("bb-broken", "entry_points.txt")
    assert broken.problem is not None
    assert (good.distribution, good.problem) == ("bb-good", None)


def test_a_malformed_file_that_is_none_of_our_business(tmp_path: Path) -> None:
    install(tmp_path, "elsewhere", "[console_scripts]\nno equals sign\n")
    assert found(tmp_path) == []


def test_discovery_survives_a_malformed_file_in_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, "elsewhere", "[console_scripts]\nno equals sign\n")
    install(tmp_path, "bb-good", "[bucket_brigade]\ngood = good.plugin\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert "bb-good" in [c.distribution for c in discover()]


def test_metadata_without_a_name(tmp_path: Path) -> None:
    install(tmp_path, "nameless", "[bucket_brigade]\nx = y\n")
    (tmp_path / "nameless-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\n")
    assert found(tmp_path) == [("unknown", "unknown", "x", "y")]


def test_an_entry_point_without_a_distribution() -> None:
    made = discovery._candidate(candidate("module").entry_point)
    assert (made.distribution, made.version) == ("unknown", "unknown")


@pytest.mark.parametrize("written", ["bb-core-rs", "BB_core.rs", "bb--core__rs"])
def test_names_of_distributions_are_compared_as_indexes_do(written: str) -> None:
    assert canonical(written) == "bb-core-rs"


@pytest.mark.parametrize(
    ("wanted", "answer"),
    [
        (None, True),
        (frozenset(), False),
        (frozenset({"stranger"}), True),
        (frozenset({"BB_Stranger"}), True),
        (frozenset({"bb"}), False),
    ],
)
def test_what_is_wanted(wanted: frozenset[str] | None, answer: bool) -> None:
    assert is_wanted(candidate("module"), wanted) is answer


def test_wanted_names_that_nobody_goes_by() -> None:
    known = [candidate("module")]
    assert unmatched(known, frozenset({"stranger", "typo", "also-typo"})) == ["also-typo", "typo"]
    assert unmatched(known, None) == []
