"""A plain function for one game: the quickest way to try an idea, at some microseconds a night."""

from __future__ import annotations

from bucket_brigade.agents import OneGame, one_game

FORGIVENESS = 0.2
"""The chance of working on a night although somebody was seen to rest."""


@one_game
def grudger(game: OneGame) -> tuple[int, int]:
    """Fight the nearest fire; once somebody rested in a house that burned, mostly rest.

    After the strategy Grim of J. W. Friedman, "A non-cooperative equilibrium for supergames", Review of
    Economic Studies 38 (1971), made to forgive now and then.
    """
    fires_then = game.memory.get("fires", [])
    for house, mode in zip(game.last_locations, game.last_modes, strict=True):
        if house in fires_then and mode == 0:
            game.memory["betrayed"] = True
    game.memory["fires"] = game.burning
    if not game.burning:
        return game.home, 0
    if game.memory.get("betrayed") and not game.chance(0, FORGIVENESS):
        return game.home, 0
    return min(game.burning, key=lambda house: (_distance(game, house), house)), 1


def _distance(game: OneGame, house: int) -> int:
    around = abs(house - game.home)
    return min(around, len(game.houses) - around)
