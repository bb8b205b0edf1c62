"""The axes of a sweep: a number of a scenario, and the values it takes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import get_type_hints

import numpy as np

from bucket_brigade.errors import InvalidInput, did_you_mean, explain
from bucket_brigade.game.payoffs import REWARD_FIELDS
from bucket_brigade.game.scenario import SYMBOLS, Scenario, Stake

__all__ = ["Axis", "parse_axis"]

NUMERIC = {name: kind for name, kind in get_type_hints(Scenario).items() if kind in (int, float, Stake)}
"""The fields that hold one number, and its type."""

MOST_VALUES = 1000

HOW = (
    "An axis is FIELD=FROM:TO:COUNT (both ends included), FIELD=FROM:TO:COUNT:log, or FIELD=V1,V2,…, such as "
    "cost_to_work_one_night=0:40:9 or kappa=0.1,0.5,0.9."
)


@dataclass(frozen=True)
class Axis:
    """One field of a scenario and the values it takes, ascending, each once.

    Raises `InvalidInput` for a field that is no number of a scenario, for no values, or for too many.
    """

    field: str
    values: tuple[float, ...]

    def __post_init__(self) -> None:
        field = SYMBOLS.get(self.field, self.field)
        if field not in NUMERIC:
            raise InvalidInput(
                explain(
                    f"Cannot sweep over {self.field!r}.{did_you_mean(self.field, [*NUMERIC, *SYMBOLS])}",
                    why="It is no number of a scenario.",
                    exists=f"Fields: {', '.join(NUMERIC)}. Symbols: {', '.join(SYMBOLS)}.",
                )
            )
        values = sorted({float(value) for value in self.values})
        if not 1 <= len(values) <= MOST_VALUES or not all(map(math.isfinite, values)):
            raise InvalidInput(
                f"The axis {field} has {len(values)} values: it must have 1 to {MOST_VALUES:,} finite ones."
            )
        object.__setattr__(self, "field", field)
        object.__setattr__(self, "values", tuple(values))

    @property
    def is_reward(self) -> bool:
        """Whether games need not be evaluated again when it changes, only priced again."""
        return self.field in REWARD_FIELDS

    @property
    def symbol(self) -> str:
        """The symbol of the rules, or the field's name where it has none."""
        shortest = {field: symbol for symbol, field in SYMBOLS.items()}
        return shortest.get(self.field, self.field)

    @property
    def logarithmic(self) -> bool:
        """Whether the values grow by a factor and not by steps."""
        at = np.array(self.values)
        if len(at) < 3 or at[0] <= 0:
            return False
        factors, steps = at[1:] / at[:-1], np.diff(at)
        return bool(
            np.allclose(factors, factors[0], rtol=1e-6) and not np.allclose(steps, steps[0], rtol=1e-6)
        )

    def change(self, value: float) -> dict[str, float | int]:
        """Return the change of a scenario that gives the field this value."""
        whole = NUMERIC[self.field] is int and value.is_integer()
        return {self.field: int(value) if whole else value}


def parse_axis(text: str) -> Axis:
    """Read ``cost_to_work_one_night=0:40:9``, ``kappa=0.1,0.5`` or ``c=1:64:7:log``.

    Raises `InvalidInput` for anything else.
    """
    field, equals, values = text.partition("=")
    parts = values.split(":")
    try:
        if not equals:
            raise ValueError
        if len(parts) == 1:
            numbers = [float(value) for value in values.split(",")]
        elif len(parts) == 3 or (len(parts) == 4 and parts[3] == "log"):
            low, high, count = float(parts[0]), float(parts[1]), int(parts[2])
            if not 1 <= count <= MOST_VALUES or (count == 1 and low != high):
                raise ValueError
            spaced = np.geomspace if len(parts) == 4 else np.linspace
            if len(parts) == 4 and not low > 0:
                raise ValueError
            # Rounded, so that 0.1 to 0.9 in nine steps has a 0.3 and not a 0.30000000000000004.
            numbers = [float(f"{value:.12g}") for value in spaced(low, high, count)]
        else:
            raise ValueError
    except ValueError:
        raise InvalidInput(explain(f"Cannot read the axis {text!r}.", exists=HOW)) from None
    return Axis(field.strip(), tuple(numbers))
