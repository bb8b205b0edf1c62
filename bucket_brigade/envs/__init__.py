"""Environments: the same games behind every face that reinforcement learning knows (needs ``gymnasium``).

General layout: `observations` says what a seat sees; `seating` who sits where; `engine` steps rows of games on a
backend. On top of it are the faces: `single` (Gymnasium, one learner), `vector` (its `VectorEnv`), `team` (all
seats by one learner), `parallel` (PettingZoo; imported when asked for) and `puffer` (buffers of the caller).
`wrappers`, `rendering` and `spaces` serve them all. For learners there are `sb3` (needs the extra ``rl``), `policy`
(trained networks as plain arrays) and `policy_agent` (such a network on a seat).

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
