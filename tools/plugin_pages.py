"""Write what Bucket Brigade says about plugins that fail into the documentation (run by ``make pages``).

Two pages: ``docs/how-to/when-a-plugin-fails.md``, written by hand but for the blocks after ``<!-- output: … -->``,
and ``docs/reference/plugin-messages.md``, every message word for word. Plugins are made on the spot as installed
distributions, found and loaded as any others. With ``--check`` nothing is written: the difference is shown,
and the exit code is 1 if there is one; a test runs that.
"""

from __future__ import annotations

import difflib
import importlib
import io
import os
import re
import sys
import tempfile
import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.metadata import distributions
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
sys.dont_write_bytecode = True

from bucket_brigade.cli.app import make_app, run  # noqa: E402
from bucket_brigade.errors import BucketBrigadeError  # noqa: E402
from bucket_brigade.plugins import PluginWarning, manager  # noqa: E402
from bucket_brigade.plugins.commands import add_commands  # noqa: E402
from bucket_brigade.plugins.discovery import candidates_of, in_order  # noqa: E402
from bucket_brigade.registry import get_scenario, get_strategy, resolve_backend  # noqa: E402
from bucket_brigade.simulation import simulate  # noqa: E402
from tools.plugin_faults import AGENTS, BACKENDS, COMMANDS, FOUR_STATES, OFFERS, PLUGINS  # noqa: E402

HOW_TO = ROOT / "docs" / "how-to" / "when-a-plugin-fails.md"
REFERENCE = ROOT / "docs" / "reference" / "plugin-messages.md"
HEADER = "from bucket_brigade import AgentSpec, BackendSpec, get_scenario, hookimpl\n"
MINE = "my-plugin 1.0"

Packages = Mapping[str, Mapping[str, str]]
"""For each distribution and version its modules; the first one is what the entry point names."""


def main() -> int:
    """Write the pages, or compare them."""
    for name in [name for name in os.environ if name.startswith("BUCKET_BRIGADE_")]:
        del os.environ[name]
    os.environ["BUCKET_BRIGADE_CONFIG"] = ""
    pages = {HOW_TO: how_to(HOW_TO.read_text(encoding="utf-8")), REFERENCE: reference()}
    different = False
    for path, text in pages.items():
        known = path.read_text(encoding="utf-8") if path.exists() else ""
        different |= known != text
        if "--check" in sys.argv:
            old, new = known.splitlines(keepends=True), text.splitlines(keepends=True)
            sys.stdout.writelines(difflib.unified_diff(old, new, str(path), "what is said now"))
        else:
            path.write_text(text, encoding="utf-8")
    sys.stdout.flush()
    # A probe that hangs is among what was tried; nothing here waits for it.
    os._exit(int(different and "--check" in sys.argv))


# The pages.


def how_to(page: str) -> str:
    """Return the page with the block after each mark replaced by what is printed now."""
    outputs: dict[str, Callable[[], str]] = {
        "four states": lambda: typed("plugins", packages=FOUR_STATES),
        "failed": lambda: typed("plugins", packages=failing()),
        "strict": lambda: typed("play", "easy", packages=failing(), BUCKET_BRIGADE_STRICT="1"),
    }
    for name, output in outputs.items():
        block = re.compile(rf"(?<=<!-- output: {name} -->\n)```text\n.*?^```$", re.DOTALL | re.MULTILINE)
        parts = block.split(page)
        assert len(parts) == 2, f"{HOW_TO} needs one block for {name!r}"
        page = f"```text\n{output()}```".join(parts)
    return page


def failing() -> Packages:
    """A good plugin, and three that fail in different ways, one of them only in its commands."""
    spec = 'register(AgentSpec("{}", "waits", "m:a"))'
    agents = "@hookimpl\ndef register_agents(register):\n    " + spec
    return {
        "bb-good 1.0": {"bb_good": HEADER + agents.format("good")},
        "bb-import 1.0": {"bb_import": textwrap.dedent(PLUGINS["a module that cannot be imported"])},
        "bb-misspelt 1.0": {"bb_misspelt": HEADER + textwrap.dedent(PLUGINS["a misspelt hook"])},
        "bb-other 1.0": {"bb_other": HEADER + agents.format("hero")},
        "bb-talker 1.0": {"bb_talker": HEADER + textwrap.dedent(COMMANDS["a hook that raises"])},
    }


