"""What a kernel is compiled for: the source is one, the macros differ.

Team size, the largest ring (in groups of four houses), the rule of spreading and the kinds of strategies are
known to the compiler, so that nothing of a game is ever indexed at run time and all of it stays in registers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.game.program import PolicyKind, Program
from bucket_brigade_cupy.layouts import PLAY, POLICY, STEPS, social_words, town_type

__all__ = ["Kernel", "kernel_of_all", "kernels_of", "source"]

SPREADS = ("never", "before burn-out", "as each town says")
HEURISTIC, SOCIAL, TABULAR = 1, 2, 4

FOLDER = Path(__file__).parent / "cuda"


@cache
def source() -> str:
    """Return the CUDA C++ source of all kernels."""
    return (FOLDER / "game.cu").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Kernel:
    """The macros of one compilation."""

    agents: int
    groups: int
    """Houses of the largest ring it can play, in groups of four."""
    spread: int
    """0 fires never spread, 1 they do before they burn out, 2 each town says which."""
    kinds: int
    """1 heuristic, 2 social, 4 tabular, added up."""
    block: int = 0
    """Lanes in a block; 0 takes what suits."""

    def __post_init__(self) -> None:
        assert 1 <= self.agents <= 16, self
        assert 1 <= self.groups <= 4, self
        assert 0 <= self.spread <= 2, self
        assert self.kinds in (1, 3, 7), self

    @property
    def houses(self) -> int:
        """Houses of the largest ring it can play."""
        return 4 * self.groups

    @property
    def counts(self) -> int:
        """D, the number of counts of a game."""
        return 4 * self.agents + 5

    @property
    def pairs(self) -> int:
        """The number of products of two counts, each pair once."""
        return self.counts * (self.counts + 1) // 2

    @property
    def registers(self) -> int:
        """The most registers a lane may take, so that enough lanes run at once to hide what they wait for."""
        if self.kinds == HEURISTIC:
            return 80 if self.agents <= 4 else 128 if self.agents <= 8 else 168
        return 128 if self.agents <= 4 else 168 if self.agents <= 8 else 255

    @property
    def threads(self) -> int:
        """Lanes in a block. A block plays games of one team: a single warp leaves fewest lanes idle at its end.

        Large teams with social strategies take several warps, which share their tables.
        """
        return self.block or (32 if self.kinds == HEURISTIC or self.agents <= 4 else 128)

    def macros(self) -> dict[str, int]:
        """Return the macros."""
        return {
            "BB_AGENTS": self.agents,
            "BB_GROUPS": self.groups,
            "BB_SPREAD": self.spread,
            "BB_KINDS": self.kinds,
            "BB_THREADS": self.threads,
            "BB_BLOCKS": max(1, 65536 // (self.registers * self.threads)),
            "BB_TOWN_BYTES": town_type(self.agents).itemsize,
            "BB_POLICY_BYTES": POLICY.itemsize,
            "BB_SOCIAL_WORDS": social_words(self.houses, self.agents),
            "BB_PLAY_BYTES": PLAY.itemsize,
            "BB_STEPS_BYTES": STEPS.itemsize,
        }

    def options(self) -> tuple[str, ...]:
        """Return the options for NVRTC and for a C++ compiler."""
        return ("-std=c++17", *(f"-D{name}={value}" for name, value in self.macros().items()))

    def __str__(self) -> str:
        kinds = {1: "heuristic", 3: "heuristic and social", 7: "all"}[self.kinds]
        return f"{self.agents} agents, up to {self.houses} houses, spread {SPREADS[self.spread]}, {kinds} strategies"


def kernels_of(program: Program) -> list[tuple[Kernel, NDArray[np.intp]]]:
    """Return the kernels that play a program, each with the entries it plays."""
    rows, which = np.unique(_wanted(program), axis=0, return_inverse=True)
    return [
        (Kernel(program.num_agents, *(int(value) for value in row)), np.flatnonzero(which.reshape(-1) == k))
        for k, row in enumerate(rows)
    ]


def kernel_of_all(program: Program) -> Kernel:
    """Return one kernel that plays all entries of a program."""
    wanted = _wanted(program)
    groups, spread, kinds = (int(value) for value in wanted.max(axis=0))
    return Kernel(program.num_agents, groups, spread if spread == wanted[:, 1].min() else 2, kinds)


def _wanted(program: Program) -> NDArray[np.int64]:
    """Return groups of houses, spread and kinds of each entry, shape (E, 3)."""
    groups = -(-program.num_houses[program.town].astype(np.int64) // 4)
    spread = program.before_burn_out[program.town].astype(np.int64)
    kind = program.kind[program.seats]
    # A kernel for social agents knows heuristic ones too, and one for tables knows all.
    kinds = np.where((kind == PolicyKind.SOCIAL).any(axis=1), HEURISTIC | SOCIAL, HEURISTIC)
    kinds = np.where((kind == PolicyKind.TABULAR).any(axis=1), HEURISTIC | SOCIAL | TABULAR, kinds)
    return np.stack([groups, spread, kinds], axis=1)
