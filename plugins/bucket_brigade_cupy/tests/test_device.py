"""The backend over CuPy, CuPy being a fake: memory, launches, failures, and a stepper's own arrays."""

from __future__ import annotations

import sys
import types
from dataclasses import replace

import numpy as np
import pytest
from bucket_brigade_cupy import rollout
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.device import CupyDevice
from bucket_brigade_cupy.kernels import Kernel

from bucket_brigade.backends.base import Backend, No, PlayRequest
from bucket_brigade.errors import BackendCannotRun, BackendUnavailable, InvalidInput
from bucket_brigade.game.program import Program, compile_program
from bucket_brigade.game.strategy import ARCHETYPES, External, Heuristic, Social, Strategy, Tabular
from bucket_brigade.registry import get_scenario
from plugins.bucket_brigade_cupy.tests.fakes import Machine, install

pytestmark = pytest.mark.usefixtures("host")


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return install(monkeypatch, Machine())


def program(entries: int = 3) -> Program:
    strategies: list[Strategy] = [Heuristic(ARCHETYPES["hero"]), Social(ARCHETYPES["liar"])]
    profiles = [[e & 1, e >> 1 & 1, 0, 1] for e in range(entries)]
    return compile_program([get_scenario("easy-v2")], strategies, profiles)


def request(**changes: object) -> PlayRequest:
    asked = PlayRequest(program(), seed=3, games=100, first_game=[5, 2**32 - 50, 2**63], keep_games=True)
    return replace(asked, **changes)  # type: ignore[arg-type]


def assert_right(backend: CupyBackend, rust: Backend, asked: PlayRequest) -> None:
    ours, theirs = backend.play(asked), rust.play(asked)
    np.testing.assert_array_equal(ours.sums, theirs.sums)
    np.testing.assert_array_equal(ours.products, theirs.products)
    np.testing.assert_array_equal(ours.per_game, theirs.per_game)


def test_games_are_those_of_every_backend_and_memory_is_our_own(machine: Machine, rust: Backend) -> None:
    assert_right(CupyBackend(), rust, request())
    assert (machine.launches, machine.allocators) == (1, 0)


def test_without_memory_a_launch_is_halved_until_it_fits(machine: Machine, rust: Backend) -> None:
    machine.capacity = 4_000  # the counts of 47 games
    assert_right(CupyBackend(), rust, request())
    assert machine.launches > 6


def test_what_cannot_fit_is_an_error_that_says_how_much_is_needed(machine: Machine) -> None:
    machine.capacity = 1_000
    table = Tabular(np.full((81, 8), 1 / 8))
    town = get_scenario("easy-v2").replace(num_houses=4)
    asked = PlayRequest(compile_program([town], [table], [[0] * 4]), seed=1, games=10)
    with pytest.raises(BackendCannotRun) as caught:
        CupyBackend().play(asked)
    said = str(caught.value)
    assert said.startswith("Not even one game of entry 0 fits the GPU's memory: it needs 7,")
    assert "2,000 are free" in said  # the device's and the pool's
    assert machine.launches == 0


@pytest.mark.parametrize(
    ("nights", "launches"), [(100 * 300, 1), (100 * 40, 9), (1, 300)], ids=["whole", "parts", "one game each"]
)
def test_long_work_is_cut_into_launches(
    machine: Machine, rust: Backend, nights: int, launches: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollout, "LAUNCH_NIGHTS", nights)
    assert_right(CupyBackend(), rust, request())
    assert machine.launches == launches


def test_an_interrupted_play_leaves_the_backend_as_it_was(
    machine: Machine, rust: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rollout, "LAUNCH_NIGHTS", 1000)
    machine.interrupt_after = 4
    backend = CupyBackend()
    with pytest.raises(KeyboardInterrupt):
        backend.play(request())
    machine.interrupt_after = -1
    assert_right(backend, rust, request())


def test_a_gpu_that_fails_is_named(machine: Machine) -> None:
    machine.launch_error = "CUDA_ERROR_ILLEGAL_ADDRESS: an illegal memory access was encountered"
    with pytest.raises(
        BackendUnavailable, match=r"The GPU stopped: CUDA_ERROR_ILLEGAL_ADDRESS.*start a new one"
    ):
        CupyBackend().play(request())


def test_memory_that_ends_at_a_launch_is_out_of_memory_too(machine: Machine) -> None:
    machine.launch_error = "CUDA_ERROR_OUT_OF_MEMORY: out of memory"
    with pytest.raises(BackendCannotRun, match="Not even one game"):
        CupyBackend().play(request(games=2))


