"""A program as the arrays that the kernels read; the layouts are those of ``cuda/game.cu``."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade_cupy.kernels import Kernel
from bucket_brigade_cupy.layouts import POLICY, social_words, town_type

__all__ = ["Packed", "pack", "round_keys"]

LOW = 0xFFFFFFFF
ALWAYS = 1 << 32


def round_keys(seed: int) -> NDArray[np.uint32]:
    """Return the keys of the ten rounds of Philox, uint32 of shape (10, 2)."""
    weyl = np.array([0x9E3779B9, 0xBB67AE85], dtype=np.uint64)
    key = np.array([seed & LOW, seed >> 32], dtype=np.uint64)
    return ((key + np.arange(10, dtype=np.uint64)[:, None] * weyl) & np.uint64(LOW)).astype(np.uint32)


@dataclass(frozen=True, eq=False)
class Packed:
    """Some entries of a program, and nothing that they do not need. E entries, N agents."""

    towns: NDArray[np.void]
    policies: NDArray[np.void]
    social: NDArray[np.uint32]
    tables: NDArray[np.uint64]
    town: NDArray[np.uint32]
    """(E,)"""
    seats: NDArray[np.uint32]
    """(E, N)"""

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return the arrays by name, none of them empty: nothing has no address."""
        named = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return {name: array if array.size else np.zeros(1, array.dtype) for name, array in named.items()}

    @property
    def nbytes(self) -> int:
        """Bytes on the device."""
        return sum(array.nbytes for array in self.arrays().values())


def pack(program: Program, entries: NDArray[np.intp], kernel: Kernel) -> Packed:
    """Pack some entries of a program for a kernel that can play them.

    Raises `InvalidInput` for a program that breaks its contract where a kernel would read what is not there.
    """
    used_towns, town = np.unique(program.town[entries], return_inverse=True)
    used_policies, seats = np.unique(program.seats[entries], return_inverse=True)
    towns = np.stack([_town(program, int(t), kernel) for t in used_towns])
    policies = np.zeros(len(used_policies), dtype=POLICY)
    social: list[NDArray[np.uint32]] = []
    tables: list[NDArray[np.uint64]] = []
    taken = 0
    for row, s in zip(policies, used_policies, strict=True):
        kind = int(program.kind[s])
        row["chance"], row["kind"] = program.chances[s], kind
        table = program.tables[program.table_start[s] : program.table_start[s + 1]]
        houses = int(program.policy_houses[s])
        if kind == PolicyKind.SOCIAL:
            row["table"] = len(social)
            social.append(_social(table, houses, int(s), kernel))
        elif kind == PolicyKind.TABULAR:
            _check_size(table, 3**houses * 2 * houses, int(s))
            row["table"] = taken
            tables.append(table)
            taken += len(table)
    played = program.num_houses[program.town[entries]][:, None]
    if (program.policy_houses[program.seats[entries]] != played).any():
        raise InvalidInput("A policy is played on a ring of another size than it was made for.")
    return Packed(
        towns,
        policies,
        np.concatenate(social) if social else np.zeros(0, np.uint32),
        np.concatenate(tables) if tables else np.zeros(0, np.uint64),
        town.reshape(-1).astype(np.uint32),
        seats.reshape(len(entries), program.num_agents).astype(np.uint32),
    )


def _town(program: Program, t: int, kernel: Kernel) -> NDArray[np.void]:
    houses, agents = int(program.num_houses[t]), program.num_agents
    homes = program.homes[t].astype(np.int64)
    if not 2 <= houses <= kernel.houses or homes.max() >= houses:
        raise InvalidInput(f"Town {t} has {houses} houses and homes up to {homes.max()}, which cannot be.")
    row = np.zeros((), dtype=town_type(agents))
    row["extinguish"] = program.extinguish[t]
    # Thresholds reach 2**32; the largest word below one fits 32 bits, but for a threshold of zero.
    chances = np.append(program.ignite[t], program.initial_fire[t])
    row["possible"] = np.where(chances > 0, LOW, 0)
    row["last"] = np.where(chances > 0, chances - np.uint64(1), 0) & np.uint64(LOW)
    row["ring"], row["houses"] = (1 << houses) - 1, houses
    row["spreads"], row["until_no_fires"] = program.before_burn_out[t], program.until_no_fires[t]
    row["min_nights"], row["max_nights"] = program.min_nights[t], program.max_nights[t]
    row["homes"][:agents] = homes
    around = np.abs(homes[:, None] - np.arange(houses))
    row["steps"][:, :houses] = np.minimum(around, houses - around)
    return row


def _social(table: NDArray[np.uint64], houses: int, s: int, kernel: Kernel) -> NDArray[np.uint32]:
    near = 6 * (kernel.agents + 1)
    split = 4 * (houses + 1)
    _check_size(table, split + (houses // 2 + 1) * near, s)
    words = np.zeros(social_words(kernel.houses, kernel.agents), dtype=np.uint32)
    intends, altruistic = table[:split].reshape(-1, 2).T
    words[0:split:2] = altruistic & np.uint64(LOW)
    words[1:split:2] = (altruistic >> np.uint64(32)) | (intends << np.uint64(31))
    start = (kernel.houses + 1) * 4
    words[start : start + (houses // 2 + 1) * near] = table[split:]
    return words


def _check_size(table: NDArray[np.uint64], wanted: int, s: int) -> None:
    if len(table) != wanted:
        raise InvalidInput(f"The table of policy {s} has {len(table)} numbers: it must have {wanted}.")
