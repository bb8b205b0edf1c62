"""Environments: the same games for Gymnasium, PettingZoo, PufferLib and stable-baselines3 (needs ``gymnasium``).

General layout, from the ground up:

    observations, spaces   what a seat sees, and the spaces of actions and observations
    seating, scripted_seats
                           who sits where; opponents written in Python
    engine                 rows of games, stepped on a backend
    rendering, episodic    pictures; what the environments share
    single, team           Gymnasium environments: one learner on a seat, or on all of them
    vector                 Gymnasium's `VectorEnv` of the first
    parallel               PettingZoo (needs ``pettingzoo``; imported when asked for)
    puffer, sb3            buffers of the caller; stable-baselines3 (needs the extra ``rl``)
    wrappers, registration flat actions; ids of the named scenarios
    policy, policy_agent   trained networks as plain arrays, and such a network on a seat

Importing this package registers the ids of all named scenarios with Gymnasium, and with PettingZoo if it is
loaded: ``gymnasium.make("bucket_brigade/GreedyNeighbor-v2")``.
"""

from __future__ import annotations

try:
    import gymnasium as _gymnasium  # noqa: F401  says first what is missing
except ModuleNotFoundError as error:
    if error.name != "gymnasium":
        raise
    raise ModuleNotFoundError(
        "bucket_brigade.envs needs gymnasium. Type: pip install 'bucket-brigade[gymnasium]'", name="gymnasium"
    ) from error

from bucket_brigade._lazy import lazy_names
from bucket_brigade.envs.observations import ObservationLayout
from bucket_brigade.envs.puffer import PufferBucketBrigade
from bucket_brigade.envs.registration import env_id, register_all
from bucket_brigade.envs.single import BucketBrigadeEnv
from bucket_brigade.envs.team import TeamEnv
from bucket_brigade.envs.vector import BucketBrigadeVectorEnv
from bucket_brigade.envs.wrappers import FlattenMultiDiscrete, FlattenMultiDiscreteVector

__all__ = [
    "BucketBrigadeEnv",
    "BucketBrigadeVectorEnv",
    "FlattenMultiDiscrete",
    "FlattenMultiDiscreteVector",
    "ObservationLayout",
    "PufferBucketBrigade",
    "RustPufferBucketBrigade",
    "TeamEnv",
    "env_id",
    "register_all",
]

__getattr__ = lazy_names(__name__, {"RustPufferBucketBrigade": "bucket_brigade.promised"})

register_all()
