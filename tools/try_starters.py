"""Try the starters under plugins/ as strangers would: built, installed into a fresh environment, tested there.

Run as ``make test-plugins``. Bucket Brigade and each starter are built as wheels and installed by pip into a
new virtual environment; no source folder is on its path. It also holds the packages that the wheels ask for,
and those that these ask for in turn, and nothing else: an undeclared dependency fails here. They are links to
the pinned packages of the environment that runs this script, so that nothing is fetched and a run takes
seconds. The Rust backend is among them if it is there.

What it shows: the wheels are complete, their entry points work, their declared dependencies are enough, no
plugin warns (strict mode), and the starters pass their own tests and the conformance kit.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
STARTERS = [ROOT / "plugins" / name for name in ("agents_starter", "backend_starter", "scenarios_starter")]
ALSO_IF_THERE = "bb-core-rs"

COMMANDS = [
    ["plugins"],
    ["check", "agent", "watchman"],
    ["check", "agent", "patrol"],
    ["check", "agent", "grudger"],
    ["check", "backend", "plain", "--only", "contract"],
    ["payoffs", "harbour", "--profile", "patrol,grudger,watchman", "--games", "50", "--backend", "plain"],
]
"""What a stranger types next, besides running the tests, which make every check of the backend."""


def main() -> None:
    """Build, install, look; ends with the exit code of the first step that fails."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="starters-") as folder:
        place = Path(folder)
        wheels = build(place / "wheels")
        python = make_environment(place / "env", wheels)
        here = place / "empty"
        here.mkdir()
        for command in COMMANDS:
            run(str(python.parent / "bucket-brigade"), *command, cwd=here)
        for starter in STARTERS:
            run(str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", str(starter), cwd=here)
    print(f"The starters work as third-party packages ({time.monotonic() - begun:.0f} s).")


def build(folder: Path) -> list[Path]:
    """Build the wheels of the core and of every starter."""
    pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", folder, ROOT, *STARTERS)
    return sorted(folder.glob("*.whl"))


def make_environment(folder: Path, wheels: list[Path]) -> Path:
    """Make an environment that holds the wheels and what they ask for; return its interpreter."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    python = folder / "bin" / "python"
    site = Path(told_by(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    pip("--python", python, "install", "--no-deps", "--no-index", *wheels)
    installed = list(distributions(path=[str(site)]))
    for needed in requirements_of(installed):
        link(needed, site)
    pip("--python", python, "check")
    where = told_by(python, "import bucket_brigade; print(bucket_brigade.__file__)")
    if not Path(where).is_relative_to(folder):
        raise SystemExit(f"The environment is not fresh: it imports {where}.")
    return python


def requirements_of(installed: list[Distribution]) -> Iterator[Distribution]:
    """Yield what these packages ask for, for use and for tests, and what that asks for in turn."""
    own = {canonicalize_name(one.metadata["Name"]) for one in installed}
    seen: set[str] = set(own)
    queue = [(one, "test") for one in installed]
    try:
        yield (rust := distribution(ALSO_IF_THERE))
        queue.append((rust, ""))
    except PackageNotFoundError:
        print(f"Without {ALSO_IF_THERE}, which is not installed.")
    while queue:
        asking, extra = queue.pop()
        for text in asking.requires or ():
            requirement = Requirement(text)
            name = canonicalize_name(requirement.name)
            if name in seen or (requirement.marker and not requirement.marker.evaluate({"extra": extra})):
                continue
            seen.add(name)
            found = distribution(name)
            queue += [(found, wanted) for wanted in requirement.extras or ("",)]
            yield found


def link(package: Distribution, site: Path) -> None:
    """Link what a package of this environment has put into its folder of packages."""
    for top in {file.parts[0] for file in package.files or ()} - {"..", "__pycache__"}:
        target = site / top
        if not target.exists():
            target.symlink_to(Path(str(package.locate_file(top))).resolve())


def pip(*arguments: str | Path) -> None:
    """Run pip quietly."""
    run(sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments))


def told_by(python: Path, code: str) -> str:
    """Return what an interpreter prints."""
    command = [str(python), "-P", "-c", code]
    return subprocess.run(command, env=clean(), capture_output=True, text=True, check=True).stdout.strip()


def run(*command: str, cwd: Path = ROOT) -> None:
    """Run a command and show it; ends this script with its exit code if that is not 0."""
    if cwd != ROOT:
        print("$", Path(command[0]).name, *command[1:], flush=True)
    code = subprocess.run(command, cwd=cwd, env=clean(), check=False).returncode
    if code:
        print(f"This failed: {' '.join(command)}", file=sys.stderr)
        raise SystemExit(code)


def clean() -> dict[str, str]:
    """Return an environment without settings of Python and of ours, but strict."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "BUCKET_BRIGADE_"))}
    return {**kept, "BUCKET_BRIGADE_STRICT": "1", "BUCKET_BRIGADE_CONFIG": "", "PYTHONDONTWRITEBYTECODE": "1"}


if __name__ == "__main__":
    main()
