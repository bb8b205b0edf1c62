"""Trust but verify: believes each announcement as often as that agent's announcements came true.

Like `trust_the_signals` it goes only if fewer workers are to be expected than there are fires; but it keeps
accounts. Every other agent starts with one promise kept; each signal of work that came with work adds another, each
that came with rest one broken. An announcement counts for the share of promises kept, and silence counts for
nothing. A reputation for truth is worth something only while it may be spent: that is the theory of credibility.

Source: J. Sobel, "A Theory of Credibility", Review of Economic Studies 52 (1985), 557–573.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bucket_brigade.agents.base import AgentSpec
from bucket_brigade.agents.observations import Observations, actions
from bucket_brigade.agents.ring import by_distance, first
from bucket_brigade.game.scenario import Scenario

__all__ = ["SPEC", "TrustButVerify"]

SPEC = AgentSpec(
    name="trust_but_verify",
    summary="goes if fewer workers are to be expected than fires, by announcements and their record",
    factory=f"{__name__}:TrustButVerify",
    traits={
        "native": False,
        "state_only": False,
        "deterministic": True,
        "memoryless": False,
        "honest": True,
    },
)


class TrustButVerify:
    """Counts the promises that each other agent has made and kept."""

    def reset(self, seat: int, scenario: Scenario, num_games: int) -> None:
        """Open an account of one promise, kept, for every other seat of every game."""
        self.home = scenario.home(seat)
        self.order = by_distance(scenario, self.home)
        self.others = np.delete(np.arange(scenario.num_agents), seat)
        self.made = np.ones((num_games, len(self.others)))
        self.kept = np.ones((num_games, len(self.others)))

    def act(self, observations: Observations) -> NDArray[np.int64]:
        """Settle last night's promises, then weigh them."""
        promised = observations.last_signals[:, self.others] == 1
        self.made += promised
        self.kept += promised & (observations.last_modes[:, self.others] == 1)
        expected = np.sum(promised * (self.kept / self.made), axis=1)
        works = expected < observations.burning.sum(axis=1)
        return actions(np.where(works, first(observations.burning, self.order), self.home), works)
