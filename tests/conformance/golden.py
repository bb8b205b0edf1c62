"""The golden games and the exact expectations, as objects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from bucket_brigade.testing.golden import (
    golden_data,
)
from bucket_brigade.testing.golden import (
    golden_label as label,
)
from bucket_brigade.testing.golden import (
    golden_scenario as scenario_of,
)
from bucket_brigade.testing.golden import (
    golden_team as team_of,
)

__all__ = ["EXACT", "GAMES", "GOLDEN", "label", "scenario_of", "team_of"]

HERE = Path(__file__).parent.parent
GOLDEN: dict[str, Any] = golden_data()
EXACT: list[dict[str, Any]] = json.loads((HERE / "exact.json").read_text(encoding="utf-8"))["values"]
GAMES: list[dict[str, Any]] = GOLDEN["games"]
