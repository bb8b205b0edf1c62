"""Logbooks as tables: DEAP's to rows and data frames, and ours to DEAP's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bucket_brigade.errors import BucketBrigadeError, explain

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["fitness_statistics", "logbook_frame", "logbook_rows", "to_logbook"]


def logbook_rows(logbook: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a flat record for each generation of a `deap.tools.Logbook`, or of any list of records.

    Chapters, as `MultiStatistics` makes them, become columns such as ``fitness.max``; numbers of NumPy become Python's.
    """
    rows = [{key: _plain(value) for key, value in record.items()} for record in logbook]
    for chapter, records in getattr(logbook, "chapters", {}).items():
        for row, record in zip(rows, logbook_rows(records), strict=True):
            row.update({f"{chapter}.{key}": value for key, value in record.items() if key not in row})
    return rows


def logbook_frame(logbook: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """Return a logbook as a pandas DataFrame, a row for each generation; columns as in `logbook_rows`.

    Raises `BucketBrigadeError`, saying what to install, if pandas is not there.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise BucketBrigadeError(
            explain(
                "A data frame was asked for, and pandas is not installed.",
                exists="logbook_rows returns the same as plain records.",
                do="Type: pip install pandas",
            )
        ) from error
    return pd.DataFrame(logbook_rows(logbook))


def to_logbook(rows: Iterable[Mapping[str, Any]]) -> Any:
    """Return records, such as those of a run, as a `deap.tools.Logbook`. Needs DEAP."""
    from deap import tools

    logbook = tools.Logbook()
    for row in rows:
        logbook.record(**row)
        if not logbook.header:
            logbook.header = list(row)
    return logbook


def fitness_statistics() -> Any:
    """Return a `deap.tools.Statistics` of the fitness: max, mean, std and min. Needs DEAP."""
    from deap import tools

    statistics = tools.Statistics(_fitness_of)
    for name, function in (("max", np.max), ("mean", np.mean), ("std", np.std), ("min", np.min)):
        statistics.register(name, function)
    return statistics


def _fitness_of(individual: Any) -> float:
    return float(individual.fitness.values[0])


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.generic | np.ndarray) else value
