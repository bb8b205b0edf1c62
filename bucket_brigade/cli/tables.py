"""Tables that fit: names and payoffs are never cut.

Where a terminal is too narrow, columns that say the least go first, and are named below the table; if that is not
enough, the table continues in a second block under the same names, as those of NumPy and pandas do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

__all__ = ["Column", "Table"]

BETWEEN = 3
"""Blanks between two columns."""
NARROWEST_NAME = 12
LEAST_WORDS = 24
"""Columns that running text is left with before others have to go."""


@dataclass(frozen=True)
class Column:
    """A column and what may happen to it where there is no room."""

    head: str
    right: bool = False
    """Whether it is aligned at its right end."""
    minor: int = 0
    """0: it always stays; else the columns with the largest number are the first to go."""
    breaks: bool = False
    """Whether its text may be broken into lines at blanks."""

    @classmethod
    def name(cls, head: str) -> Self:
        """Return a column of names."""
        return cls(head)

    @classmethod
    def number(cls, head: str, *, minor: int = 0) -> Self:
        """Return a column of numbers."""
        return cls(head, right=True, minor=minor)

    @classmethod
    def words(cls, head: str) -> Self:
        """Return a column of running text."""
        return cls(head, breaks=True)


@dataclass
class Table:
    """Rows of texts under columns, the first of which names the row."""

    title: str
    columns: Sequence[Column]
    rows: list[tuple[tuple[str | Text, ...], str]] = field(default_factory=list)
    """The cells of each row, and its style."""

    def add_row(self, *cells: str | Text, style: str = "") -> None:
        """Add a row with one cell a column."""
        assert len(cells) == len(self.columns)
        self.rows.append((cells, style))

    def print(self, out: Console) -> None:
        """Print all of it, whatever the width."""
        widths = [self._width(place, out) for place in range(len(self.columns))]
        kept = self._kept(widths, out.width)
        for block, places in enumerate(_blocks(kept, widths, out.width)):
            out.print(self._block(places, widths, out.width, title=self.title if block == 0 else ""))
        gone = [column.head for place, column in enumerate(self.columns) if place not in kept and column.head]
        if gone:
            out.print(f"Left out for want of room: {', '.join(gone)}.\n", style="dim")

    def _width(self, place: int, out: Console) -> int:
        """Return what a column takes; running text is content with a part of its length."""
        column = self.columns[place]
        cells = [column.head, *(cells[place] for cells, _ in self.rows)]
        texts = [out.render_str(cell) if isinstance(cell, str) else cell for cell in cells]
        full = max(line.cell_len for text in texts for line in text.split())
        return min(full, LEAST_WORDS) if column.breaks else full

    def _kept(self, widths: Sequence[int], room: int) -> list[int]:
        kept = list(range(len(self.columns)))
        while _total([widths[place] for place in kept]) > room:
            least = max(kept, key=lambda place: (self.columns[place].minor, place))
            if not self.columns[least].minor:
                break
            kept.remove(least)
        return kept

    def _block(self, places: Sequence[int], widths: Sequence[int], room: int, *, title: str) -> RichTable:
        from rich import box
        from rich.table import Table as RichTable

        made = RichTable(
            title=title or None,
            title_justify="left",
            title_style="bold",
            box=box.SIMPLE_HEAD,
            pad_edge=False,
        )
        others = max((widths[place] for place in places[1:]), default=0)
        for place in places:
            column = self.columns[place]
            # A strategy of ten numbers may be wider than the terminal: its name is folded, and whole even so.
            most = max(room - others - BETWEEN - 2, NARROWEST_NAME) if place == places[0] else None
            made.add_column(
                column.head,
                justify="right" if column.right else "left",
                no_wrap=not column.breaks and (most is None or widths[place] <= most),
                overflow="fold",
                min_width=None if column.breaks else min(widths[place], most or widths[place]),
                max_width=most,
            )
        for cells, style in self.rows:
            made.add_row(*(cells[place] for place in places), style=style)
        return made


def _total(widths: Sequence[int]) -> int:
    """Return the width of a table: its columns, what stands between them, and a blank at either end."""
    return sum(widths) + BETWEEN * (len(widths) - 1) + 2


def _blocks(kept: Sequence[int], widths: Sequence[int], room: int) -> Iterator[list[int]]:
    """Yield the columns of each block: the names, and as many others as fit, at least one."""
    block = list(kept[:1])
    for place in kept[1:]:
        if len(block) > 1 and _total([widths[p] for p in (*block, place)]) > room:
            yield block
            block = list(kept[:1])
        block.append(place)
    yield block
