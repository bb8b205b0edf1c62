"""Game theory that knows no fire: finite games in normal form, their equilibria, and how they are found.

It needs NumPy and SciPy and nothing else of this package but its errors. General layout, from the ground up:

    compositions, mixed_extension     counting opponents, and expected payoffs when they mix
    symmetric_game, normal_form_game  games as arrays, and the regret of a mixture in them
    dominance, bernstein, two_strategies, levenberg_marquardt, symmetric_support, support, replicator, continuation,
    logit, per_seat_logit             ways to rule out or find equilibria
    equilibria                        what a search returns
    symmetric_solver, solver          the searches that join them: symmetric games, games of unlike players
    nfg                               games as Gambit's ``.nfg`` files
"""

from bucket_brigade.normal_form.equilibria import Equilibria, Equilibrium
from bucket_brigade.normal_form.nfg import NormalForm, parse_nfg, symmetric_normal_form
from bucket_brigade.normal_form.normal_form_game import PerSeatGame
from bucket_brigade.normal_form.solver import SeatEquilibria, SeatEquilibrium, find_per_seat_equilibria
from bucket_brigade.normal_form.symmetric_game import SymmetricGame
from bucket_brigade.normal_form.symmetric_solver import find_symmetric_equilibria

__all__ = [
    "Equilibria",
    "Equilibrium",
    "NormalForm",
    "PerSeatGame",
    "SeatEquilibria",
    "SeatEquilibrium",
    "SymmetricGame",
    "find_per_seat_equilibria",
    "find_symmetric_equilibria",
    "parse_nfg",
    "symmetric_normal_form",
]
