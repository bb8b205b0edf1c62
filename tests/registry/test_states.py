"""Backends and their states: ready, not installed, unusable, broken; probed once, in bounded time."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.backends.base import BackendSpec
from bucket_brigade.errors import PluginError
from bucket_brigade.plugins import Plugins, PluginWarning, load_plugins, use_plugins
from bucket_brigade.registry import objects
from bucket_brigade.registry.probing import PROBE_LIMIT, BackendState, Finding, examine
from bucket_brigade.registry.states import BackendStatus, BackendTable, backend_table
from tests.strangers import Strangers, backends

BACKEND = """
from bucket_brigade.backends.python_reference import PythonReference

class Abacus(PythonReference):
    name = "abacus"

calls = []

def fine(): calls.append(1)
def no_device(): return "no CUDA device."
def no_reason(): return ""
def wrong(): return False
def missing(): import cupy_that_nobody_has
def old_driver(): raise OSError("libcuda.so.1: version too old")
def panics(): raise BaseException("panic")
"""


def look(spec: BackendSpec, limit: float = PROBE_LIMIT) -> Finding:
    return examine(spec, limit)


def spec(probe: str | None = None, factory: str = "abacus_backend:Abacus") -> BackendSpec:
    return BackendSpec("abacus", "beads", factory, probe and f"abacus_backend:{probe}")


@pytest.mark.parametrize(
    ("probe", "state", "reason"),
    [
        (None, BackendState.READY, ""),
        ("fine", BackendState.READY, ""),
        ("no_device", BackendState.UNUSABLE, "no CUDA device"),
        ("no_reason", BackendState.UNUSABLE, "its probe gave an empty reason"),
        ("missing", BackendState.NOT_INSTALLED, "No module named 'cupy_that_nobody_has'"),
        ("old_driver", BackendState.BROKEN, "OSError: libcuda.so.1: version too old"),
        ("panics", BackendState.BROKEN, "BaseException: panic"),
        ("wrong", BackendState.BROKEN, "its probe returned False: it must return None or the reason as text"),
        ("absent", BackendState.BROKEN, "AttributeError: module 'abacus_backend' has no attribute 'absent'"),
    ],
)
def test_what_a_probe_says(strangers: Strangers, probe: str | None, state: BackendState, reason: str) -> None:
    strangers.module("abacus_backend", BACKEND)
    finding = look(spec(probe))
    assert (finding.state, finding.reason) == (state, reason)
    raised = probe in ("missing", "old_driver", "panics", "absent")
    assert (finding.error is not None) is raised


def test_without_a_probe_nothing_is_imported(strangers: Strangers) -> None:
    strangers.module("abacus_backend", "raise RuntimeError('imported')")
    assert look(spec()).state is BackendState.READY
    assert "abacus_backend" not in sys.modules


def test_a_module_that_is_not_there() -> None:
    finding = look(spec(factory="no_such_module_here.native:Abacus"))
    assert finding == Finding(BackendState.NOT_INSTALLED, "there is no module 'no_such_module_here.native'")


def test_an_installed_package_that_cannot_be_imported_is_broken(strangers: Strangers) -> None:
    strangers.module("abacus_package.backend", BACKEND)
    (strangers.folder / "abacus_package" / "__init__.py").write_text(
        "raise ImportError('undefined symbol: bb')"
    )
    finding = look(spec(factory="abacus_package.backend:Abacus"))
    assert (finding.state, finding.reason) == (BackendState.BROKEN, "ImportError: undefined symbol: bb")


def test_a_probe_that_hangs_is_left_behind(strangers: Strangers) -> None:
    strangers.module("abacus_backend", BACKEND + "import threading\ngate = threading.Event()\n")
    module: Any = __import__("abacus_backend")
    module.hangs = module.gate.wait
    try:
        finding = look(spec("hangs"), limit=0.05)
    finally:
        module.gate.set()
    assert finding == Finding(BackendState.UNUSABLE, "its probe gave no answer within 0.05 s")


def test_a_probe_runs_beside_the_main_thread_as_a_daemon(strangers: Strangers) -> None:
    strangers.module("abacus_backend", BACKEND)
    module: Any = __import__("abacus_backend")
    module.where = lambda: f"{threading.current_thread().name} {threading.current_thread().daemon}"
    assert look(spec("where")).reason == "probe abacus True"


@pytest.fixture
def bare_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A path on which nothing is installed: only the folders that a test makes."""
    from importlib.machinery import PathFinder

    for name in [n for n in sys.modules if n.partition(".")[0] == "bb_core_rs"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    monkeypatch.setattr(sys, "meta_path", [PathFinder])
    yield tmp_path
    for name in [n for n in sys.modules if n.partition(".")[0] == "bb_core_rs"]:
        del sys.modules[name]


def test_the_namespace_trap(bare_path: Path) -> None:
    """A folder ``bb_core_rs/`` without a wheel can be imported; that must not read as installed."""
    (bare_path / "bb_core_rs" / "src").mkdir(parents=True)
    assert __import__("bb_core_rs").__file__ is None  # The trap is there …
    assert not objects.find_module("bb_core_rs")  # … and we do not step into it.
    assert not objects.find_module("bb_core_rs._native")
    finding = look(BackendSpec("rust", "", "bb_core_rs.plugin:make", probe="bb_core_rs._native:probe"))
    assert finding == Finding(BackendState.NOT_INSTALLED, "there is no module 'bb_core_rs.plugin'")


def test_a_python_part_without_its_compiled_part(bare_path: Path) -> None:
    package = bare_path / "bb_core_rs"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "backend.py").touch()
    finding = look(BackendSpec("rust", "", "bb_core_rs.backend:make", probe="bb_core_rs._native:probe"))
    assert finding == Finding(BackendState.NOT_INSTALLED, "there is no module 'bb_core_rs._native'")


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("json", True),
        ("json.decoder", True),
        ("sys", True),
        ("json.nothing", False),
        ("sys.nothing", False),
        ("nothing_of_that_name.inside", False),
    ],
)
def test_modules_are_found_without_importing_them(name: str, there: bool) -> None:
    assert objects.find_module(name) is there


