"""Batches: native ones and those made of steppers play the same games and tell them by the same numbers."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bucket_brigade.backends.base import Backend
from bucket_brigade.backends.batch import (
    BatchOutput,
    BatchRequest,
    BatchStepper,
    seat_prices,
)
from bucket_brigade.backends.game_states import GameStates
from bucket_brigade.backends.stepped_batch import SteppedBatch, start_batch
from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.game.payoffs import price_matrix
from bucket_brigade.game.program import compile_program
from bucket_brigade.game.strategy import External, Strategy
from bucket_brigade.testing.hypothesis_strategies import scenarios, strategies_for

NIGHTS = 14


class Unable:
    """A backend that has no batches and cannot go on from a state."""

    name = "unable"
    version = "0"

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self.can_run = backend.can_run
        self.play = backend.play
        self.stepper = backend.stepper


@st.composite
def batch_requests(draw: st.DrawFn) -> BatchRequest:
    """Batches of up to six rows of several entries, some seats played from outside."""
    scenario = draw(scenarios(longest=12))
    agents = scenario.num_agents
    external = draw(st.lists(st.booleans(), min_size=agents, max_size=agents))
    entries = draw(st.integers(1, 2))
    strategies: list[Strategy] = [External()]
    profiles = []
    for _ in range(entries):
        profile = []
        for seat in range(agents):
            if external[seat]:
                profile.append(0)
            else:
                strategies.append(draw(strategies_for(scenario)))
                profile.append(len(strategies) - 1)
        profiles.append(profile)
    rows = draw(st.integers(1, 6))
    observed = draw(st.lists(st.integers(0, agents - 1), min_size=1, max_size=agents, unique=True))
    words = st.integers(0, 2**64 - 1)
    layout = ObservationLayout(scenario, draw(st.sampled_from(["vector", "integers"])))
    return BatchRequest(
        compile_program([scenario], strategies, profiles),
        entries=[draw(st.integers(0, entries - 1)) for _ in range(rows)],
        seeds=np.array([draw(st.one_of(st.integers(0, 3), words)) for _ in range(rows)], dtype=np.uint64),
        games=np.array([draw(st.one_of(st.integers(0, 3), words)) for _ in range(rows)], dtype=np.uint64),
        observed=observed,
        encoding=layout.encoding(observed),
        prices=[seat_prices(price_matrix(scenario), observed)] * entries,
        stride=draw(st.sampled_from([1, 7, 2**64 - 1])),
        autoreset=draw(st.sampled_from(["next-step", "same-step", "disabled"])),
        workers=draw(st.sampled_from([None, 1, 2])),
    )


def some_actions(request: BatchRequest, night: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    shape = (request.num_games, len(request.external))
    generator = np.random.default_rng(night)
    houses = int(request.program.num_houses[0])
    return np.stack([generator.integers(0, high, shape) for high in (houses, 2, 2)], axis=-1)


def assert_equal(one: Any, other: Any, what: str) -> None:
    for spec in fields(one):
        left, right = getattr(one, spec.name), getattr(other, spec.name)
        assert left.dtype == right.dtype, f"{what}: {spec.name}"
        np.testing.assert_array_equal(left, right, err_msg=f"{what}: {spec.name}")


def restart_ended(batch: BatchStepper) -> None:
    states = batch.states()
    ended = states.finished != 0
    if ended.any():
        batch.start(ended, states.seeds, states.games + np.uint64(100))


@settings(max_examples=15)
@given(request=batch_requests(), saved_on=st.integers(0, 8))
def test_batches_agree(request: BatchRequest, saved_on: int, python: Backend, rust: Backend) -> None:
    batches = {
        "rust": start_batch(rust, request),
        "python": start_batch(python, request),
        "steppers": SteppedBatch(Unable(rust), request),
    }
    assert not isinstance(batches["rust"], SteppedBatch)
    saved, seen_since = b"", []
    for night in range(NIGHTS):
        outputs = {}
        for name, batch in batches.items():
            outputs[name] = BatchOutput.for_request(request)
            batch.step(some_actions(request, night), outputs[name])
            assert_equal(outputs["rust"], outputs[name], f"night {night}, {name}")
            assert_equal(batches["rust"].states(), batch.states(), f"night {night}, {name}")
        if request.autoreset == "disabled":
            for batch in batches.values():
                restart_ended(batch)
        if night == saved_on:
            saved = batches["steppers"].states().to_bytes(request.fingerprint)
        elif night > saved_on:
            seen_since.append(outputs["rust"])
    for backend in (rust, python):
        batch = start_batch(backend, request)
        batch.load(GameStates.from_bytes(saved, request.fingerprint))
        for night, seen in enumerate(seen_since, saved_on + 1):
            output = BatchOutput.for_request(request)
            batch.step(some_actions(request, night), output)
            assert_equal(seen, output, f"night {night}, restored on {backend.name}")
            if request.autoreset == "disabled":
                restart_ended(batch)
