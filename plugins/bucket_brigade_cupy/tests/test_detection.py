"""Whether a GPU can be used, told in every case with the reason, and never a crash."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bucket_brigade_cupy import detection

from bucket_brigade.errors import BackendUnavailable
from bucket_brigade.plugins import load_plugins, use_plugins
from bucket_brigade.registry import list_backends, resolve_backend
from bucket_brigade.registry.states import BackendState, BackendStatus
from plugins.bucket_brigade_cupy.tests.fakes import Machine, install

TOO_OLD = (
    "the NVIDIA driver is too old: it knows CUDA 11.8, CuPy is built for 12.9; "
    "update the driver or install cupy-cuda11x"
)
NO_CUPY = """
import json, sys
sys.modules["cupy"] = None
from bucket_brigade.registry import list_backends
print(json.dumps([[s.name, s.state, s.reason] for s in list_backends()]))
"""


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    """Nothing found before counts here, nor what is found here after."""
    detection.probe.cache_clear()
    with use_plugins(load_plugins()):
        yield
    detection.probe.cache_clear()


def status() -> BackendStatus:
    return next(s for s in list_backends() if s.name == "cupy")


def test_a_gpu_is_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Machine())
    shown = status()
    assert (shown.state, shown.reason) == (BackendState.READY, "")
    assert (shown.distribution, shown.exact_stream) == ("bucket-brigade-cupy", True)


@pytest.mark.parametrize(
    ("machine", "reason"),
    [
        (Machine(driver=0), "no NVIDIA driver is installed"),
        (Machine(devices=0), "there is no NVIDIA GPU"),
        (
            Machine(count_error="cudaErrorNoDevice: no CUDA-capable device is detected"),
            "there is no NVIDIA GPU",
        ),
        (
            Machine(count_error="cudaErrorSystemDriverMismatch: driver mismatch"),
            "CUDA does not start: driver mismatch",
        ),
        (
            Machine(driver=11080),
            TOO_OLD,
        ),
        (Machine(capability="61"), "the GPU is too old: compute capability 6.1, needed is 7.0 or more"),
        (Machine(is_hip=True), "this CuPy is built for AMD GPUs"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_gpu_is_unusable(machine: Machine, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, machine)
    shown = status()
    assert (shown.state, shown.reason) == (BackendState.UNUSABLE, reason)
    with pytest.raises(BackendUnavailable, match="Backend 'cupy' \\(from argument\\) is unusable"):
        resolve_backend("cupy")


def test_cupy_is_not_installed() -> None:
    done = subprocess.run([sys.executable, "-c", NO_CUPY], capture_output=True, text=True, check=True)
    states = {name: (state, reason) for name, state, reason in json.loads(done.stdout)}
    assert states["cupy"] == ("not installed", "CuPy is not installed")
    assert status().install.startswith("pip install cupy-cuda")


@pytest.mark.parametrize(
    ("source", "state", "reason"),
    [
        (
            "raise ImportError('libnvrtc.so.12: cannot open')",
            BackendState.BROKEN,
            "libnvrtc.so.12: cannot open",
        ),
        (
            "import a_module_that_nobody_has",
            BackendState.BROKEN,
            "CuPy is installed, but not all that it needs",
        ),
        ("raise SystemExit(3)", BackendState.BROKEN, "3"),
        ("", BackendState.NOT_INSTALLED, "CuPy is not installed"),
    ],
    ids=["library missing", "module missing", "exits", "empty folder"],
)
def test_cupy_does_not_import(
    source: str, state: BackendState, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    (tmp_path / "cupy").mkdir()
    if source:
        (tmp_path / "cupy" / "__init__.py").write_text(source)
    monkeypatch.syspath_prepend(str(tmp_path))
    shown = status()
    monkeypatch.delitem(sys.modules, "cupy", raising=False)
    assert shown.state == state
    assert reason in shown.reason


def test_a_gpu_that_does_not_answer_is_unusable(monkeypatch: pytest.MonkeyPatch) -> None:
    from bucket_brigade.registry import states

    machine = install(monkeypatch, Machine())
    never = threading.Event()
    monkeypatch.setattr(sys.modules["cupy"].cuda.runtime, "getDeviceCount", never.wait)
    table = states.BackendTable(load_plugins(), probe_limit=0.05)
    shown = next(table.status(offer) for offer in table.offers if offer.name == "cupy")
    never.set()
    assert (shown.state, shown.reason) == (BackendState.UNUSABLE, "its probe gave no answer within 0.05 s")
    assert machine.launches == 0


def test_detection_asks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, Machine())
    assert detection.probe() is None
    monkeypatch.setattr(sys.modules["cupy"].cuda.runtime, "driverGetVersion", lambda: 0)
    assert detection.probe() is None


def test_the_plugin_is_light() -> None:
    code = "import sys, bucket_brigade_cupy.plugin\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"cupy", "bucket_brigade_cupy.backend", "bucket_brigade_cupy.detection"} & set(
        done.stdout.split()
    )
