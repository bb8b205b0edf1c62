"""Writes constraints.txt: the newest version of every package that the project and its tools need.

And constraints-rl.txt, for the environment of what trains; packages of both have the same version in both,
but for CUDA's.

Run as ``make lock``, with the oldest supported Python: what it can install, newer ones can too, while
the other way round a package's newest release may already have left the oldest Python behind.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

OLDEST = (3, 11)
NOT_EVERYWHERE = {"nvidia-cuda-nvrtc": "sys_platform != 'darwin'"}
"""Packages that some systems have no wheel of, and the others."""
ROOT = Path(__file__).resolve().parent.parent
HEADER = """\
# Every package of {environment}, pinned. Written by `make lock`; do not edit.
# Resolved on Python {oldest}; holds for Python {oldest} and newer.
"""


def resolve(*wanted: str, like: str = "") -> dict[str, str]:
    """Names and versions that pip would install for what is wanted of the project, its extras and its tools.

    Those that the file `like` names have its versions, but for those that torch brings in versions of its own.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
        command += ["--dry-run", "--ignore-installed", "--no-build-isolation", "--report", str(report)]
        command += ["pip", *wanted]
        if like:
            shared, pins = Path(folder) / like, (ROOT / like).read_text(encoding="utf-8").splitlines()
            shared.write_text("\n".join(pin for pin in pins if pin.partition("==")[0] not in NOT_EVERYWHERE))
            command += ["--constraint", str(shared)]
        subprocess.run(command, cwd=ROOT, check=True)
        answer = json.loads(report.read_text(encoding="utf-8"))
    packages = [package for package in answer["install"] if not package["is_direct"]]
    return {package["metadata"]["name"]: package["metadata"]["version"] for package in packages}


def _pin(name: str, version: str) -> str:
    marker = NOT_EVERYWHERE.get(name)
    return f"{name}=={version}" + (f"; {marker}" if marker else "")


def write(name: str, environment: str, *wanted: str, like: str = "") -> None:
    """Resolve what is wanted and write its pins to a file."""
    found = resolve(*wanted, like=like)
    pins = sorted((_pin(package, version) for package, version in found.items()), key=str.casefold)
    text = HEADER.format(environment=environment, oldest=".".join(map(str, OLDEST))) + "\n".join(pins) + "\n"
    (ROOT / name).write_text(text, encoding="utf-8")


def main() -> int:
    """Write both files; exit code 1 on another Python than the oldest supported one."""
    oldest = ".".join(map(str, OLDEST))
    if sys.version_info[:2] != OLDEST:
        running = ".".join(map(str, sys.version_info[:2]))
        print(
            f"The lock is resolved on Python {oldest}, and .venv has {running}."
            f" Make it anew: make clean lock PYTHON=python{oldest}",
            file=sys.stderr,
        )
        return 1
    everything = ".[envs,evolution,parquet,plots,test]", "./plugins/bucket_brigade_cupy[test]"
    write("constraints.txt", "the virtual environment", *everything, "--group", "build", "--group", "lint")
    apart = ".[rl,plots,test]", "hatchling", "editables"
    write("constraints-rl.txt", "the environment of `make test-rl` on Linux", *apart, like="constraints.txt")
    return 0


if __name__ == "__main__":
    sys.exit(main())
