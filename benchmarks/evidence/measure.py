"""What a command has used, with all that it started."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.evidence.course import DATA_FILE, BenchmarkCourse
from benchmarks.evidence.students import cells
from benchmarks.execute.account import account
from benchmarks.execute.cells import script

COMMAND = Path(__file__).with_name("command.py")
EXECUTED = re.compile(r"(\d+) of (\d+) notebooks? (?:was|were) executed")


class CommandFailedError(Exception):
    """A command that should have run has not."""


@dataclass(frozen=True)
class Took:
    """What one command has used.

    Attributes:
        cpu_seconds: user and system, of all its processes.
        account: how they were counted.
        peak_bytes: the most that its first process held.
        executed: how many notebooks it ran, as it says itself.
        pages: how many students' pages it wrote.
    """

    cpu_seconds: float
    account: str
    peak_bytes: int = 0
    executed: int = 0
    pages: int = 0


def run_module(arguments: Sequence[str], folder: Path) -> str:
    """What `python -m ARGUMENTS` prints in a folder.

    Raises:
        CommandFailedError: it could not do it.
    """
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandFailedError(f"{' '.join(arguments)}\n{done.stderr[-1500:]}")
    return done.stdout


def best_sandbox() -> str:
    """What `--sandbox` is to be given on this machine: to find it out takes longer than to grade
    again, so it is done once."""
    done = subprocess.run(
        [sys.executable, "-m", "grader", "doctor", "--best"], capture_output=True, text=True
    )
    if done.returncode:
        raise CommandFailedError(f"grader doctor --best\n{done.stderr}")
    return done.stdout.strip()


def grader(course: BenchmarkCourse, *arguments: str, sandbox: str) -> Took:
    """Run `grader ARGUMENTS` in a course.

    Raises:
        CommandFailedError: it could not do it.
    """
    peak = course.root / ".peak"
    before = _written(course.pages)
    said, cpu_seconds, method = _counted(
        [sys.executable, "-P", str(COMMAND), str(peak), *arguments, "--sandbox", sandbox],
        course.root,
    )
    executed = EXECUTED.search(said)
    if executed is None:
        raise CommandFailedError(f"grader {' '.join(arguments)}: does not say what it executed")
    return Took(
        cpu_seconds,
        method,
        int(peak.read_text()),
        int(executed[1]),
        len(_written(course.pages) - before),
    )


def bare_scripts(course: BenchmarkCourse, folder: Path, *, sample: int) -> list[float]:
    """The CPU seconds of `python script.py` for some of the students, evenly chosen.

    Args:
        folder: made; for the scripts and their data.
    """
    folder.mkdir()
    (folder / DATA_FILE.name).write_bytes(DATA_FILE.read_bytes())
    places = [number * course.different // sample for number in range(sample)]
    seconds = []
    for place in [places[0], *places]:  # the first is for caches, and counts for nobody
        file = folder / f"{place}.py"
        file.write_text(script(cells(course.seed, place)), "utf-8")
        # a cell that stops ends a script, and not a notebook
        seconds.append(_counted([sys.executable, file.name], folder, may_fail=True)[1])
    return seconds[1:]


def _counted(
    command: Sequence[str], folder: Path, *, may_fail: bool = False
) -> tuple[str, float, str]:
    """What a command prints, its CPU seconds, and how they were counted.

    It waits for a line, so that its account is opened before anything has been used.
    """
    process = subprocess.Popen(
        ["sh", "-c", 'read -r _ && exec "$@"', "sh", *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=folder,
        env=_environment(),
        encoding="utf-8",
    )
    waited_before = _waited_for()
    with account(process.pid) as opened:
        said, complaint = process.communicate("go\n")
        counted, waited = opened.cpu_seconds(), _waited_for() - waited_before
    if process.returncode and not may_fail:
        raise CommandFailedError(f"{' '.join(command)}\n{said[-500:]}{complaint[-1500:]}")
    if counted < waited:  # no control group: an account of processes ends with them
        return said, waited, "wait4, without killed processes"
    return said, counted, opened.method


def _waited_for() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return children.ru_utime + children.ru_stime


def _environment() -> dict[str, str]:
    """The same for all: one thread for each BLAS, no screen, and nobody compiles at each start."""
    own = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return own | {
        "MPLBACKEND": "Agg",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "COLUMNS": "80",
    }


def _written(folder: Path) -> set[tuple[str, int]]:
    """Each page, with the number of its file: another one if it was written anew."""
    return {(page.name, page.stat().st_ino) for page in folder.glob("*.html")}
