"""Text at the border of a terminal: nothing in it acts, and all of it can be shown.

Names and descriptions come from files and plugins. `visible` keeps their escape codes from the terminal; the error
handler `PLAIN` writes what an encoding lacks in the characters it has.
"""

from __future__ import annotations

import codecs

__all__ = ["PLAIN", "in_encoding", "visible"]

PLAIN = "bucket_brigade.plain"
"""The name of the error handler, for ``str.encode`` and ``TextIOWrapper.reconfigure``."""

# One character for one wherever columns or bars are drawn, so that what stands in line goes on standing in line.
_INSTEAD = {
    "⌂": "^",
    "▲": "*",
    "×": "x",
    "█": "#",
    "▏": "|",
    "●": "*",
    "·": "-",
    "–": "-",
    "—": "-",
    "−": "-",
    "…": "...",
    "±": "+-",
    "²": "2",
    "→": "->",
    "≤": "<=",
    "≥": ">=",
    "‘": "'",
    "’": "'",
    "“": '"',
    "”": '"',
    "β": "beta",
    "ε": "epsilon",
    "θ": "theta",
    "κ": "kappa",
    "\u00a0": " ",
    **dict.fromkeys("─━═╌╴╶╸╺╼╾", "-"),
    **dict.fromkeys("│┃║╎", "|"),
    **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰╞╡╪┏┓┗┛┡┩╇", "+"),
}


def visible(text: str) -> str:
    r"""Return `text` with everything that does not print, but for line breaks, as its escape: ESC becomes ``\x1b``.

    That also covers marks which turn the direction of writing, and halves of surrogate pairs.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


def in_encoding(text: str, encoding: str) -> str:
    """Return `text` as a stream of this encoding will show it."""
    return text.encode(encoding, PLAIN).decode(encoding)


def _plain(error: UnicodeError) -> tuple[str, int]:
    """Return plain characters in place of those that cannot be encoded, else their escapes, which lose nothing."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lost = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(c) or ascii(c)[1:-1] for c in lost), error.end


codecs.register_error(PLAIN, _plain)