def reference() -> str:
    """Return the page of all messages."""
    parts = [
        "# What is said about plugins\n",
        "Every message, word for word, with what leads to it. Written by `make pages`, compared by a test. What to do",
        "about them: [When a plugin fails](../how-to/when-a-plugin-fails.md).\n",
    ]
    for title, about, messages in sections():
        parts += [f"## {title}\n", f"{about}\n"]
        for what, source, message in messages:
            wrapped = textwrap.fill(message, 110, break_long_words=False, break_on_hyphens=False)
            code = f"```py\n{textwrap.dedent(source).strip()}\n```\n\n" if source else ""
            parts += [f"### {what[0].upper()}{what[1:]}\n", f"{code}```text\n{wrapped}\n```\n"]
    return "\n".join(parts).rstrip("\n") + "\n"


Message = tuple[str, str, str]
"""What was done, its source, and what was said."""


def sections() -> Iterator[tuple[str, str, list[Message]]]:
    """Yield title, introduction and messages of every section."""
    # Before the backends: a command that is typed after a probe was left hanging ends this process.
    yield "Which plugins are loaded", "Settings that nothing answers to.", list(choices())
    yield (
        "Plugins that fail to load",
        "A `PluginWarning` each; everything else works. In strict mode they are one `PluginError`.",
        [(what, source, load(source)) for what, source in PLUGINS.items()],
    )
    yield (
        "Offers that break the contract",
        "The plugin fails to load, and nothing it registered is left.",
        [(what, shown(offer), load(shown(offer))) for what, offer in OFFERS.items()],
    )
    yield "Backends that are not ready", "Raised when the backend is asked for by name.", list(backends())
    yield "Agents that fail", "Raised when the agent is made or plays.", list(agents())
    yield "Names", "Raised when a name is looked up.", list(names())
    yield (
        "Commands that cannot be added",
        "A `PluginWarning` each, and a note in `bucket-brigade plugins`.",
        [(what, source, told_by_commands(source)) for what, source in COMMANDS.items()],
    )


def backends() -> Iterator[Message]:
    """Yield what is said of the backend ``gpu`` in every state but ready."""
    for what, (spec, module) in BACKENDS.items():
        plugin = (
            f'@hookimpl\ndef register_backends(register):\n    register(BackendSpec("gpu", "fast", {spec}))'
        )
        packages = {MINE: {"my_plugin.plugin": HEADER + plugin, "my_plugin.backend": module}}
        source = f'BackendSpec("gpu", "fast", {spec})' + (
            f"\n\n# my_plugin/backend.py\n{module}" if module else ""
        )
        yield what, source, told(packages, lambda: resolve_backend("gpu"))


def agents() -> Iterator[Message]:
    """Yield what is said of the agent ``patient``."""
    spec = 'AgentSpec("patient", "waits", "my_plugin.agents:patient", traits={"native": False})'
    plugin = f"@hookimpl\ndef register_agents(register):\n    register({spec})"
    for what, module in AGENTS.items():
        packages = {MINE: {"my_plugin.plugin": HEADER + plugin, "my_plugin.agents": textwrap.dedent(module)}}
        yield what, module, told(packages, play_patient)


def play_patient() -> None:
    """Play a few games with the agent ``patient``."""
    simulate("easy-v2", "hero,patient,liar,free_rider", games=10, seed=1, backend="python")


def names() -> Iterator[Message]:
    """Yield what is said of names that mean nothing, or two things."""
    one = '@hookimpl\ndef register_agents(register):\n    register(AgentSpec("patient", "waits", "m:a"))\n'
    two = '@hookimpl\ndef register_backends(register):\n    register(BackendSpec("gpu", "fast", "m:a"))\n'
    town = '@hookimpl\ndef register_scenarios(register):\n    register(get_scenario("easy-v2").replace(name="{}"))\n'
    both = {
        name: {name.partition(" ")[0].replace("-", "_"): HEADER + one + two + town.format("hamlet-v3")}
        for name in ("bb-one 1.0", "bb-two 2.0")
    }
    failed = {"bb-broken 1.0": {"bb_broken": "import package_that_nobody_has"}}
    yield "an agent that nobody offers", "", told({}, lambda: get_strategy("heroo"))
    yield "an agent while a plugin failed", "", told(failed, lambda: get_strategy("patient"))
    yield "an agent that two offer", "", told(both, lambda: get_strategy("patient"))
    yield "a backend that nobody offers", "", told({}, lambda: resolve_backend("rusty"))
    yield "a backend that two offer", "", told(both, lambda: resolve_backend("gpu"))
    yield "a scenario that nobody offers", "", told({}, lambda: get_scenario("eazy"))
    yield "a version that nobody offers", "", told({}, lambda: get_scenario("easy-v9"))
    yield "a version that two offer", "", told(both, lambda: get_scenario("hamlet-v3"))
    yield "a scenario of which several offer versions", "", told(both, lambda: get_scenario("hamlet"))


