"""PPO in one file: train one seat of Bucket Brigade against named opponents, and see how far from the best it is.

    python examples/ppo.py --scenario chain_reaction-v2 --opponents firefighter,coordinator,liar --out ppo.npz

Proximal policy optimization (J. Schulman et al., "Proximal Policy Optimization Algorithms", arXiv:1707.06347, 2017)
with generalized advantages (J. Schulman et al., arXiv:1506.02438, 2015). Nothing here is special to this game but
the last page: how the payoff compares with the exact best response. Needs ``pip install 'bucket-brigade[rl]'``.
Equal settings train equal policies, bit for bit, on one machine.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from typing import Any

import gymnasium as gym
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from bucket_brigade.envs import env_id
from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.envs.policy import ALL_PARTS, Policy
from bucket_brigade.envs.policy_agent import policy_agent
from bucket_brigade.exact import expect_teams
from bucket_brigade.game.strategy import ARCHETYPES
from bucket_brigade.registry import get_scenario, parse_team
from bucket_brigade.responses import best_markov_response
from bucket_brigade.simulation import simulate


@dataclass(frozen=True)
class Settings:
    """What is trained, and how; every field is an option of the command line."""

    scenario: str = "greedy_neighbor-v2"
    opponents: str = "firefighter,coordinator,liar"
    """Who sits on the other seats: one for each, or one for all."""
    seat: int = 0
    parts: str = ",".join(ALL_PARTS)
    """The parts of the observation that the policy reads."""
    seed: int = 0
    nights: int = 2_000_000
    """Nights played in all rows together."""
    rows: int = 512
    round_nights: int = 32
    """Nights of every row between two updates."""
    autoreset: str = "SameStep"
    """Or NextStep, whose rows play no night after the end of a game: those steps are masked."""
    hidden: int = 64
    """Units in each of two hidden layers."""
    epochs: int = 4
    minibatch: int = 2048
    learning_rate: float = 2e-3
    """At the start; it falls to 0 in a straight line, as the bonus for entropy does."""
    entropy: float = 0.003
    clip: float = 0.2
    trace: float = 0.95
    """Lambda of the advantages. Payoffs are not discounted: a game is worth what all its nights are."""
    largest_gradient: float = 0.5
    threads: int = 1
    """Of torch. More help little with networks this small, and waste time where cores are shared."""


@dataclass(frozen=True)
class Round:
    """What a round of training saw."""

    nights: int
    """Played so far."""
    games: int
    """That ended in this round."""
    payoff: float
    """Their mean payoff."""


class Agent(nn.Module):
    """A network that chooses and a network that judges."""

    def __init__(
        self, columns: NDArray[np.intp], houses: int, hidden: int, generator: torch.Generator
    ) -> None:
        super().__init__()
        self.parts = [houses, 2, 2]
        self.register_buffer("columns", torch.as_tensor(columns))
        self.actor = network([len(columns), hidden, hidden, sum(self.parts)], 0.01, generator)
        self.critic = network([len(columns), hidden, hidden, 1], 1.0, generator)

    def value(self, observations: Tensor) -> Tensor:
        """Return what is still to come, (…), in the units of the critic."""
        judged: Tensor = self.critic(observations[..., self.columns]).squeeze(-1)
        return judged

    def log_chances(self, observations: Tensor) -> list[Tensor]:
        """Return the log-probabilities of houses, modes and signals."""
        logits: Tensor = self.actor(observations[..., self.columns])
        return [part.log_softmax(-1) for part in logits.split(self.parts, -1)]

    def draw(self, observations: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        """Return actions (G, 3) and their log-probabilities (G,)."""
        chances = self.log_chances(observations)
        actions = torch.stack([draw_one(part.exp(), generator) for part in chances], dim=-1)
        return actions, log_chance(chances, actions)

    def policy(self, parts: tuple[str, ...]) -> Policy:
        """Return the network that chooses as plain arrays."""
        linear = [layer for layer in self.actor if isinstance(layer, nn.Linear)]
        weights = tuple(layer.weight.detach().numpy().T for layer in linear)
        return Policy(weights, tuple(layer.bias.detach().numpy() for layer in linear), "tanh", parts)


def network(sizes: list[int], last_gain: float, generator: torch.Generator) -> nn.Sequential:
    """Return linear layers with tanh between them, orthogonal at the start."""
    layers: list[nn.Module] = []
    for depth in range(len(sizes) - 1):
        linear = nn.Linear(sizes[depth], sizes[depth + 1])
        last = depth == len(sizes) - 2
        nn.init.orthogonal_(linear.weight, last_gain if last else 2**0.5, generator=generator)
        nn.init.zeros_(linear.bias)
        layers += [linear] if last else [linear, nn.Tanh()]
    return nn.Sequential(*layers)


def draw_one(chances: Tensor, generator: torch.Generator) -> Tensor:
    """Return a column of each row, drawn with the row's chances."""
    place = torch.rand(len(chances), 1, generator=generator)
    return (chances.cumsum(-1) <= place).sum(-1).clamp(max=chances.shape[-1] - 1)


