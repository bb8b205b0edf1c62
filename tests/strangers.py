"""Strangers' packages made on the spot: modules on the path, and the entry points that name them."""

from __future__ import annotations

import importlib
import sys
import textwrap
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from bucket_brigade.plugins import Plugins, load_plugins
from bucket_brigade.plugins.discovery import Candidate

HEADER = """
from bucket_brigade import hookimpl, BackendSpec, AgentSpec, Scenario, get_scenario
"""


class Strangers:
    """Writes modules that a test may name in entry points and specs; forgets them afterwards."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        monkeypatch.syspath_prepend(str(folder))
        self._monkeypatch = monkeypatch

    def module(self, name: str, source: str) -> str:
        """Write a module, ``a.b`` inside the package ``a``; it is imported when somebody asks for it."""
        *packages, last = name.split(".")
        folder = self.folder
        for package in packages:
            folder = folder / package
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
        (folder / f"{last}.py").write_text(HEADER + textwrap.dedent(source), encoding="utf-8")
        importlib.invalidate_caches()
        # Noted as absent, so that the end of the test takes the module out again.
        for known in (".".join(packages[: i + 1]) for i in range(len(packages))):
            self._monkeypatch.delitem(sys.modules, known, raising=False)
        self._monkeypatch.delitem(sys.modules, name, raising=False)
        return name

    def plugin(
        self, source: str, *, distribution: str = "bb-stranger", name: str = "stranger", version: str = "1.2"
    ) -> Candidate:
        """Write a plugin module and return the candidate that discovery would find for it."""
        module = f"{distribution}_{name}".replace("-", "_").replace(".", "_").lower()
        return candidate(self.module(module, source), distribution=distribution, name=name, version=version)

    def load(self, *sources: str) -> Plugins:
        """Load one plugin for each source, of the distributions ``bb-a``, ``bb-b`` …, and our own."""
        made = [
            self.plugin(source, distribution=f"bb-{chr(ord('a') + i)}", name=f"plugin{i}")
            for i, source in enumerate(sources)
        ]
        return load_plugins(candidates=made)


def candidate(
    value: str, *, distribution: str = "bb-stranger", name: str = "stranger", version: str = "1.2"
) -> Candidate:
    """Return a candidate with a hand-made entry point."""
    return Candidate(distribution, version, EntryPoint(name, value, "bucket_brigade"))


def names(plugins: Plugins, word: str) -> list[str]:
    """Return the plain names of what strangers registered."""
    return [offer.name for offer in plugins.offers(word) if offer.distribution != "bucket-brigade"]


def backends(*specs: str) -> str:
    """Return the source of a plugin that registers these ``BackendSpec`` arguments."""
    body = "\n".join(f"    register(BackendSpec({spec}))" for spec in specs)
    return f"@hookimpl\ndef register_backends(register):\n{body}\n"
