"""How fast is it? Game-nights a second, beside Rust on the host's cores in the same run."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.base import Backend, PlayRequest
from bucket_brigade.game.counts import column
from bucket_brigade.registry import get_scenario, parse_team
from bucket_brigade.simulation import compile_team, team_of
from bucket_brigade_cupy.backend import CupyBackend
from bucket_brigade_cupy.device import CupyDevice
from bucket_brigade_cupy.kernels import Kernel, kernels_of

__all__ = ["TARGET", "Speed", "Timed", "measure"]

TARGET = ("default-v1", "firefighter", 5e9)
"""Game-nights a second that an H100-class GPU is to reach."""
WORK = (
    ("easy-v1", "firefighter"),
    ("default-v1", "firefighter"),
    ("default-v2", "firefighter"),
    ("hard-v1", "firefighter"),
    ("default-v1", "social:firefighter"),
)
SEED = 2026
REPETITIONS = 5
MOST = 1 << 30


class Timed(CupyDevice):
    """A GPU whose launches of ``play`` are timed by its own clock."""

    def __init__(self) -> None:
        super().__init__()
        self._events: list[tuple[Any, Any]] = []

    def launch(self, kernel: Kernel, function: str, blocks: int, arguments: NDArray[np.void]) -> None:
        """Launch between two events."""
        start, end = self._cupy.cuda.Event(), self._cupy.cuda.Event()
        start.record()
        super().launch(kernel, function, blocks, arguments)
        end.record()
        self._events.append((start, end))

    def seconds(self) -> list[float]:
        """Return and forget how long the launches since the last call took."""
        events, self._events = self._events, []
        for _, end in events:
            end.synchronize()
        return [float(self._cupy.cuda.get_elapsed_time(*pair)) / 1000 for pair in events]

    def code(self, kernel: Kernel) -> dict[str, int | float]:
        """Return what the loaded ``play`` takes of a multiprocessor, and how full it can be."""
        function = self.function(kernel, "play")
        attributes = self._device.attributes
        most = int(attributes["MultiProcessorCount"]) * int(attributes["MaxThreadsPerMultiProcessor"])
        return {
            "registers": int(function.num_regs),
            "local_bytes": int(function.local_size_bytes),
            "shared_bytes": int(function.shared_size_bytes),
            "occupancy": self.lanes(kernel, "play") / most,
        }

    def about(self) -> dict[str, str | int]:
        """Return the GPU and the versions as plain data."""
        cuda = self._cupy.cuda
        properties = cuda.runtime.getDeviceProperties(self._device.id)
        return {
            "gpu": properties["name"].decode(),
            "multiprocessors": int(self._device.attributes["MultiProcessorCount"]),
            "compute capability": str(self._device.compute_capability),
            "gpu memory, MB": int(properties["totalGlobalMem"]) // 10**6,
            "driver": int(cuda.runtime.driverGetVersion()),
            "cuda": int(cuda.runtime.runtimeGetVersion()),
            "cupy": str(self._cupy.__version__),
        }

    def held(self) -> int:
        """Return the bytes that the pool has taken from the driver."""
        return int(self._pool.total_bytes())


@dataclass(frozen=True)
class Speed:
    """One piece of work on the GPU and on the host's cores."""

    scenario: str
    strategy: str
    games: int
    """On the GPU; Rust plays fewer of the same games."""
    game_nights: int
    seconds: float
    """Of a whole play on the GPU, copies included: the median."""
    launch_seconds: float
    """Of one launch, by the GPU's clock: the median; 0 if it has none."""
    launches: int
    """Of one play."""
    rust_game_nights_per_second: float
    rust_threads: int
    code: dict[str, int | float]
    held_bytes: int

    @property
    def game_nights_per_second(self) -> float:
        """Nights of single games a second, however many agents play them."""
        return self.game_nights / self.seconds

    @property
    def ratio(self) -> float:
        """How many times as fast as Rust."""
        return self.game_nights_per_second / self.rust_game_nights_per_second


def measure(backend: CupyBackend, rust: Backend, *, threads: int, seconds: float, games: int) -> list[Speed]:
    """Measure every piece of work, plays of about `seconds` each, from `games` games on.

    Both play `games` games first and the counts are compared; raises `RuntimeError` if they differ.
    """
    return [_measure(backend, rust, *work, threads=threads, seconds=seconds, games=games) for work in WORK]


def _measure(
    backend: CupyBackend,
    rust: Backend,
    scenario: str,
    strategy: str,
    *,
    threads: int,
    seconds: float,
    games: int,
) -> Speed:
    town = get_scenario(scenario)
    program = compile_team(town, team_of(town, parse_team(",".join([strategy] * town.num_agents))))
    request = PlayRequest(program, seed=SEED, games=games, workers=threads)
    ours, theirs = backend.play(request), rust.play(request)
    assert ours.products is not None
    assert theirs.products is not None
    if not np.array_equal(ours.sums, theirs.sums) or not np.array_equal(ours.products, theirs.products):
        raise RuntimeError(f"{scenario}, {strategy}: the GPU and Rust count differently.")
    slow = _time(rust, request, seconds)
    fast = _time(backend, request, seconds)
    device = backend.device
    return Speed(
        scenario,
        strategy,
        fast.games,
        fast.game_nights,
        fast.seconds,
        statistics.median(fast.launches) if fast.launches else 0.0,
        max(1, len(fast.launches) // REPETITIONS),
        slow.game_nights / slow.seconds,
        threads,
        device.code(device.specialise(kernels_of(program)[0][0])) if isinstance(device, Timed) else {},
        device.held() if isinstance(device, Timed) else 0,
    )


@dataclass(frozen=True)
class _Time:
    games: int
    game_nights: int
    seconds: float
    launches: list[float]


def _time(backend: Backend, request: PlayRequest, seconds: float) -> _Time:
    """Find how many games fill a good part of `seconds`, then time them."""
    clock = getattr(backend, "device", None)
    spent = 0.0
    while True:
        start = time.perf_counter()
        counts = backend.play(request)
        spent = time.perf_counter() - start
        if spent >= seconds / 4 or request.games >= MOST:
            break
        request = replace(request, games=min(4 * request.games, MOST))
    if isinstance(clock, Timed):
        clock.seconds()
    took = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        backend.play(request)
        took.append(time.perf_counter() - start)
    nights = int(counts.sums[0, column("nights", request.program.num_agents)])
    launches = clock.seconds() if isinstance(clock, Timed) else []
    return _Time(request.games, nights, statistics.median(took), launches)
