"""Where imitation leads: discrete replicator dynamics from many mixtures at once."""

from __future__ import annotations

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.normal_form.symmetric_game import SymmetricGame

__all__ = ["replicator_rest_points"]


def replicator_rest_points(game: SymmetricGame, starts: Floats, steps: int = 600) -> Floats:
    """Return where mixtures of shape (B, K) are after `steps` of the exponential replicator map.

    Each step multiplies the probabilities by ``exp(u_i / span)`` and rescales them: J. Hofbauer,
    K. Sigmund, "Evolutionary game dynamics", Bull. AMS 40 (2003). Stable rest points are equilibria;
    where it cycles, what is returned is no equilibrium, so judge it by its regret.
    """
    logs = np.log(np.maximum(starts, 1e-300))
    for step in range(steps):
        logs -= logs.max(axis=1, keepdims=True)
        x = np.exp(logs)
        x /= x.sum(axis=1, keepdims=True)
        # Smaller steps later on, so that a spiral into an interior equilibrium is not thrown out of it.
        logs = np.log(np.maximum(x, 1e-300)) + game.gains(x) / (game.span * (1.0 + step / 100.0))
    return np.asarray(x)
