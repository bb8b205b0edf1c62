"""Strategies that no equilibrium can use."""

from __future__ import annotations

from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["undominated"]


def undominated(game: SymmetricGame, margin: float) -> tuple[int, ...]:
    """Return the strategies left when strictly dominated ones are taken out, again and again.

    A strategy goes if another one is better by more than `margin` payoff units against every composition
    of opponents who still use what is left. No Nash equilibrium, symmetric or not, gives it any
    probability, and the order of elimination does not matter.
    """
    left = list(range(game.num_strategies))
    while True:
        table = game.advantages[:, game.columns(left)]
        worse = [i for i in left if any((table[j] - table[i]).min() > margin for j in left if j != i)]
        if not worse:
            return tuple(left)
        # Strict dominance has no cycles, so somebody always stays.
        left = [i for i in left if i not in worse]
