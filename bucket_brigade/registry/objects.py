"""Objects named as ``module:attribute``, imported only when they are needed."""

from __future__ import annotations

import functools
import importlib
import importlib.util
from dataclasses import dataclass
from typing import Any

__all__ = ["Factory", "find_module", "get_object", "make"]


def get_object(dotted: str) -> Any:
    """Import ``module:attribute`` and return what it names; whatever the import raises is passed on."""
    module, _, attribute = dotted.partition(":")
    return functools.reduce(getattr, attribute.split("."), importlib.import_module(module))


def make(dotted: str) -> Any:
    """Call the factory that ``module:attribute`` names."""
    return get_object(dotted)()


@dataclass(frozen=True)
class Factory:
    """The factory that ``module:attribute`` names, imported when it is called; equal if the names are."""

    dotted: str

    def __call__(self) -> Any:
        """Make one more."""
        return make(self.dotted)


def find_module(name: str) -> bool:
    """Say whether a module is installed, without importing it (its parent packages are imported).

    A bare folder of that name on the path is an empty namespace package: it can be imported although
    nothing is installed, as the folder ``bb_core_rs`` of our own source tree shows. It does not count.
    """
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(error.name + ".")):
            return False
        raise  # Something else is missing, further down: that is its parent's own fault.
    except ValueError:
        return True  # Made by hand, such as ``__main__``: it is there, without a specification.
    return spec is not None and spec.origin is not None
