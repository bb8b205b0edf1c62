"""Normal-form games as ``.nfg`` files, which Gambit, OpenSpiel and other solvers read.

The format is Gambit's ("Gambit file formats", section "The strategic game (.nfg) file format, payoff
version"): a header, then one group of N payoffs for each combination of strategies, the first player's
strategy changing fastest. Payoffs are written as the shortest plain decimals that read back as the same
floats. `parse_nfg` reads this form and the outcome form that Gambit itself writes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput
from bucket_brigade.frozen import Frozen
from bucket_brigade.normal_form.compositions import composition_index
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["MOST_NUMBERS", "NormalForm", "parse_nfg", "symmetric_normal_form"]


MOST_NUMBERS = 1 << 22
"""Payoffs that one file may hold: N * K**N of them, about 80 MB of text."""


@dataclass(frozen=True, eq=False)
class NormalForm(Frozen):
    """A game of N players in normal form; payoffs in payoff units.

    `payoffs` is float64 of shape (N, K_1, …, K_N): first the player, then everybody's strategy.
    Raises `InvalidInput` for shapes or numbers of names that do not fit, or a payoff that is not finite.
    """

    payoffs: Floats
    players: tuple[str, ...]
    strategies: tuple[tuple[str, ...], ...]
    """The names of each player's strategies."""
    title: str = ""

    def __post_init__(self) -> None:
        payoffs = np.array(self.payoffs, dtype=np.float64)
        sizes = tuple(len(names) for names in self.strategies)
        if payoffs.shape != (len(self.players), *sizes) or len(sizes) != len(self.players) or not sizes:
            raise InvalidInput(
                f"Payoffs of shape {payoffs.shape} do not fit {len(self.players)} players with {sizes} strategies: "
                "they must have shape (N, K_1, …, K_N)."
            )
        if not np.isfinite(payoffs).all():
            raise InvalidInput("Every payoff of a normal form must be finite.")
        payoffs.flags.writeable = False
        object.__setattr__(self, "payoffs", payoffs)

    def to_nfg(self, *, names: bool = False) -> str:
        """Return the text of an ``.nfg`` file.

        With `names` the strategies are named, which Gambit reads; OpenSpiel accepts only their numbers,
        so without it the file says how many there are and their names belong in the title.
        """
        head = f"NFG 1 R {_quoted(self.title)} {{ {' '.join(map(_quoted, self.players))} }}"
        if names:
            each = "\n".join(f"{{ {' '.join(map(_quoted, mine))} }}" for mine in self.strategies)
            head += f"\n\n{{ {each}\n}}\n"
        else:
            head += f" {{ {' '.join(str(len(mine)) for mine in self.strategies)} }}\n"
        by_combination = self.payoffs.reshape(len(self.players), -1, order="F").T
        lines = [" ".join(map(_decimal, row)) for row in by_combination.tolist()]
        return head + "\n" + "\n".join(lines) + "\n"


def symmetric_normal_form(
    game: SymmetricGame, labels: Sequence[str], *, title: str = "", players: Sequence[str] | None = None
) -> NormalForm:
    """Return a symmetric game of K strategies and N players as full tensors, shape (N, K, …, K).

    `labels` names the strategies. Raises `InvalidInput` beyond `MOST_NUMBERS` payoffs.
    """
    agents, size = game.num_players, game.num_strategies
    if agents * size**agents > MOST_NUMBERS:
        raise InvalidInput(
            f"The normal form of {size} strategies and {agents} players has {agents * size**agents:,} payoffs, "
            f"and at most {MOST_NUMBERS:,} are written: leave out some strategies."
        )
    choices = np.indices((size,) * agents).reshape(agents, -1)
    counts = (choices[:, :, None] == np.arange(size)).astype(np.intp)
    everybody = counts.sum(axis=0)
    payoffs = [
        game.payoffs[mine, composition_index(everybody - own)]
        for mine, own in zip(choices, counts, strict=True)
    ]
    names = tuple(players) if players is not None else tuple(f"player {i + 1}" for i in range(agents))
    return NormalForm(
        np.array(payoffs).reshape(agents, *(size,) * agents), names, (tuple(labels),) * agents, title
    )


def parse_nfg(text: str) -> NormalForm:
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
        sizes = [tokens.count() for _ in players]
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
    return NormalForm(payoffs, players, strategies, title)


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


def _quoted(name: str) -> str:
    # Readers disagree about escapes, so the marks that would need one are replaced.
    plain = re.sub(r"\s+", " ", name).replace('"', "'").replace("\\", "/")
    return f'"{plain}"'


def _decimal(value: float) -> str:
    """Return the shortest decimal that reads back as `value`, without an exponent."""
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


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
        return re.sub(r"\\(.)", r"\1", word[1:-1])

    def strings(self) -> Iterator[str]:
        while self.peek() != "}":
            yield self.string()
        self.take()

    def count(self, *, below: int | None = None) -> int:
        word = self.take()
        if not word.isdecimal() or (below is not None and int(word) >= below):
            raise self.refuse("a whole number" + ("" if below is None else f" below {below}"))
        return int(word)

    def number(self) -> float:
        word = self.take()
        try:
            return float(Fraction(word)) if "/" in word else float(word)
        except (ValueError, ZeroDivisionError):
            raise self.refuse("a number") from None

    def refuse(self, wanted: str) -> InvalidInput:
        found = self.words[self.place - 1] if 0 < self.place <= len(self.words) else "the end of the file"
        return InvalidInput(
            f"This is no .nfg file that can be read: word {self.place} is {found!r}, and {wanted} was expected."
        )
