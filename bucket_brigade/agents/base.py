"""The contract of an agent that a plugin offers by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from bucket_brigade.errors import InvalidInput, did_you_mean, explain

__all__ = ["API_VERSION", "TRAIT_CLAIMS", "AgentSpec"]

API_VERSION = 1
"""Moves only when this contract does."""

TRAIT_CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "native": "the factory returns a native strategy, data that every backend plays",
        "state_only": "the action depends on the houses of the night alone, apart from its random words",
        "deterministic": "it draws no random word: whatever it does follows from what it sees and remembers",
        "memoryless": "tonight's action depends on tonight's observations alone, on nothing kept from earlier nights",
        "honest": "its signal is always its mode",
    }
)
"""The traits that an agent may declare, and what each one claims; a trait left out is not claimed."""


@dataclass(frozen=True)
class AgentSpec:
    """What a plugin registers to offer an agent; cheap to make, imports nothing.

    `factory` is ``"module:attribute"``; it takes no argument and returns the agent: for the trait ``native`` a
    strategy of `bucket_brigade.game.strategy`, else a `ScriptedAgent`, a new one each time. `traits` are claims,
    each a key of `TRAIT_CLAIMS`. Raises `InvalidInput` for a claim that is unknown or not true or false.
    """

    name: str
    summary: str
    factory: str
    traits: Mapping[str, bool] = field(default_factory=dict, hash=False)
    api_version: int = API_VERSION
    url: str = ""

    def __post_init__(self) -> None:
        for trait, claim in self.traits.items():
            if trait not in TRAIT_CLAIMS:
                raise InvalidInput(
                    explain(
                        f"Agent {self.name!r}: unknown trait {trait!r}.{did_you_mean(trait, TRAIT_CLAIMS)}",
                        exists="Traits: " + ", ".join(TRAIT_CLAIMS) + ".",
                    )
                )
            if not isinstance(claim, bool):
                raise InvalidInput(f"Agent {self.name!r}: trait {trait} = {claim!r} must be True or False.")
        # A copy that cannot change, so that a spec stays what was registered.
        object.__setattr__(self, "traits", MappingProxyType(dict(self.traits)))
