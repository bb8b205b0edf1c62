"""``bucket-brigade plugins``: what is loaded, what is ready, and why not the rest."""

from __future__ import annotations

from typing import Annotated

import typer

from bucket_brigade.cli.options import AsJson, BackendName, Quiet
from bucket_brigade.cli.output import console, print_json, remark
from bucket_brigade.cli.tables import Column, Table
from bucket_brigade.errors import BucketBrigadeError
from bucket_brigade.plugins import PluginRecord
from bucket_brigade.plugins.commands import command_problem

__all__ = ["plugins"]

STATE_STYLES = {
    "ready": "green",
    "not installed": "dim",
    "unusable": "yellow",
    "broken": "red",
    "failed": "red",
}


def plugins(
    everything: Annotated[
        bool, typer.Option("--all", help="List agents and scenarios by name as well.")
    ] = False,
    backend: BackendName = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List backends with their states and reasons, and the plugins they come from."""
    from rich.text import Text

    from bucket_brigade.plugins import active_plugins
    from bucket_brigade.registry import list_agents, list_backends, list_scenarios
    from bucket_brigade.registry.names import shared_names

    active = active_plugins()
    records, statuses = active.records, list_backends()
    shared = {word: shared_names(active.offers(word)) for word in ("backend", "agent", "scenario")}
    chosen = _chosen(backend)
    if as_json:
        print_json(
            {
                "backends": [
                    {
                        "name": s.name,
                        "state": str(s.state),
                        "reason": s.reason,
                        "summary": s.summary,
                        "install": s.install,
                        "exact_stream": s.exact_stream,
                        "distribution": s.distribution,
                        "version": s.version,
                    }
                    for s in statuses
                ],
                "plugins": [
                    {
                        "distribution": r.distribution,
                        "version": r.version,
                        "entry_point": r.entry_point,
                        "state": r.state,
                        "reason": _reason(r),
                        "hooks": list(r.hooks),
                        "offers": {word: [o.name for o in offers] for word, offers in r.offers.items()},
                    }
                    for r in records
                ],
                "agents": list(list_agents()),
                "traits": {
                    name: dict(offer.value.traits)
                    for name, offer in zip(list_agents(), active_plugins().offers("agent"), strict=True)
                },
                "scenarios": list(list_scenarios()),
                "shared_names": shared,
                "chosen": chosen,
            }
        )
        return
    out = console()
    told = Column.words("summary, or why it is not ready")
    shown = Table("Backends", [Column.name("name"), Column.name("state"), Column("from", minor=1), told])
    for s in statuses:
        why = s.summary if s.state == "ready" else f"{s.reason}. {s.install}".strip()
        origin = f"{s.distribution} {s.version}".strip()
        shown.add_row(s.name, Text(s.state, style=STATE_STYLES[s.state]), origin, why)
    shown.print(out)
    told = Column.words("offers, or what went wrong")
    loaded = Table(
        "Plugins", [Column.name("distribution"), Column("entry point", minor=1), Column.name("state"), told]
    )
    for r in records:
        offers = [_counted(len(o), word) for word, o in r.offers.items() if o]
        if "register_commands" in r.hooks and not command_problem(r):
            offers.append("commands")
        why = "; ".join(part for part in (", ".join(offers), _reason(r)) if part)
        state = Text(r.state, style=STATE_STYLES.get(r.state, ""))
        loaded.add_row(f"{r.distribution} {r.version}", r.entry_point, state, why)
    loaded.print(out)
    for word, names in shared.items():
        for name, qualified in names.items():
            ours = qualified[0].startswith("bucket-brigade/")
            meant = f"it is ours, for another type {' or '.join(qualified[1:])}"
            advice = meant if ours else f"type {' or '.join(qualified)}"
            out.print(f"Several offer the {word} {name}: {advice}.")
    if everything:
        _agents_table().print(out)
        out.print("Scenarios: " + ", ".join(list_scenarios()))
    remark(f"Games are played by {chosen['name']} ({chosen['source']})." if "name" in chosen else
           f"No backend is chosen. {chosen['error']}", quiet=quiet)  # fmt: skip


def _agents_table() -> Table:
    from bucket_brigade.plugins import active_plugins
    from bucket_brigade.registry import list_agents

    agents = Table("Agents", [Column.name("name"), Column.words("does"), Column.words("declares")])
    for name, offer in zip(list_agents(), active_plugins().offers("agent"), strict=True):
        spec = offer.value
        agents.add_row(
            name, spec.summary, ", ".join(trait for trait, claimed in spec.traits.items() if claimed)
        )
    return agents


def _chosen(backend: str | None) -> dict[str, str]:
    """Return what a run would use; this command works even when that is an error."""
    from bucket_brigade.registry import resolve_backend

    try:
        resolved = resolve_backend(backend)
    except BucketBrigadeError as error:
        return {"error": str(error)}
    return {"name": resolved.name, "source": resolved.source}


def _reason(record: PluginRecord) -> str:
    """Return why a plugin, or a part of it, is not there; empty if all of it is."""
    problem = command_problem(record)
    return f"its commands could not be added: {problem}" if problem else record.reason


def _counted(count: int, word: str) -> str:
    return f"{count} {word}{'s' * (count != 1)}"
