"""The scripts of the build, in scratch folders with stand-ins for cargo, rustup, uv and Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
RUST = "1.95.0"
COMMANDS = ["chmod", "dirname", "find", "head", "ln", "ls", "make", "mkdir", "readlink", "rm", "sed", "sh"]
COMMANDS += ["touch", "uname"]
ENGINE = ".venv/lib/python3.12/site-packages/bb_core_rs"
PROXY = f"""
if [ -d "${{RUSTUP_HOME:-$HOME/.rustup}}/toolchains" ]; then
    echo "${{0##*/}} {RUST} (0123abc 2026-01-01)"
else
    echo "error: rustup could not choose a version of ${{0##*/}} to run" >&2
    echo "help: run 'rustup default stable'" >&2
    exit 1
fi
"""


def script(path: Path, body: str) -> None:
    """Write an executable shell script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    path.chmod(0o755)


def add_rust(folder: Path, version: str = RUST) -> Path:
    """A cargo and a rustc that only know their version."""
    for tool in ("cargo", "rustc"):
        script(folder / tool, f'echo "{tool} {version} (0123abc 2026-01-01)"')
    return folder


def add_rustup(folder: Path, toolchains: Path) -> Path:
    """Rustup's proxies in ``folder``, and its toolchains."""
    script(folder / "rustup", PROXY)
    for tool in ("cargo", "rustc"):
        (folder / tool).symlink_to("rustup")
    (toolchains / "toolchains").mkdir(parents=True)
    return folder


