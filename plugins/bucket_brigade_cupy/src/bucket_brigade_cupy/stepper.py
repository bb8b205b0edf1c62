"""Games night by night on a device, with a face for NumPy and one for the device's own arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.stepping import check_actions, check_one_ring_size
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.program import Program
from bucket_brigade_cupy.device import Device
from bucket_brigade_cupy.kernels import kernel_of_all
from bucket_brigade_cupy.layouts import STEPS
from bucket_brigade_cupy.packing import pack, round_keys

__all__ = ["CupyStepper", "NativeStepper"]


class NativeStepper:
    """A batch of games whose arrays stay on the device: CuPy arrays on a GPU.

    Shapes and dtypes are those of `bucket_brigade.backends.base.Stepper`, but the arrays are the batch's own,
    not copies: they change with the next night and must not be written to. CuPy arrays offer
    ``__cuda_array_interface__`` and DLPack, so ``torch.from_dlpack(stepper.houses)`` copies nothing.
    """

    def __init__(
        self,
        device: Device,
        program: Program,
        seed: int,
        entries: NDArray[np.uint32],
        games: NDArray[np.uint64],
    ) -> None:
        """Arguments as for `Backend.stepper`, checked. Raises `OutOfDeviceMemory` if the batch does not fit."""
        self._device = device
        self.num_games, self.num_agents = len(entries), program.num_agents
        self.num_houses = check_one_ring_size(program)
        self._kernel = device.specialise(kernel_of_all(program))
        everything = np.arange(program.num_entries)
        packed = pack(program, everything, self._kernel).arrays()
        count = self.num_games
        self._held: dict[str, Any] = {name: device.array(array) for name, array in packed.items()}
        self._held |= {"entries": device.array(entries), "games": device.array(games)}
        for name, shape, dtype in (
            ("nights", (count,), np.uint32),
            ("houses", (count, self.num_houses), np.uint8),
            ("last", (count, self.num_agents, 3), np.uint8),
            ("finished", (count,), np.uint8),
            ("counts", (self._kernel.counts, count), np.int32),
            ("bad", (1,), np.uint32),
        ):
            self._held[name] = device.zeros(shape, dtype)
        self._asked = np.zeros((), dtype=STEPS)
        self._asked["keys"], self._asked["count"] = round_keys(seed), count
        for name, array in self._held.items():
            self._asked[name] = device.address(array)
        self._launch("begin")

    @property
    def nights(self) -> Any:
        """(G,) uint32: nights played so far."""
        return self._held["nights"]

    @property
    def houses(self) -> Any:
        """(G, H) uint8: 0 safe, 1 burning, 2 ruined."""
        return self._held["houses"]

    @property
    def last_actions(self) -> Any:
        """(G, N, 3) uint8: house, mode and signal of the night before."""
        return self._held["last"]

    @property
    def finished(self) -> Any:
        """(G,) uint8: 0 running, 1 terminated, 2 truncated."""
        return self._held["finished"]

    @property
    def counts(self) -> Any:
        """(G, D) int32: counts so far; column by column in memory."""
        return self._held["counts"].T

    def decide(self) -> Any:
        """Return a new (G, N, 3) uint8 array: what the native strategies do tonight."""
        actions = self._device.zeros((self.num_games, self.num_agents, 3), np.uint8)
        self._asked["actions"] = self._device.address(actions)
        self._launch("choose")
        return actions

    def apply(self, actions: Any, *, check: bool = True) -> None:
        """Play one night of every running game with these actions, uint8 of shape (G, N, 3) on the device.

        Raises `InvalidInput` for another shape or dtype, or memory that is not contiguous, and with `check`,
        which waits for the device, for actions that are not allowed; then no game has moved. Without it they
        play an undefined night.
        """
        given = self._device.adopt(actions)
        shape = (self.num_games, self.num_agents, 3)
        if given.shape != shape or given.dtype != np.uint8 or not given.flags.c_contiguous:
            raise InvalidInput(
                f"actions has shape {given.shape} and dtype {given.dtype}: on the device it must be contiguous "
                f"uint8 of shape {shape}."
            )
        self._asked["actions"] = self._device.address(given)
        if check:
            self._launch("inspect")
            if self._device.numpy(self._held["bad"])[0]:
                self._held["bad"] = self._device.zeros((1,), np.uint32)
                self._asked["bad"] = self._device.address(self._held["bad"])
                running = self._device.numpy(self.finished) == 0
                check_actions(self._device.numpy(given), running, self.num_houses, self.num_agents)
        self._launch("apply")

    def _launch(self, function: str) -> None:
        blocks = -(-self.num_games // self._kernel.threads)
        self._device.launch(self._kernel, function, blocks, self._asked)


class CupyStepper:
    """A `Stepper`: every array is a fresh NumPy array; see the contract for shapes and dtypes."""

    def __init__(self, native: NativeStepper, device: Device) -> None:
        self.native = native
        """The same batch with arrays that stay on the device."""
        self._device = device

    @property
    def nights(self) -> NDArray[np.uint32]:
        """(G,) nights played so far."""
        return self._device.numpy(self.native.nights)

    @property
    def houses(self) -> NDArray[np.uint8]:
        """(G, H) the houses now."""
        return self._device.numpy(self.native.houses)

    @property
    def last_actions(self) -> NDArray[np.uint8]:
        """(G, N, 3) the actions of the night before."""
        return self._device.numpy(self.native.last_actions)

    @property
    def finished(self) -> NDArray[np.uint8]:
        """(G,) 0 running, 1 terminated, 2 truncated."""
        return self._device.numpy(self.native.finished)

    @property
    def counts(self) -> NDArray[np.int32]:
        """(G, D) counts so far."""
        return np.ascontiguousarray(self._device.numpy(self.native.counts))

    def decide(self) -> NDArray[np.uint8]:
        """(G, N, 3) what the native strategies do tonight."""
        return self._device.numpy(self.native.decide())

    def apply(self, actions: NDArray[np.uint8]) -> None:
        """Play one night of every running game with these actions."""
        native = self.native
        checked = check_actions(actions, self.finished == 0, native.num_houses, native.num_agents)
        native.apply(self._device.array(checked), check=False)
