"""What the pages on plugins say is what the code says: every message, and the signature of every hook."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_the_pages_show_what_is_said_now() -> None:
    """The snapshots are the pages themselves; `make pages` writes them anew."""
    command = [sys.executable, str(ROOT / "tools" / "plugin_pages.py"), "--check"]
    shown = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, "", "")
