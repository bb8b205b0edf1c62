"""NVIDIA's compiler, without a GPU: the kernels stay in registers, on every architecture.

Prints registers and shared memory; ``pytest -s`` or ``-rP`` shows them.
"""

from __future__ import annotations

import pytest
from bucket_brigade_cupy.kernels import Kernel

from plugins.bucket_brigade_cupy.tests.nvrtc import compile_kernel, library
from plugins.bucket_brigade_cupy.tests.required import skip_unless_required

FUNCTIONS = {"play", "begin", "choose", "inspect", "apply"}
REGISTERS = 65_536
"""Of a multiprocessor, on every architecture here."""

# Agents, groups of four houses, spread, kinds of strategies.
BOTH = [Kernel(4, 3, 0, 1), Kernel(4, 3, 1, 1), Kernel(4, 3, 1, 3), Kernel(16, 4, 1, 1)]
NEWER = [Kernel(4, 4, 1, 7), Kernel(1, 4, 1, 7), Kernel(8, 4, 1, 3), Kernel(16, 4, 1, 7)]
CASES = [
    *((kernel, target) for kernel in BOTH for target in ("sm_80", "sm_90")),
    (Kernel(4, 3, 1, 1), "sm_100"),
]
CASES += [(kernel, "sm_90") for kernel in NEWER]


@pytest.fixture(autouse=True)
def _compiler() -> None:
    if library() is None:
        skip_unless_required("NVRTC is not installed: pip install nvidia-cuda-nvrtc")


@pytest.mark.parametrize(("kernel", "target"), CASES, ids=str)
def test_no_function_spills_or_uses_local_memory(kernel: Kernel, target: str) -> None:
    compiled = compile_kernel(kernel, target)
    assert compiled.code[:4] == b"\x7fELF"
    assert set(compiled.use) == FUNCTIONS
    for name, use in compiled.use.items():
        print(f"{target}: {name}: {use.registers} registers, {use.shared} bytes shared ({kernel})")
        assert (use.stack, use.spills) == (0, 0), name
    play = compiled.use["play"]
    assert play.registers <= kernel.registers
    assert play.shared <= 48 * 1024


def test_heuristic_games_of_four_keep_a_multiprocessor_busy() -> None:
    # With blocks of one warp: 32 blocks fit a multiprocessor, which keeps 1 KB of each for itself.
    kernel = Kernel(4, 3, 0, 1)
    use = compile_kernel(kernel, "sm_90").use["play"]
    blocks = min(32, REGISTERS // (use.registers * kernel.threads), 227 * 1024 // (use.shared + 1024))
    assert blocks * kernel.threads / 32 >= 24, "fewer warps than hide what they wait for"


def test_the_fallback_for_newer_gpus_compiles() -> None:
    ptx = compile_kernel(Kernel(1, 1, 0, 3), "compute_80").code.decode()
    assert ".target sm_80" in ptx
    assert all(f".entry {name}(" in ptx for name in FUNCTIONS)


@pytest.mark.parametrize(
    "macro", ["BB_TOWN_BYTES", "BB_POLICY_BYTES", "BB_SOCIAL_WORDS", "BB_PLAY_BYTES", "BB_STEPS_BYTES"]
)
def test_a_layout_that_differs_is_refused(macro: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def macros(kernel: Kernel, right: object = Kernel.macros) -> dict[str, int]:
        given: dict[str, int] = right(kernel)  # type: ignore[operator]
        return given | {macro: given[macro] + 8}

    monkeypatch.setattr(Kernel, "macros", macros)
    with pytest.raises(RuntimeError, match=r"laid out as in (packing|rollout|stepper)\.py"):
        compile_kernel(Kernel(1, 1, 0, 1), "sm_80")
