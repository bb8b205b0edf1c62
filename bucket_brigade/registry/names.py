"""Finding what somebody offered, by plain name or by ``distribution/name``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from bucket_brigade.errors import DuplicateName, explain
from bucket_brigade.game.scenario import Scenario, split_version
from bucket_brigade.plugins import Offer, PluginRecord
from bucket_brigade.plugins.discovery import canonical
from bucket_brigade.plugins.manager import OWN

__all__ = [
    "asked_by",
    "cause",
    "duplicate",
    "failures",
    "find",
    "listed_names",
    "ours_or_all",
    "shared_names",
]


def find(offers: Iterable[Offer[Any]], name: str, *, word: str, source: str = "") -> Offer[Any] | None:
    """Return the offer that `name` means, or None if nobody offers it.

    A plain name of ours stays ours whoever else takes it, so that no package can break another's run. Raises
    `DuplicateName`, naming all distributions, if several strangers offer it. `word` says what is looked for
    and `source` who asked, for the message.
    """
    distribution, slash, plain = name.rpartition("/")
    if slash:
        wanted = f"{canonical(distribution)}/{plain}"
        return next((offer for offer in offers if offer.qualified == wanted), None)
    matching = ours_or_all(offer for offer in offers if offer.name == name)
    if len(matching) > 1:
        raise duplicate(matching, word, name, source)
    return matching[0] if matching else None


def ours_or_all(offers: Iterable[Offer[Any]]) -> list[Offer[Any]]:
    """Return those of Bucket Brigade itself if there are any, else all."""
    everybody = list(offers)
    return [offer for offer in everybody if offer.distribution == OWN.distribution] or everybody


def duplicate(offers: Sequence[Offer[Any]], word: str, name: str, source: str = "") -> DuplicateName:
    """Return the error for a name that several distributions offer."""
    owners = dict.fromkeys(f"{offer.distribution} {offer.version}" for offer in offers)
    return DuplicateName(
        explain(
            f"The {word} name {name!r}{asked_by(source)} is ambiguous.",
            why=f"Several distributions offer it: {', '.join(owners)}.",
            do=f"Type one of: {', '.join(offer.qualified for offer in offers)}",
        )
    )


def asked_by(source: str) -> str:
    """Return `` (from source)``, or nothing if the source is unknown."""
    return f" (from {source})" if source else ""


def listed_names(offers: Sequence[Offer[Any]]) -> tuple[str, ...]:
    """Return a name for each offer that finds it again: plain where that is enough, else qualified."""
    uses = Counter(offer.name for offer in offers)
    return tuple(
        offer.name if uses[offer.name] == 1 or offer.distribution == OWN.distribution else offer.qualified
        for offer in offers
    )


def shared_names(offers: Iterable[Offer[Any]]) -> dict[str, tuple[str, ...]]:
    """Return every plain name that several distributions offer, with the qualified names that tell them apart.

    Versions of one scenario share its name without version, which would mean the newest of them.
    """
    owners: dict[str, dict[str, None]] = {}
    for offer in offers:
        base, version = split_version(offer.name) if isinstance(offer.value, Scenario) else (offer.name, None)
        names = (offer.name,) if version is None else (offer.name, base)
        for name in names:
            owners.setdefault(name, {})[f"{canonical(offer.distribution)}/{name}"] = None
    return {name: tuple(qualified) for name, qualified in owners.items() if len(qualified) > 1}


def failures(failed: Sequence[PluginRecord]) -> str:
    """Return a sentence on the plugins that failed to load and so might have offered what is missing."""
    return f"Plugins that failed to load: {', '.join(map(str, failed))}." if failed else ""


def cause(failed: Sequence[PluginRecord]) -> BaseException | None:
    """Return why a plugin failed to load, if just one did: the likely cause of a name that is missing."""
    return failed[0].error if len(failed) == 1 else None
