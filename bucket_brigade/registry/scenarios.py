"""Scenarios by name, by version and from files."""

from __future__ import annotations

import os
from pathlib import Path

from bucket_brigade.errors import InvalidInput, UnknownName, did_you_mean, explain
from bucket_brigade.game.scenario import Scenario, split_version
from bucket_brigade.game.scenario_files import load_scenarios
from bucket_brigade.plugins import Offer, active_plugins
from bucket_brigade.registry.names import cause, duplicate, failures, find, listed_names, ours_or_all
from bucket_brigade.validation import shown

__all__ = ["get_scenario", "list_scenarios"]

SUFFIX = ".toml"


def list_scenarios() -> tuple[str, ...]:
    """Return the name of every registered scenario, versions included, in the order of registration.

    A name that two distributions offer appears as ``distribution/name``; each one fits `get_scenario`.
    """
    return listed_names(active_plugins().offers("scenario"))


def get_scenario(scenario: str | os.PathLike[str] | Scenario) -> Scenario:
    """Return a scenario by name, from a file, or as it is.

    A name is ``greedy_neighbor-v2``, or ``greedy_neighbor`` for the newest version, or either after
    ``distribution/``. A file is ``town.toml`` if it holds one scenario, else ``town.toml:name``. Raises
    `UnknownName` or `DuplicateName` for a name, `InvalidInput` for a file or another type.
    """
    if isinstance(scenario, Scenario):
        return scenario
    if isinstance(scenario, os.PathLike):
        return _from_file(os.fsdecode(scenario), "")
    if not isinstance(scenario, str):
        raise InvalidInput(
            f"scenario = {shown(scenario)} is not allowed: it must be a name, a TOML file or a Scenario."
        )
    path, colon, name = scenario.rpartition(f"{SUFFIX}:")
    if colon:
        return _from_file(path + SUFFIX, name)
    if scenario.endswith(SUFFIX):
        return _from_file(scenario, "")
    return _by_name(scenario)


def _by_name(name: str) -> Scenario:
    offers: tuple[Offer[Scenario], ...] = active_plugins().offers("scenario")
    exact = find(offers, name, word="scenario")
    if exact is not None:
        scenario: Scenario = exact.value
        return scenario
    base, version = split_version(name)
    # A package that adds a version to somebody else's scenario must not change what the name meant before.
    versions = ours_or_all(offer for offer in offers if _is_version_of(offer, base))
    if not versions:
        raise _unknown(name, offers) from cause(active_plugins().failed)
    if version is not None:
        raise UnknownName(
            explain(
                f"Scenario {shown(base)} has no version {version} (asked for as {shown(name)}).",
                exists=f"Versions: {', '.join(f'v{_version(offer)}' for offer in sorted(versions, key=_version))}.",
                do=f"Type: bucket-brigade scenarios {base}",
            )
        )
    if len({offer.distribution for offer in versions}) > 1:
        raise duplicate(versions, "scenario", name)
    newest: Scenario = max(versions, key=_version).value
    return newest


def _is_version_of(offer: Offer[Scenario], base: str) -> bool:
    """Say whether an offer is a version of the plain or qualified name `base`."""
    return base in (split_version(offer.name)[0], split_version(offer.qualified)[0])


def _version(offer: Offer[Scenario]) -> int:
    return split_version(offer.name)[1] or 0


def _unknown(name: str, offers: tuple[Offer[Scenario], ...]) -> UnknownName:
    bases = list(dict.fromkeys(split_version(offer.name)[0] for offer in offers))
    hint = did_you_mean(split_version(name)[0], bases)
    if not hint and _is_file(name + SUFFIX):
        hint = f" There is a file of that name: type {name + SUFFIX}."
    return UnknownName(
        explain(
            f"Unknown scenario {shown(name)}.{hint}",
            exists=f"Scenarios: {', '.join(bases)}. {failures(active_plugins().failed)}",
            do="Type: bucket-brigade scenarios",
        )
    )


def _is_file(path: str) -> bool:
    try:
        return Path(path).is_file()
    except (OSError, ValueError):
        return False  # No name of a file: too long, or with half a surrogate pair.


def _from_file(path: str, name: str) -> Scenario:
    scenarios = load_scenarios(path)
    names = [scenario.name for scenario in scenarios]
    if name:
        for scenario in scenarios:
            if scenario.name == name:
                return scenario
        raise UnknownName(
            explain(
                f"The scenario file {path!r} holds no scenario {name!r}.{did_you_mean(name, names)}",
                exists=f"It holds: {', '.join(names)}.",
            )
        )
    if len(scenarios) > 1:
        raise InvalidInput(
            explain(
                f"The scenario file {path!r} holds {len(scenarios)} scenarios: {', '.join(names)}.",
                do=f"Type one of them, such as {path}:{names[0]}",
            )
        )
    return scenarios[0]
