"""Gymnasium ids of the named scenarios: ``bucket_brigade/GreedyNeighbor-v2``."""

from __future__ import annotations

import gymnasium as gym

from bucket_brigade.game.scenario import split_version
from bucket_brigade.registry import list_scenarios

__all__ = ["NAMESPACE", "env_id", "register_all"]

NAMESPACE = "bucket_brigade"
SINGLE = "bucket_brigade.envs.single:BucketBrigadeEnv"
VECTOR = "bucket_brigade.envs.vector:BucketBrigadeVectorEnv"
TEAM = "bucket_brigade.envs.team:TeamEnv"


def env_id(scenario: str, *, team: bool = False) -> str:
    """Return the id of a scenario: ``greedy_neighbor-v2`` gives ``bucket_brigade/GreedyNeighbor-v2``.

    With `team`, the id of the environment that plays all seats, ``bucket_brigade/GreedyNeighborTeam-v2``.
    """
    base, version = split_version(scenario)
    words = "".join(word[:1].upper() + word[1:] for word in base.split("_"))
    return f"{NAMESPACE}/{words}{'Team' if team else ''}" + ("" if version is None else f"-v{version}")


def register_all() -> tuple[str, ...]:
    """Register every named scenario, those of plugins too, and return the ids.

    Names that make no id (those that two distributions offer) and ids that are registered already are passed
    over, so this can be called again after a plugin was added.
    """
    ids = []
    for scenario in list_scenarios():
        if split_version(scenario)[1] is None or "/" in scenario:
            continue
        for name, entry_point, vector in (
            (env_id(scenario), SINGLE, VECTOR),
            (env_id(scenario, team=True), TEAM, None),
        ):
            ids.append(name)
            if name not in gym.registry:
                gym.register(
                    name, entry_point=entry_point, vector_entry_point=vector, kwargs={"scenario": scenario}
                )
    return tuple(ids)
