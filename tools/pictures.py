"""Draw the terminal pictures of the README into docs/images (run by ``make pictures``).

They are what the commands print, with the same seeds as the text beside them.
"""

from __future__ import annotations

import io
import re
from pathlib import Path

from rich.console import Console

from bucket_brigade.cli.ring import frame
from bucket_brigade.simulation import replay

IMAGES = Path(__file__).parent.parent / "docs" / "images"
TEAM = ["hero", "free_rider", "social:liar", "firefighter"]


def main() -> None:
    """Draw every picture."""
    console = Console(
        record=True, width=100, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    played = replay("chain_reaction", TEAM, seed=14)
    console.print(frame(played, 2, TEAM))
    svg = console.export_svg(title="bucket-brigade play chain_reaction --seed 14 --team " + ",".join(TEAM))
    # The picture must not fetch fonts from anywhere; whoever looks at it has one of its own.
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    IMAGES.mkdir(parents=True, exist_ok=True)
    (IMAGES / "play.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
