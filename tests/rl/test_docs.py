"""What the pages say about learners runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent.parent / "docs" / "how-to" / "train-an-agent.md"


def test_blocks_that_need_torch_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are marked ``py``; those marked ``python`` need nothing and run with all other pages'."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```py\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert blocks
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), {"__name__": "page"})
    assert (tmp_path / "from_sb3.npz").exists()