def test_what_cannot_be_run_is_said_before() -> None:
    town = get_scenario("easy")
    backend = CupyBackend(device=types.SimpleNamespace())
    outside = compile_program([town], [External()], [[0] * 4])
    assert backend.can_run(PlayRequest(outside, 1, 1)) == No(
        "a seat is played from outside, which takes a stepper"
    )
    assert not backend.can_run(request(program=program(20), games=2**53, first_game=0))
    assert backend.can_run(request())


def test_a_compiler_older_than_the_gpu_falls_back_to_what_the_driver_translates(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, ...]] = []
    loaded = []

    class FromFile:
        def __init__(self, *, path: str) -> None:
            with open(path, "rb") as file:  # noqa: PTH123  as CuPy reads it
                loaded.append(file.read())

        def get_function(self, name: str) -> object:
            assert name == "play"
            return types.SimpleNamespace(kernel=None)

    nvrtc = types.ModuleType("cupy_backends.cuda.libs.nvrtc")
    nvrtc.createProgram = lambda *_: 7  # type: ignore[attr-defined]
    nvrtc.compileProgram = lambda _, options: asked.append(options)  # type: ignore[attr-defined]
    nvrtc.getPTX = lambda _: b".target sm_80"  # type: ignore[attr-defined]
    nvrtc.destroyProgram = lambda _: None  # type: ignore[attr-defined]
    for name in ("cupy_backends", "cupy_backends.cuda", "cupy_backends.cuda.libs"):
        monkeypatch.setitem(sys.modules, name, types.ModuleType(name))
    monkeypatch.setitem(sys.modules, nvrtc.__name__, nvrtc)
    cupy = sys.modules["cupy"]
    right = cupy.RawModule
    monkeypatch.setattr(cupy, "RawModule", lambda **given: (FromFile if "path" in given else right)(**given))
    machine.binary_for_gpu = False
    CupyDevice().function(Kernel(4, 3, 0, 1), "play")
    assert loaded == [b".target sm_80"]
    assert asked[0][-1] == "-arch=compute_80"


def test_a_stepper_keeps_its_arrays_on_the_device(machine: Machine, rust: Backend) -> None:
    where = np.array([0, 1, 2, 1], dtype=np.uint32), np.arange(4, dtype=np.uint64)
    ours, theirs = (b.stepper(program(), 9, *where) for b in (CupyBackend(), rust))
    native = ours.native  # type: ignore[attr-defined]
    assert all(hasattr(array.data, "ptr") for array in (native.houses, native.nights, native.finished))
    while not (theirs.finished > 0).all():
        actions = native.decide()
        np.testing.assert_array_equal(np.asarray(actions), theirs.decide())
        native.apply(actions)
        theirs.apply(theirs.decide())
        for part in ("nights", "houses", "last_actions", "finished", "counts"):
            np.testing.assert_array_equal(
                np.asarray(getattr(native, part)), getattr(theirs, part), err_msg=part
            )
    assert machine.allocators == 0


def test_a_stepper_takes_the_arrays_of_other_libraries(machine: Machine) -> None:
    class Tensor:
        """As much of a tensor as DLPack needs."""

        values = np.zeros((1, 4, 3), dtype=np.uint8)

        def __dlpack__(self, **_: object) -> object:
            return self.values.__dlpack__()

        def __dlpack_device__(self) -> tuple[int, int]:
            return self.values.__dlpack_device__()

    stepper = CupyBackend().stepper(program(), 9, np.zeros(1, np.uint32), np.zeros(1, np.uint64))
    stepper.native.apply(Tensor())
    assert stepper.nights.tolist() == [1]


@pytest.mark.parametrize("part", [0, 1, 2], ids=["house", "mode", "signal"])
def test_actions_on_the_device_are_checked(machine: Machine, part: int) -> None:
    stepper = CupyBackend().stepper(program(), 9, np.zeros(3, np.uint32), np.arange(3, dtype=np.uint64))
    native = stepper.native
    bad = np.asarray(native.decide()).copy()
    bad[2, 1, part] = 10
    before = stepper.houses
    for apply in (native.apply, stepper.apply):
        with pytest.raises(InvalidInput, match=r"actions\[2, 1\]"):
            apply(bad)
    np.testing.assert_array_equal(stepper.houses, before)
    assert stepper.nights.tolist() == [0, 0, 0]
    for wrong in (bad.astype(np.int64), bad[:2], np.asfortranarray(bad)):
        with pytest.raises(InvalidInput, match="contiguous uint8 of shape"):
            native.apply(wrong)
    native.apply(bad, check=False)
    assert stepper.nights.tolist() == [1, 1, 1]


def test_a_batch_that_does_not_fit_says_so(machine: Machine) -> None:
    machine.capacity = 500
    with pytest.raises(BackendCannotRun, match=r"A batch of 100 games does not fit.*1,500 bytes are free"):
        CupyBackend().stepper(program(), 9, np.zeros(100, np.uint32), np.arange(100, dtype=np.uint64))
