"""Runs commands in children that it forks, and stops them: ``python -m tests.campaigns.driver WHAT NAME FOLDER COUNT``.

A process of its own, so that forking is safe whatever the tests have started; children come up at once, since all is
imported before. Prints a JSON object of counts, and ends in an assertion where something was not as it should be.
"""

from __future__ import annotations

import errno
import io
import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from bucket_brigade.cli import main
from bucket_brigade.reports import all_scenarios
from bucket_brigade.tournament import run
from tests.campaigns.runs import COMMANDS, LIBRARY, small_towns, tree

__all__: list[str] = []

RESULT = {
    "evolve": "result.json",
    "tournament": "summary.json",
    "nash": "results.json",
    "sweep": "sweep.json",
}
"""What the directory of a run that is over holds."""

WITHIN = 1.0
"""Seconds within which a command must end that is told to."""

INTERRUPTED = 130

Prepare = Callable[[], None]


class Child:
    """A command that runs in a process of its own."""

    def __init__(self, work: Callable[[], None], said: Path) -> None:
        self.said = said
        ready, tell = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _be_a_fresh_process(said)
            os.write(tell, b"!")
            code = 99
            try:
                work()
                code = 0
            except SystemExit as leaving:
                code = leaving.code if isinstance(leaving.code, int) else int(bool(leaving.code))
            except BaseException:  # Shown to the test as what it is: a traceback.
                traceback.print_exc()
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            sys.stderr.flush()
            os._exit(code)
        # No signal comes before the child is what it says it is.
        os.read(ready, 1)
        os.close(ready)
        os.close(tell)

    def wait(self) -> int:
        """Return how it ended: an exit code, or a signal below 0."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def told(self) -> str:
        """Return what it printed to stderr."""
        return self.said.read_text(encoding="utf-8")


def _be_a_fresh_process(said: Path) -> None:
    # `make test &` starts its children with SIGINT ignored, and so would these be.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.stdout = io.StringIO()
    sys.stderr = said.open("w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), 2)


def command(name: str, directory: Path, *more: str, prepare: Prepare | None = None) -> Callable[[], None]:
    """Return what runs a command as its user would type it."""

    def work() -> None:
        if prepare is not None:
            prepare()
        sys.argv = ["bucket-brigade", *COMMANDS[name], "--out", str(directory), *more]
        if name == "evolve" and "--resume" in more:
            sys.argv = ["bucket-brigade", "evolve", "--resume", str(directory), "--backend", "python"]
        main()

    return work


def stops(name: str, folder: Path, count: int) -> dict[str, int]:
    """Interrupt, terminate and kill a command at random moments, up to three times each, and let it go on."""
    whole = folder / "whole"
    start = time.monotonic()
    child = Child(command(name, whole), folder / "said")
    assert child.wait() == 0, child.told()
    lasts = time.monotonic() - start
    expected = tree(whole)
    luck = random.Random(len(name))
    counts: Counter[str] = Counter()
    for turn in range(count):
        path = folder / "stopped"
        number = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)[turn % 3]
        resume: tuple[str, ...] = ()
        for _ in range(1 + turn % 2):
            told = folder / "said"
            how = _stop(command(name, path, *resume), told, number, luck.random() * lasts)
            if how == "SIGINT" and (path / "run.json").exists() and not (path / RESULT[name]).exists():
                said = told.read_text(encoding="utf-8")
                assert "To go on: bucket-brigade " in said and "--resume" in said, said
            counts[how] += 1
            resume = ("--resume",) if (path / "run.json").exists() else ()
        child = Child(command(name, path, *resume), folder / "said")
        assert child.wait() == 0, child.told()
        assert tree(path) == expected, (name, turn, number)
        shutil.rmtree(path)
    return dict(counts)


def _stop(work: Callable[[], None], said: Path, number: signal.Signals, after: float) -> str:
    child = Child(work, said)
    time.sleep(after)
    os.kill(child.pid, number)
    begin = time.monotonic()
    code = child.wait()
    took = time.monotonic() - begin
    if code == 0:  # It was done before, or as good as.
        return "done"
    assert took < WITHIN, (number, took)
    told = child.told()
    assert "Traceback" not in told, told
    # SIGKILL leaves no word; the others are heard, and the exit code says which it was.
    expected = -number if number == signal.SIGKILL else 128 + number
    # One that comes before the command has set up its handlers ends it in the system's own way.
    assert code in (expected, -number), (code, told)
    return number.name


def races(name: str, folder: Path, count: int) -> dict[str, int]:
    """Start two runs with different seeds in one directory at once; what is left is of one of them."""
    expected = []
    for seed in (1, 2):
        LIBRARY[name](folder / f"seed {seed}", False, seed)
        expected.append(tree(folder / f"seed {seed}"))
    assert expected[0] != expected[1]
    counts: Counter[str] = Counter()
    for _ in range(count):
        path = folder / "race"
        at = time.monotonic() + 0.02

        def racer(seed: int, path: Path = path, at: float = at) -> None:
            while time.monotonic() < at:
                pass
            LIBRARY[name](path, False, seed)

        children = [
            Child(lambda seed=seed: racer(seed), folder / f"said {seed}")  # type: ignore[misc]
            for seed in (1, 2)
        ]
        codes = [child.wait() for child in children]
        # The other one is refused, unless it came when the first was done: then it is refused as well.
        winners = [place for place, code in enumerate(codes) if code == 0]
        assert len(winners) == 1, [child.told() for child in children]
        loser = children[1 - winners[0]].told()
        assert "InvalidInput" in loser, loser
        assert tree(path) == expected[winners[0]], codes
        counts["at work" if "Another process" in loser else "too late"] += 1
        shutil.rmtree(path)
    return dict(counts)


def full_disk(name: str, folder: Path, count: int) -> dict[str, int]:
    """Let a disk of each of `count` sizes fill up under a command, and let it go on when there is room again."""
    whole = folder / "whole"
    child = Child(command(name, whole), folder / "said")
    assert child.wait() == 0, child.told()
    expected = tree(whole)
    total = sum(map(len, expected.values()))
    counts: Counter[str] = Counter()
    for place in range(count):
        path = folder / "full"
        size = total * place // count
        child = Child(command(name, path, prepare=lambda size=size: _small_disk(size)), folder / "said")  # type: ignore[misc]
        code, told = child.wait(), child.told()
        assert code == 1, (size, code, told)
        errors = [line for line in told.splitlines() if line.startswith("Error: ")]
        assert len(errors) == 1 and "No space left on device" in errors[0], told
        assert "--resume" in errors[0] and "Traceback" not in told, told
        more = ("--resume",) if (path / "run.json").exists() else ()
        child = Child(command(name, path, *more), folder / "said")
        assert child.wait() == 0, child.told()
        assert tree(path) == expected, size
        counts["full"] += 1
        shutil.rmtree(path)
    return dict(counts)


def _small_disk(size: int) -> None:
    """Let files be made safe until they are `size` bytes together; a tmpfs would need the rights of root."""
    real, used = os.fsync, 0

    def fsync(handle: int) -> None:
        nonlocal used
        used += os.fstat(handle).st_size if Path(f"/proc/self/fd/{handle}").is_file() else 0
        if used > size:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    os.fsync = fsync  # type: ignore[assignment]


def _import_all(name: str, folder: Path) -> None:
    """Run once what the children will run, so that no signal comes while they import."""
    sys.argv = ["bucket-brigade", *COMMANDS[name], "--out", str(folder / "warm")]
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), suppress(SystemExit):
        main()
    shutil.rmtree(folder / "warm")


if __name__ == "__main__":
    what, chosen, where, number = sys.argv[1:]
    run.BLOCK_GAMES = 300
    all_scenarios.twelve_scenarios = small_towns
    # Drawing takes longer than all the rest; a note says that it cannot be done.
    os.environ["MPLBACKEND"] = "none such"
    _import_all(chosen, Path(where))
    print(
        json.dumps(
            {"stops": stops, "races": races, "full_disk": full_disk}[what](chosen, Path(where), int(number))
        )
    )
