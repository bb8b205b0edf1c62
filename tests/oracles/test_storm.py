"""The Storm model checker expects of small rings what the exact backends expect."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bucket_brigade.exact import expect_team, social_optimum
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.registry import get_scenario
from bucket_brigade.responses import best_markov_response
from tests.oracles.prism_ring import prism_model

TOWN = {"num_houses": 3, "num_agents": 2, "min_nights": 2, "max_nights": 6}
CASES = [
    ("hard-v2", TOWN, ("hero", "liar")),
    ("chain_reaction-v2", {**TOWN, "min_nights": 6}, ("firefighter", "free_rider")),
    ("rest_trap-v1", TOWN, ("coordinator", "firefighter")),
    (
        "minimal_specialization-v2",
        {**TOWN, "num_agents": 3, "max_nights": 4},
        ("hero", "liar", "coordinator"),
    ),
    ("positional_default-v2", {**TOWN, "homes": (2, 0)}, ("hero", "free_rider")),
    ("default-v2", {**TOWN, "num_houses": 2}, ("firefighter", "liar")),
    ("mixed_motivation-v2", {**TOWN, "ends_when": "all-safe-or-all-ruined"}, ("liar", "hero")),
]


def storm_values(file: Path, model_text: str, properties: list[str]) -> list[float]:
    stormpy: Any = pytest.importorskip("stormpy")
    file.write_text(model_text, encoding="utf-8")
    program = stormpy.parse_prism_program(str(file))
    asked = stormpy.parse_properties(";".join(properties), program)
    # Fractions throughout: nothing is rounded, and no solver decides when it is close enough.
    model = stormpy.build_model[stormpy.Rational](program, asked)
    exact = stormpy.environments.exact()
    results = [stormpy.model_checking(model, one, environment=exact) for one in asked]
    return [float(result.get_value(model.initial_states[0])) for result in results]


@pytest.mark.parametrize(("name", "changes", "team"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("backend", ["python", "rust"])
def test_storm_expects_the_same(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    backend: str,
    name: str,
    changes: dict[str, Any],
    team: tuple[str, ...],
) -> None:
    request.getfixturevalue(backend)
    town = get_scenario(name).replace(**changes)
    ours = expect_team(town, list(team), backend=backend)
    properties = [f'R{{"payoff{i}"}}=? [F "over"]' for i in range(len(team))]
    properties += ['R{"nights"}=? [F "over"]', 'P=? [F "over" & "ended"]']
    properties += [f'P=? [F "ruined{k}"]' for k in range(town.num_houses + 1)]
    model = prism_model(town, [ARCHETYPES[member] for member in team])
    theirs = storm_values(tmp_path / "ring.prism", model, properties)
    expected = [*ours.payoffs, ours.nights, 1.0 - ours.truncated, *ours.final_ruined]
    assert theirs == pytest.approx(expected, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize(("name", "changes", "team"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("backend", ["python", "rust"])
def test_storm_finds_no_better_response(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    backend: str,
    name: str,
    changes: dict[str, Any],
    team: tuple[str, ...],
) -> None:
    request.getfixturevalue(backend)
    town = get_scenario(name).replace(**changes)
    thetas = [ARCHETYPES[member] for member in team]
    for seat in range(len(team)):
        ours = best_markov_response(town, list(team), seat, backend=backend)
        model = prism_model(town, thetas, free=[seat])
        (theirs,) = storm_values(tmp_path / "ring.prism", model, [f'R{{"payoff{seat}"}}max=? [F "over"]'])
        assert theirs == pytest.approx(ours.value, rel=1e-12)


@pytest.mark.parametrize(("name", "changes", "team"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("backend", ["python", "rust"])
def test_storm_finds_no_better_team(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    backend: str,
    name: str,
    changes: dict[str, Any],
    team: tuple[str, ...],
) -> None:
    request.getfixturevalue(backend)
    town = get_scenario(name).replace(**changes)
    model = prism_model(town, [ARCHETYPES[member] for member in team], free=range(len(team)))
    (theirs,) = storm_values(tmp_path / "ring.prism", model, ['R{"welfare"}max=? [F "over"]'])
    assert theirs == pytest.approx(social_optimum(town, backend=backend).value, rel=1e-12)
