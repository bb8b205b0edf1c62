"""Games of N players in normal form: every player has its own strategies and its own payoffs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from bucket_brigade._typing import Floats
from bucket_brigade.errors import InvalidInput, explain
from bucket_brigade.frozen import Frozen
from bucket_brigade.normal_form.compositions import composition_index
from bucket_brigade.normal_form.nfg import MOST_NUMBERS, nfg_text
from bucket_brigade.normal_form.symmetric_game import ROUNDING, SymmetricGame

__all__ = ["Mixtures", "NormalFormGame", "contract_pairs"]

Mixtures = tuple[Floats, ...]
"""One array of K_i probabilities for each player."""


@dataclass(frozen=True, eq=False)
class NormalFormGame(Frozen):
    """N players, K_1 … K_N strategies, and everybody's payoff for every choice of all.

    `payoffs` is float64 of shape (N, K_1, …, K_N), payoff units: entry ``[i, s_1, …, s_N]`` is what player i
    gets. A *profile of mixtures* is a sequence of N arrays of K_i probabilities; players draw
    independently. Raises `InvalidInput` for a wrong shape, a payoff that is not finite, or names that do not fit.
    """

    payoffs: Floats
    players: tuple[str, ...] = ()
    """The players' names; "player 1" and so on if left out."""
    strategies: tuple[tuple[str, ...], ...] = ()
    """The names of each player's strategies; "1" and so on if left out."""
    title: str = ""

    def __post_init__(self) -> None:
        payoffs = np.array(self.payoffs, dtype=np.float64, order="C")
        if payoffs.ndim < 2 or payoffs.shape[0] != payoffs.ndim - 1 or 0 in payoffs.shape:
            raise InvalidInput(
                f"Payoffs of shape {payoffs.shape} do not fit any game: they must have shape (N, K_1, …, K_N), with at "
                "least one strategy for each of the N players."
            )
        if not np.isfinite(payoffs).all():
            raise InvalidInput("A payoff is not finite: all payoffs of a game must be numbers.")
        sizes = payoffs.shape[1:]
        players = tuple(self.players) or tuple(f"player {i + 1}" for i in range(len(sizes)))
        strategies = tuple(map(tuple, self.strategies)) or tuple(
            tuple(str(s + 1) for s in range(size)) for size in sizes
        )
        if len(players) != len(sizes) or tuple(map(len, strategies)) != sizes:
            raise InvalidInput(
                f"Names of {len(players)} players with {tuple(map(len, strategies))} strategies do not fit a game of "
                f"{len(sizes)} players with {sizes} strategies: leave them out, or give one for each."
            )
        payoffs.flags.writeable = False
        for name, value in (("payoffs", payoffs), ("players", players), ("strategies", strategies)):
            object.__setattr__(self, name, value)

    @classmethod
    def from_matrices(cls, row: ArrayLike, column: ArrayLike) -> NormalFormGame:
        """Make a two-player game from both players' payoffs, each of shape (K_1, K_2)."""
        return cls(np.stack([np.asarray(row, dtype=np.float64), np.asarray(column, dtype=np.float64)]))

    @classmethod
    def from_function(
        cls, strategies: Sequence[int], payoffs: Callable[[tuple[int, ...]], Sequence[float]]
    ) -> NormalFormGame:
        """Make a game from ``payoffs(everybody's strategies)``, which gives everybody's payoff."""
        table = [payoffs(tuple(map(int, profile))) for profile in np.ndindex(*strategies)]
        return cls(np.array(table, dtype=np.float64).T.reshape(len(strategies), *strategies))

    @classmethod
    def from_symmetric(
        cls, game: SymmetricGame, labels: Sequence[str] = (), *, players: Sequence[str] = (), title: str = ""
    ) -> NormalFormGame:
        """Write out a symmetric game of K strategies and N players, shape (N, K, …, K).

        `labels` names the strategies. Raises `InvalidInput` beyond `MOST_NUMBERS` payoffs.
        """
        agents, size = game.num_players, game.num_strategies
        numbers = agents * size**agents
        if numbers > MOST_NUMBERS:
            raise InvalidInput(
                explain(
                    f"The normal form of {size} strategies and {agents} players has {numbers:,} payoffs.",
                    why=f"At most {MOST_NUMBERS:,} are written out.",
                    do="Leave out some strategies (`game.restricted`).",
                )
            )
        choices = np.indices((size,) * agents).reshape(agents, -1)
        counts = (choices[:, :, None] == np.arange(size)).astype(np.intp)
        everybody = counts.sum(axis=0)
        table = [
            game.payoffs[mine, composition_index(everybody - own)]
            for mine, own in zip(choices, counts, strict=True)
        ]
        payoffs = np.array(table).reshape(agents, *(size,) * agents)
        return cls(payoffs, tuple(players), (tuple(labels),) * agents if labels else (), title)

    @property
    def num_players(self) -> int:
        """N."""
        return int(self.payoffs.shape[0])

    @property
    def num_strategies(self) -> tuple[int, ...]:
        """K_1 … K_N."""
        return tuple(map(int, self.payoffs.shape[1:]))

    @cached_property
    def advantages(self) -> tuple[Floats, ...]:
        """For each player, payoffs minus the best response's, own strategies first; none is positive.

        Shapes (K_i, K_1, …, K_N without K_i). What only the others decide is taken away: it changes no
        equilibrium and no regret, and would cost precision.
        """
        own_first = [np.moveaxis(self.payoffs[i], i, 0) for i in range(self.num_players)]
        return tuple(np.ascontiguousarray(table - table.max(axis=0)) for table in own_first)

    @cached_property
    def spans(self) -> Floats:
        """(N,) the most that a player's own choice can change its payoff; 0 if it never matters."""
        spans = np.array([-float(table.min()) for table in self.advantages])
        return np.where(spans > ROUNDING * np.abs(self.payoffs).max(), spans, 0.0)

    def check(self, mixtures: Sequence[ArrayLike]) -> Mixtures:
        """Return a profile of mixtures as arrays, or raise `InvalidInput` if it does not fit the game."""
        arrays = tuple(np.asarray(mixture, dtype=np.float64) for mixture in mixtures)
        shapes = tuple(array.shape for array in arrays)
        if shapes != tuple((size,) for size in self.num_strategies):
            raise InvalidInput(
                f"A profile of mixtures for this game has {self.num_players} arrays of "
                f"{', '.join(map(str, self.num_strategies))} probabilities: got shapes {list(shapes)}."
            )
        return arrays

    def payoffs_against(self, mixtures: Sequence[ArrayLike]) -> Mixtures:
        """Return, for each player, the expected payoff of each strategy while the others mix; N of (K_i,)."""
        points = self.check(mixtures)
        own_first = [np.moveaxis(self.payoffs[i], i, 0) for i in range(self.num_players)]
        return tuple(_against(table, points, i) for i, table in enumerate(own_first))

    def expected(self, mixtures: Sequence[ArrayLike]) -> Floats:
        """Return (N,) everybody's expected payoff."""
        points = self.check(mixtures)
        return np.array([x @ u for x, u in zip(points, self.payoffs_against(points), strict=True)])

    def gains(self, mixtures: Sequence[ArrayLike]) -> Mixtures:
        """Return, for each player, what changing to each strategy gains over the mixture; N of (K_i,)."""
        points = self.check(mixtures)
        values = [_against(table, points, i) for i, table in enumerate(self.advantages)]
        return tuple(np.asarray(u - x @ u) for x, u in zip(points, values, strict=True))

    def regrets(self, mixtures: Sequence[ArrayLike]) -> Floats:
        """Return (N,) the most that each player gains by changing alone; all 0 at an equilibrium."""
        return np.array([max(0.0, float(gain.max())) for gain in self.gains(mixtures)])

    def relative_regret(self, mixtures: Sequence[ArrayLike]) -> float:
        """Return the largest regret in units of its player's span; a player without stakes has none."""
        regrets, stakes = self.regrets(mixtures), self.spans > 0.0
        return float((regrets[stakes] / self.spans[stakes]).max(initial=0.0))

    def nash_conv(self, mixtures: Sequence[ArrayLike]) -> float:
        """Return the sum of all regrets, payoff units: NashConv (M. Lanctot et al., NeurIPS 2017)."""
        return float(self.regrets(mixtures).sum())

    def restricted(self, strategies: Sequence[Sequence[int]]) -> NormalFormGame:
        """Return the game in which each player has only these strategies, in this order."""
        names = tuple(
            tuple(mine[s] for s in kept) for mine, kept in zip(self.strategies, strategies, strict=True)
        )
        payoffs = self.payoffs[np.ix_(range(self.num_players), *strategies)]
        return NormalFormGame(payoffs, self.players, names, self.title)

    def to_nfg(self, *, names: bool = False) -> str:
        """Return the text of an ``.nfg`` file.

        With `names` the strategies are named, which Gambit reads; OpenSpiel accepts only their numbers,
        so without it the file says how many there are and their names belong in the title.
        """
        return nfg_text(self.payoffs, self.players, self.strategies, self.title, names=names)

    def pure_equilibria(self, tolerance: float) -> list[tuple[int, ...]]:
        """Return every pure profile whose regret is within `tolerance` of each player's span."""
        holds = np.ones(self.num_strategies, dtype=bool)
        for i, table in enumerate(self.advantages):
            holds &= np.moveaxis(table, 0, i) >= -tolerance * self.spans[i]
        return [tuple(map(int, place)) for place in np.argwhere(holds)]

    def undominated(self, margin: float) -> tuple[tuple[int, ...], ...]:
        """Return each player's strategies left when strictly dominated ones are taken out, again and again.

        A strategy goes if another one is better by more than `margin` spans whatever the others play of what
        is left. No equilibrium uses it, and the order of elimination does not matter.
        """
        left = [list(range(size)) for size in self.num_strategies]
        while True:
            worse = [self._dominated(i, left, margin) for i in range(self.num_players)]
            if not any(worse):
                return tuple(tuple(strategies) for strategies in left)
            left = [[s for s in mine if s not in out] for mine, out in zip(left, worse, strict=True)]

    def _dominated(self, player: int, left: list[list[int]], margin: float) -> set[int]:
        others = [left[j] for j in range(self.num_players) if j != player]
        table = self.advantages[player][np.ix_(left[player], *others)].reshape(len(left[player]), -1)
        bar = margin * self.spans[player]
        return {
            s
            for row, s in zip(table, left[player], strict=True)
            if len(table) > 1 and (table - row).min(axis=1).max() > bar
        }


def contract_pairs(table: Floats, others: Sequence[Floats]) -> list[Floats]:
    """Return for each of a player's opponents j the payoffs over (own strategy, strategy of j).

    `table` has shape (K, s_1, …, s_n), own strategies first; `others` are the opponents' points, each of shape
    (s_j, B), any real numbers. Entry j has shape (K, s_j, B): the payoff is multilinear in the points, so
    this is its derivative by those of j, and times the points of j it is the payoff.
    """
    pairs = []
    for j in range(len(others)):
        rest: Floats = np.moveaxis(table, 1 + j, 1)[..., None]
        for k in reversed([k for k in range(len(others)) if k != j]):
            rest = np.einsum("...sb,sb->...b", rest, others[k])
        pairs.append(np.broadcast_to(rest, (*rest.shape[:2], others[j].shape[1])))
    return pairs


def _against(own_first: Floats, mixtures: Sequence[Floats], player: int) -> Floats:
    values = own_first
    for j in reversed([j for j in range(len(mixtures)) if j != player]):
        values = values @ mixtures[j]
    return values
