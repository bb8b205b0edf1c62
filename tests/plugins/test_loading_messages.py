"""What the user reads when a backend cannot play: every message, word for word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bucket_brigade.errors import BucketBrigadeError
from bucket_brigade.plugins import PluginWarning, load_plugins, use_plugins
from bucket_brigade.registry import list_backends, resolve_backend
from tests.strangers import Strangers, backends

MODULE = """
def no_device(): return "no CUDA device"
def old_driver(): raise OSError("libcuda.so.1: version too old")
def make(): raise MemoryError
"""

PLUGIN = backends(
    "'gpu', '', 'gpu_backend:make', probe='gpu_backend:no_device'",
    "'old', '', 'gpu_backend:make', probe='gpu_backend:old_driver'",
    "'tpu', '', 'tpu_backend_that_nobody_has:make', install='pip install bb-tpu'",
    "'npu', '', 'npu_backend_that_nobody_has:make'",
    "'late', '', 'gpu_backend:make'",
)


@pytest.fixture(autouse=True)
def _town_of_backends(strangers: Strangers) -> Iterator[None]:
    """Our backends, and a stranger's in every state; a second stranger repeats a name, a third one fails."""
    strangers.module("gpu_backend", MODULE)
    made = [
        strangers.plugin(PLUGIN, distribution="bb-gpu", name="gpu"),
        strangers.plugin(backends("'gpu', '', 'm:a'"), distribution="bb-other", name="other"),
        strangers.plugin("import no_such_module_here", distribution="bb-poor", name="poor"),
    ]
    with pytest.warns(PluginWarning):
        plugins = load_plugins(candidates=made)
    with use_plugins(plugins):
        yield


STATES = """\
python ready
loopback ready
bb-gpu/gpu unusable no CUDA device
old broken OSError: libcuda.so.1: version too old
tpu not installed there is no module 'tpu_backend_that_nobody_has'
npu not installed there is no module 'npu_backend_that_nobody_has'
late ready
bb-other/gpu not installed there is no module 'm'
rust not installed there is no distribution 'bb-core-rs'
cupy not installed there is no distribution 'bucket-brigade-cupy'
"""

OVERVIEW = (
    "Ready: python, loopback, late. Not installed: tpu (pip install bb-tpu), "
    "npu (there is no module 'npu_backend_that_nobody_has'), bb-other/gpu (there is no module 'm'), "
    "rust (pip install ./bb_core_rs), cupy (pip install ./plugins/bucket_brigade_cupy). "
    "Unusable: bb-gpu/gpu (no CUDA device). Broken: old (OSError: libcuda.so.1: version too old). "
    "Plugins that failed to load: bb-poor 1.2 (entry point 'poor'). Type: bucket-brigade plugins"
)

MESSAGES = {
    "pyhton": f"UnknownName: Unknown backend 'pyhton' (from argument). Did you mean 'python'? {OVERVIEW}",
    "nonsense": f"UnknownName: Unknown backend 'nonsense' (from argument). {OVERVIEW}",
    "bb-gpu/gqu": f"UnknownName: Unknown backend 'bb-gpu/gqu' (from argument). Did you mean 'bb-gpu/gpu'? {OVERVIEW}",
    "gpu": "DuplicateName: The backend name 'gpu' (from argument) is ambiguous. Several distributions offer it: "
    "bb-gpu 1.2, bb-other 1.2. Type one of: bb-gpu/gpu, bb-other/gpu",
    "bb-gpu/gpu": "BackendUnavailable: Backend 'bb-gpu/gpu' (from argument) is unusable: no CUDA device. "
    "Ready: python, loopback, late. Type: bucket-brigade plugins",
    "old": "BackendUnavailable: Backend 'old' (from argument) is broken: OSError: libcuda.so.1: version too old. "
    "Ready: python, loopback, late. Type: bucket-brigade plugins",
    "tpu": "BackendUnavailable: Backend 'tpu' (from argument) is not installed: "
    "there is no module 'tpu_backend_that_nobody_has'. Ready: python, loopback, late. Type: pip install bb-tpu",
    "npu": "BackendUnavailable: Backend 'npu' (from argument) is not installed: "
    "there is no module 'npu_backend_that_nobody_has'. Ready: python, loopback, late. Type: bucket-brigade plugins",
    "late": "BackendUnavailable: Backend 'late' (from argument) is broken: MemoryError. "
    "Ready: python, loopback. Type: bucket-brigade plugins",
    "rust": "BackendUnavailable: Backend 'rust' (from argument) is not installed: "
    "there is no distribution 'bb-core-rs'. Ready: python, loopback, late. Type: pip install ./bb_core_rs",
}


def test_states() -> None:
    assert "".join(f"{s.name} {s.state} {s.reason}".strip() + "\n" for s in list_backends()) == STATES


@pytest.mark.parametrize("name", MESSAGES)
def test_messages(name: str) -> None:
    with pytest.raises(BucketBrigadeError) as caught:
        resolve_backend(name)
    assert f"{type(caught.value).__name__}: {caught.value}" == MESSAGES[name]


def test_what_is_missing_is_chained_to_the_plugin_that_failed() -> None:
    with pytest.raises(BucketBrigadeError) as caught:
        resolve_backend("nonsense")
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_a_message_says_where_the_name_came_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUCKET_BRIGADE_BACKEND", "nonsense")
    with pytest.raises(BucketBrigadeError) as caught:
        resolve_backend()
    assert str(caught.value) == f"Unknown backend 'nonsense' (from BUCKET_BRIGADE_BACKEND). {OVERVIEW}"
