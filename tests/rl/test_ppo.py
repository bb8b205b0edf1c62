"""The PPO example: equal seeds, steps that are left out, what it learns, and its command line."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from bucket_brigade.agents import tabulate
from bucket_brigade.envs import BucketBrigadeVectorEnv
from bucket_brigade.envs.policy import HOUSE_PARTS, Policy
from bucket_brigade.envs.policy_agent import policy_agent
from bucket_brigade.exact import expect_team
from bucket_brigade.registry import get_scenario
from bucket_brigade.responses import best_markov_response

FILE = Path(__file__).parent.parent.parent / "examples" / "ppo.py"


def example() -> Any:
    """The file is a script and belongs to no package."""
    spec = importlib.util.spec_from_file_location("ppo", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["ppo"] = module
    spec.loader.exec_module(module)
    return module


ppo = example()
SMALL = ppo.Settings(
    scenario="chain_reaction-v2", nights=12_000, rows=60, round_nights=20, hidden=16, epochs=2, minibatch=500
)


def arrays(policy: Policy) -> list[np.ndarray[Any, Any]]:
    return [*policy.weights, *policy.biases]


@pytest.mark.parametrize("autoreset", ["SameStep", "NextStep"])
def test_equal_settings_train_equal_policies_bit_for_bit(autoreset: str) -> None:
    settings = replace(SMALL, autoreset=autoreset)
    runs = [ppo.train(s) for s in (settings, settings, replace(settings, seed=1))]
    assert runs[0][1] == runs[1][1] != runs[2][1]
    for one, other in zip(arrays(runs[0][0]), arrays(runs[1][0]), strict=True):
        np.testing.assert_array_equal(one, other)
    assert any(
        (one != other).any() for one, other in zip(arrays(runs[0][0]), arrays(runs[2][0]), strict=True)
    )


def test_runs_of_different_seeds_play_different_games(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []
    reset = BucketBrigadeVectorEnv.reset

    def watched(self: BucketBrigadeVectorEnv, **given: Any) -> Any:
        answer = reset(self, **given)
        started.append(set(answer[1]["seed"].tolist()))
        return answer

    monkeypatch.setattr(BucketBrigadeVectorEnv, "reset", watched)
    for seed in (0, 1):
        ppo.train(replace(SMALL, nights=1200, seed=seed))
    assert [len(seeds) for seeds in started] == [60, 60]
    assert not started[0] & started[1]


def test_nothing_global_is_drawn_from() -> None:
    """Torch's own generator neither matters nor moves, but for weights that are overwritten at the start."""
    torch.manual_seed(1)
    one = ppo.train(replace(SMALL, nights=1200))
    torch.manual_seed(2)
    other = ppo.train(replace(SMALL, nights=1200))
    for left, right in zip(arrays(one[0]), arrays(other[0]), strict=True):
        np.testing.assert_array_equal(left, right)


def rollout(nights: int, rows: int, width: int) -> Any:
    generator = torch.Generator().manual_seed(5)
    made = ppo.Rollout(nights, rows, width)
    made.observations = torch.rand(nights, rows, width, generator=generator)
    made.actions = torch.randint(0, 2, (nights, rows, 3), generator=generator)
    made.log_chances = torch.full((nights, rows), -2.0)
    made.rewards = torch.randn(nights, rows, generator=generator)
    made.ended = torch.rand(nights, rows, generator=generator) < 0.2
    made.played[1:] = ~made.ended[:-1]
    return made