def test_a_module_made_by_hand_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "by_hand", type(sys)("by_hand"))
    assert objects.find_module("by_hand")


ABACUS = "'abacus', 'beads', 'abacus_backend:Abacus'"


def status(plugins: Plugins, name: str) -> BackendStatus:
    (found,) = (s for s in BackendTable(plugins).statuses() if s.name == name)
    return found


def test_a_probe_runs_once_and_a_backend_is_made_once(strangers: Strangers) -> None:
    strangers.module("abacus_backend", BACKEND)
    table = BackendTable(strangers.load(backends(f"{ABACUS}, probe='abacus_backend:fine'")))
    (offer,) = (o for o in table.offers if o.name == "abacus")
    assert table.status(offer).state is BackendState.READY
    table.statuses()
    assert __import__("abacus_backend").calls == [1]
    assert table.backend(offer) is table.backend(offer)


@pytest.mark.parametrize(
    ("factory", "reason"),
    [
        ("def Abacus(): raise OSError('no memory')", "OSError: no memory"),
        ("def Abacus(): raise BaseException('panic')", "BaseException: panic"),
        ("Abacus = 7", "TypeError: 'int' object is not callable"),
        ("", "AttributeError: module 'abacus_backend' has no attribute 'Abacus'"),
        ("raise ImportError('undefined symbol')", "ImportError: undefined symbol"),
        (
            "def Abacus(): return 'beads'",
            "The factory 'abacus_backend:Abacus' of backend 'abacus' returned 'beads', which is no Backend.",
        ),
        (
            "from bucket_brigade.backends.python_reference import PythonReference as Abacus",
            "The backend registered as 'abacus' calls itself 'python': the two must agree.",
        ),
    ],
)
def test_a_factory_that_fails_leaves_its_backend_broken(
    strangers: Strangers, factory: str, reason: str
) -> None:
    strangers.module("abacus_backend", factory)
    table = BackendTable(strangers.load(backends(ABACUS)))
    (offer,) = (o for o in table.offers if o.name == "abacus")
    assert table.status(offer).state is BackendState.READY
    with pytest.raises(Exception, match=r".") as caught:
        table.backend(offer)
    after = table.status(offer)
    assert (after.state, after.reason) == (BackendState.BROKEN, reason)
    assert after.error in (caught.value, caught.value.__cause__)


