"""The buffers of PufferLib under the dotted name that was promised; they live in `bucket_brigade.envs.puffer`."""

from bucket_brigade._lazy import lazy_names
from bucket_brigade.envs.puffer import PufferBucketBrigade

__all__ = ["PufferBucketBrigade"]

__getattr__ = lazy_names(__name__, {"RustPufferBucketBrigade": "bucket_brigade.promised"})
