"""What the search for equilibria returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

__all__ = ["Equilibria", "Equilibrium"]


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """A mixture from which nobody gains by changing, as far as `regret` says.

    Payoffs and regret are in payoff units.
    """

    mixture: NDArray[np.float64]
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


@dataclass(frozen=True, eq=False)
class Equilibria(Sequence[Equilibrium]):
    """A list of equilibria, the highest payoff first, and what is known about how complete it is.

    Never empty. If nothing within the tolerance was found, it holds the mixture of least regret that was
    seen, and `within_tolerance` is False.
    """

    found: tuple[Equilibrium, ...]
    tolerance: float
    """The largest relative regret accepted."""
    span: float
    """The most that a player's own choice can change its payoff, payoff units."""
    dominated: tuple[int, ...]
    """Strategies that strict dominance takes out; no equilibrium uses them."""
    supports_searched: int
    """Supports of strategies that are left which were solved or ruled out."""
    supports_skipped: int
    """Supports left aside because there are too many or the time was up."""
    stopped_early: bool
    """Whether the time limit ended the search; if so, another run may find more."""

    @overload
    def __getitem__(self, item: int) -> Equilibrium: ...
    @overload
    def __getitem__(self, item: slice) -> tuple[Equilibrium, ...]: ...
    def __getitem__(self, item: int | slice) -> Equilibrium | tuple[Equilibrium, ...]:
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
        return not all(e.regular for e in self.found)

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
            why = "the time limit was reached" if self.stopped_early else "there are too many"
            said.append(
                f"{self.supports_skipped} supports were not searched ({why}): there may be more equilibria."
            )
        elif self.index_sum not in (None, 1):
            said.append(f"The indices sum to {self.index_sum} and not to 1: some equilibria are missing.")
        return said