def test_a_factory_that_returns_its_class_is_refused(strangers: Strangers) -> None:
    strangers.module("abacus_backend", BACKEND + "\ndef make(): return Abacus\n")
    table = BackendTable(strangers.load(backends("'abacus', 'beads', 'abacus_backend:make'")))
    with pytest.raises(PluginError, match="which is no Backend"):
        table.backend(table.offers[-1])


def test_backends_known_elsewhere_are_listed_with_what_to_type() -> None:
    known = {s.name: s for s in BackendTable(load_plugins(candidates=[])).statuses()[2:]}
    assert set(known) == {"rust", "cupy"}
    rust = known["rust"]
    assert (rust.state, rust.reason) == (BackendState.NOT_INSTALLED, "there is no distribution 'bb-core-rs'")
    assert (rust.install, known["cupy"].install) == (
        "pip install ./bb_core_rs",
        "pip install ./plugins/bucket_brigade_cupy",
    )


def test_a_registered_backend_takes_its_place_in_the_list(strangers: Strangers) -> None:
    plugins = load_plugins(
        candidates=[strangers.plugin(backends("'rust', 'ours', 'm:a'"), distribution="bb-core-rs")]
    )
    assert status(plugins, "rust").summary == "ours"


def test_a_known_backend_whose_plugin_was_left_out_is_not_called_absent(strangers: Strangers) -> None:
    plugin = strangers.plugin("", distribution="bb_core_rs", version="0.1.0")
    rust = status(load_plugins([], candidates=[plugin]), "rust")
    assert (rust.state, rust.version) == (BackendState.UNUSABLE, "0.1.0")
    assert rust.reason == "its plugin is installed but left out by choice"


def test_a_known_backend_whose_plugin_failed_is_broken(strangers: Strangers) -> None:
    plugin = strangers.plugin("raise ImportError('undefined symbol')", distribution="bb-core-rs")
    with pytest.warns(PluginWarning):
        plugins = load_plugins(candidates=[plugin])
    rust = status(plugins, "rust")
    assert rust.state is BackendState.BROKEN
    assert rust.reason == "its plugin failed to load: ImportError: undefined symbol"
    assert isinstance(rust.error, ImportError)


def test_a_known_backend_whose_plugin_does_not_offer_it(strangers: Strangers) -> None:
    plugin = strangers.plugin(backends("'oxide', '', 'm:a'"), distribution="bb-core-rs")
    assert status(load_plugins(candidates=[plugin]), "rust").state is BackendState.BROKEN


def test_a_known_backend_with_one_of_two_entry_points_failed(strangers: Strangers) -> None:
    made = [
        strangers.plugin("raise ImportError('undefined symbol')", distribution="bb-core-rs", name="a"),
        strangers.plugin(backends("'oxide', '', 'm:a'"), distribution="bb-core-rs", name="b"),
    ]
    with pytest.warns(PluginWarning):
        plugins = load_plugins(candidates=made)
    assert status(plugins, "rust").reason == "its plugin failed to load: ImportError: undefined symbol"


def test_a_set_of_plugins_is_forgotten_when_nobody_uses_it(strangers: Strangers) -> None:
    plugins = strangers.load(backends(ABACUS))
    with use_plugins(plugins):
        backend_table()
    forgotten = weakref.ref(plugins)
    del plugins
    gc.collect()
    assert forgotten() is None


def test_a_name_that_two_distributions_offer_is_listed_twice(strangers: Strangers) -> None:
    strangers.module("abacus_backend", BACKEND)
    plugins = strangers.load(backends(ABACUS), backends(ABACUS))
    names = [s.name for s in BackendTable(plugins).statuses()]
    assert names == ["python", "loopback", "bb-a/abacus", "bb-b/abacus", "rust", "cupy"]