def log_chance(chances: list[Tensor], actions: Tensor) -> Tensor:
    """Return the log-probability of whole actions."""
    drawn = [part.gather(-1, actions[..., k : k + 1]).squeeze(-1) for k, part in enumerate(chances)]
    return torch.stack(drawn).sum(0)


def advantages(rewards: Tensor, values: Tensor, ended: Tensor, following: Tensor, trace: float) -> Tensor:
    """Return generalized advantages, (T, G), without discount.

    `following` (G,) is the value of what comes after the last night. The night limit ends a game as its rules
    do: the observation tells the night, and no payoff comes after it, so nothing is added for what might have come.
    """
    found, later = torch.zeros_like(rewards), torch.zeros_like(following)
    for t in reversed(range(len(rewards))):
        goes_on = 1.0 - ended[t].float()
        surprise = rewards[t] + goes_on * following - values[t]
        later = surprise + goes_on * trace * later
        found[t], following = later, values[t]
    return found


class Rollout:
    """The nights of a round, (T, G, …), as they were played."""

    def __init__(self, nights: int, rows: int, width: int) -> None:
        self.observations = torch.zeros(nights, rows, width)
        self.actions = torch.zeros(nights, rows, 3, dtype=torch.int64)
        self.log_chances = torch.zeros(nights, rows)
        self.rewards = torch.zeros(nights, rows)
        self.ended = torch.zeros(nights, rows, dtype=torch.bool)
        self.played = torch.ones(nights, rows, dtype=torch.bool)
        """False where the environment has only started the next game: the action did nothing there."""


