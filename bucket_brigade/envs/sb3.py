"""Rows of games as a stable-baselines3 `VecEnv`, and its policies as agents (needs the extra ``rl``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

try:
    from stable_baselines3.common.vec_env import VecEnv
except ModuleNotFoundError as error:
    if error.name != "stable_baselines3":
        raise
    raise ModuleNotFoundError(
        "bucket_brigade.envs.sb3 needs stable-baselines3. Type: pip install 'bucket-brigade[rl]'",
        name="stable_baselines3",
    ) from error

from bucket_brigade.backends.batch import BatchOutput
from bucket_brigade.envs.engine import EnvBatch, exclusive, fresh_seed, game_option
from bucket_brigade.envs.observations import Observation
from bucket_brigade.envs.policy import Policy
from bucket_brigade.envs.rendering import check_render_mode, render
from bucket_brigade.envs.seating import Opponents
from bucket_brigade.envs.spaces import action_space, as_actions, observation_space, rows_as_space
from bucket_brigade.errors import InvalidInput
from bucket_brigade.game.scenario import Scenario
from bucket_brigade.validation import check_seed

__all__ = ["BucketBrigadeVecEnv", "policy_from_sb3", "to_sb3"]

Indices = int | Iterable[int] | None
SHARED = ("scenario", "layout", "render_mode", "spec")
"""Attributes that `get_attr` gives, besides what was set by `set_attr`: the same for every row."""


class BucketBrigadeVecEnv(VecEnv):
    """Games side by side, stepped by the engine in one call; see `to_sb3`, which makes it.

    Row ``g * L + l`` is learner ``l`` of game ``g``, for L learning seats in ascending order. Infos hold
    ``terminal_observation`` and ``TimeLimit.truncated`` as stable-baselines3 wants them, and of a game that ended
    the ``payoffs`` of all seats, (N,), and its ``nights``; `reset_infos` hold ``seed``, ``game`` and ``seat``.
    """

    def __init__(
        self,
        scenario: str | Scenario,
        num_envs: int,
        *,
        seats: int | Sequence[int],
        opponents: Opponents,
        observation: Observation,
        backend: str | object | None,
        workers: int | None,
        render_mode: str | None,
    ) -> None:
        self._batch = EnvBatch(
            scenario,
            rows=num_envs,
            learners=seats,
            opponents=opponents,
            observation=observation,
            autoreset="same-step",
            backend=backend,
            workers=workers,
        )
        self.scenario, self.layout, self.spec = self._batch.scenario, self._batch.layout, None
        self.render_mode = check_render_mode(render_mode)
        self.num_games, self.seats = num_envs, self._batch.learners
        self._extra: list[dict[str, Any]] = [{} for _ in range(num_envs * len(self.seats))]
        self._actions: NDArray[np.integer] | None = None
        super().__init__(
            num_envs * len(self.seats), observation_space(self.layout), action_space(self.scenario)
        )

    def seed(self, seed: int | None = None) -> Sequence[int | None]:
        """Take seeds for the next reset: game ``g`` gets ``seed + g``; return the seed of every row."""
        first = fresh_seed() if seed is None else check_seed(seed)
        self._seeds = [(first + row // len(self.seats)) % 2**64 for row in range(self.num_envs)]
        return self._seeds

    @exclusive
    def reset(self) -> Any:
        """Start game 0 of the seeds that were taken, else the game after the one that runs.

        The option ``game`` (`set_options`), equal for the rows of one game, names another number.
        """
        every = slice(None, None, len(self.seats))
        self._batch.restart(self._seeds[every], [game_option(options) for options in self._options[every]])
        self._actions = None
        for game in range(self.num_games):
            self._record_reset(game)
        self._reset_seeds()
        self._reset_options()
        return self._shown(self._batch.observations())

    def step_async(self, actions: Any) -> None:
        """Take the actions, integers of shape (num_envs, 3), of the night that `step_wait` plays."""
        if not self._batch.begun:
            raise InvalidInput("step() was called before the first reset: call reset().")
        array = as_actions(actions, (self.num_envs, 3), "a house, a mode and a signal for each row")
        self._actions = array.reshape(self.num_games, len(self.seats), 3)

    @exclusive
    def step_wait(self) -> tuple[Any, NDArray[np.float32], NDArray[np.bool_], list[dict[str, Any]]]:
        """Play a night; rewards are float32 of shape (num_envs,), as stable-baselines3 keeps them."""
        if self._actions is None:
            raise InvalidInput("step_wait() has no actions: call step_async() first.")
        out, actions = self._batch.output(), self._actions
        self._actions = None
        self._batch.step(actions, out)
        dones = np.repeat(out.terminated | out.truncated, len(self.seats))
        rewards = out.rewards.reshape(-1).astype(np.float32)
        return self._shown(out.observations), rewards, dones, self._infos(out)

    def close(self) -> None:
        """Nothing is held open."""

    @exclusive
    def get_images(self) -> Sequence[NDArray[np.uint8] | None]:
        """Return an image of the town for every row; None unless ``render_mode="rgb_array"``."""
        if self.render_mode != "rgb_array":
            return [None] * self.num_envs
        states = self._batch.states()
        images = [render(self.scenario, states, game, self.render_mode) for game in range(self.num_games)]
        return [images[row // len(self.seats)] for row in range(self.num_envs)]

    def get_attr(self, attr_name: str, indices: Indices = None) -> list[Any]:
        """Return an attribute of some rows; raises `AttributeError` for one that they do not have."""
        rows = list(self._get_indices(indices))
        if attr_name in SHARED:
            return [getattr(self, attr_name) for _ in rows]
        if all(attr_name in self._extra[row] for row in rows):
            return [self._extra[row][attr_name] for row in rows]
        raise AttributeError(f"Rows of {type(self).__name__} have no attribute {attr_name!r}.")

    def set_attr(self, attr_name: str, value: Any, indices: Indices = None) -> None:
        """Keep a value for some rows, for `get_attr`; it changes nothing in the games."""
        if attr_name in SHARED:
            raise AttributeError(f"{attr_name!r} cannot be set: make another VecEnv by to_sb3.")
        for row in self._get_indices(indices):
            self._extra[row][attr_name] = value

    def env_method(self, method_name: str, *args: Any, indices: Indices = None, **kwargs: Any) -> list[Any]:
        """Refuse: rows are arrays, there is no environment behind each of them."""
        raise AttributeError(f"Rows of {type(self).__name__} have no method {method_name!r}.")

    def env_is_wrapped(self, wrapper_class: type, indices: Indices = None) -> list[bool]:
        """Return False for every row: rows cannot be wrapped one by one."""
        return [False for _ in self._get_indices(indices)]

    def _shown(self, observations: NDArray[Any]) -> Any:
        """Return observations (G, L, W) as rows."""
        return rows_as_space(self.layout, observations.reshape(self.num_envs, -1), self.observation_space)

    def _infos(self, out: BatchOutput) -> list[dict[str, Any]]:
        infos: list[dict[str, Any]] = [{"TimeLimit.truncated": False} for _ in range(self.num_envs)]
        ended = np.flatnonzero(out.terminated | out.truncated).tolist()
        if not ended:
            return infos
        assert out.final_observations is not None
        assert out.final_counts is not None
        finals = self._shown(out.final_observations)
        payoffs, nights = self._batch.payoffs(out.final_counts), out.final_counts[:, -5]
        for game in ended:
            self._record_reset(game)
            for row in self._rows(game):
                last = (
                    {k: v[row].copy() for k, v in finals.items()} if isinstance(finals, dict) else finals[row]
                )
                infos[row] = {
                    "TimeLimit.truncated": bool(out.truncated[game]),
                    "terminal_observation": last,
                    "payoffs": payoffs[game].copy(),
                    "nights": int(nights[game]),
                }
        return infos

    def _record_reset(self, game: int) -> None:
        origin = {"seed": int(self._batch.seeds[game]), "game": int(self._batch.games[game])}
        for row, seat in zip(self._rows(game), self.seats, strict=True):
            self.reset_infos[row] = {**origin, "seat": seat}

    def _rows(self, game: int) -> range:
        return range(game * len(self.seats), (game + 1) * len(self.seats))


def to_sb3(
    scenario: str | Scenario = "default",
    num_envs: int = 1,
    *,
    seats: int | Sequence[int] = 0,
    opponents: Opponents = None,
    observation: Observation = "vector",
    backend: str | object | None = None,
    workers: int | None = None,
    render_mode: str | None = None,
) -> BucketBrigadeVecEnv:
    """Return `num_envs` games as a stable-baselines3 `VecEnv`, stepped natively in one call.

    One seat learns, or several: with ``seats=(0, 2)`` each game gives two rows, which one policy plays (its
    observation says whose seat it is), so the `VecEnv` has ``2 * num_envs`` rows. A game that ends is followed by
    the next of its seed in the same call. Equal seeds give equal games; with ``PPO(..., seed=s)`` a whole run is
    equal, bit for bit, on the same machine and number of torch threads. Other arguments and errors are those of
    `bucket_brigade.envs.BucketBrigadeVectorEnv`.
    """
    return BucketBrigadeVecEnv(
        scenario,
        num_envs,
        seats=seats,
        opponents=opponents,
        observation=observation,
        backend=backend,
        workers=workers,
        render_mode=render_mode,
    )


def policy_from_sb3(model: Any) -> Policy:
    """Return the network of a PPO or A2C model with an ``MlpPolicy`` as a `Policy`, to be saved and played.

    The model must have been trained on vector observations. Raises `InvalidInput` for another network, or for
    activations other than tanh and ReLU.
    """
    import torch

    network = model.policy
    layers = [
        *getattr(getattr(network, "mlp_extractor", None), "policy_net", []),
        getattr(network, "action_net", None),
    ]
    linear = [layer for layer in layers if isinstance(layer, torch.nn.Linear)]
    between = {type(layer) for layer in layers if not isinstance(layer, torch.nn.Linear)}
    names: dict[type, Any] = {torch.nn.Tanh: "tanh", torch.nn.ReLU: "relu"}
    nvec = getattr(model.action_space, "nvec", None)
    if (
        len(between) > 1
        or not between <= set(names)
        or not linear
        or linear[-1] is not layers[-1]
        or len(layers) != 2 * len(linear) - 1
        or nvec is None
        or linear[-1].out_features != int(np.sum(nvec))
        or network.squash_output
    ):
        raise InvalidInput(
            f"The policy {type(network).__name__} of {type(model).__name__} is no chain of linear layers with tanh or "
            "ReLU between them: give its network to policy_agent as a function."
        )
    return Policy(
        tuple(_array(layer.weight).T for layer in linear),
        tuple(_array(layer.bias) for layer in linear),
        names[between.pop()] if between else "tanh",
    )


def _array(tensor: Any) -> NDArray[np.float32]:
    return np.asarray(tensor.detach().cpu().numpy(), dtype=np.float32)
