"""Reads ``.nfg`` files in payoff and outcome form, as Gambit writes them; what it refuses, Gambit refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from bucket_brigade.errors import InvalidInput
from bucket_brigade.normal_form import NormalFormGame

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?(/\d+)?", re.ASCII)


def parse_nfg(text: str) -> NormalFormGame:
    """Read an ``.nfg`` file in payoff or outcome form; numbers are decimals or fractions.

    Players' strategies without names are called 1, 2, …. Raises `InvalidInput` for anything else.
    """
    tokens = _Tokens(text)
    for word in ("NFG", "1"):
        tokens.expect(word)
    if tokens.take() not in ("R", "D"):
        raise tokens.refuse("R or D after NFG 1")
    title = tokens.string()
    tokens.expect("{")
    players = tuple(tokens.strings())
    tokens.expect("{")
    if tokens.peek() == "{":
        strategies = tuple(_nested(tokens))
    else:
        sizes = [tokens.count(least=1) for _ in players]
        tokens.expect("}")
        strategies = tuple(tuple(str(i + 1) for i in range(size)) for size in sizes)
    if tokens.peek().startswith('"'):
        tokens.take()
    shape = tuple(len(names) for names in strategies)
    combinations = int(np.prod(shape))
    if tokens.peek() == "{":
        tokens.take()
        outcomes = [[0.0] * len(players), *_outcomes(tokens, len(players))]
        rows = [outcomes[tokens.count(below=len(outcomes))] for _ in range(combinations)]
    else:
        rows = [[tokens.number() for _ in players] for _ in range(combinations)]
    if tokens.peek():
        raise tokens.refuse("the end of the file")
    payoffs = np.array(rows).T.reshape(len(players), *shape, order="F")
    return NormalFormGame(payoffs, players, strategies, title)


def _nested(tokens: _Tokens) -> Iterator[tuple[str, ...]]:
    while tokens.peek() == "{":
        tokens.take()
        yield tuple(tokens.strings())
    tokens.expect("}")


def _outcomes(tokens: _Tokens, players: int) -> Iterator[list[float]]:
    while tokens.peek() == "{":
        tokens.take()
        tokens.string()
        yield [tokens.number() for _ in range(players)]
        tokens.expect("}")
    tokens.expect("}")


class _Tokens:
    """The words of a file: strings in quotes, braces, and numbers; commas separate like spaces."""

    def __init__(self, text: str) -> None:
        self.words = re.findall(r'"(?:\\.|[^"\\])*"|[{}]|[^\s,{}"]+', text)
        self.place = 0

    def peek(self) -> str:
        return self.words[self.place] if self.place < len(self.words) else ""

    def take(self) -> str:
        word = self.peek()
        self.place += 1
        return word

    def expect(self, word: str) -> None:
        if self.take() != word:
            raise self.refuse(repr(word))

    def string(self) -> str:
        word = self.take()
        if not word.startswith('"'):
            raise self.refuse("a name in quotes")
        name = re.sub(r"\\(.)", r"\1", word[1:-1])
        if name != name.strip():
            raise self.refuse("a name without outer blanks")
        return name

    def strings(self) -> Iterator[str]:
        while self.peek() != "}":
            yield self.string()
        self.take()

    def count(self, *, least: int = 0, below: int | None = None) -> int:
        word = self.take()
        if (
            not (word.isascii() and word.isdecimal())
            or int(word) < least
            or (below is not None and int(word) >= below)
        ):
            at_least = f" from {least}" if least else ""
            raise self.refuse("a whole number" + at_least + ("" if below is None else f" below {below}"))
        return int(word)

    def number(self) -> float:
        word = self.take()
        # Python's own numbers are too many: 1_0, nan and the digits of other scripts.
        if not _NUMBER.fullmatch(word):
            raise self.refuse("a number")
        try:
            return float(Fraction(word)) if "/" in word else float(word)
        except (ValueError, ZeroDivisionError):
            raise self.refuse("a number") from None

    def refuse(self, wanted: str) -> InvalidInput:
        found = self.words[self.place - 1] if 0 < self.place <= len(self.words) else "the end of the file"
        return InvalidInput(
            f"This is no .nfg file that can be read: word {self.place} is {found!r}, and {wanted} was expected."
        )
