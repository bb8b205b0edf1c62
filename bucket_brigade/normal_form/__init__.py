"""Game theory that knows no fire: finite games in normal form, their equilibria, and how they are found.

It needs NumPy and of this package only its errors and checks. General layout, from the ground up:

    compositions, mixed_extension     counting opponents, and expected payoffs when they mix
    symmetric_game, normal_form_game  games as arrays, and the regret of a mixture in them
    nfg                               games as Gambit's ``.nfg`` files
    dominance, bernstein, two_strategies, levenberg_marquardt, supports, replicator, continuation, logit,
    simplex_points                    ways to rule out or find equilibria
    equilibria                        what a search returns
    search                            the search through supports that both kinds of games share
    symmetric_solver, solver          equilibria in which all play alike; equilibria of any game
"""

from bucket_brigade.normal_form.equilibria import AsymmetricEquilibrium, Equilibria, Equilibrium
from bucket_brigade.normal_form.normal_form_game import NormalFormGame
from bucket_brigade.normal_form.solver import find_equilibria
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.normal_form.symmetric_solver import find_symmetric_equilibria

__all__ = [
    "AsymmetricEquilibrium",
    "Equilibria",
    "Equilibrium",
    "NormalFormGame",
    "SymmetricGame",
    "find_equilibria",
    "find_symmetric_equilibria",
]