@dataclass
class Machine:
    """A machine with the few commands that the scripts need, an empty HOME and no Rust."""

    home: Path
    commands: Path
    path: list[Path] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, *command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
        """Run a command with no other environment than this machine's."""
        path = os.pathsep.join(map(str, [*self.path, self.commands]))
        variables = {"HOME": str(self.home), "PATH": path, "LC_ALL": "C", **self.variables}
        arguments = [str(part) for part in command]
        return subprocess.run(
            arguments, cwd=cwd, env=variables, check=False, capture_output=True, text=True, timeout=60
        )

    def find_cargo(self) -> subprocess.CompletedProcess[str]:
        """Run the tool; games would be slow without Rust."""
        return self.run(ROOT / "tools" / "find-cargo", "games would be slow")

    def settings(self) -> tuple[str, str]:
        """The cargo that the tool's answer leads to, and the RUSTUP_HOME that comes with it."""
        found = self.find_cargo()
        assert found.returncode == 0, found.stderr
        assert found.stderr == ""
        show = 'command -v cargo && cargo --version >/dev/null && echo "${RUSTUP_HOME-}"'
        shown = self.run("/bin/sh", "-c", f"{found.stdout}\n{show}")
        assert shown.returncode == 0, shown.stderr
        cargo, rustup_home = shown.stdout.splitlines()
        return cargo, rustup_home


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A bare machine under ``tmp_path``."""
    commands = tmp_path / "commands"
    commands.mkdir()
    for name in (
        "chmod",
        "dirname",
        "find",
        "head",
        "ln",
        "ls",
        "make",
        "mkdir",
        "readlink",
        "rm",
        "sed",
        "sh",
        "touch",
        "uname",
    ):
        real = shutil.which(name)
        assert real is not None, name
        (commands / name).symlink_to(real)
    home = tmp_path / "home"
    home.mkdir()
    return Machine(home, commands)


# tools/find-cargo


def test_no_cargo_is_one_line_with_reason_cost_and_remedy(machine: Machine) -> None:
    found = machine.find_cargo()
    assert (found.returncode, found.stdout) == (1, "")
    (line,) = found.stderr.splitlines()
    assert line.startswith("Rust is missing: no cargo on PATH; games would be slow.")
    assert "install stable Rust (https://rustup.rs)" in line


def test_cargo_that_works_is_taken_as_it_is(machine: Machine, tmp_path: Path) -> None:
    machine.path = [add_rust(tmp_path / "rust")]
    assert machine.settings() == (str(tmp_path / "rust" / "cargo"), "")


def test_folder_names_are_quoted(machine: Machine, tmp_path: Path) -> None:
    machine.path = [add_rust(tmp_path / "it's $HOME")]
    assert machine.settings() == (str(tmp_path / "it's $HOME" / "cargo"), "")


def test_broken_cargo_is_named_with_the_first_line_of_its_error(machine: Machine, tmp_path: Path) -> None:
    script(tmp_path / "rust" / "cargo", "echo no toolchain >&2; echo more >&2; exit 1")
    machine.path = [tmp_path / "rust"]
    found = machine.find_cargo()
    assert (found.returncode, found.stdout) == (1, "")
    (line,) = found.stderr.splitlines()
    assert f"{tmp_path}/rust/cargo does not run (no toolchain); games would be slow." in line


def test_cargo_without_rustc_does_not_count(machine: Machine, tmp_path: Path) -> None:
    (add_rust(tmp_path / "rust") / "rustc").unlink()
    machine.path = [tmp_path / "rust"]
    found = machine.find_cargo()
    assert found.returncode == 1
    assert f"{tmp_path}/rust/rustc does not run" in found.stderr


@pytest.mark.parametrize("version", ["1.63.0", "0.99.0"])
def test_old_rust_is_named_with_the_version_needed(machine: Machine, tmp_path: Path, version: str) -> None:
    machine.path = [add_rust(tmp_path / "rust", version)]
    found = machine.find_cargo()
    assert found.returncode == 1
    assert f"{tmp_path}/rust/rustc is {version[:-2]} and 1." in found.stderr


def test_new_major_version_is_new_enough(machine: Machine, tmp_path: Path) -> None:
    machine.path = [add_rust(tmp_path / "rust", "2.0.0-nightly")]
    assert machine.settings() == (str(tmp_path / "rust" / "cargo"), "")


def test_second_cargo_on_path_is_tried(machine: Machine, tmp_path: Path) -> None:
    script(tmp_path / "broken" / "cargo", "exit 1")
    machine.path = [tmp_path / "broken", add_rust(tmp_path / "rust")]
    assert machine.settings() == (str(tmp_path / "rust" / "cargo"), "")


def test_rustup_with_its_own_home_needs_nothing(machine: Machine) -> None:
    machine.path = [add_rustup(machine.home / ".cargo" / "bin", machine.home / ".rustup")]
    assert machine.settings() == (str(machine.home / ".cargo" / "bin" / "cargo"), "")


@pytest.mark.parametrize(("cargo", "rustup"), [(".cargo", ".rustup"), ("cargo", "rustup")])
def test_rustup_with_an_empty_home_is_pointed_to_its_toolchains(
    machine: Machine, tmp_path: Path, cargo: str, rustup: str
) -> None:
    machine.path = [add_rustup(tmp_path / "user" / cargo / "bin", tmp_path / "user" / rustup)]
    assert machine.settings() == (
        str(tmp_path / "user" / cargo / "bin" / "cargo"),
        str(tmp_path / "user" / rustup),
    )


def test_rustup_is_found_through_a_link_from_elsewhere(machine: Machine, tmp_path: Path) -> None:
    real = add_rustup(tmp_path / "user" / ".cargo" / "bin", tmp_path / "user" / ".rustup")
    machine.path = [tmp_path / "links"]
    machine.path[0].mkdir()
    for tool in ("cargo", "rustc"):
        (machine.path[0] / tool).symlink_to(real / tool)
    assert machine.settings() == (str(tmp_path / "links" / "cargo"), str(tmp_path / "user" / ".rustup"))


def test_rustup_without_toolchains_is_refused(machine: Machine, tmp_path: Path) -> None:
    machine.path = [add_rustup(tmp_path / "user" / ".cargo" / "bin", tmp_path / "elsewhere")]
    found = machine.find_cargo()
    assert (found.returncode, found.stdout) == (1, "")
    assert "cargo does not run (error: rustup could not choose a version of cargo to run)" in found.stderr


# tools/find-uv


@pytest.mark.parametrize("version", ["0.12.0", "0.99.1", "1.0.0"])
def test_uv_on_path_is_taken_if_it_is_new_enough(machine: Machine, tmp_path: Path, version: str) -> None:
    script(tmp_path / "uv" / "uv", f'echo "uv {version} (0123abc 2026-01-01)"')
    machine.path = [tmp_path / "uv"]
    found = machine.run(ROOT / "tools" / "find-uv", "python9")
    assert (found.returncode, found.stdout, found.stderr) == (0, f"{tmp_path}/uv/uv\n", "")


@pytest.mark.parametrize("old", [True, False])
def test_uv_is_fetched_once_into_an_environment_of_its_own(
    machine: Machine, bare_clone: Path, tmp_path: Path, old: bool
) -> None:
    fetch = (
        f'echo "$*" >>"{tmp_path}/log"\n'
        'case "$2" in *executable*) echo "$0";; venv) mkdir -p "$3/bin"; ln -s "$0" "$3/bin/python";;\n'
        f'pip) echo "exit 0" >"{bare_clone}/.uv/bin/uv"; chmod +x "{bare_clone}/.uv/bin/uv";; esac'
    )
    script(tmp_path / "python" / "python3", fetch)
    machine.path = [tmp_path / "python"]
    if old:
        script(tmp_path / "python" / "uv", "echo uv 0.11.9")
    for _ in range(2):
        found = machine.run(bare_clone / "tools" / "find-uv", "python3")
        assert (found.returncode, found.stdout) == (0, f"{bare_clone}/.uv/bin/uv\n"), found.stderr
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if " install " in line] == [lines[-1]]
    assert " uv==" in lines[-1]
    assert f"-m venv {bare_clone}/.uv" in lines


def test_python_without_venv_cannot_fetch_uv(machine: Machine, bare_clone: Path, tmp_path: Path) -> None:
    script(tmp_path / "python" / "python3", "exit 1")
    machine.path = [tmp_path / "python"]
    found = machine.run(bare_clone / "tools" / "find-uv", "python3")
    assert (found.returncode, found.stdout) == (1, "")
    (line,) = found.stderr.splitlines()
    assert "'python3' has no venv" in line
    assert "apt install python3-venv" in line
    assert "make PYTHON=" in line


def test_uv_that_cannot_be_fetched_is_told_after_pips_own_words(
    machine: Machine, bare_clone: Path, tmp_path: Path
) -> None:
    script(tmp_path / "python" / "python3", 'case "$2" in *executable*) echo "$0";; venv) exit 1;; esac')
    machine.path = [tmp_path / "python"]
    found = machine.run(bare_clone / "tools" / "find-uv", "python3")
    assert (found.returncode, found.stdout) == (1, "")
    assert "could not be installed (the lines above say why)" in found.stderr


# tools/sync


@pytest.mark.parametrize(
    ("python", "reason"),
    [
        ("exit 127", "'python3' does not run"),
        ('case "$2" in *%d*) echo 3.9;; *) exit 1;; esac', "is Python 3.9"),
    ],
    ids=["broken", "old"],
)
def test_unfit_python_is_refused_before_anything_is_made(
    machine: Machine, bare_clone: Path, tmp_path: Path, python: str, reason: str
) -> None:
    script(tmp_path / "python" / "python3", python)
    machine.path = [tmp_path / "python"]
    made = machine.run("make", "run", cwd=bare_clone)
    assert made.returncode != 0
    line = made.stderr.splitlines()[0]
    assert reason in line
    assert "Python 3.11 or newer is needed" in line
    assert "make PYTHON=" in line
    assert not (bare_clone / ".venv").exists()
    assert not (bare_clone / ".uv").exists()


def test_environment_is_made_by_the_interpreter_behind_a_shim(
    machine: Machine, clone: Path, tmp_path: Path
) -> None:
    script(
        tmp_path / "python" / "shim",
        f'case "$2" in *%d*) echo 3.12;; *executable*) echo "{tmp_path}/real";; esac',
    )
    machine.path.append(tmp_path / "python")
    made = machine.run("make", "setup", "PYTHON=shim", cwd=clone)
    assert made.returncode == 0, made.stderr
    assert all(line.endswith(f"python={tmp_path}/real") for line in log(clone))


def test_environment_keeps_its_python_unless_another_is_named(machine: Machine, clone: Path) -> None:
    machine.variables["UV_PYTHON"] = "3.99"
    assert machine.run("make", "setup", cwd=clone).returncode == 0
    assert all(line.endswith("python=") for line in log(clone))


def test_another_index_is_heeded(machine: Machine, clone: Path) -> None:
    machine.variables["UV_DEFAULT_INDEX"] = "https://index.example/simple"
    assert machine.run("make", "setup", cwd=clone).returncode == 0
    export, install, *syncs = log(clone)
    assert export.startswith("uv export --quiet --frozen --no-emit-workspace")
    assert install.startswith("uv pip install --quiet --require-hashes")
    assert all("--frozen" in line and "--locked" not in line for line in syncs if "uv sync" in line)


# make test-rl


def free_disk(machine: Machine, gigabytes: int) -> None:
    """Let df say how much of a disk is left."""
    lines = (
        f"Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/a 9 8 {gigabytes}000000 34% /a b"
    )
    script(machine.commands / "df", f"printf '%s\\n' '{lines}'")


def test_learners_have_an_environment_of_their_own(machine: Machine, clone: Path) -> None:
    free_disk(machine, 50)
    script(clone / ".venv-rl" / "bin" / "python", 'echo "python $*" >>log')
    made = machine.run("make", "test-rl", cwd=clone)
    assert made.returncode == 0, made.stderr
    *syncs, tests = log(clone)
    assert syncs
    assert all("--no-default-groups" in line and "--extra rl" in line for line in syncs if "sync" in line)
    assert all(" in=.venv-rl " in line for line in syncs)
    assert tests == "python -m pytest tests/rl"


def test_learners_are_refused_before_they_fill_the_disk(machine: Machine, clone: Path) -> None:
    free_disk(machine, 8)
    made = machine.run("make", "test-rl", cwd=clone)
    assert made.returncode != 0
    line = made.stderr.splitlines()[0]
    assert "there are 8 GB left on this disk" in line
    assert "make test runs without it" in line
    assert not (clone / "log").exists()
    # What is installed already is only brought up to date.
    script(clone / ".venv-rl" / "bin" / "python", "")
    assert machine.run("make", "test-rl", cwd=clone).returncode == 0


# Makefile


UV = """
echo "uv $* in=$UV_PROJECT_ENVIRONMENT python=${UV_PYTHON-}" >>log
engine=.venv/lib/python3.12/site-packages/bb_core_rs
case "$*" in
    --version) echo uv 1.0.0;;
    *--check*--group\\ rust*) test -e "$engine" && test -z "$(find bb_core_rs Cargo.lock -newer "$engine")";;
    *sync*--group\\ rust*) cargo --version >/dev/null && mkdir -p "$engine" && touch "$engine";;
    *uninstall*) rm -rf "$engine";;
