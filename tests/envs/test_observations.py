"""What observations hold: entry by entry, against the states they show, and as the page tells it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from bucket_brigade.backends.base import Backend
from bucket_brigade.envs.engine import EnvBatch
from bucket_brigade.envs.observations import Observation, ObservationLayout
from bucket_brigade.registry import get_scenario

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "observations.md"


@pytest.mark.parametrize("name", ["default-v2", "two_houses-v2", "hard-v1"])
@pytest.mark.parametrize("kind", ["vector", "integers"])
def test_entries_show_the_state(name: str, kind: Observation, backend: Backend) -> None:
    scenario = get_scenario(name)
    agents, houses = scenario.num_agents, scenario.num_houses
    batch = EnvBatch(scenario, rows=6, learners=range(agents), observation=kind, backend=backend)
    batch.start(np.ones(6, bool), np.arange(6, dtype=np.uint64), np.zeros(6, np.uint64))
    output = batch.output()
    generator = np.random.default_rng(0)
    for _ in range(scenario.min_nights):
        actions = np.stack([generator.integers(0, high, (6, agents)) for high in (houses, 2, 2)], axis=-1)
        if (batch.states().finished != 0).any():
            break
        batch.step(actions, output)
        states, layout = batch.states(), batch.layout
        assert (output.observations >= 0).all() and (output.observations <= layout.high).all()
        for seat in range(agents):
            parts = layout.split(output.observations[:, seat])
            np.testing.assert_array_equal(parts["signals"], states.actions[:, :, 2])
            np.testing.assert_array_equal(parts["modes"], states.actions[:, :, 1])
            if kind == "vector":
                np.testing.assert_array_equal(parts["burning"], states.houses == 1)
                np.testing.assert_array_equal(parts["ruined"], states.houses == 2)
                places = (states.actions[:, :, 0] / (houses - 1)).astype(np.float32)
                np.testing.assert_array_equal(parts["locations"], places)
                nights = (states.nights / scenario.max_nights).astype(np.float32)
                np.testing.assert_array_equal(parts["night"], nights)
                np.testing.assert_array_equal(parts["seat"], np.tile(np.arange(agents) == seat, (6, 1)))
            else:
                np.testing.assert_array_equal(parts["houses"], states.houses)
                np.testing.assert_array_equal(parts["locations"], states.actions[:, :, 0])
                np.testing.assert_array_equal(parts["night"], states.nights)
                np.testing.assert_array_equal(parts["seat"], np.full(6, seat))


@pytest.mark.parametrize(("kind", "width"), [("vector", "2*H + 4*N + 1"), ("integers", "H + 3*N + 2")])
def test_the_page_tells_every_entry(kind: Observation, width: str) -> None:
    scenario = get_scenario("default-v2")
    layout = ObservationLayout(scenario, kind)
    names = {"H": scenario.num_houses, "N": scenario.num_agents, "M": scenario.max_nights}
    section = PAGE.read_text(encoding="utf-8").split(f'\n## `observation="{kind}"`')[1].split("\n## ")[0]
    assert f"`W = {width}`" in section
    assert eval(width, {}, names) == layout.width
    rows = re.findall(r"^\| `(.+?)` \| `(.+?)` \| (.+?) \| (.+?) \|$", section, re.MULTILINE)
    assert [row[1] for row in rows] == [part.name for part in layout.parts]
    for (entries, _, values, meaning), part in zip(rows, layout.parts, strict=True):
        start, _, stop = entries.partition(":")
        assert eval(start, {}, names) == part.start
        assert (eval(stop, {}, names) if stop else part.start + 1) == part.entries.stop
        high = re.sub(r"^.*… ", "", values.strip("`"))
        assert eval(high, {}, names) == part.high
        assert meaning == part.meaning
