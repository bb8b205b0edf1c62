"""Payoffs that are known in closed form, to hold searches against."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np

from bucket_brigade._typing import Floats
from bucket_brigade.backends.dispatch import Provenance
from bucket_brigade.game.heuristic_simplex import barycentric
from bucket_brigade.payoffs.mixed_profile import MixedProfile, Profile
from bucket_brigade.payoffs.pool import Pool
from bucket_brigade.registry import get_scenario

__all__ = ["ClosedForm", "Points"]

Points = list[Floats]


class ClosedForm:
    """Payoffs of each seat as a function of everybody's (rest, any fire, home first)."""

    def __init__(self, agents: int, function: Callable[[Points], Iterable[float]]) -> None:
        self.pool, self.function = Pool(agents), function
        self.scenario = get_scenario("default-v2").replace(num_agents=agents, homes=())
        self.asked: Counter[Profile] = Counter()
        self.evaluations = 0

    def require(self, profiles: Iterable[Profile]) -> None:
        self.asked.update(set(profiles) - set(self.asked))

    def of(self, profile: Profile) -> Floats:
        assert profile in self.asked, "a payoff was read that was never asked for"
        return np.array(list(self.function([self._point(i) for i in profile])))

    def knows(self, profile: Profile) -> bool:
        return profile in self.asked

    def expected(self, profile: MixedProfile) -> Floats:
        self.require(one for one, _ in profile.pure_profiles)
        return np.asarray(sum(p * self.of(one) for one, p in profile.pure_profiles))

    def outcome(self, profile: MixedProfile) -> tuple[float, float | None]:
        raise NotImplementedError

    def lift(self) -> None:
        raise NotImplementedError

    @property
    def provenance(self) -> Provenance:
        raise NotImplementedError

    def _point(self, entry: int) -> Floats:
        traits = self.pool.traits(entry)
        assert traits is not None
        return barycentric(traits)
