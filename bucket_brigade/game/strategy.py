"""What may sit on a seat: strategies that are data, and seats that are played from outside the engine.

Native strategies (rules.md, section 6) are data, so every backend plays them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from bucket_brigade.errors import InvalidInput, UnknownName, did_you_mean, explain
from bucket_brigade.frozen import Frozen
from bucket_brigade.game.scenario import MAX_HOUSES, Scenario
from bucket_brigade.validation import number, plain, real_array, shown

__all__ = [
    "ARCHETYPES",
    "TRAITS",
    "External",
    "Heuristic",
    "Scripted",
    "Social",
    "Strategy",
    "Tabular",
    "Tabulated",
    "Theta",
    "archetype",
    "check_theta",
]

Theta = tuple[float, float, float, float, float, float, float, float, float, float]

TRAITS = (
    "honesty",
    "work_tendency",
    "neighbor_help",
    "own_house_priority",
    "risk_aversion",
    "coordination",
    "exploration",
    "fatigue_memory",
    "rest_reward_bias",
    "altruism",
)

ARCHETYPES: dict[str, Theta] = {
    "firefighter": (1.0, 0.9, 0.5, 0.8, 0.5, 0.7, 0.1, 0.0, 0.0, 0.8),
    "free_rider": (0.7, 0.2, 0.0, 0.9, 0.0, 0.0, 0.1, 0.0, 0.9, 0.0),
    "hero": (1.0, 1.0, 1.0, 0.5, 0.1, 0.5, 0.0, 0.9, 0.0, 1.0),
    "coordinator": (0.9, 0.6, 0.7, 0.6, 0.8, 1.0, 0.05, 0.0, 0.2, 0.6),
    "liar": (0.1, 0.7, 0.0, 0.9, 0.2, 0.8, 0.3, 0.0, 0.4, 0.2),
}


_TRAIT = number(0, 1, allowed="a number in [0, 1]")


def check_theta(theta: Sequence[float] | NDArray[np.floating], *, asked: str = "theta") -> Theta:
    """Return θ as ten floats, or raise `InvalidInput` naming the trait, its value and the range.

    `asked` names the argument in the message.
    """
    values = plain(theta)
    if not isinstance(values, Sequence) or isinstance(values, str) or len(values) != len(TRAITS):
        got = f"{len(values)} numbers" if isinstance(values, list | tuple) else shown(theta)
        raise InvalidInput(
            explain(
                f"{asked}: a strategy vector has {len(TRAITS)} traits, got {got}.",
                exists="In order: " + ", ".join(TRAITS) + ".",
            )
        )
    checked = [_TRAIT.check(trait, v, where=f"{asked}: ") for trait, v in zip(TRAITS, values, strict=True)]
    return tuple(checked)


def archetype(name: str) -> Theta:
    """Return the traits of a named archetype; raises `UnknownName` with a suggestion."""
    try:
        return ARCHETYPES[name]
    except KeyError:
        raise UnknownName(
            explain(
                f"Unknown archetype {shown(name)}.{did_you_mean(name, ARCHETYPES)}",
                exists="Archetypes: " + ", ".join(ARCHETYPES) + ".",
            )
        ) from None


@dataclass(frozen=True)
class Heuristic:
    """The `heuristic` strategy: looks only at the houses; reads four of the ten traits."""

    theta: Theta
    state_only: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "theta", check_theta(self.theta, asked="Heuristic theta"))


@dataclass(frozen=True)
class Social:
    """The `social` strategy: reads all ten traits, last night's locations and its own last action."""

    theta: Theta
    state_only: ClassVar[bool] = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "theta", check_theta(self.theta, asked="Social theta"))


@dataclass(frozen=True, eq=False)
class Tabular(Frozen):
    """A strategy given as the probability of each action in each state of the houses.

    `table` is float64 of shape (3**H, 2*H): the row of a state is the number whose digit ``h``, least
    significant first, is the state of house ``h``; column ``a`` is house ``a // 2`` in mode ``a % 2``.
    Rows sum to 1 within 1e-9. Two tables of equal content are the same strategy.
    """

    table: NDArray[np.float64]
    state_only: ClassVar[bool] = True

    def __init__(self, table: ArrayLike) -> None:
        # A table of one action in each state may be given as truth values.
        checked = real_array("Tabular table", table, kinds="iufb")
        houses = checked.shape[1] // 2 if checked.ndim == 2 else 0
        if not 2 <= houses <= MAX_HOUSES or checked.shape != (3**houses, 2 * houses):
            raise InvalidInput(
                f"Tabular table has shape {checked.shape}: it must be (3**H, 2*H) for H from 2 to {MAX_HOUSES}."
            )
        bad = ~(checked >= 0.0) | ~np.isfinite(checked)
        if bad.any():
            row, action = np.argwhere(bad)[0]
            raise InvalidInput(
                f"Tabular table[{row}, {action}] = {shown(checked[row, action])} is not allowed: "
                "it must be a probability in [0, 1]."
            )
        totals = checked.sum(axis=1)
        off = np.abs(totals - 1.0) > 1e-9
        if off.any():
            row = int(np.argmax(off))
            raise InvalidInput(
                f"Tabular table[{row}] sums to {shown(totals[row])}: it must be 1 within 1e-9."
            )
        checked.flags.writeable = False
        object.__setattr__(self, "table", checked)
        object.__setattr__(self, "_digest", hashlib.sha256(checked.tobytes()).digest())

    @property
    def num_houses(self) -> int:
        """The ring size this table is for."""
        return int(self.table.shape[1] // 2)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tabular) and self._digest == other._digest  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self._digest)  # type: ignore[attr-defined]


@dataclass(frozen=True)
class External:
    """A seat whose actions come from outside, night by night; only a stepper can play it."""

    state_only: ClassVar[bool] = False


@dataclass(frozen=True)
class Scripted:
    """A seat played by an agent written in Python, on whatever backend plays the rest.

    `factory` takes no argument and makes a new `bucket_brigade.agents.ScriptedAgent`; `plugin` names the
    distribution it came from, for messages; `claims` are the traits that it declares. To engines it is opaque,
    whatever the agent looks at: one that looks only at the houses may be `Tabulated`.
    """

    name: str
    factory: Callable[[], object]
    plugin: str = ""
    claims: frozenset[str] = frozenset()
    state_only: ClassVar[bool] = False


@dataclass(frozen=True)
class Tabulated:
    """A scripted agent as the table of chances that it comes to: data that every engine plays.

    The table depends on the seat and on the scenario, so it is made when a program is compiled, by
    ``make_table(scenario, seat)``; that raises `CannotTabulate` if the agent cannot be tabulated. See
    `bucket_brigade.agents.tabulated`.
    """

    scripted: Scripted
    any_signal: bool
    """Whether the agent's signals were given up; a table signals its mode."""
    make_table: Callable[[Scenario, int], Tabular] = field(compare=False, repr=False)
    state_only: ClassVar[bool] = True


Strategy = Heuristic | Social | Tabular | External | Scripted | Tabulated
"""Any strategy that a program can hold."""
