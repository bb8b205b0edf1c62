"""``bucket-brigade plugins``: what is loaded, what is ready, and why not the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bucket_brigade.cli.options import AsJson, BackendName, Quiet, Seed
from bucket_brigade.cli.output import console, print_json, remark, table
from bucket_brigade.errors import BucketBrigadeError
from bucket_brigade.plugins import PluginRecord
from bucket_brigade.plugins.commands import command_problem

if TYPE_CHECKING:
    from rich.table import Table

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
    seed: Seed = 0,  # noqa: ARG001  every command takes the same options
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """List backends with their states and reasons, and the plugins they come from."""
    from rich.markup import escape

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
    shown = table("Backends", "name", "state", "from", "summary, or why it is not ready", left=4)
    for s in statuses:
        why = s.summary if s.state == "ready" else f"{s.reason}. {s.install}".strip()
        origin = f"{s.distribution} {s.version}".strip()
        # What strangers wrote is shown as it is: brackets in it are no markup.
        shown.add_row(escape(s.name), f"[{STATE_STYLES[s.state]}]{s.state}[/]", escape(origin), escape(why))
    out.print(shown)
    loaded = table("Plugins", "distribution", "entry point", "state", "offers, or what went wrong", left=4)
    for r in records:
        offers = [_counted(len(o), word) for word, o in r.offers.items() if o]
        if "register_commands" in r.hooks and not command_problem(r):
            offers.append("commands")
        told = "; ".join(part for part in (", ".join(offers), _reason(r)) if part)
        style = STATE_STYLES.get(r.state, "")
        state = f"[{style}]{r.state}[/]" if style else r.state
        loaded.add_row(escape(f"{r.distribution} {r.version}"), escape(r.entry_point), state, escape(told))
    out.print(loaded)
    for word, names in shared.items():
        for name, qualified in names.items():
            ours = qualified[0].startswith("bucket-brigade/")
            meant = f"it is ours, for another type {' or '.join(qualified[1:])}"
            told = meant if ours else f"type {' or '.join(qualified)}"
            out.print(f"Several offer the {word} {name}: {told}.", markup=False)
    if everything:
        out.print(_agents_table())
        out.print("Scenarios: " + ", ".join(list_scenarios()), markup=False)
    remark(f"Games are played by {chosen['name']} ({chosen['source']})." if "name" in chosen else
           f"No backend is chosen. {chosen['error']}", quiet=quiet)  # fmt: skip


def _agents_table() -> Table:
    from rich.markup import escape

    from bucket_brigade.plugins import active_plugins
    from bucket_brigade.registry import list_agents

    agents = table("Agents", "name", "does", "declares", left=3)
    for name, offer in zip(list_agents(), active_plugins().offers("agent"), strict=True):
        spec = offer.value
        agents.add_row(
            name, escape(spec.summary), ", ".join(trait for trait, claimed in spec.traits.items() if claimed)
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
