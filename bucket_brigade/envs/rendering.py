"""Pictures of a town: as text, and as an image drawn without any drawing library."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario

__all__ = ["RENDER_FPS", "RENDER_MODES", "check_render_mode", "render"]

RENDER_MODES = ("ansi", "rgb_array")
RENDER_FPS = 4

SIZE = 360
"""Pixels of each side of an image."""

LETTERS = ".*x"
"""A house that is safe, burning, ruined."""

BACKGROUND = (250, 248, 243)
RING = (214, 208, 196)
# Colours that are told apart without colour vision too: by their lightness and by the shapes inside.
HOUSES = ((0, 114, 178), (230, 120, 0), (70, 70, 70))
FLAME = (255, 221, 87)
CROSS = (200, 200, 200)
WORKS, RESTS = (0, 158, 115), (255, 255, 255)
OUTLINE = (40, 40, 40)
SIGNAL = (204, 121, 167)


def check_render_mode(mode: str | None) -> str | None:
    """Return a render mode, or raise `InvalidInput` if no mode has that name."""
    if mode is not None and mode not in RENDER_MODES:
        known = ", ".join(map(repr, RENDER_MODES))
        raise InvalidInput(f"render_mode = {mode!r} is not allowed: it must be None or one of {known}.")
    return mode


def render(scenario: Scenario, states: GameStates, row: int, mode: str | None) -> Any:
    """Return one of the games in a render mode; raises `InvalidInput` without one."""
    if mode is None:
        raise InvalidInput(
            f'render() needs a mode: make the environment with render_mode="{RENDER_MODES[0]}" or '
            f'render_mode="{RENDER_MODES[1]}".'
        )
    houses, actions = states.houses[row], states.actions[row]
    night = int(states.nights[row])
    if mode == "ansi":
        return text(scenario, houses, actions, night)
    return image(scenario, houses, actions, night)


def text(scenario: Scenario, houses: NDArray[np.uint8], actions: NDArray[np.uint8], night: int) -> str:
    """Return the houses and what everybody did last night.

    A house is ``.`` safe, ``*`` burning, ``x`` ruined; below it the agents that were there, in capitals if they
    worked; ``!`` marks those who signalled work.
    """
    letters = "  ".join(LETTERS[state] for state in houses)
    lines = [f"{scenario.name}  night {night}", f"houses  {letters}"]
    for agent, (house, mode, signal) in enumerate(actions.tolist()):
        if night == 0:
            break
        name = "abcdefghijklmnop"[agent]
        mark = (name.upper() if mode else name) + ("!" if signal else "")
        lines.append(f"{'agent ' + str(agent):<8}" + "   " * house + mark)
    return "\n".join(lines) + "\n"


def image(
    scenario: Scenario, houses: NDArray[np.uint8], actions: NDArray[np.uint8], night: int
) -> NDArray[np.uint8]:
    """Return the ring as an image, uint8 of shape (360, 360, 3).

    Houses are squares on a ring, house 0 on top and the others clockwise: blue and plain if safe, orange with a
    yellow flame if burning, dark with a cross if ruined. Agents are discs inside the ring, at the house where
    they were last night: green if they worked, white if they rested, with a pink dot if they signalled work. The
    arc at the rim shows how much of the longest game has been played.
    """
    canvas = _Canvas(SIZE, BACKGROUND)
    centre, ring = SIZE / 2, 0.36 * SIZE
    canvas.disc(centre, centre, ring + 1.5, RING)
    canvas.disc(centre, centre, ring - 1.5, BACKGROUND)
    canvas.arc(centre, centre, 0.475 * SIZE, 4.0, night / scenario.max_nights, OUTLINE)
    count = len(houses)
    half = min(0.055 * SIZE, 0.8 * math.pi * ring / count / 2 * 1.1)
    for house, state in enumerate(houses.tolist()):
        x, y = _place(house, count, centre, ring)
        canvas.square(x, y, half, OUTLINE)
        canvas.square(x, y, half - 1.5, HOUSES[state])
        if state == 1:
            canvas.disc(x, y, 0.55 * half, FLAME)
        if state == 2:
            canvas.cross(x, y, 0.6 * half, CROSS)
    if night > 0:
        _draw_agents(canvas, actions, count, centre, ring, half)
    return canvas.pixels


def _draw_agents(
    canvas: _Canvas, actions: NDArray[np.uint8], count: int, centre: float, ring: float, half: float
) -> None:
    """Discs on the way from a house to the middle, one behind the other."""
    waiting = [0] * count
    radius = max(4.0, 0.42 * half)
    for house, mode, signal in actions.tolist():
        away = ring - half - (2 * waiting[house] + 1.4) * (radius + 1)
        waiting[house] += 1
        x, y = _place(house, count, centre, max(away, 0.0))
        canvas.disc(x, y, radius + 1, OUTLINE)
        canvas.disc(x, y, radius, WORKS if mode else RESTS)
        if signal:
            canvas.disc(x, y, 0.4 * radius, SIGNAL)


def _place(house: int, count: int, centre: float, radius: float) -> tuple[float, float]:
    angle = 2 * math.pi * house / count
    return centre + radius * math.sin(angle), centre - radius * math.cos(angle)


class _Canvas:
    """Filled shapes on pixels."""

    def __init__(self, size: int, colour: tuple[int, int, int]) -> None:
        self.pixels = np.full((size, size, 3), colour, dtype=np.uint8)
        self._y, self._x = np.mgrid[0:size, 0:size] + 0.5

    def disc(self, x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        self.pixels[(self._x - x) ** 2 + (self._y - y) ** 2 <= radius**2] = colour

    def square(self, x: float, y: float, half: float, colour: tuple[int, int, int]) -> None:
        self.pixels[(abs(self._x - x) <= half) & (abs(self._y - y) <= half)] = colour

    def cross(self, x: float, y: float, half: float, colour: tuple[int, int, int]) -> None:
        across, down = self._x - x, self._y - y
        near = (abs(across - down) <= 2) | (abs(across + down) <= 2)
        self.pixels[near & (abs(across) <= half) & (abs(down) <= half)] = colour

    def arc(
        self, x: float, y: float, radius: float, width: float, share: float, colour: tuple[int, int, int]
    ) -> None:
        across, down = self._x - x, self._y - y
        turn = np.arctan2(across, -down) / (2 * math.pi) % 1.0
        away = np.sqrt(across**2 + down**2)
        self.pixels[(abs(away - radius) <= width / 2) & (turn < share)] = colour
