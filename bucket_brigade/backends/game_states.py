"""The state of a batch of games as integers: kept, written to bytes, read back and gone on from.

A state is data of the rules, not of an engine, so games that were stepped on one backend go on on another.
The bytes carry a version, a fingerprint of what is played, and a checksum of all that precedes it; bytes that
do not fit in any of these are refused.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, fields
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.game.counts import num_counts
from bucket_brigade.game.draws import Purpose, words
from bucket_brigade.game.program import Program

__all__ = ["FORMAT_VERSION", "GameStates", "fingerprint"]

FORMAT_VERSION = 1
"""Moves whenever the layout of the bytes does, or what the numbers in it mean."""

MAGIC = b"bucket-brigade-games\n"
HEADER = struct.Struct("<IQII")
"""Version, then the sizes that the arrays follow from: G games, H houses, N agents."""

DTYPES = {
    "entries": "<u4",
    "seeds": "<u8",
    "games": "<u8",
    "nights": "<u4",
    "finished": "|u1",
    "houses": "|u1",
    "actions": "|u1",
    "counts": "<i4",
}


@dataclass(frozen=True, eq=False)
class GameStates:
    """G games between two nights, H houses, N agents, D counts."""

    entries: NDArray[np.uint32]
    """(G,) the entry of the program that is played."""
    seeds: NDArray[np.uint64]
    """(G,) the seed of each game."""
    games: NDArray[np.uint64]
    """(G,) the number of each game."""
    nights: NDArray[np.uint32]
    """(G,) nights played."""
    finished: NDArray[np.uint8]
    """(G,) 0 running, 1 terminated by the rules, 2 truncated by the night limit."""
    houses: NDArray[np.uint8]
    """(G, H) 0 safe, 1 burning, 2 ruined."""
    actions: NDArray[np.uint8]
    """(G, N, 3) house, mode and signal of the night before; zeros before night 1."""
    counts: NDArray[np.int32]
    """(G, D) counts so far, as in `bucket_brigade.game.counts`."""

    @classmethod
    def fresh(
        cls,
        program: Program,
        entries: NDArray[np.uint32],
        seeds: NDArray[np.uint64],
        games: NDArray[np.uint64],
    ) -> Self:
        """Return games on night 0, when every house burns by the chance of an initial fire (rules.md, 4)."""
        ring, agents = int(program.num_houses[0]), program.num_agents
        luck = words(seeds, games, 0, Purpose.IGNITE, ring)
        return cls(
            entries=entries,
            seeds=seeds,
            games=games,
            nights=np.zeros(len(games), dtype=np.uint32),
            finished=np.zeros(len(games), dtype=np.uint8),
            houses=(luck < program.initial_fire[program.town[entries]][:, None]).astype(np.uint8),
            actions=np.zeros((len(games), agents, 3), dtype=np.uint8),
            counts=np.zeros((len(games), num_counts(agents)), dtype=np.int32),
        )

    def __len__(self) -> int:
        return len(self.entries)

    def select(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> Self:
        """Return a copy of some of the games."""
        return type(self)(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})

    def replaced(self, rows: NDArray[np.bool_] | NDArray[np.intp], others: GameStates) -> Self:
        """Return a copy with other games in some rows."""
        changed = {f.name: getattr(self, f.name).copy() for f in fields(self)}
        for name, array in changed.items():
            array[rows] = getattr(others, name)
        return type(self)(**changed)

    def check(self, program: Program) -> None:
        """Raise `InvalidInput` unless these could be games of `program`."""
        ring, agents = int(program.num_houses[0]), program.num_agents
        rows = len(self.entries)
        shapes = _shapes(rows, ring, agents)
        for name, dtype in DTYPES.items():
            array = getattr(self, name)
            if array.shape != shapes[name] or array.dtype != np.dtype(dtype):
                raise InvalidInput(
                    f"The states hold {name} of shape {array.shape} and dtype {array.dtype}: "
                    f"it must be {shapes[name]} and {np.dtype(dtype)}."
                )
        limits = {"entries": program.num_entries, "finished": 3, "houses": 3}
        for name, limit in limits.items():
            if (getattr(self, name) >= limit).any():
                raise InvalidInput(
                    f"The states hold {name} of {getattr(self, name).max()}: {limit} is the end."
                )
        if (self.actions >= np.array([ring, 2, 2])).any():
            raise InvalidInput("The states hold actions off the rules.")
        longest = program.max_nights[program.town[self.entries]]
        if (self.nights > longest).any() or ((self.nights == longest) & (self.finished == 0)).any():
            raise InvalidInput("The states hold games that are longer than their scenario allows.")

    def to_bytes(self, print_: bytes) -> bytes:
        """Return the games as bytes for a request of this `fingerprint`."""
        rows, agents = self.actions.shape[:2]
        head = MAGIC + HEADER.pack(FORMAT_VERSION, rows, self.houses.shape[1], agents) + print_
        arrays = (np.ascontiguousarray(getattr(self, name), dtype) for name, dtype in DTYPES.items())
        body = head + b"".join(array.tobytes() for array in arrays)
        return body + hashlib.sha256(body).digest()

    @classmethod
    def from_bytes(cls, data: bytes, print_: bytes) -> Self:
        """Return the games that `to_bytes` wrote; raises `InvalidInput` for bytes that are not theirs."""
        digest, start = hashlib.sha256().digest_size, len(MAGIC) + HEADER.size
        if not isinstance(data, bytes | bytearray | memoryview):
            raise InvalidInput(f"A saved state is bytes, not {type(data).__name__}.")
        data = bytes(data)
        if len(data) < start + 2 * digest or not data.startswith(MAGIC):
            raise InvalidInput("These bytes are not a saved state of Bucket Brigade.")
        version, rows, ring, agents = HEADER.unpack_from(data, len(MAGIC))
        if version != FORMAT_VERSION:
            raise InvalidInput(
                explain(
                    f"This state was saved in format {version}: this version of Bucket Brigade reads "
                    f"format {FORMAT_VERSION}.",
                    do="Restore it with the version that saved it.",
                )
            )
        if hashlib.sha256(data[:-digest]).digest() != data[-digest:]:
            raise InvalidInput("The saved state is corrupted: its checksum does not fit.")
        if data[start : start + digest] != print_:
            raise InvalidInput(
                "The state was saved from another scenario, team, number of games or kind of reset: it can be "
                "restored only where the same is played."
            )
        arrays, place = {}, start + digest
        for name, shape in _shapes(rows, ring, agents).items():
            count = int(np.prod(shape))
            arrays[name] = np.frombuffer(data, DTYPES[name], count, place).reshape(shape).copy()
            place += arrays[name].nbytes
        return cls(**arrays)


def fingerprint(program: Program, *more: object) -> bytes:
    """Return 32 bytes that tell programs, and whatever else makes their games go on alike, apart."""
    digest = hashlib.sha256()
    for spec in fields(program):
        if spec.name == "sources":
            continue
        value = np.asarray(getattr(program, spec.name))
        little = value.astype(value.dtype.newbyteorder("<"))
        digest.update(f"{spec.name}:{little.dtype.str}:{value.shape};".encode() + little.tobytes())
    digest.update(repr(more).encode())
    return digest.digest()


def _shapes(rows: int, ring: int, agents: int) -> dict[str, tuple[int, ...]]:
    one = dict.fromkeys(("entries", "seeds", "games", "nights", "finished"), (rows,))
    return {
        **one,
        "houses": (rows, ring),
        "actions": (rows, agents, 3),
        "counts": (rows, num_counts(agents)),
    }