def test_steps_that_were_not_played_teach_nothing() -> None:
    """Whatever is written there, both networks are updated alike, to the last bit."""
    nights, rows, width = 30, 7, 37
    outcomes = []
    for poison in (0.0, 1e6):
        torch.set_num_threads(1)
        agent = ppo.Agent(np.arange(width), 10, 16, torch.Generator().manual_seed(0))
        seen = rollout(nights, rows, width)
        # An ended row neither ends again nor looks ahead in the step that only starts its next game.
        seen.ended &= seen.played
        seen.rewards[~seen.played] += poison
        seen.actions[~seen.played] = 0 if poison else 1
        seen.log_chances[~seen.played] -= poison
        values = torch.ones(nights, rows)
        values[~seen.played] += poison
        gains = ppo.advantages(seen.rewards, values, seen.ended, torch.ones(rows), 0.9)
        optimizer = torch.optim.Adam(agent.parameters())
        generator = torch.Generator().manual_seed(1)
        ppo.improve(agent, optimizer, SMALL, 1.0, seen, gains, gains + values, generator)
        outcomes.append([p.detach().clone() for p in agent.parameters()])
    assert all(torch.equal(one, other) for one, other in zip(*outcomes, strict=True))


def test_advantages_are_those_of_the_definition() -> None:
    """Compared with the sum over later surprises, written out for every night."""
    seen, trace = rollout(12, 5, 3), 0.8
    values, following = torch.rand(12, 5), torch.rand(5)
    found = ppo.advantages(seen.rewards, values, seen.ended, following, trace)
    for row in range(5):
        for t in range(12):
            total, weight = 0.0, 1.0
            for later in range(t, 12):
                ends = bool(seen.ended[later, row])
                ahead = 0.0 if ends else float(following[row] if later == 11 else values[later + 1, row])
                total += weight * (float(seen.rewards[later, row]) + ahead - float(values[later, row]))
                weight *= trace
                if ends:
                    break
            assert float(found[t, row]) == pytest.approx(total, abs=1e-5)


def test_masked_are_the_steps_in_which_the_environment_played_no_night() -> None:
    rows = 32
    env = BucketBrigadeVectorEnv("chain_reaction-v2", rows, opponents="hero")
    env.reset(seed=0)
    ended, idle = np.zeros(rows, dtype=bool), 0
    for _ in range(60):
        _, rewards, terminated, truncated, infos = env.step(np.ones((rows, 3), dtype=np.int64))
        np.testing.assert_array_equal(infos.get("_game", np.zeros(rows, dtype=bool)), ended)
        assert not rewards[ended].any()
        idle += int(ended.sum())
        ended = terminated | truncated
    assert idle > rows


@pytest.mark.parametrize("autoreset", ["SameStep", "NextStep"])
def test_it_learns_more_than_any_archetype_knows(autoreset: str) -> None:
    """Of a policy that looks only at the houses the payoff is exact, and so is the bound above it."""
    others, town = ["firefighter", "coordinator", "liar"], get_scenario("two_houses-v2")
    settings = ppo.Settings(
        scenario=town.name,
        parts=",".join(HOUSE_PARTS),
        nights=100_000,
        rows=128,
        round_nights=32,
        hidden=16,
        minibatch=1024,
        learning_rate=0.01,
        autoreset=autoreset,
    )
    assert settings.opponents == ",".join(others)
    policy, history = ppo.train(settings)
    learned = tabulate(policy_agent(policy), town, 0, any_signal=True)
    value = expect_team(town, [learned, *others]).payoffs[0]
    archetypes = [expect_team(town, [name, *others]).payoffs[0] for name in ppo.ARCHETYPES]
    best = best_markov_response(town, ["hero", *others], 0).value
    assert max(archetypes) < value <= best + 1e-9
    assert history[-1].nights <= 100_000
    assert history[-1].payoff > history[0].payoff


def test_the_command_line_trains_saves_and_compares(tmp_path: Path) -> None:
    options = "--scenario two_houses-v2 --nights 6000 --rows 50 --round-nights 20 --hidden 8 --epochs 1"
    command = [sys.executable, "-W", "error", str(FILE), *options.split(), "--games", "100"]
    command += ["--out", str(tmp_path / "learned.npz")]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr == ""
    assert "best response" in ran.stdout
    assert Policy.load(tmp_path / "learned.npz").num_houses == 2