def choices() -> Iterator[Message]:
    """Yield what is said of settings about plugins."""
    packages = {MINE: {"my_plugin": HEADER + textwrap.dedent(PLUGINS["a hook that raises"])}}
    yield (
        "a name in BUCKET_BRIGADE_PLUGINS that no plugin goes by",
        "",
        typed(
            "scenarios", "easy", "--json", packages=packages, BUCKET_BRIGADE_PLUGINS="my_plugn"
        ).splitlines()[0],
    )
    yield (
        "BUCKET_BRIGADE_STRICT with another value",
        "",
        typed("scenarios", "easy", packages=packages, BUCKET_BRIGADE_STRICT="yes"),
    )
    yield (
        "a plugin that fails in strict mode",
        "",
        typed("scenarios", "easy", packages=packages, BUCKET_BRIGADE_STRICT="1"),
    )


# Making it happen.


def shown(offer: str) -> str:
    """Return the plugin behind ``hook: statements``."""
    hook, _, statements = offer.strip().partition(": ")
    body = "\n".join(f"    {statement}" for statement in statements.split("; "))
    return f"@hookimpl\ndef {hook}(register):\n{body}"


def load(source: str) -> str:
    """Return the warning about a plugin of this source."""
    return told({MINE: {"my_plugin": HEADER + textwrap.dedent(source)}}, manager.active_plugins)


def told_by_commands(source: str) -> str:
    """Return the warning about a plugin whose commands cannot be added."""
    packages = {MINE: {"my_plugin": HEADER + textwrap.dedent(source)}}
    return told(packages, lambda: add_commands(make_app(), manager.active_plugins()))


def told(packages: Packages, action: Callable[[], object]) -> str:
    """Return the error that an action ends in, else the last warning, each with its class."""
    with installed(packages), warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", PluginWarning)
        try:
            action()
        except BucketBrigadeError as error:
            return f"{type(error).__name__}: {error}"
    return f"{caught[-1].category.__name__}: {caught[-1].message}"


def typed(*arguments: str, packages: Packages, **settings: str) -> str:
    """Return everything that a command prints, errors and remarks too, without spaces at the ends of lines."""
    out = io.StringIO()
    before, sys.argv = sys.argv, ["bucket-brigade", *arguments]
    os.environ.update(settings)
    try:
        with installed(packages), redirect_stdout(out), redirect_stderr(out), warnings.catch_warnings():
            run()
    except SystemExit:
        pass
    finally:
        sys.argv = before
        for name in settings:
            del os.environ[name]
    lines = (line.rstrip() for line in out.getvalue().splitlines())
    return "\n".join(lines).strip("\n") + "\n"


@contextmanager
def installed(packages: Packages) -> Iterator[None]:
    """Let these distributions be installed, and no other plugins, inside the block."""
    with tempfile.TemporaryDirectory() as folder:
        site, known = Path(folder), set(sys.modules)
        for distribution, modules in packages.items():
            write(site, distribution, modules)
        found = in_order(candidates_of(distributions(path=[folder])))
        manager._load_once.cache_clear()
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            with mock.patch.object(manager, "discover", return_value=found):
                yield
        finally:
            sys.path.remove(folder)
            manager._load_once.cache_clear()
            own = {name.partition(".")[0] for modules in packages.values() for name in modules}
            for name in set(sys.modules) - known:
                if name.partition(".")[0] in own:
                    del sys.modules[name]


def write(site: Path, distribution: str, modules: Mapping[str, str]) -> None:
    """Lay down the modules and the metadata of one distribution."""
    name, _, version = distribution.partition(" ")
    for module, source in modules.items():
        file = site.joinpath(*module.split(".")).with_suffix(".py")
        file.parent.mkdir(exist_ok=True)
        if file.parent != site:
            (file.parent / "__init__.py").touch()
        file.write_text(textwrap.dedent(source), encoding="utf-8")
    info = site / f"{name.replace('-', '_')}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", encoding="utf-8"
    )
    entry = f"{name.replace('-', '_')} = {next(iter(modules))}"
    (info / "entry_points.txt").write_text(f"[bucket_brigade]\n{entry}\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
