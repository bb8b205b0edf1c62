"""Games as ``.nfg`` files, which Gambit, OpenSpiel and other solvers read.

The format is Gambit's ("Gambit file formats", section "The strategic game (.nfg) file format, payoff
version"): a header, then one group of N payoffs for each combination of strategies, the first player's
strategy changing fastest. Payoffs are written as the shortest plain decimals that read back as the same
floats.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from bucket_brigade._typing import Floats

__all__ = ["MOST_NUMBERS", "nfg_text"]


MOST_NUMBERS = 1 << 22
"""Payoffs that one file may hold: N * K**N of them, about 80 MB of text."""


def nfg_text(
    payoffs: Floats,
    players: Sequence[str],
    strategies: Sequence[Sequence[str]],
    title: str,
    *,
    names: bool,
) -> str:
    """Return the text of a file from payoffs of shape (N, K_1, …, K_N) and the names of players and strategies.

    With `names` the strategies are named, else the file says how many there are.
    """
    head = f"NFG 1 R {_quoted(title)} {{ {' '.join(map(_quoted, players))} }}"
    if names:
        each = "\n".join(f"{{ {' '.join(map(_quoted, mine))} }}" for mine in strategies)
        head += f"\n\n{{ {each}\n}}\n"
    else:
        head += f" {{ {' '.join(str(len(mine)) for mine in strategies)} }}\n"
    by_combination = payoffs.reshape(len(players), -1, order="F").T
    lines = [" ".join(map(_decimal, row)) for row in by_combination.tolist()]
    return head + "\n" + "\n".join(lines) + "\n"


def _quoted(name: str) -> str:
    # Readers disagree about escapes, so the marks that would need one are replaced; Gambit refuses outer blanks.
    plain = re.sub(r"[\s\x00-\x1f\x7f]+", " ", name).strip().replace('"', "'").replace("\\", "/")
    return f'"{plain}"'


def _decimal(value: float) -> str:
    """Return the shortest decimal that reads back as `value`, without an exponent, which OpenSpiel does not read."""
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")
