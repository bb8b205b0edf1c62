"""What a run of evolution is to do: every number that its result depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any

from bucket_brigade.errors import ConfigError, InvalidInput
from bucket_brigade.evolution.evaluator import GENERATION_RULES
from bucket_brigade.evolution.fitness import COMBINE, SCALES
from bucket_brigade.evolution.matchups import FITNESS
from bucket_brigade.evolution.operators import CROSSOVER, MUTATION
from bucket_brigade.execution import check_method
from bucket_brigade.game.strategy import TRAITS, check_theta
from bucket_brigade.registry.agents import RULES
from bucket_brigade.text_files import read_toml
from bucket_brigade.validation import (
    SEED,
    Rule,
    check_choice,
    check_fields,
    check_keys,
    choice,
    integer,
    number,
    optional,
    plain,
    shown,
)

__all__ = ["ALGORITHMS", "EvolutionSettings", "read_config"]

ALGORITHMS = ("generational", "plus")
"""Who survives: the elite and the offspring, or the best of parents and offspring together."""


_MOST = 1 << 40
"""Of whatever only time limits."""

_Count = Annotated[int, integer(1, _MOST)]
_Rate = Annotated[float, number(0, 1)]


def _elite(settings: EvolutionSettings) -> Rule:
    return integer(0, settings.population - 1)


def _budget(settings: EvolutionSettings) -> Rule:
    return optional(integer(settings.population, 1 << 53))


@dataclass(frozen=True)
class EvolutionSettings:
    """A run of evolution; raises `InvalidInput` for a value that is not allowed.

    Members (`opponents`, `start`) are what `bucket_brigade.registry.get_strategy` takes as text, or ten numbers.
    """

    scenarios: tuple[str, ...]
    """One for a specialist, several for a generalist: names or TOML files."""
    fitness: Annotated[str, choice(*FITNESS)] = "clones"
    """As in `FitnessEvaluator`, like the next ones down to `scale`."""
    opponents: tuple[Any, ...] = ()
    rule: Annotated[str, choice(*RULES)] = "heuristic"
    method: str = "auto"
    games: Annotated[int, integer(1, 1 << 24)] = 200
    """Games behind a fitness; see `num_games` of `FitnessEvaluator`."""
    generation_rule: Annotated[str, choice(*GENERATION_RULES)] = "fixed"
    """With ``fresh``, survivors and the hall of fame are evaluated again on the games of each new generation: no
    luck is ever kept, at the price of their games, and fitness can be compared within a generation only."""
    combine: Annotated[str, choice(*COMBINE)] = "mean"
    scale: Annotated[str | None, optional(choice(*SCALES))] = None
    seed: Annotated[int, SEED] = 0
    """Of games and of variation, which have streams of their own."""
    algorithm: Annotated[str, choice(*ALGORITHMS)] = "generational"
    population: Annotated[int, integer(2, 1 << 20)] = 100
    generations: Annotated[int, integer(0, _MOST)] = 100
    elite: Annotated[int, _elite] = 2
    """How many of the best survive as they are, in the generational algorithm."""
    tournament: Annotated[int, integer(1, 1 << 20)] = 3
    """How many compete to be a parent."""
    crossover: Annotated[str, choice(*CROSSOVER)] = "blend"
    crossover_rate: _Rate = 0.7
    """Probability that a pair of parents is crossed."""
    mutation: Annotated[str, choice(*MUTATION)] = "gaussian"
    mutation_rate: _Rate = 0.2
    """Probability that a trait changes."""
    mutation_size: Annotated[float, number(0, 10)] = 0.15
    """Standard deviation of a change."""
    start: tuple[Any, ...] = ()
    """Members of the first population; the others are drawn uniformly."""
    fixed_traits: Mapping[str, float] = field(default_factory=dict)
    """Traits that keep one value in every genome."""
    hall_of_fame: Annotated[int, integer(1, 1 << 16)] = 10
    """How many of the best genomes ever seen are kept."""
    final_games: Annotated[int, integer(1, 1 << 31)] = 4_000
    """Games on which these are judged at the end, none of them played before."""
    budget: Annotated[int | None, _budget] = None
    """Stop before more genomes than this have been evaluated."""
    stagnation: Annotated[int | None, optional(integer(1, _MOST))] = None
    """Stop after so many generations without a better fitness, by more than `tolerance`."""
    tolerance: Annotated[float, number(0, 1e12)] = 0.0
    checkpoint_every: _Count = 10
    """Generations from one checkpoint to the next."""

    def __post_init__(self) -> None:
        for name in ("scenarios", "opponents", "start"):
            object.__setattr__(self, name, _listed(name, getattr(self, name)))
        if not self.scenarios:
            raise InvalidInput("scenarios is empty: name at least one.")
        object.__setattr__(self, "fixed_traits", _traits(self.fixed_traits))
        check_method(self.method)
        check_fields(self)
        if len(self.start) > self.population:
            raise InvalidInput(
                f"start has {len(self.start)} members: the population has {self.population} places."
            )

    @classmethod
    def of(cls, values: Mapping[str, Any], origin: str = "settings") -> EvolutionSettings:
        """Return settings from plain data; raises `ConfigError` naming `origin` for a key that is unknown."""
        check_keys(values, [f.name for f in fields(cls)], origin, error=ConfigError)
        if "scenarios" not in values:
            raise InvalidInput(
                f"{origin}: no scenario is named: type bucket-brigade scenarios to see which there are."
            )
        return cls(**values)

    def to_json(self) -> dict[str, Any]:
        """Return plain data, from which `of` makes equal settings."""
        plain = asdict(self)
        return {key: list(value) if isinstance(value, tuple) else value for key, value in plain.items()}


def read_config(path: Path) -> dict[str, Any]:
    """Return the keys of a TOML file: fields of `EvolutionSettings`, and `backend` and `workers`.

    They stand at the top or in a table ``[evolve]``. Raises `ConfigError` if the file cannot be read or has
    other keys.
    """
    values = read_toml(path, "config file", asked_by=" (from --config)", error=ConfigError)
    if set(values) == {"evolve"} and isinstance(values["evolve"], dict):
        values = values["evolve"]
    known = [*(f.name for f in fields(EvolutionSettings)), "backend", "workers"]
    check_keys(values, known, str(path), error=ConfigError)
    return values


def _listed(name: str, value: object) -> tuple[Any, ...]:
    """Return members as text or lists of numbers, so that settings can be written down."""
    given = plain(value)
    if not isinstance(given, list | tuple):
        raise InvalidInput(f"{name} = {shown(given)} is not allowed: it must be a list.")
    listed: list[Any] = []
    for item in map(plain, given):
        if isinstance(item, str) and item:
            listed.append(item)
        elif name != "scenarios" and isinstance(item, list | tuple):
            listed.append(list(check_theta(item, asked=name)))
        else:
            raise InvalidInput(
                f"{name} holds {shown(item)}: it must be text{' or ten numbers' * (name != 'scenarios')}."
            )
    return tuple(listed)


def _traits(value: object) -> dict[str, float]:
    if not isinstance(value, Mapping):
        raise InvalidInput(f"fixed_traits = {shown(value)} is not allowed: it must name traits.")
    rule = number(0, 1)
    return {
        check_choice("a name in fixed_traits", trait, TRAITS): rule.check(f"fixed_traits.{trait}", part)
        for trait, part in value.items()
    }
