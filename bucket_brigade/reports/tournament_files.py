"""A tournament on the disk: kept block by block while it is played, then as tables, JSON and pictures."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from bucket_brigade.errors import BucketBrigadeError, InvalidInput, did_you_mean, explain
from bucket_brigade.reports.report_pictures import can_draw, write_pictures
from bucket_brigade.reports.tournament_plots import tournament_pictures
from bucket_brigade.runs.files import json_bytes
from bucket_brigade.runs.run_directory import RunDirectory
from bucket_brigade.runs.tabular_text import csv_text
from bucket_brigade.tournament.result import TournamentResult
from bucket_brigade.tournament.run import GROWING, TournamentPlan

__all__ = ["TABLE_FORMATS", "KeptTournament", "check_table_format", "keep_tournament"]

TABLE_FORMATS = ("auto", "parquet", "csv")


@dataclass(frozen=True, eq=False)
class KeptTournament:
    """A result and the files that it was written to."""

    result: TournamentResult
    files: tuple[Path, ...]


def check_table_format(wanted: str) -> str:
    """Return ``parquet`` or ``csv``; ``auto`` is Parquet if pyarrow is installed, else CSV.

    Raises `InvalidInput` for another word, `BucketBrigadeError` for Parquet without pyarrow.
    """
    if wanted not in TABLE_FORMATS:
        raise InvalidInput(
            explain(
                f"table format = {wanted!r} is not allowed.{did_you_mean(wanted, TABLE_FORMATS)}",
                exists=f"Formats: {', '.join(TABLE_FORMATS)}.",
            )
        )
    installed = find_spec("pyarrow") is not None
    if wanted == "parquet" and not installed:
        raise BucketBrigadeError(
            explain(
                "A Parquet table was asked for, and pyarrow, which writes it, is not installed.",
                do="Type: pip install 'bucket-brigade[parquet]'",
            )
        )
    return "parquet" if wanted != "csv" and installed else "csv"


def keep_tournament(
    plan: TournamentPlan,
    directory: Path,
    *,
    resume: bool = False,
    table_format: str = "auto",
    pictures: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> KeptTournament:
    """Play a tournament and keep every block in `directory` as soon as it is done; then write the results.

    They are ``summary.json``, ``standings.csv``, ``effects.csv``, ``synergies.csv``, one row a (scenario, team,
    seat) in ``teams.parquet`` or ``teams.csv``, and at last `pictures`, as far as they can be drawn. A run that was
    stopped and resumed leaves the same bytes as one that was not, and so does one that goes on with more rounds or
    scenarios. Raises as `RunDirectory.opened`, `check_table_format` and `TournamentPlan.play`.
    """
    kind = check_table_format(table_format)
    pictures = pictures and can_draw()
    remarks = {"backend_chosen_by": plan.provenance.chosen_by}
    kept = RunDirectory(directory, plan.settings, remarks, growing=GROWING)
    with kept.opened(resume=resume):
        result = plan.play(keeper=kept, progress=progress)
        # Why that backend plays is a remark: a resumed run keeps the one it began with.
        origin = replace(result.provenance, chosen_by=str(kept.remarks["backend_chosen_by"]))
        contents = _contents(replace(result, provenance=origin), kind)
        files = [kept.write(name, content) for name, content in contents]
        if pictures:
            drawn = ((f"pictures/{name}.png", draw) for name, draw in tournament_pictures(result))
            files += write_pictures(kept, drawn)
    return KeptTournament(result, tuple(files))


def _contents(result: TournamentResult, table_format: str) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents, the summary last: when it is there, all data are."""
    teams = _parquet(result) if table_format == "parquet" else _csv(result)
    yield f"teams.{table_format}", teams
    yield "standings.csv", csv_text([asdict(row) for row in result.standings]).encode()
    yield "effects.csv", csv_text([asdict(row) for row in result.effects]).encode()
    if result.synergies:
        yield "synergies.csv", csv_text([asdict(row) for row in result.synergies]).encode()
    yield "summary.json", json_bytes(result.to_json())


def _csv(result: TournamentResult) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    for place, columns in enumerate(result.columns()):
        if place == 0:
            writer.writerow(columns)
        writer.writerows(zip(*(column.tolist() for column in columns.values()), strict=True))
    return stream.getvalue().encode()


def _parquet(result: TournamentResult) -> bytes:
    """Return one row group a scenario."""
    arrow, parquet = import_module("pyarrow"), import_module("pyarrow.parquet")
    stream = io.BytesIO()
    writer = None
    for columns in result.columns():
        texts = ("scenario", "agent")
        table = arrow.table(
            {
                name: arrow.array(values.tolist() if name in texts else values)
                for name, values in columns.items()
            }
        )
        writer = writer or parquet.ParquetWriter(stream, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    return stream.getvalue()
