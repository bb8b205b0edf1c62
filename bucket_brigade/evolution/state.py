"""The state of a run after a generation: what goes on from it is fixed by it and the settings alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade._typing import Floats

__all__ = ["Hall", "State"]


@dataclass(frozen=True, eq=False)
class Hall:
    """The best K genomes ever evaluated, the best first, no two equal."""

    genomes: Floats
    """(K, 10)."""
    values: Floats
    """(K,) their fitness, all on the same games."""
    standard_errors: Floats
    """(K,) of that."""
    born: NDArray[np.int64]
    """(K,) the generation in which each came in."""

    @classmethod
    def empty(cls) -> Hall:
        """Return a hall without anybody."""
        return cls(np.empty((0, 10)), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))

    def updated(self, genomes: Floats, values: Floats, errors: Floats, generation: int, size: int) -> Hall:
        """Return the hall after a generation has knocked at the door; who is in stays before equals."""
        born = np.full(len(genomes), generation, dtype=np.int64)
        rows = np.concatenate([self.genomes, genomes])
        fitness = np.concatenate([self.values, values])
        order = np.argsort(-fitness, kind="stable")
        _, first = np.unique(rows[order], axis=0, return_index=True)
        kept = order[np.sort(first)][:size]
        return Hall(
            rows[kept],
            fitness[kept],
            np.concatenate([self.standard_errors, errors])[kept],
            np.concatenate([self.born, born])[kept],
        )


@dataclass(frozen=True, eq=False)
class State:
    """P genomes and what is known of them, the hall of fame, and the logbook so far."""

    generation: int
    genomes: Floats
    """(P, 10)."""
    values: Floats
    """(P,) fitness in this generation."""
    standard_errors: Floats
    """(P,)."""
    hall: Hall
    evaluations: int
    """Genomes evaluated so far."""
    best: float
    """The largest fitness so far, as far as it can be compared; improvements within the tolerance do not count."""
    best_generation: int
    stopped: str | None = None
    """Why the run is over; None while it is not."""
    rows: tuple[Mapping[str, Any], ...] = field(default=())
    """The logbook, one record a generation."""

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the arrays, by name."""
        return {
            "genomes": self.genomes,
            "values": self.values,
            "standard_errors": self.standard_errors,
            "hall_genomes": self.hall.genomes,
            "hall_values": self.hall.values,
            "hall_standard_errors": self.hall.standard_errors,
            "hall_born": self.hall.born,
        }

    def record(self) -> dict[str, Any]:
        """Return everything else as plain data."""
        return {
            "generation": self.generation,
            "evaluations": self.evaluations,
            "best": self.best,
            "best_generation": self.best_generation,
            "stopped": self.stopped,
            "logbook": [dict(row) for row in self.rows],
        }

    @classmethod
    def of(cls, record: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> State:
        """Return the state that `record` and `arrays` were made from.

        Raises `KeyError`, `TypeError` or `ValueError` if they are not what a state is made of.
        """
        people, hall = len(arrays["genomes"]), len(arrays["hall_genomes"])
        _check_arrays(arrays, people, hall)
        rows = record["logbook"]
        if [row["gen"] for row in rows] != list(range(record["generation"] + 1)):
            raise ValueError("its logbook is not one row for each generation")
        if not isinstance(record["best"], float) or not 0 <= record["best_generation"] < len(rows):
            raise ValueError("its best fitness is none")
        if rows[-1]["evaluations"] != record["evaluations"]:
            raise ValueError("its evaluations are not those of the logbook")
        if not isinstance(record["stopped"], str | None):
            raise TypeError("its reason to stop is no text")
        return cls(
            generation=record["generation"],
            genomes=arrays["genomes"],
            values=arrays["values"],
            standard_errors=arrays["standard_errors"],
            hall=Hall(
                arrays["hall_genomes"],
                arrays["hall_values"],
                arrays["hall_standard_errors"],
                arrays["hall_born"],
            ),
            evaluations=record["evaluations"],
            best=record["best"],
            best_generation=record["best_generation"],
            stopped=record["stopped"],
            rows=tuple(rows),
        )


def _check_arrays(arrays: Mapping[str, NDArray[Any]], people: int, hall: int) -> None:
    """Raise `ValueError` unless these are the arrays of so many genomes and so many in the hall of fame."""
    wanted: dict[str, tuple[tuple[int, ...], type]] = {
        "genomes": ((people, 10), np.float64),
        "values": ((people,), np.float64),
        "standard_errors": ((people,), np.float64),
        "hall_genomes": ((hall, 10), np.float64),
        "hall_values": ((hall,), np.float64),
        "hall_standard_errors": ((hall,), np.float64),
        "hall_born": ((hall,), np.int64),
    }
    there = {name: (array.shape, array.dtype.type) for name, array in arrays.items()}
    if there != wanted:
        raise ValueError("its arrays are not those of a generation")
