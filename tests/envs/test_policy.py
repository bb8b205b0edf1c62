"""Trained policies as plain arrays and as agents; no learner's library is needed here."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from bucket_brigade.agents import tabulate
from bucket_brigade.backends import seated
from bucket_brigade.backends.base import Backend
from bucket_brigade.envs import BucketBrigadeEnv, BucketBrigadeVectorEnv
from bucket_brigade.envs.policy import ALL_PARTS, HOUSE_PARTS, Activation, Policy
from bucket_brigade.envs.policy_agent import PolicyAgent, policy_agent
from bucket_brigade.equilibrium import PayoffEvaluator
from bucket_brigade.errors import AgentError, InvalidInput
from bucket_brigade.exact import expect_team
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.registry import get_scenario
from bucket_brigade.simulation import replay, simulate
from bucket_brigade.tournament import run_tournament

OTHERS = ["firefighter", "social:coordinator", "liar"]


def small(**changes: Any) -> Scenario:
    return Scenario.from_mapping(
        {**get_scenario("chain_reaction-v2").to_mapping(), "num_houses": 4, **changes}, name="small"
    )


def two() -> Scenario:
    return get_scenario("two_houses-v2")


def random_policy(
    parts: tuple[str, ...] = ALL_PARTS,
    scenario: str | Scenario = "chain_reaction-v2",
    activation: Activation = "tanh",
    seed: int = 1,
) -> Policy:
    town, rng = get_scenario(scenario), np.random.default_rng(seed)
    sizes = {"burning": town.num_houses, "ruined": town.num_houses, "night": 1}
    widths = [sum(sizes.get(part, town.num_agents) for part in parts), 24, 16, town.num_houses + 4]
    weights = [rng.normal(size=(a, b)).astype(np.float32) for a, b in pairwise(widths)]
    return Policy(
        tuple(weights), tuple(rng.normal(size=w).astype(np.float32) for w in widths[1:]), activation, parts
    )


def plain_logits(policy: Policy, inputs: NDArray[Any]) -> NDArray[np.float64]:
    layer = inputs.astype(np.float64)
    for depth, (weights, bias) in enumerate(zip(policy.weights, policy.biases, strict=True)):
        if depth:
            layer = np.tanh(layer) if policy.activation == "tanh" else np.maximum(layer, 0)
        layer = layer @ weights.astype(np.float64) + bias
    return layer


@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_the_network_is_that_of_its_arrays_and_knows_no_batch(activation: Activation) -> None:
    policy = random_policy(activation=activation)
    inputs = np.random.default_rng(2).random((1000, len(policy.weights[0])), dtype=np.float32)
    logits = policy.logits(inputs)
    assert logits.shape == (1000, 14)
    np.testing.assert_allclose(logits, plain_logits(policy, inputs), atol=2e-4)
    for rows in (slice(0, 1), slice(3, 4), slice(10, 17), slice(100, 613), slice(None, None, -3)):
        np.testing.assert_array_equal(policy.logits(inputs[rows]), logits[rows])
    np.testing.assert_array_equal(policy.logits(np.asfortranarray(inputs)), logits)


def test_policies_are_saved_without_pickle_and_read_back(tmp_path: Path) -> None:
    policy = random_policy(("night", "burning"), activation="relu")
    policy.save(tmp_path / "deep" / "one.npz")
    policy.save(tmp_path / "two.npz")
    assert (tmp_path / "deep" / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"deep", "two.npz"}
    again = Policy.load(tmp_path / "two.npz")
    assert (again.activation, again.parts) == ("relu", ("night", "burning"))
    for one, other in zip((*policy.weights, *policy.biases), (*again.weights, *again.biases), strict=True):
        np.testing.assert_array_equal(one, other)


def test_files_that_are_no_policies_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="There is no policy"):
        Policy.load(tmp_path / "none.npz")
    (tmp_path / "text.npz").write_text("hello")
    with pytest.raises(InvalidInput, match="cannot be read"):
        Policy.load(tmp_path / "text.npz")
    np.savez(tmp_path / "pickled.npz", format=np.array([{}], dtype=object))
    with pytest.raises(InvalidInput, match="cannot be read"):
        Policy.load(tmp_path / "pickled.npz")
    np.savez(tmp_path / "other.npz", numbers=np.arange(3))
    with pytest.raises(InvalidInput, match="not a policy of format 1"):
        Policy.load(tmp_path / "other.npz")
    random_policy().save(tmp_path / "newer.npz")
    with np.load(tmp_path / "newer.npz") as file:
        arrays = dict(file)
    np.savez(tmp_path / "newer.npz", **{**arrays, "format": np.int64(2)})
    with pytest.raises(InvalidInput, match="its format is 2"):
        Policy.load(tmp_path / "newer.npz")
    whole = (tmp_path / "other.npz").read_bytes()
    (tmp_path / "half.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InvalidInput, match="cannot be read"):
        Policy.load(tmp_path / "half.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "gelu"}, "activation = 'gelu'"),
        ({"parts": ("burning", "weather")}, "parts = "),
        ({"parts": ("night", "night")}, "parts = "),
        ({"parts": ()}, "parts = "),
        ({"weights": ()}, "0 weights"),
        ({"biases": (np.zeros(3),) * 3}, "do not fit"),
        ({"weights": (np.full((37, 24), np.nan), np.zeros((24, 16)), np.zeros((16, 14)))}, "not finite"),
        ({"weights": (np.full((37, 24), 1e9), np.zeros((24, 16)), np.zeros((16, 14)))}, "too large"),
        ({"weights": (np.zeros((37, 5)),), "biases": (np.zeros(5),)}, "5 outputs"),
    ],
)
def test_networks_that_cannot_be_played_are_refused(change: dict[str, Any], message: str) -> None:
    policy = random_policy()
    given: dict[str, Any] = {"weights": policy.weights, "biases": policy.biases, **change}
    with pytest.raises(InvalidInput, match=message):
        Policy(**given)


@pytest.mark.parametrize("seat", [0, 2])
def test_an_agent_sees_what_the_environment_shows(seat: int, python: Backend) -> None:
    """Game for game and bit for bit, the rewards too: only who draws the actions is another."""
    policy, shown = random_policy(), []

    def network(observations: NDArray[np.float32]) -> NDArray[np.float64]:
        shown.append(observations.copy())
        return policy.logits(observations)

    team: list[Any] = [*OTHERS[:seat], policy_agent(network), *OTHERS[seat:]]
    played = replay("chain_reaction-v2", team, seed=7, game=3, backend=python)
    env = BucketBrigadeEnv("chain_reaction-v2", seat=seat, opponents=OTHERS, backend=python)
    observation, _ = env.reset(seed=7, options={"game": 3})
    total = 0.0
    for night, action in enumerate(played.actions[:, seat]):
        assert shown[night].dtype == observation.dtype
        np.testing.assert_array_equal(shown[night][0], observation)
        observation, reward, terminated, truncated, _ = env.step(action.astype(np.int64))
        total += reward
    assert terminated or truncated
    assert total == pytest.approx(played.payoffs[seat], abs=1e-9)


def test_parts_are_columns_of_the_observation() -> None:
    policy = random_policy(("night", "ruined"))
    np.testing.assert_array_equal(policy.columns(get_scenario("chain_reaction-v2")), [32, *range(10, 20)])
    assert not policy.state_only
    assert random_policy(HOUSE_PARTS).state_only


def test_an_agent_is_paid_what_its_policy_is_paid_in_the_environment(rust: Backend) -> None:
    policy, rows, games = random_policy(), 2048, 2048
    env = BucketBrigadeVectorEnv(
        "chain_reaction-v2", rows, opponents=OTHERS, autoreset_mode="Disabled", backend=rust
    )
    rng, observations = np.random.default_rng(5), env.reset(seed=100)[0]
    paid, running = np.zeros(rows), np.ones(rows, dtype=bool)
    # With autoreset disabled an ended row must be started again; its further nights are not counted.
    while running.any():
        logits = np.split(policy.logits(observations), [10, 12], axis=1)
        chances = [np.exp(part - part.max(axis=1, keepdims=True)) for part in logits]
        cuts = [np.cumsum(part / part.sum(axis=1, keepdims=True), axis=1)[:, :-1] for part in chances]
        actions = np.stack([(cut <= rng.random((rows, 1))).sum(axis=1) for cut in cuts], axis=1)
        observations, rewards, terminated, truncated, _ = env.step(actions)
        paid += np.where(running, rewards, 0.0)
        ended = terminated | truncated
        running &= ~ended
        if ended.any():
            observations, _ = env.reset(options={"reset_mask": ended})
    result = simulate("chain_reaction-v2", [policy_agent(policy), *OTHERS], games=games, seed=9, backend=rust)
    error = np.hypot(paid.std() / np.sqrt(rows), result.standard_errors[0])
    assert abs(paid.mean() - result.payoffs[0]) < 4 * error
    assert error < 25  # Of payoffs that differ by some 700 from game to game.


@pytest.mark.parametrize("greedy", [False, True])
def test_a_policy_that_looks_at_the_houses_is_valued_exactly(greedy: bool, rust: Backend) -> None:
    town = small(num_agents=3)
    member = policy_agent(random_policy(HOUSE_PARTS, town), greedy=greedy)
    table = tabulate(member, town, 1, any_signal=True)
    exact = expect_team(town, ["liar", table, "hero"], backend=rust).payoffs
    played = simulate(town, ["liar", member, "hero"], games=4000, seed=3, backend=rust)
    assert np.all(np.abs(played.payoffs - exact) < 4 * played.standard_errors)
    with pytest.raises(InvalidInput, match="does not look only at the houses"):
        tabulate(policy_agent(random_policy(("burning", "night"), town)), town, 1, any_signal=True)


def test_no_batch_and_no_backend_changes_a_game(
    python: Backend, rust: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, member = small(), policy_agent(random_policy(scenario=small()))
    team: list[Any] = ["hero", member, "social:liar", member]
    whole = simulate(town, team, games=90, seed=4, backend=rust, keep_games=True).game_payoffs
    monkeypatch.setattr(seated, "_BATCH", 7)
    for backend in (python, rust):
        parts = simulate(town, team, games=90, seed=4, backend=backend, keep_games=True).game_payoffs
        np.testing.assert_array_equal(whole, parts)
    alone = simulate(town, team, games=1, seed=4, first_game=61, backend=rust, keep_games=True).game_payoffs
    np.testing.assert_array_equal(whole[61:62], alone)


@pytest.mark.usefixtures("rust")
def test_policies_enter_payoff_tables_under_their_names(tmp_path: Path) -> None:
    random_policy(scenario=small()).save(tmp_path / "learned.npz")
    member = policy_agent(tmp_path / "learned.npz")
    assert member.name == "learned"
    evaluator = PayoffEvaluator(small(), 40, backend="rust")
    assert np.isfinite(evaluator.evaluate_payoff_matrix([member, "hero"]).payoffs).all()
    assert policy_agent(tmp_path / "learned.npz", name="ours").name == "ours"


def test_policies_enter_tournaments() -> None:
    result = run_tournament(
        {"learned": policy_agent(random_policy(scenario=two())), "hero": "hero", "liar": "liar"},
        two(),
        games=300,
    )
    json.dumps(result.to_json())
    learned = next(standing for standing in result.standings if standing.agent == "learned")
    assert np.isfinite(learned.payoff)


def test_greedy_agents_take_the_first_of_the_likeliest() -> None:
    town = get_scenario("chain_reaction-v2")
    zeros = Policy((np.zeros((37, 14), np.float32),), (np.zeros(14, np.float32),))
    played = replay(town, [policy_agent(zeros, greedy=True), *OTHERS], seed=1)
    assert not played.actions[:, 0].any()


def test_a_policy_for_another_town_is_refused_by_name() -> None:
    member = policy_agent(random_policy(), name="elsewhere")
    with pytest.raises(AgentError, match=r"'elsewhere'.*failed to reset.*10 houses.*4 houses"):
        simulate(small(), [member, *OTHERS], games=1)


def test_networks_that_answer_nonsense_are_named() -> None:
    for answer in (lambda seen: np.zeros((len(seen), 3)), lambda seen: np.full((len(seen), 14), np.nan)):
        with pytest.raises(AgentError, match="answered with logits"):
            simulate("chain_reaction-v2", [policy_agent(answer, name="odd"), *OTHERS], games=2)


def test_an_agent_can_be_made_by_a_plugin() -> None:
    """A factory that takes no argument is all that an `AgentSpec` needs."""
    policy = random_policy()

    class Learned(PolicyAgent):
        def __init__(self) -> None:
            super().__init__(policy)

    one = simulate("chain_reaction-v2", [Learned, *OTHERS], games=5, seed=2)
    other = simulate("chain_reaction-v2", [policy_agent(policy), *OTHERS], games=5, seed=2)
    np.testing.assert_array_equal(one.payoffs, other.payoffs)


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("format", np.array("one")),
        ("format", np.array([1, 1])),
        ("format", np.array(1j)),
        ("format", np.array(np.nan)),
        ("format", np.zeros(0)),
        ("activation", np.array(["tanh", "relu"])),
        ("activation", np.array(3)),
        ("parts", np.array(5)),
        ("parts", np.zeros((2, 2))),
        ("weights_0", np.array("text")),
        ("weights_0", np.ones((37, 14), complex)),
        ("weights_0", np.ones((37, 14), bool)),
        ("bias_0", np.full(14, 1e300)),
    ],
)
def test_files_with_odd_arrays_are_refused(name: str, array: NDArray[Any], tmp_path: Path) -> None:
    file = tmp_path / "odd.npz"
    Policy((np.zeros((37, 14), np.float32),), (np.zeros(14, np.float32),)).save(file)
    with np.load(file) as saved:
        np.savez(file, **{**dict(saved), name: array})
    with pytest.raises(InvalidInput):
        Policy.load(file)


@pytest.mark.parametrize("weights", [5, [5], "x", [[[1], [1, 2]]], [["a"]]])
def test_weights_are_arrays_of_numbers(weights: Any) -> None:
    with pytest.raises(InvalidInput):
        Policy(weights, (np.zeros(14),))  # type: ignore[arg-type]
