"""What a search for equilibria returns: a list, and what is known of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, overload

import numpy as np

from bucket_brigade._typing import Floats

__all__ = ["AsymmetricEquilibrium", "E", "Equilibria", "Equilibrium"]


class _Point(Protocol):
    """What both kinds of equilibria have."""

    @property
    def relative_regret(self) -> float: ...
    @property
    def index(self) -> int | None: ...
    @property
    def order(self) -> tuple[float, ...]: ...


E = TypeVar("E", bound=_Point)


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A mixture from which nobody gains by changing while all play it, as far as `regret` says.

    Payoffs and regret are in payoff units.
    """

    mixture: Floats
    """(K,) the probability of each strategy; exactly 0 outside the support."""
    payoff: float
    """What each player expects when everybody mixes so."""
    regret: float
    """The most that one player could gain by another strategy; 0 at an exact equilibrium."""
    relative_regret: float
    """`regret` over the span, the most that a player's own choice can ever change."""
    support: tuple[int, ...]
    """The strategies with positive probability."""
    ties: tuple[int, ...]
    """Strategies outside the support that do just as well."""
    index: int | None
    """+1 or -1, its fixed-point index; None if it is not regular."""
    found_by: str
    """`pure`, `two strategies`, `support`, `logit path`, `replicator` or `tie` (no choice matters)."""

    @property
    def regular(self) -> bool:
        """True if it is isolated and keeps its support under small changes of the payoffs.

        False if strategies outside the support tie with it or the equations on the support do not pin
        it down: then it may be one of a continuum, of which it is a representative.
        """
        return self.index is not None

    @property
    def order(self) -> tuple[float, ...]:
        """What sorts a list: the highest payoff first, then the largest first probabilities."""
        return -self.payoff, *-self.mixture


@dataclass(frozen=True, eq=False)
class AsymmetricEquilibrium:
    """A profile of mixtures from which nobody gains by changing alone, as far as `regrets` say."""

    mixtures: tuple[Floats, ...]
    """N arrays of K_i probabilities; exactly 0 outside the supports."""
    payoffs: Floats
    """(N,) what each player expects, payoff units."""
    regrets: Floats
    """(N,) the most that each player could gain by another strategy, payoff units."""
    relative_regret: float
    """The largest regret in units of its player's span."""
    index: int | None
    """+1 or -1, its fixed-point index; None if it is not regular."""
    found_by: str
    """`pure`, `support`, `logit path` or `least squares`."""

    @property
    def supports(self) -> tuple[tuple[int, ...], ...]:
        """For each player, the strategies with positive probability."""
        return tuple(tuple(map(int, np.flatnonzero(mixture))) for mixture in self.mixtures)

    @property
    def regular(self) -> bool:
        """Whether it is isolated and keeps its supports under small changes of the payoffs."""
        return self.index is not None

    @property
    def nash_conv(self) -> float:
        """The sum of all regrets, payoff units: NashConv (M. Lanctot et al., NeurIPS 2017)."""
        return float(self.regrets.sum())

    @property
    def order(self) -> tuple[float, ...]:
        """What sorts a list: the largest sum of payoffs first, then the largest first probabilities."""
        return -float(self.payoffs.sum()), *-np.concatenate(self.mixtures)


@dataclass(frozen=True, eq=False)
class Equilibria(Sequence[E], Generic[E]):
    """A list of equilibria, the highest payoffs first, and what is known about how complete it is.

    Never empty. If nothing within the tolerance was found, it holds the profile of least regret that was
    seen, and `within_tolerance` is False.
    """

    found: tuple[E, ...]
    concept: str
    """`symmetric`: one mixture for all; `asymmetric`: each player its own."""
    method: str
    """How they were searched for; each equilibrium says what found it."""
    tolerance: float
    """The largest relative regret accepted."""
    span: float
    """The most that a player's own choice can change its payoff, payoff units."""
    dominated: tuple[Any, ...]
    """Strategies that strict dominance takes out, for each player if asymmetric; no equilibrium uses them."""
    supports_searched: int
    """Choices of supports of strategies that are left which were solved or ruled out, pure ones included."""
    supports_skipped: int
    """Supports left aside because there are too many, enough was found or the time was up."""
    supports_by_starts: int
    """Of those searched, the ones solved from many starts, where a root could be missed."""
    stopped_early: bool
    """Whether the time limit ended the search; if so, another run may find more."""
    enough: int | None = None
    """The number of equilibria at which the search was to end, None without such a number."""

    @overload
    def __getitem__(self, item: int) -> E: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[E, ...]: ...
    def __getitem__(self, item: int | slice) -> E | tuple[E, ...]:
        return self.found[item]

    def __len__(self) -> int:
        return len(self.found)

    @property
    def within_tolerance(self) -> bool:
        """Whether the regret of what was found is within the tolerance."""
        return all(e.relative_regret <= self.tolerance for e in self.found)

    @property
    def degenerate(self) -> bool:
        """Whether some equilibrium is not regular: there may be infinitely many, represented by a few."""
        return any(e.index is None for e in self.found)

    @property
    def complete(self) -> bool:
        """Whether it is proven that these are all, up to the tolerance.

        They are if all are regular and every support was looked at, had its roots isolated or was ruled out.
        """
        return not (self.degenerate or self.supports_skipped or self.supports_by_starts)

    @property
    def index_sum(self) -> int | None:
        """The sum of indices, None if some equilibrium is not regular.

        A complete list of regular equilibria sums to 1; another sum proves that some are missing.
        """
        return None if self.degenerate else sum(e.index for e in self.found if e.index is not None)

    @property
    def notes(self) -> list[str]:
        """What a reader must know about this list, in plain sentences; empty if there is nothing."""
        said = []
        if not self.within_tolerance:
            said.append(
                "No equilibrium within the tolerance was found: this is the mixture of least regret seen."
            )
        if self.degenerate and self.within_tolerance:
            said.append(
                "Some strategies tie: equilibria marked as not regular may each stand for a continuum."
            )
        if self.supports_skipped:
            enough = self.enough is not None and len(self) >= self.enough
            why = "enough were found" if enough else "there are too many"
            why = "the time limit was reached" if self.stopped_early else why
            said.append(
                f"{self.supports_skipped} supports were not searched ({why}): there may be more equilibria."
            )
        elif self.index_sum not in (None, 1):
            said.append(f"The indices sum to {self.index_sum} and not to 1: some equilibria are missing.")
        return said
