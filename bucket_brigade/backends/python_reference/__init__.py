"""The Python reference backend: NumPy over a batch of games, written to be read beside rules.md.

games.py        the batch: a town's houses, night by night (sections 1 and 3)
night.py        one night and the end of the game (sections 4, 5 and 7)
decisions.py    native strategies (section 6)
backend.py      whole games and the stepper, as the backend contract asks
"""

from bucket_brigade.backends.python_reference.backend import PythonReference

__all__ = ["PythonReference"]
