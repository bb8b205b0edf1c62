"""Names that a module shows without importing what they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

__all__ = ["lazy_names"]


def lazy_names(module: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """Return the ``__getattr__`` of a module that shows names from elsewhere, imported when first asked for.

    `homes` maps each name to the dotted module that it comes from: one that needs an optional package, or one
    that stands above `module` in the order of imports.
    """

    def lookup(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        return getattr(import_module(homes[name]), name)

    return lookup
