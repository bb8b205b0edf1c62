"""The Rust backend of Bucket Brigade, as a plugin.

plugin.py     what the package registers; imports nothing compiled
backend.py    the backend contract on top of the compiled core
_native       the compiled core: arrays in, arrays out
"""

from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("bb-core-rs")
