"""What a computation needs of whoever keeps its parts, so that it can go on where it was stopped."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["Keeper"]


class Keeper(Protocol):
    """Keeps parts that are done; a `bucket_brigade.runs.run_directory.RunDirectory` is one."""

    def load(self, name: str) -> Any | None:
        """Return what was saved under this name, or None."""

    def save(self, name: str, result: Any) -> Any:
        """Keep plain data, and return them as they will be read back."""
