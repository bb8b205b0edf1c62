"""Which backend is chosen, who decided, and that nothing else plays in its stead."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bucket_brigade.backends.loopback import Loopback
from bucket_brigade.backends.python_reference import PythonReference
from bucket_brigade.equilibrium import PayoffEvaluator
from bucket_brigade.errors import BackendUnavailable, DuplicateName, InvalidInput, UnknownName
from bucket_brigade.plugins import load_plugins, use_plugins
from bucket_brigade.registry import resolve_backend, selection, use_backend
from bucket_brigade.registry.states import backend_table
from bucket_brigade.simulation import simulate
from tests.strangers import Strangers, backends

AUTO = "auto: fastest ready backend with the exact stream"

MODULE = """
from bucket_brigade.backends.python_reference import PythonReference

class Quick(PythonReference):
    name = "quick"

class Quicker(PythonReference):
    name = "quicker"

def no_device(): return "no CUDA device"
def fails(): raise RuntimeError("out of memory")
def must_not_run(): raise AssertionError("probed")
"""
QUICK = "'quick', '', 'quick_backend:Quick', exact_stream=True, speed=1e6"
QUICKER = "'quicker', '', 'quick_backend:Quicker', exact_stream=True, speed=1e7"


@pytest.fixture(autouse=True)
def _only_ours(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever is installed beside us, these tests see our own plugin, and nothing was said yet."""
    monkeypatch.setattr(selection, "_said", set())
    with use_plugins(load_plugins(candidates=[])):
        yield


@pytest.fixture
def quick(strangers: Strangers) -> Strangers:
    strangers.module("quick_backend", MODULE)
    return strangers


def chosen(argument: object = None) -> tuple[str, str]:
    resolved = resolve_backend(argument)
    return resolved.name, resolved.source


def test_the_order_of_those_who_decide(
    quick: Strangers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("BUCKET_BRIGADE_CONFIG")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    with use_plugins(quick.load(backends(QUICK))):
        assert chosen() == ("quick", AUTO)
        Path("bucket_brigade.toml").write_text("backend = 'loopback'")
        assert chosen() == ("loopback", "config file bucket_brigade.toml")
        monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "python")
        assert chosen() == ("python", "BUCKET_BRIGADE_BACKEND")
        with use_backend("quick"):
            assert chosen() == ("quick", "use_backend")
            assert chosen("loopback") == ("loopback", "argument")
            with use_backend("auto"):
                assert chosen() == ("quick", f"use_backend: {AUTO.replace(':', ',')}")
            assert chosen() == ("quick", "use_backend")
        assert chosen() == ("python", "BUCKET_BRIGADE_BACKEND")


def test_auto_by_name_says_who_asked_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert chosen("auto") == ("python", "argument: auto, fastest ready backend with the exact stream")
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "auto")
    assert chosen()[1] == "BUCKET_BRIGADE_BACKEND: auto, fastest ready backend with the exact stream"


def test_an_empty_variable_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", " ")
    assert chosen() == ("python", AUTO)


def test_an_instance_is_taken_as_it_is() -> None:
    backend = Loopback()
    resolved = resolve_backend(backend)
    assert resolved.backend is backend
    assert (resolved.name, resolved.source) == ("loopback", "argument")
    with use_backend(backend):
        assert resolve_backend().backend is backend


@pytest.mark.parametrize("given", [7, PythonReference, object(), ["python"]])
def test_another_object_is_refused(given: object) -> None:
    with pytest.raises(
        InvalidInput, match=r"\(from argument\) is not allowed: it must be a name or a Backend"
    ):
        resolve_backend(given)
    with pytest.raises(InvalidInput, match="from use_backend"), use_backend(given):  # type: ignore[arg-type]
        pass


def test_a_context_refuses_an_unknown_name_on_entry() -> None:
    with pytest.raises(UnknownName, match="'nonsense' \\(from use_backend\\)"), use_backend("nonsense"):
        raise AssertionError("entered")


def test_a_context_ends_when_its_block_raises() -> None:
    with pytest.raises(ZeroDivisionError), use_backend("loopback"):
        raise ZeroDivisionError
    assert chosen() == ("python", AUTO)


def test_a_context_is_not_seen_by_other_threads() -> None:
    seen: list[str] = []
    with use_backend("loopback"):
        thread = threading.Thread(target=lambda: seen.append(selection._choice(None)[1]))
        thread.start()
        thread.join()
    assert seen == [""]


def test_auto_takes_the_fastest_that_is_ready(quick: Strangers) -> None:
    with use_plugins(quick.load(backends(QUICK), backends(QUICKER))):
        assert chosen()[0] == "quicker"
    without_device = QUICKER + ", probe='quick_backend:no_device'"
    with use_plugins(quick.load(backends(QUICK), backends(without_device))):
        assert chosen()[0] == "quick"


@pytest.mark.parametrize(
    "other",
    [
        "'quicker', '', 'quick_backend:Quicker', speed=1e7",
        "'quicker', '', 'quick_backend:Quicker', exact_stream=True",
    ],
    ids=["without the exact stream", "of speed 0"],
)
def test_auto_never_takes_a_backend(quick: Strangers, other: str) -> None:
    with use_plugins(quick.load(backends(other))):
        assert chosen()[0] == "python"
        assert chosen("quicker") == ("quicker", "argument")


def test_auto_leaves_a_backend_out_below_its_smallest_batch_unseen(quick: Strangers) -> None:
    batches = QUICKER + ", smallest_batch=1000, probe='quick_backend:must_not_run'"
    with use_plugins(quick.load(backends(QUICK), backends(batches))):
        assert resolve_backend().name == "quick"
        assert resolve_backend("auto", games=999).name == "quick"
        assert "bb-b/quicker" not in backend_table()._findings


