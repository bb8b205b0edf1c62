"""Wrong input: a message in four parts on stderr, nothing on stdout, exit code 2; failures exit with 1."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import Cli


def test_a_nonsensical_backend_is_refused_in_four_parts(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "nonsense")
    shown = cli("payoffs", "easy")
    assert shown.code == 2
    assert shown.out == ""
    for part in (
        "Unknown backend 'nonsense' (from BUCKET_BRIGADE_BACKEND)",
        "Ready: ",
        "python",
        "bucket-brigade plugins",
    ):
        assert part in shown.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("play", "greedy_neighbour"), "Did you mean 'greedy_neighbor'"),
        (("play", "easy-v9"), "easy-v"),
        (("play", "easy", "--team", "hero,hero,hero"), "4 seats"),
        (("play", "easy", "--team", "hero,hero,hero,heroo"), "Did you mean 'hero'"),
        (("play", "easy", "--team", "hero,hero,hero,[1,2,0,0,0,0,0,0,0,0]"), "work_tendency = 2"),
        (("play", "easy", "--team", "hero,hero,hero,[1,0.5]"), "10 traits"),
        (("play", "easy", "--seed", str(2**64)), "seed = 18446744073709551616"),
        (("play", "easy", "--game", str(2**64)), "first_game = 18446744073709551616"),
        (("payoffs", "nowhere.toml"), "nowhere.toml"),
        (("payoffs", "easy", "--profile", "hero"), "4 seats"),
    ],
)
def test_bad_input_is_refused_before_any_work(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    shown = cli(*arguments)
    assert shown.code == 2
    assert shown.out == ""
    assert message in shown.err
    assert "Traceback" not in shown.err


def test_a_known_backend_that_is_not_installed_fails_with_what_to_type(cli: Cli) -> None:
    shown = cli("payoffs", "easy", "--backend", "cupy")
    assert shown.code == 1
    # What is missing is CuPy, or the plugin as well.
    assert re.search(r"Type: pip install (cupy-cuda12x|\./plugins/bucket_brigade_cupy)\n", shown.err)


def test_usage_errors_exit_with_two(cli: Cli) -> None:
    assert cli("play").code == 2
    assert cli("plya", "easy").code == 2
    assert cli("play", "easy", "--games", "3").code == 2
