"""What the pages on plugins say is what the code says: every message, every hook and every field."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bucket_brigade import hookspecs
from bucket_brigade.agents.base import TRAIT_CLAIMS, AgentSpec
from bucket_brigade.agents.observations import Observations
from bucket_brigade.agents.scripted import ScriptedAgent
from bucket_brigade.backends.base import Backend, BackendSpec, Counts, PlayRequest, Stepper
from bucket_brigade.plugins.loading import HOOKS
from bucket_brigade.registry.probing import PROBE_LIMIT

ROOT = Path(__file__).parent.parent.parent
CONTRACT = (ROOT / "docs" / "reference" / "plugins.md").read_text(encoding="utf-8")


def signature(function: Callable[..., Any]) -> str:
    """The name and the signature, as in the source."""
    return f"{function.__name__}{inspect.signature(function)}".replace("'", "")


def shown(contract: type) -> str:
    """A dataclass or a protocol as a block of code, without its words."""
    lines = []
    if dataclasses.is_dataclass(contract):
        lines.append(f"class {contract.__name__}:")
        for field in dataclasses.fields(contract):
            if field.name.startswith("_"):
                continue
            made = field.default_factory is not dataclasses.MISSING
            default = (
                field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
            )
            given = made or field.default is not dataclasses.MISSING
            lines.append(f"    {field.name}: {field.type}" + (f" = {default!r}" if given else ""))
    else:
        lines.append(f"class {contract.__name__}(Protocol):")
        for name, member in vars(contract).items():
            if isinstance(member, property):
                assert member.fget is not None
                lines += ["    @property", f"    def {signature(member.fget)}: ..."]
            elif not name.startswith("_") and callable(member):
                lines.append(f"    def {signature(member)}: ...")
    return "```py\n" + "\n".join(lines) + "\n```\n"


@pytest.mark.parametrize("hook", HOOKS)
def test_the_contract_has_the_exact_signature_of_every_hook(hook: str) -> None:
    assert f"| `{signature(getattr(hookspecs, hook))}` |" in CONTRACT


@pytest.mark.parametrize(
    "contract", [BackendSpec, Backend, Stepper, PlayRequest, Counts, AgentSpec, ScriptedAgent, Observations]
)
def test_the_contract_has_every_field_and_method(contract: type) -> None:
    assert shown(contract) in CONTRACT


def test_the_contract_says_what_every_field_and_trait_means() -> None:
    for field in dataclasses.fields(BackendSpec):
        assert f"\n| `{field.name}` | " in CONTRACT
    for trait, claim in TRAIT_CLAIMS.items():
        assert f"\n| `{trait}` | {claim} |\n" in CONTRACT
    assert f"after {PROBE_LIMIT:g} s it is left behind" in CONTRACT


def test_the_pages_show_what_is_said_now() -> None:
    """The snapshots are the pages themselves; `make pages` writes them anew."""
    command = [sys.executable, str(ROOT / "tools" / "plugin_pages.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
