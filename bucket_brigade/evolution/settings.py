"""What a run of evolution is to do: every number that its result depends on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from bucket_brigade.errors import ConfigError, InvalidInput, did_you_mean, explain
from bucket_brigade.evolution.evaluator import GENERATION_RULES
from bucket_brigade.evolution.fitness import COMBINE, SCALES
from bucket_brigade.evolution.genomes import check_rule
from bucket_brigade.evolution.matchups import FITNESS
from bucket_brigade.evolution.operators import CROSSOVER, MUTATION
from bucket_brigade.execution import check_method
from bucket_brigade.game.strategy import TRAITS
from bucket_brigade.validation import check_choice, check_integer, check_seed

__all__ = ["ALGORITHMS", "EvolutionSettings", "read_config"]

ALGORITHMS = ("generational", "plus")
"""Who survives: the elite and the offspring, or the best of parents and offspring together."""


@dataclass(frozen=True)
class EvolutionSettings:
    """A run of evolution; raises `InvalidInput` for a value that is not allowed.

    Members (`opponents`, `start`) are what `bucket_brigade.registry.get_strategy` takes as text, or ten numbers.
    """

    scenarios: tuple[str, ...]
    """One for a specialist, several for a generalist: names or TOML files."""
    fitness: str = "clones"
    """As in `FitnessEvaluator`, like the next ones down to `scale`."""
    opponents: tuple[Any, ...] = ()
    rule: str = "heuristic"
    method: str = "auto"
    games: int = 200
    """Games behind a fitness; see `num_games` of `FitnessEvaluator`."""
    generation_rule: str = "fixed"
    """With ``fresh``, survivors and the hall of fame are evaluated again on the games of each new generation: no
    luck is ever kept, at the price of their games, and fitness can be compared within a generation only."""
    combine: str = "mean"
    scale: str | None = None
    seed: int = 0
    """Of games and of variation, which have streams of their own."""
    algorithm: str = "generational"
    population: int = 100
    generations: int = 100
    elite: int = 2
    """How many of the best survive as they are, in the generational algorithm."""
    tournament: int = 3
    """How many compete to be a parent."""
    crossover: str = "blend"
    crossover_rate: float = 0.7
    """Probability that a pair of parents is crossed."""
    mutation: str = "gaussian"
    mutation_rate: float = 0.2
    """Probability that a trait changes."""
    mutation_size: float = 0.15
    """Standard deviation of a change."""
    start: tuple[Any, ...] = ()
    """Members of the first population; the others are drawn uniformly."""
    fixed_traits: Mapping[str, float] = field(default_factory=dict)
    """Traits that keep one value in every genome."""
    hall_of_fame: int = 10
    """How many of the best genomes ever seen are kept."""
    final_games: int = 4_000
    """Games on which these are judged at the end, none of them played before."""
    budget: int | None = None
    """Stop before more genomes than this have been evaluated."""
    stagnation: int | None = None
    """Stop after so many generations without a better fitness, by more than `tolerance`."""
    tolerance: float = 0.0
    checkpoint_every: int = 10
    """Generations from one checkpoint to the next."""

    def __post_init__(self) -> None:
        for name in ("scenarios", "opponents", "start"):
            object.__setattr__(self, name, _listed(name, getattr(self, name)))
        if not self.scenarios:
            raise InvalidInput("scenarios is empty: name at least one.")
        if not isinstance(self.fixed_traits, Mapping):
            raise InvalidInput(f"fixed_traits = {self.fixed_traits!r} is not allowed: it must name traits.")
        for trait, value in self.fixed_traits.items():
            check_choice("a name in fixed_traits", trait, TRAITS)
            _number(f"fixed_traits.{trait}", value, 0.0, 1.0)
        check_choice("fitness", self.fitness, FITNESS)
        check_rule(self.rule)
        check_method(self.method)
        check_choice("generation_rule", self.generation_rule, GENERATION_RULES)
        check_choice("combine", self.combine, COMBINE)
        if self.scale is not None:
            check_choice("scale", self.scale, SCALES)
        check_choice("algorithm", self.algorithm, ALGORITHMS)
        check_choice("crossover", self.crossover, tuple(CROSSOVER))
        check_choice("mutation", self.mutation, tuple(MUTATION))
        check_seed(self.seed)
        check_integer("population", self.population, 2, 1 << 20)
        check_integer("generations", self.generations, 0, 1 << 40)
        for name, most in (("games", 1 << 24), ("final_games", 1 << 31), ("checkpoint_every", 1 << 40)):
            check_integer(name, getattr(self, name), 1, most)
        check_integer("elite", self.elite, 0, self.population - 1)
        check_integer("tournament", self.tournament, 1, 1 << 20)
        check_integer("hall_of_fame", self.hall_of_fame, 1, 1 << 16)
        for name in ("crossover_rate", "mutation_rate"):
            object.__setattr__(self, name, _number(name, getattr(self, name), 0.0, 1.0))
        object.__setattr__(self, "mutation_size", _number("mutation_size", self.mutation_size, 0.0, 10.0))
        object.__setattr__(self, "tolerance", _number("tolerance", self.tolerance, 0.0, 1e12))
        if self.budget is not None:
            check_integer("budget", self.budget, self.population, 1 << 53)
        if self.stagnation is not None:
            check_integer("stagnation", self.stagnation, 1, 1 << 40)
        if len(self.start) > self.population:
            raise InvalidInput(
                f"start has {len(self.start)} members: the population has {self.population} places."
            )

    @classmethod
    def of(cls, values: Mapping[str, Any], origin: str = "settings") -> EvolutionSettings:
        """Return settings from plain data; raises `ConfigError` naming `origin` for a key that is unknown."""
        known = [f.name for f in fields(cls)]
        for key in values:
            if key not in known:
                raise ConfigError(
                    explain(
                        f"{origin}: unknown key {key!r}.{did_you_mean(key, known)}",
                        exists=f"Keys: {', '.join(known)}.",
                    )
                )
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
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise ConfigError(f"Cannot read the config file {str(path)!r} (from --config): {reason}.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The config file {str(path)!r} is not TOML: {error}.") from error
    if set(values) == {"evolve"} and isinstance(values["evolve"], dict):
        values = values["evolve"]
    known = [*(f.name for f in fields(EvolutionSettings)), "backend", "workers"]
    for key in values:
        if key not in known:
            raise ConfigError(
                explain(
                    f"{path}: unknown key {key!r}.{did_you_mean(key, known)}",
                    exists=f"Keys: {', '.join(known)}.",
                )
            )
    return values


def _listed(name: str, value: object) -> tuple[Any, ...]:
    """Return members as text or tuples of numbers, so that settings can be written down."""
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise InvalidInput(f"{name} = {value!r} is not allowed: it must be a list.")
    listed = []
    for item in value:
        if isinstance(item, str) and item:
            listed.append(item)
        elif name != "scenarios" and isinstance(item, Sequence) and not isinstance(item, str):
            listed.append([float(number) for number in item])  # type: ignore[arg-type]
        else:
            raise InvalidInput(
                f"{name} holds {item!r}: it must be text{' or ten numbers' * (name != 'scenarios')}."
            )
    return tuple(listed)


def _number(name: str, value: object, low: float, high: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not low <= value <= high:
        raise InvalidInput(
            f"{name} = {value!r} is not allowed: it must be a number from {low:g} to {high:g}."
        )
    return float(value)