def test_auto_takes_a_backend_from_its_smallest_batch_on(quick: Strangers) -> None:
    with use_plugins(quick.load(backends(QUICK), backends(QUICKER + ", smallest_batch=1000"))):
        assert resolve_backend(games=1000).name == "quicker"
        assert resolve_backend("quicker").name == "quicker"  # by name it is no matter of size
        small, large = (simulate("easy", "hero,hero,hero,hero", games=games) for games in (999, 1000))
        assert (small.provenance.backend, large.provenance.backend) == ("quick", "quicker")
        assert small.provenance.chosen_by == large.provenance.chosen_by == AUTO
        evaluators = [PayoffEvaluator("easy", games=games) for games in (999, 1000)]
        assert [evaluator.backend.name for evaluator in evaluators] == ["quick", "quicker"]


def test_auto_does_not_probe_what_it_does_not_need(quick: Strangers) -> None:
    probed = QUICK + ", probe='quick_backend:must_not_run'"
    plugins = quick.load(backends(probed), backends(QUICKER))
    with use_plugins(plugins):
        assert chosen()[0] == "quicker"
        assert "bb-a/quick" not in backend_table()._findings


def test_auto_steps_over_a_backend_whose_probe_was_wrong_and_says_so(
    quick: Strangers, caplog: pytest.LogCaptureFixture
) -> None:
    broken = "'quicker', '', 'quick_backend:fails', exact_stream=True, speed=1e7"
    with use_plugins(quick.load(backends(QUICK), backends(broken))), caplog.at_level(logging.WARNING):
        assert chosen()[0] == "quick"
    assert caplog.messages == ["Backend 'quicker' is broken (out of memory); auto takes the next fastest."]


def test_auto_names_a_backend_of_a_shared_name_in_full(quick: Strangers) -> None:
    slower = QUICK.replace("1e6", "5e5")
    with use_plugins(quick.load(backends(slower), backends(QUICK))):
        assert chosen()[0] == "bb-b/quick"


def test_only_the_reference_is_said_once_a_process(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, logger="bucket_brigade"):
        resolve_backend()
        resolve_backend("auto")
    assert caplog.messages == [
        (
            "Playing on the backend 'python'; no faster one is ready. Not installed: rust (pip install ./bb_core_rs), "
            "cupy (pip install ./plugins/bucket_brigade_cupy). Type: bucket-brigade plugins"
        )
    ]


def test_nothing_is_said_when_the_reference_was_asked_for_or_a_faster_one_is_there(
    quick: Strangers, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, logger="bucket_brigade"):
        resolve_backend("python")
        with use_plugins(quick.load(backends(QUICK))):
            resolve_backend()
    assert caplog.messages == []


def test_a_named_backend_never_falls_back(quick: Strangers) -> None:
    without_device = QUICKER + ", probe='quick_backend:no_device'"
    fails = "'fails', '', 'quick_backend:fails', exact_stream=True, speed=1e6"
    with use_plugins(quick.load(backends(without_device), backends(fails))):
        for name in ("quicker", "fails", "rust", "bb-core-rs/rust"):
            with pytest.raises(BackendUnavailable):
                resolve_backend(name)
            with pytest.raises(BackendUnavailable):
                simulate("easy", "hero,hero,hero,hero", games=1, backend=name)


def test_the_cause_of_a_broken_backend_is_kept(quick: Strangers) -> None:
    fails = backends("'fails', '', 'quick_backend:fails'")
    with use_plugins(quick.load(fails)):
        for _ in range(2):
            with pytest.raises(
                BackendUnavailable, match=r"is broken: RuntimeError: out of memory\."
            ) as caught:
                resolve_backend("fails")
            assert isinstance(caught.value.__cause__, RuntimeError)


def test_a_shared_name_must_be_qualified(quick: Strangers) -> None:
    with use_plugins(quick.load(backends(QUICK), backends(QUICK))):
        with pytest.raises(DuplicateName, match=r"bb-a 1\.2, bb-b 1\.2"):
            resolve_backend("quick")
        assert chosen("bb-b/quick") == ("bb-b/quick", "argument")
        assert chosen("BB_A/quick") == ("bb-a/quick", "argument")


def test_a_qualified_name_works_where_the_plain_one_would_do() -> None:
    assert chosen("bucket-brigade/python") == ("python", "argument")


def test_a_stranger_may_call_his_backend_python_and_ours_is_still_meant(quick: Strangers) -> None:
    source = backends(
        "'python', '', 'bucket_brigade.backends.python_reference:PythonReference', exact_stream=True"
    )
    with use_plugins(quick.load(source)):
        assert chosen()[0] == "python"
        assert chosen("python") == ("python", "argument")
        assert resolve_backend("python").backend is resolve_backend("bucket-brigade/python").backend
        assert resolve_backend("bb-a/python").name == "bb-a/python"


def test_no_backend_for_auto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_table(), "offers", ())
    with pytest.raises(BackendUnavailable, match="No backend with the exact stream is ready"):
        resolve_backend()


def test_loopback_answers_as_the_reference_does_and_records_the_request() -> None:
    loopback = Loopback()
    team = "hero,social:liar,free_rider,firefighter"
    direct = simulate("easy", team, games=50, seed=3, backend="python")
    looped = simulate("easy", team, games=50, seed=3, backend=loopback)
    np.testing.assert_array_equal(looped.counts.sums, direct.counts.sums)
    np.testing.assert_array_equal(looped.counts.products, direct.counts.products)
    (request,) = loopback.requests
    assert (request.seed, request.games) == (3, 50)
    assert (looped.provenance.backend, looped.provenance.chosen_by) == ("loopback", "argument")
