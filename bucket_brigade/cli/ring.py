"""The town drawn in a terminal: the ring, who is where, and what happened tonight."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from bucket_brigade.cli.text import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

    from bucket_brigade.simulation import Replay

__all__ = ["LEGEND", "agent_letter", "frame", "happened", "strip"]

SAFE, BURNING, RUINED = 0, 1, 2
# Glyphs one column wide in every terminal: emoji would shift the ring.
GLYPHS = {SAFE: ("⌂", "green"), BURNING: ("▲", "bold red"), RUINED: ("×", "bright_black")}
AGENT_STYLES = ("cyan", "yellow", "magenta", "blue", "green", "red", "bright_cyan", "bright_yellow")

LEGEND = "⌂ safe  ▲ burning  × ruined   A works  a rests"
LIES = "   said in magenta: a lie"

WIDTH, HEIGHT = 46, 13
GAP = 3
PAYOFF_WIDTH, DEEDS_WIDTH = 1 + 9 + 3 * 2, 11 + 4 + 2 * 2
"""What the table of agents takes besides their names: letter and payoff, and what they do and said, with blanks."""
EVENT_WIDTH, EVENT_LINES = 92, 3


def agent_letter(agent: int) -> str:
    """Return the letter of a seat: A, B, C …"""
    return chr(ord("A") + agent)


def strip(replay: Replay, night: int) -> Text:
    """Return one line: the houses after `night`, and where everyone was and whether they worked."""
    line = Text(f"{night:>5}  ")
    for house in replay.houses[night]:
        line.append_text(_house(int(house)))
    line.append("   ")
    if night:
        for agent, (house, mode, signal) in enumerate(replay.actions[night - 1]):
            line.append_text(_agent(agent, bool(mode)))
            # Bound to its agent: after blanks it would read as if it belonged to the next.
            told = f"{house}{'!' if signal != mode else ''}"
            line.append(f"{told:<4}", style="" if mode else "dim")
    line.append("  ")
    line.append("; ".join(happened(replay, night)), style="dim")
    return line


def frame(replay: Replay, night: int, labels: Sequence[str], *, width: int = 100) -> RenderableType:
    """Return a whole picture of the town after `night`, for a terminal of `width` columns.

    Names and payoffs are always whole: where there is no room beside the ring, what agents do and said goes, which
    the ring shows in part; where there is still none, they stand below it.
    """
    last = len(replay.houses) - 1
    s = replay.scenario
    head = Text(visible(s.name), style="bold")
    head.append(f"   night {night} of {last}   seed {replay.seed}  game {replay.game}", style="dim")
    names = max(6, *map(len, labels))
    beside = width - WIDTH - GAP
    deeds = not names + PAYOFF_WIDTH <= beside < names + PAYOFF_WIDTH + DEEDS_WIDTH
    body = Table.grid(padding=(0, GAP))
    ring, people = _ring(replay, night), _people(replay, night, labels, deeds=deeds)
    if names + PAYOFF_WIDTH <= beside:
        body.add_row(ring, people)
    else:
        body.add_row(ring)
        body.add_row(people)
    whole = Table.grid()
    whole.add_row(head)
    whole.add_row(body)
    lines = textwrap.wrap("; ".join(happened(replay, night)), min(EVENT_WIDTH, width))
    # Padded with empty lines, so that the picture keeps its height from night to night.
    whole.add_row(Text("\n".join([*lines, *[""] * (EVENT_LINES - len(lines))])))
    whole.add_row(Text(LEGEND + LIES, style="dim"))
    return whole


def happened(replay: Replay, night: int) -> list[str]:
    """Return what happened during `night`, a sentence each; for night 0, the fires at the start."""
    after = replay.houses[night]
    if night == 0:
        fires = [str(h) for h, state in enumerate(after) if state == BURNING]
        return [f"fire at {_and(fires)} at the start"] if fires else ["no fire at the start"]
    before = replay.houses[night - 1]
    return list(_events(replay, night, before.tolist(), after.tolist()))


def _events(replay: Replay, night: int, before: list[int], after: list[int]) -> Iterator[str]:
    for house, (old, new) in enumerate(zip(before, after, strict=True)):
        here = [
            agent_letter(a) for a, (h, mode, _) in enumerate(replay.actions[night - 1]) if h == house and mode
        ]
        if old == BURNING and new == SAFE:
            yield f"{house} saved by {_and(here)}"
        elif old == BURNING and new == BURNING:
            yield f"{house} put out by {_and(here)}, and on fire again"
        elif old == BURNING and new == RUINED:
            yield f"{house} burnt down" + (f" despite {_and(here)}" if here else ", nobody came")
        elif old == SAFE and new == BURNING:
            yield f"{house} caught fire"


def _ring(replay: Replay, night: int) -> Text:
    houses = len(replay.houses[night])
    cells = [[(" ", "")] * WIDTH for _ in range(HEIGHT)]
    present: list[list[tuple[str, str]]] = [[] for _ in range(houses)]
    if night:
        for agent, (house, mode, _) in enumerate(replay.actions[night - 1]):
            token = _agent(agent, bool(mode))
            present[house].append((token.plain, str(token.style)))
    for house, state in enumerate(replay.houses[night]):
        angle = 2 * math.pi * house / houses - math.pi / 2
        x = round(WIDTH / 2 + math.cos(angle) * (WIDTH / 2 - 8))
        y = round((HEIGHT - 1) / 2 + math.sin(angle) * (HEIGHT - 1) / 2)
        glyph, style = GLYPHS[int(state)]
        drawn = [(glyph, style), *((digit, "dim") for digit in str(house))]
        people = present[house]
        # People stand outside the ring, so that they never hide a house.
        row = [*people, (" ", ""), *drawn] if math.cos(angle) < -0.01 else [*drawn, (" ", ""), *people]
        start = x - (len(people) + 1 if math.cos(angle) < -0.01 else 0)
        for offset, cell in enumerate(row):
            if 0 <= start + offset < WIDTH:
                cells[y][start + offset] = cell
    counts = [int((replay.houses[night] == state).sum()) for state in GLYPHS]
    middle = [f"night {night}", f"{counts[0]} safe", f"{counts[1]} burning", f"{counts[2]} ruined"]
    styles = ("bold", *(GLYPHS[s][1] if n else "dim" for s, n in zip(GLYPHS, counts, strict=True)))
    for line, (text, style) in enumerate(zip(middle, styles, strict=True)):
        start = (WIDTH - len(text)) // 2
        for offset, letter in enumerate(text):
            cells[HEIGHT // 2 - 2 + line + (line > 0)][start + offset] = (letter, style)
    drawn_text = Text()
    for line_cells in cells:
        for letter, style in line_cells:
            drawn_text.append(letter, style=style)
        drawn_text.append("\n")
    return drawn_text


def _people(replay: Replay, night: int, labels: Sequence[str], *, deeds: bool) -> Table:
    people = Table(box=None, padding=(0, 1), show_header=True, header_style="dim")
    # Fixed widths, so that the table does not jump from night to night.
    people.add_column("", no_wrap=True, min_width=1)
    people.add_column("agent", min_width=6, overflow="fold")
    for name, width in (("does", len("works at 15")), ("said", 4)) if deeds else ():
        people.add_column(name, no_wrap=True, min_width=width)
    people.add_column("payoff", justify="right", no_wrap=True, min_width=9)
    for agent, label in enumerate(labels):
        does, said = "", Text()
        if night:
            house, mode, signal = (int(v) for v in replay.actions[night - 1][agent])
            does = f"works at {house}" if mode else f"rests at {house}"
            said = Text("work" if signal else "rest", style="" if signal == mode else "bold magenta")
        works = night > 0 and bool(replay.actions[night - 1][agent][1])
        payoff = f"{replay.payoffs_by_night[night, agent]:,.1f}"
        told = (does, said) if deeds else ()
        people.add_row(_agent(agent, works or night == 0), label, *told, payoff)
    return people


def _house(state: int) -> Text:
    glyph, style = GLYPHS[state]
    return Text(glyph, style=style)


def _agent(agent: int, works: bool) -> Text:
    colour = AGENT_STYLES[agent % len(AGENT_STYLES)]
    letter = agent_letter(agent)
    return Text(letter if works else letter.lower(), style=f"bold {colour}" if works else f"dim {colour}")


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else "luck"