def train(settings: Settings, report: Callable[[Round], None] = lambda _: None) -> tuple[Policy, list[Round]]:
    """Return the trained policy and what every round saw."""
    torch.set_num_threads(settings.threads)
    s, town = settings, get_scenario(settings.scenario)
    envs: Any = gym.make_vec(
        env_id(town.name),
        s.rows,
        vectorization_mode="vector_entry_point",
        seat=s.seat,
        opponents=s.opponents,
        autoreset_mode=s.autoreset,
    )
    layout, parts = ObservationLayout(town), tuple(s.parts.split(","))
    columns = np.concatenate([np.arange(layout.width)[layout[part].entries] for part in parts])
    generator = torch.Generator().manual_seed(s.seed)
    agent = Agent(columns, town.num_houses, s.hidden, generator)
    optimizer = torch.optim.Adam(agent.parameters(), lr=s.learning_rate, eps=1e-5)
    rounds = max(1, s.nights // (s.rows * s.round_nights))
    rollout = Rollout(s.round_nights, s.rows, layout.width)
    # Row g takes the seed after that of row g - 1, so runs of different seeds lie far apart.
    observation = torch.as_tensor(envs.reset(seed=s.seed * 2**32)[0])
    just_ended, paid = torch.zeros(s.rows, dtype=torch.bool), np.zeros(s.rows)
    spread, history = 1.0, []
    for done in range(rounds):
        left = 1.0 - done / rounds
        optimizer.param_groups[0]["lr"] = left * s.learning_rate

        payoffs = []
        for t in range(s.round_nights):
            with torch.no_grad():
                actions, log_chances = agent.draw(observation, generator)
            rollout.observations[t], rollout.actions[t], rollout.log_chances[t] = (
                observation,
                actions,
                log_chances,
            )
            shown, rewards, terminated, truncated, _ = envs.step(actions.numpy())
            rollout.played[t] = ~just_ended if s.autoreset == "NextStep" else True
            rollout.rewards[t] = torch.as_tensor(rewards)
            just_ended = rollout.ended[t] = torch.as_tensor(terminated | truncated)
            observation = torch.as_tensor(shown)
            paid += rewards
            payoffs.append(paid[just_ended.numpy()])
            paid[just_ended.numpy()] = 0.0

        finished = np.concatenate(payoffs)
        history.append(Round((done + 1) * s.rows * s.round_nights, len(finished), float(finished.mean())))
        report(history[-1])
        if done == 0:  # The critic judges in units of the first round, so that its errors are of order 1.
            spread = float(finished.std()) + 1e-8
        with torch.no_grad():
            values = agent.value(rollout.observations) * spread
            following = agent.value(observation) * spread
            gains = advantages(rollout.rewards, values, rollout.ended, following, s.trace)
        improve(agent, optimizer, s, left, rollout, gains, (gains + values) / spread, generator)
    envs.close()
    return agent.policy(parts), history


def improve(
    agent: Agent,
    optimizer: torch.optim.Optimizer,
    s: Settings,
    left: float,
    rollout: Rollout,
    gains: Tensor,
    targets: Tensor,
    generator: torch.Generator,
) -> None:
    """Update both networks by the nights of a round that were played; `left` is the share of training to come."""
    observations = rollout.observations[rollout.played]
    actions, before = rollout.actions[rollout.played], rollout.log_chances[rollout.played]
    gains, targets = gains[rollout.played], targets[rollout.played]
    for batch in minibatches(len(gains), s.epochs, s.minibatch, generator):
        chances = agent.log_chances(observations[batch])
        ratio = (log_chance(chances, actions[batch]) - before[batch]).exp()
        gain = (gains[batch] - gains[batch].mean()) / (gains[batch].std() + 1e-8)
        chosen = torch.minimum(gain * ratio, gain * ratio.clamp(1 - s.clip, 1 + s.clip)).mean()
        entropy = -torch.stack([(part.exp() * part).sum(-1) for part in chances]).sum(0).mean()
        judged = (agent.value(observations[batch]) - targets[batch]).square().mean()
        loss = 0.5 * judged - chosen - s.entropy * left * entropy
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(agent.parameters(), s.largest_gradient)
        optimizer.step()


def minibatches(count: int, epochs: int, size: int, generator: torch.Generator) -> Iterator[Tensor]:
    """Yield every place once an epoch, in random order; the last part of an epoch may be smaller."""
    for _ in range(epochs):
        yield from torch.randperm(count, generator=generator).split(size)


def compare(settings: Settings, policy: Policy, games: int) -> None:
    """Print what the policy is paid as an agent, beside the archetypes and the exact best response."""
    others = list(parse_team(settings.opponents))
    town = get_scenario(settings.scenario)
    others = others * (town.num_agents - 1) if len(others) == 1 else others
    seat = settings.seat

    def team(member: Any) -> list[Any]:
        return [*others[:seat], member, *others[seat:]]

    for word, greedy in (("as trained", False), ("greedy", True)):
        # Games of another seed than any that was trained on.
        result = simulate(town, team(policy_agent(policy, greedy=greedy)), games=games, seed=2**63)
        error = result.standard_errors[seat]
        print(f"trained policy, {word:<12} {result.payoffs[seat]:9.2f} ± {error:.2f}  ({games:,} games)")
    exact = expect_teams(town, [team(name) for name in ARCHETYPES])
    for name, payoffs in zip(ARCHETYPES, exact.payoffs, strict=True):
        print(f"{name:<28} {payoffs[seat]:9.2f}  exact")
    best = best_markov_response(town, team("hero"), seat)
    print(f"{'best response':<28} {best.value:9.2f}  exact: no policy is paid more")


def main() -> None:
    """Train by the options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    for field in fields(Settings):
        default: Any = field.default
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=type(default),
            default=default,
            help=f"default: {default}",
        )
    parser.add_argument("--out", default="", help="file for the policy, .npz")
    parser.add_argument("--games", type=int, default=50_000, help="played to compare; default: 50000")
    options = vars(parser.parse_args())
    out, games, settings = options.pop("out"), options.pop("games"), Settings(**options)

    def report(seen: Round) -> None:
        print(f"{seen.nights:>12,} nights  payoff {seen.payoff:9.2f}  ({seen.games:,} games)", flush=True)

    policy, _ = train(settings, report)
    if out:
        policy.save(out)
        print(f"The policy is in {out}; policy_agent({out!r}) sits in any team.")
    compare(settings, policy, games)


if __name__ == "__main__":
    main()