esac
"""
"""A stand-in that looks at the sources' times, as the real one does by `cache-keys`."""


@pytest.fixture
def bare_clone(tmp_path: Path) -> Path:
    """A fresh clone, as far as the build reads it."""
    clone = tmp_path / "clone"
    (clone / "bb_core_rs" / "src").mkdir(parents=True)
    for name in ("Makefile", "Cargo.toml", "Cargo.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, clone)
    shutil.copytree(ROOT / "tools", clone / "tools")
    (clone / "bb_core_rs" / "src" / "lib.rs").touch()
    return clone


@pytest.fixture
def clone(bare_clone: Path, machine: Machine, tmp_path: Path) -> Path:
    """A clone set up but for the Rust engine; what is run in its environment is written to ``log``."""
    for name, body in {"python": "", "bucket-brigade": "echo an equilibrium"}.items():
        script(bare_clone / ".venv" / "bin" / name, f'echo "{name} $*" >>log\n{body}')
    script(tmp_path / "tools" / "uv", UV)
    machine.path = [tmp_path / "tools"]
    return bare_clone


def log(clone: Path) -> list[str]:
    """What was run in the clone's environment since the last look, but for questions."""
    lines = (clone / "log").read_text(encoding="utf-8").splitlines()
    (clone / "log").unlink()
    return [line for line in lines if "--version" not in line and "--check" not in line]


def make_newest(clone: Path, name: str) -> None:
    """Give a file or folder of the clone a time after all others, however coarse the clock."""
    later = max(path.stat().st_mtime for path in clone.rglob("*")) + 10
    os.utime(clone / name, (later, later))


def test_check_rust_reports(machine: Machine, tmp_path: Path) -> None:
    without = machine.run("make", "check-rust")
    assert (without.returncode, without.stdout) == (0, "")
    (line,) = without.stderr.splitlines()
    assert "no cargo on PATH; games run on the Python reference, many times slower. To get it:" in line

    machine.path = [add_rust(tmp_path / "rust")]
    found = machine.run("make", "check-rust")
    assert (found.returncode, found.stderr) == (0, "")
    assert found.stdout.startswith(f"cargo {RUST}")


@pytest.mark.parametrize("target", ["check-rust", "run", "test"])
def test_demanded_rust_is_an_error_when_missing(machine: Machine, clone: Path, target: str) -> None:
    machine.variables["BUCKET_BRIGADE_REQUIRE_RUST"] = "1"
    made = machine.run("make", target, cwd=clone)
    assert made.returncode != 0
    assert "Rust is missing" in made.stderr
    assert not (clone / "log").exists() or log(clone) == []


def test_run_without_cargo_says_so_once_and_plays(machine: Machine, clone: Path) -> None:
    for _ in range(2):
        made = machine.run("make", "run", cwd=clone)
        assert made.returncode == 0, made.stderr
        assert made.stdout == "an equilibrium\n"
        (line,) = made.stderr.splitlines()
        assert line.startswith("Rust is missing: no cargo on PATH; games run on the Python reference")
        sync, _, run = log(clone)
        assert "--locked --inexact" in sync
        assert "--group rust" not in sync
        assert run == "bucket-brigade nash greedy_neighbor"


def test_test_without_cargo_says_so_once_and_tests_the_rest(machine: Machine, clone: Path) -> None:
    made = machine.run("make", "test", cwd=clone)
    assert made.returncode == 0, made.stderr
    assert made.stderr.count("Rust is missing") == 1
    assert [line.split(" -n")[0] for line in log(clone)][-1] == "python -m pytest"


def test_wheel_is_built_once_cargo_is_there_and_again_when_a_source_changes(
    machine: Machine, clone: Path, tmp_path: Path
) -> None:
    machine.run("make", "run", cwd=clone)
    log(clone)
    machine.path.append(add_rust(tmp_path / "rust"))
    for source in ("", "bb_core_rs/src/lib.rs", "Cargo.lock", "bb_core_rs/src"):
        if source:
            make_newest(clone, source)
        made = machine.run("make", "run", cwd=clone)
        assert (made.returncode, made.stderr) == (0, "")
        build, run = log(clone)
        assert "--group rust" in build
        assert run == "bucket-brigade nash greedy_neighbor"
        make_newest(clone, ENGINE)
        machine.run("make", "run", cwd=clone)
        assert log(clone) == [run]


def test_wheel_of_older_sources_goes_when_cargo_is_gone(
    machine: Machine, clone: Path, tmp_path: Path
) -> None:
    tools = list(machine.path)
    machine.path = [*tools, add_rust(tmp_path / "rust")]
    machine.run("make", "run", cwd=clone)
    make_newest(clone, ENGINE)
    machine.path = tools
    log(clone)
    unchanged = machine.run("make", "run", cwd=clone)
    assert unchanged.stderr == ""
    assert log(clone) == ["bucket-brigade nash greedy_neighbor"]
    make_newest(clone, "bb_core_rs/src/lib.rs")
    machine.run("make", "run", cwd=clone)
    assert any("uninstall --quiet bb-core-rs" in line for line in log(clone))
    assert not (clone / ENGINE).exists()


def test_sources_that_uv_watches_are_all_that_make_the_wheel() -> None:
    keys = tomllib.loads((ROOT / "bb_core_rs" / "pyproject.toml").read_text(encoding="utf-8"))
    watched = {
        path.resolve()
        for key in keys["tool"]["uv"]["cache-keys"]
        for path in (ROOT / "bb_core_rs").glob(key["file"].removeprefix("../"))
    }
    kinds = {".rs", ".py", ".pyi"}
    folders = [ROOT / "bb_core_rs" / "src", ROOT / "bb_core_rs" / "python"]
    assert {path for folder in folders for path in folder.rglob("*") if path.suffix in kinds} <= watched
    assert {"../Cargo.toml", "../Cargo.lock"} <= {key["file"] for key in keys["tool"]["uv"]["cache-keys"]}


def test_a_failing_step_fails_the_target(machine: Machine, clone: Path, tmp_path: Path) -> None:
    machine.path.append(add_rust(tmp_path / "rust"))
    script(tmp_path / "tools" / "uv", 'test "$1" = --version && echo uv 1.0.0')
    assert machine.run("make", "run", cwd=clone).returncode != 0
    assert not (clone / "log").exists()


def test_failing_rust_tests_fail_the_tests(machine: Machine, clone: Path, tmp_path: Path) -> None:
    machine.path.append(add_rust(tmp_path / "rust"))
    script(tmp_path / "rust" / "cargo", f'case "$1" in --version) echo "cargo {RUST}";; test) exit 1;; esac')
    assert machine.run("make", "test", cwd=clone).returncode != 0
    assert not any("pytest" in line for line in log(clone))
